import { describe, expect, it } from "vitest";
import {
  get,
  type HeaderMap,
  Request,
  Response,
  Session,
  SessionClosed,
  StreamedResponse,
  type RequestOptions,
} from "../../src/index.ts";
import { reply, startOrigin } from "../support/origins.ts";

describe("a session's defaults", () => {
  it("are joined by a request's, which win name by name, and null removes", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({
      headers: { "X-Both": "session", "X-Session": "1", "X-Gone": "1" },
      params: { both: "session", session: "1", gone: "1" },
    });
    const response = await session.get(`${origin.url}/x?own=1`, {
      headers: { "x-both": "request", "X-Request": "1", "X-Gone": null },
      params: { both: "request", request: "1", gone: null },
    });
    expect(origin.arrived[0]?.url).toBe("/x?own=1&both=request&session=1&request=1");
    expect(origin.arrived[0]?.headers).toMatchObject({
      "x-both": "request",
      "x-session": "1",
      "x-request": "1",
    });
    expect(origin.arrived[0]?.headers).not.toHaveProperty("x-gone");
    expect(response.url).toBe(`${origin.url}/x?own=1&both=request&session=1&request=1`);
  });

  it("of `stream` say which kind of response comes, unless the request does", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url, stream: true });
    const prepared = session.prepareRequest(new Request("GET", "/"));
    expect(await session.get("/")).toBeInstanceOf(StreamedResponse);
    expect(await session.get("/", { stream: undefined })).toBeInstanceOf(StreamedResponse);
    expect(await session.send(prepared)).toBeInstanceOf(StreamedResponse);
    expect(await session.get("/", { stream: false })).toBeInstanceOf(Response);
    expect(await session.send(prepared, { stream: false })).toBeInstanceOf(Response);

    await using either = new Session<boolean>({ baseUrl: origin.url });
    expect(either.stream).toBe(false);
    expect(await either.head("/")).toBeInstanceOf(Response);
    either.stream = true;
    expect(await either.head("/")).toBeInstanceOf(StreamedResponse);
    expect(await either.send(prepared)).toBeInstanceOf(StreamedResponse);
  });

  it("can be changed at any time", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    session.headers.update({ "X-New": "1", "User-Agent": null });
    session.params = { page: 1 };
    session.auth = ["user", "pass"];
    await session.get("/x");
    session.headers.delete("x-new");
    session.params = null;
    session.auth = null;
    await session.get("/x");
    expect(origin.arrived[0]?.url).toBe("/x?page=1");
    expect(origin.arrived[0]?.headers).toMatchObject({ "x-new": "1", authorization: "Basic dXNlcjpwYXNz" });
    expect(origin.arrived[0]?.headers).not.toHaveProperty("user-agent");
    expect(origin.arrived[1]?.url).toBe("/x");
    expect(origin.arrived[1]?.headers).not.toHaveProperty("authorization");
    expect(origin.arrived[1]?.headers).not.toHaveProperty("x-new");
  });

  it("of one session do not reach another", async () => {
    await using first = new Session({ headers: { "X-A": "1" } });
    await using second = new Session();
    first.headers.set("X-B", "2");
    expect(second.headers.has("x-a")).toBe(false);
    expect(second.headers.has("x-b")).toBe(false);
  });

  it("keep header names as they were spelled", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ headers: { "x-LOUD": "1" } });
    await session.get(origin.url);
    expect(origin.arrived[0]?.rawHeaders).toContain("x-LOUD");
  });
});

