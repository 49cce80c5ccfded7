import { describe, expect, it } from "vitest";
import {
  ConnectionError,
  InvalidSchema,
  InvalidURL,
  MissingSchema,
  RequestException,
  Session,
  toFetch,
} from "../../src/index.ts";
import { reply, routes, startOrigin } from "../support/origins.ts";
import { failureOf } from "../support/one-call.ts";

/** Tells what arrived. */
const echo = routes({
  "/echo": (request, response) => {
    const { method, headers, body } = request;
    reply(
      200,
      { "Content-Type": "application/json" },
      JSON.stringify({ method, headers, body }),
    )(request, response);
  },
  "/moved": reply(302, { Location: "/echo" }),
  "/again": reply(307, { Location: "/echo" }),
  "/none": reply(204),
  "/cookies": reply(200, { "Set-Cookie": ["a=1", "b=2"] }, "set"),
});

describe("toFetch", () => {
  it("sends with all that the session has, and keeps what comes", async () => {
    await using origin = await startOrigin(echo);
    await using session = new Session({ trustEnv: false, baseUrl: origin.url, headers: { "X-Own": "1" } });
    const fetch = toFetch(session);
    const set = await fetch("/cookies");
    expect(set).toBeInstanceOf(globalThis.Response);
    expect(set.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await set.text()).toBe("set");
    expect(await (await fetch(new URL("/echo", origin.url))).json()).toMatchObject({
      headers: { "x-own": "1", cookie: "a=1; b=2" },
    });
  });

  it.for<[what: string, body: NonNullable<RequestInit["body"]>, type: string | undefined, sent: string]>([
    ["text", "é", "text/plain;charset=UTF-8", "é"],
    ["a form", new URLSearchParams({ a: "b c" }), "application/x-www-form-urlencoded;charset=UTF-8", "a=b+c"],
    ["bytes", new Uint8Array([97, 98]), undefined, "ab"],
    ["a buffer", new Uint8Array([97, 98]).buffer, undefined, "ab"],
    ["a blob", new Blob(["ab"], { type: "text/x-blob" }), "text/x-blob", "ab"],
  ])("sends %s, again when a redirect asks for it", async ([, body, type, sent]) => {
    await using origin = await startOrigin(echo);
    await using session = new Session({ trustEnv: false });
    const response = await toFetch(session)(`${origin.url}/again`, { method: "POST", body });
    const clone = response.clone();
    const told = (await response.json()) as { headers: Record<string, string>; body: string };
    expect(told).toMatchObject({ method: "POST", body: sent });
    expect(told.headers["content-type"]).toBe(type);
    expect(response.redirected).toBe(true);
    expect(response.url).toBe(`${origin.url}/echo`);
    expect(clone.url).toBe(`${origin.url}/echo`);
  });

  it.for<
    readonly [what: string, url: (own: string) => string, init: RequestInit, cause: typeof RequestException]
  >([
    ["a scheme that no adapter is for", () => "ftp://a.test/x", {}, InvalidSchema],
    ["a Blob's URL", () => "blob:nodedata:0", {}, InvalidSchema],
    ["a relative URL", () => "/echo", {}, MissingSchema],
    ["a data: URL without data", () => "data:x", {}, InvalidURL],
    ["a data: URL of no base64", () => "data:;base64,!", {}, InvalidURL],
    ["a redirect that is not to be", (own) => `${own}/moved`, { redirect: "error" }, RequestException],
    [
      "a body of another hash",
      (own) => `${own}/echo`,
      { integrity: `sha256-${"A".repeat(43)}=` },
      RequestException,
    ],
  ])("says of %s in a cause what went wrong", async ([, url, init, kind]) => {
    await using origin = await startOrigin(echo);
    await using session = new Session({ trustEnv: false });
    const error = (await failureOf(toFetch(session)(url(origin.url), init))) as TypeError;
    expect(error).toBeInstanceOf(TypeError);
    expect(error.cause).toBeInstanceOf(kind);
    expect((error.cause as Error).constructor).toBe(kind);
    if (init.redirect !== undefined) {
      const { response, request } = error.cause as RequestException;
      expect([response?.status, response?.headers.get("location")]).toEqual([302, "/echo"]);
      expect(request?.url).toBe(`${origin.url}/moved`);
    }
  });

  it("sends forms with files, streams, and requests that were made before", async () => {
    await using origin = await startOrigin(echo);
    await using session = new Session({ trustEnv: false });
    const fetch = toFetch(session);
    const form = new FormData();
    form.append("file", new File(["content"], "name.txt"));
    const sent = await (await fetch(`${origin.url}/echo`, { method: "POST", body: form })).json();
    expect(JSON.stringify(sent)).toMatch(/multipart\/form-data; ?boundary=.*name\.txt.*content/);
    const stream = new Blob(["streamed"]).stream();
    const init = { method: "PUT", body: stream, duplex: "half" } as const;
    expect(await (await fetch(`${origin.url}/echo`, init)).json()).toMatchObject({ body: "streamed" });
    const request = new globalThis.Request(`${origin.url}/echo`, {
      method: "POST",
      body: "made before",
      headers: { "X-A": "1", "X-B": "1" },
    });
    expect(await (await fetch(request, { headers: { "X-A": "2" } })).json()).toMatchObject({
      method: "POST",
      body: "made before",
      headers: { "x-a": "2" },
    });
  });

  it("knows the three ways of redirects", async () => {
    await using origin = await startOrigin(echo);
    await using session = new Session({ trustEnv: false });
    const fetch = toFetch(session);
    const url = `${origin.url}/moved`;
    expect((await fetch(url)).status).toBe(200);
    const manual = await fetch(url, { redirect: "manual" });
    expect([manual.status, manual.headers.get("location"), manual.redirected]).toEqual([302, "/echo", false]);
    expect(await failureOf(fetch(url, { redirect: "error" }))).toBeInstanceOf(TypeError);
    expect((await fetch(`${origin.url}/echo`, { redirect: "error" })).status).toBe(200);
  });

  it("gives no body where there is none", async () => {
    await using origin = await startOrigin(echo);
    await using session = new Session({ trustEnv: false });
    const fetch = toFetch(session);
    expect((await fetch(`${origin.url}/none`)).body).toBeNull();
    expect((await fetch(`${origin.url}/echo`, { method: "HEAD" })).body).toBeNull();
    await fetch(`${origin.url}/none`);
    expect(origin.connections()).toBe(1);
  });

  it("fails as fetch does, with what happened as the cause", async () => {
    await using session = new Session({ trustEnv: false });
    const error = await failureOf(toFetch(session)("http://127.0.0.1:1/"));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).cause).toBeInstanceOf(ConnectionError);
  });

  it.for(["init", "request"])("ends with the reason of the signal in the %s", async (where) => {
    await using origin = await startOrigin(() => undefined);
    await using session = new Session({ trustEnv: false });
    const controller = new AbortController();
    const reason = new Error("enough");
    const { signal } = controller;
    const fetch = toFetch(session);
    const call =
      where === "init"
        ? fetch(origin.url, { signal })
        : fetch(new globalThis.Request(origin.url, { signal }));
    setTimeout(() => controller.abort(reason), 5);
    expect(await failureOf(call)).toBe(reason);
  });

  it.for<[input: string, init: RequestInit]>([
    ["http://127.0.0.1:1/", { body: "x" }],
    ["http://user:pw@127.0.0.1:1/", {}],
    ["/relative", {}],
    ["http://127.0.0.1:1/", { method: "POST", body: {} as never }],
  ])("refuses %j with %o, as fetch does", async ([input, init]) => {
    await using session = new Session({ trustEnv: false });
    const error = await failureOf(toFetch(session)(input, init));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).cause).not.toBeInstanceOf(ConnectionError);
  });

  it("gives every request the defaults that it was made with", async () => {
    await using origin = await startOrigin(echo);
    await using session = new Session({ trustEnv: false, auth: ["user", "pw"] });
    const told = await (await toFetch(session, { auth: false })(`${origin.url}/echo`)).json();
    expect(told).not.toHaveProperty("headers.authorization");
  });
});