describe("credentials", () => {
  it.for<[string, RequestOptions, string | undefined]>([
    ["of the session", {}, "Basic c2Vzc2lvbjpwdw=="],
    ["of the request win", { auth: ["request", "pw"] }, "Basic cmVxdWVzdDpwdw=="],
    ["are left out by false", { auth: false }, undefined],
    ["are left out by null", { auth: null }, undefined],
    [
      "of a function",
      { auth: (request) => void request.headers.set("Authorization", "Custom x") },
      "Custom x",
    ],
    [
      "of an asynchronous function",
      {
        auth: async (request) => {
          await Promise.resolve();
          request.headers.set("Authorization", "Later x");
        },
      },
      "Later x",
    ],
    ["replace a header by hand", { headers: { Authorization: "Hand x" } }, "Basic c2Vzc2lvbjpwdw=="],
  ])("%s", async ([, options, expected]) => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ auth: ["session", "pw"] });
    await session.get(origin.url, options);
    expect(origin.arrived[0]?.headers.authorization).toBe(expected);
  });

  it("in the URL are used, and are not sent in it", async () => {
    await using origin = await startOrigin(reply(200));
    const url = origin.url.replace("://", "://us%20er:p%40ss@");
    const response = await get(`${url}/x`);
    expect(origin.arrived[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("us er:p@ss").toString("base64")}`,
    );
    expect(origin.arrived[0]?.url).toBe("/x");
    expect(response.url).toBe(`${url}/x`);
  });

  it("in the URL stand back behind a header by hand", async () => {
    await using origin = await startOrigin(reply(200));
    await get(`${origin.url.replace("://", "://user:pass@")}/x`, { headers: { Authorization: "Hand x" } });
    expect(origin.arrived[0]?.headers.authorization).toBe("Hand x");
  });
});

describe("prepareRequest()", () => {
  it("shows what is sent, and sending it sends that", async () => {
    await using origin = await startOrigin(reply(200, { "Set-Cookie": "jar=1" }));
    await using session = new Session({ baseUrl: origin.url, auth: ["user", "pass"], params: { a: 1 } });
    await session.get("/");
    const prepared = session.prepareRequest(
      new Request("post", "/x", { json: { b: 2 }, cookies: { own: "2" } }),
    );
    expect(prepared.method).toBe("POST");
    expect(prepared.url).toBe(`${origin.url}/x?a=1`);
    expect(prepared.headers.get("cookie")).toBe("jar=1; own=2");
    expect(prepared.headers.get("authorization")).toBe("Basic dXNlcjpwYXNz");
    expect(prepared.headers.get("content-type")).toBe("application/json");
    session.cookies.clear();
    session.auth = null;
    await session.send(prepared);
    const sent = origin.arrived[1];
    for (const [name, value] of prepared.headers) expect(sent?.headers[name.toLowerCase()]).toBe(value);
    expect(sent?.body).toBe('{"b":2}');
  });

  it("gives a request that can be edited by hand", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const prepared = session.prepareRequest(new Request("POST", "/x", { data: "short" }));
    prepared.url = `${origin.url}/y`;
    prepared.headers.set("X-Hand", "1");
    prepared.body = "a longer body";
    await session.send(prepared);
    expect(origin.arrived[0]).toMatchObject({ url: "/y", body: "a longer body" });
    expect(origin.arrived[0]?.headers).toMatchObject({ "x-hand": "1", "content-length": "13" });
  });

  it("leaves asynchronous auth to the sending", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const auth = async (request: { headers: HeaderMap }): Promise<void> => {
      await Promise.resolve();
      request.headers.set("Authorization", "Later x");
    };
    const prepared = session.prepareRequest(new Request("GET", "/x", { auth }));
    expect(prepared.headers.has("authorization")).toBe(false);
    await session.send(prepared);
    expect(origin.arrived[0]?.headers.authorization).toBe("Later x");
  });
});

describe("a closed session", () => {
  it("says so to whoever uses it, and keeps its settings", async () => {
    await using origin = await startOrigin(reply(200));
    const session = new Session({ headers: { "X-A": "1" } });
    await session.get(origin.url);
    await session.close();
    await session.close();
    await expect(session.get(origin.url)).rejects.toBeInstanceOf(SessionClosed);
    const prepared = session.prepareRequest(new Request("GET", origin.url));
    await expect(session.send(prepared)).rejects.toBeInstanceOf(SessionClosed);
    expect(session.headers.get("x-a")).toBe("1");
  });
});

describe("a response promise", () => {
  it("gives the body at once", async () => {
    await using origin = await startOrigin(reply(200, { "Content-Type": "application/json" }, '{"a":1}'));
    await using session = new Session({ baseUrl: origin.url });
    expect(await session.get("/").json<{ a: number }>()).toEqual({ a: 1 });
    expect(await session.get("/").text()).toBe('{"a":1}');
    expect(await session.get("/").bytes()).toEqual(new Uint8Array(Buffer.from('{"a":1}')));
    expect(await session.get("/", { stream: true }).text()).toBe('{"a":1}');
    expect((await (await session.get("/")).blob().text()).length).toBe(7);
  });

  it("is a promise in every respect", async () => {
    await using origin = await startOrigin(reply(200));
    await using session = new Session({ baseUrl: origin.url });
    const promise = session.get("/");
    expect(promise).toBeInstanceOf(Promise);
    const statuses = await Promise.all([promise, session.get("/")]);
    expect(statuses.map((response) => response.status)).toEqual([200, 200]);
    expect(await session.get("/").finally(() => undefined)).toMatchObject({ status: 200 });
  });
});
