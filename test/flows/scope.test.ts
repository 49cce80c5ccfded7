import { describe, expect, it } from "vitest";

import { HttpDigestAuth, Request, Session, toFetch, type ScopeOptions } from "../../src/index.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const ANN = "Basic YW5uOmE="; // ann:a
const KEY = { headers: { "X-Api-Key": "key" } };

function plain(): Promise<TestOrigin> {
  return startOrigin((_request, response) => void response.end("ok"));
}

function leadingTo(to: () => string): Promise<TestOrigin> {
  return startOrigin(({ url }, response) => {
    if (url.startsWith("/go")) response.writeHead(302, { location: to() });
    response.end();
  });
}

function keys({ arrived }: TestOrigin): (string | string[] | undefined)[] {
  return arrived.map(({ headers }) => headers["x-api-key"]);
}

describe("session.scope()", () => {
  it("adds headers, params and auth for one origin, and for no other", async () => {
    await using one = await plain();
    await using two = await plain();
    await using session = new Session({ trustEnv: false });
    session.scope(one.url, { ...KEY, params: { v: 2 }, auth: ["ann", "a"] });
    for (const { url } of [one, two]) await session.get(`${url}/x?a=1`);
    expect(one.arrived[0]).toMatchObject({
      url: "/x?a=1&v=2",
      headers: { "x-api-key": "key", authorization: ANN },
    });
    expect(two.arrived[0]?.url).toBe("/x?a=1");
    expect(two.arrived[0]?.headers).not.toHaveProperty("x-api-key");
    expect(two.arrived[0]?.headers).not.toHaveProperty("authorization");
  });

  it("lies between the session and the request, option by option", async () => {
    await using origin = await plain();
    await using session = new Session({
      trustEnv: false,
      headers: { A: "session", B: "session", C: "session", D: "session" },
      params: { a: "session", b: "session", c: "session" },
    });
    session.scope(origin.url, {
      headers: { B: "scope", C: "scope", D: null },
      params: { b: "scope", c: "scope", d: "scope" },
    });
    await session.get(origin.url, { headers: { C: "request" }, params: { c: "request", d: null } });
    const [arrived] = origin.arrived;
    expect(arrived?.url).toBe("/?a=session&b=scope&c=request");
    expect(arrived?.headers).toMatchObject({ a: "session", b: "scope", c: "request" });
    expect(arrived?.headers).not.toHaveProperty("d");
    await session.get(origin.url, { headers: null, params: null });
    expect(origin.arrived[1]).toMatchObject({ url: "/" });
    expect(origin.arrived[1]?.headers).not.toHaveProperty("b");
  });

  it("of a path holds below it, segment by segment, and goes over that of its origin", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    session.scope(`${origin.url}/v2/`, { headers: { "X-Api-Key": "slash" } });
    session.scope(`${origin.url}/v2`, { headers: { "X-Api-Key": "v2" } });
    session.scope(origin.url, { headers: { "X-Api-Key": "all", "X-All": "1" } });
    for (const path of ["/", "/v1", "/v2", "/v2?q", "/v2/x", "/v20", "/V2", "/v1/../v2/y", "/%76%32/z"])
      await session.get(origin.url + path);
    expect(keys(origin)).toEqual(["all", "all", "v2", "v2", "slash", "all", "all", "slash", "slash"]);
    expect(origin.arrived.every(({ headers }) => headers["x-all"] === "1")).toBe(true);
  });

  it.for([
    "/a[1]",
    "/a|b",
    "/%7Eme",
    "/~me",
    "/caf%c3%a9",
    "/café",
    "/a^b",
    "/100%",
    "/a b",
    "/x/../y",
    "/%2F",
  ])("of a path holds for each way of asking, which spell %j each in its own way", async (path) => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    session.scope(origin.url, { auth: ["ann", "a"] });
    session.scope(origin.url + path, { ...KEY, auth: false });
    const url = `${origin.url}${path}/x`;
    await session.get(url);
    await session.get(new URL(url));
    await session.send(session.prepareRequest(new Request("GET", url)));
    await (await toFetch(session)(url)).text();
    await (await toFetch(session)(new globalThis.Request(url))).text();
    const raw = new URL(url).href.replace("/x", "/./x");
    await session.get(raw, { rawUrl: true });
    expect(keys(origin)).toEqual(Array.from({ length: 6 }, () => "key"));
    expect(origin.arrived.some(({ headers }) => "authorization" in headers)).toBe(false);
    await session.get(`${origin.url}/elsewhere`);
    expect(keys(origin)[6]).toBeUndefined();
    expect(origin.arrived[6]?.headers.authorization).toBe(ANN);
  });

  it("of a path holds where a raw path leads to, and not for what it passes", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    session.scope(`${origin.url}/sec`, KEY);
    const outside = ["/sec/../open", "/sec/%2e%2e/open", "/sec/x/.%2E/../open", "/sec/..", "/%2e/open"];
    const inside = ["/open/../sec", "/open/%2e%2e/sec/x", "/./sec/x", "/%73ec/x"];
    for (const path of [...outside, ...inside]) await session.get(origin.url + path, { rawUrl: true });
    expect(origin.arrived.map(({ url }) => url)).toEqual([...outside, ...inside]);
    expect(keys(origin)).toEqual([...outside.map(() => undefined), ...inside.map(() => "key")]);
  });

  it("is one for all spellings of its path", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    session.scope(new URL(`${origin.url}/a[1]`), KEY).scope(`${origin.url}/a%5b1%5d`, null);
    await session.get(`${origin.url}/a[1]`);
    expect(keys(origin)).toEqual([undefined]);
  });

  it("is replaced by the same prefix, however it is written, and removed by null", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    session.scope(origin.url, { ...KEY, params: { a: 1 } });
    session.scope(new URL(`${origin.url.toUpperCase().replace("HTTP", "Http")}/`), {
      headers: { "X-Api-Key": "new" },
    });
    await session.get(origin.url);
    session.scope(origin.url, null).scope("http://never.test/set", null);
    await session.get(origin.url);
    expect(keys(origin)).toEqual(["new", undefined]);
    expect(origin.arrived[0]?.url).toBe("/");
  });

  it("gives nothing to a redirect that leads elsewhere, nor to one that leads there", async () => {
    await using two = await plain();
    await using one = await leadingTo(() => two.url);
    await using session = new Session({ trustEnv: false });
    session.scope(one.url, { headers: { "X-Api-Key": "one" }, auth: ["ann", "a"] });
    await session.get(`${one.url}/go`);
    expect(keys(two)).toEqual([undefined]);
    session.scope(two.url, { headers: { "X-Api-Key": "two" }, auth: ["ann", "a"] });
    await session.get(`${one.url}/go`);
    expect(keys(one)).toEqual(["one", "one"]);
    expect(keys(two)).toEqual([undefined, undefined]);
    expect(two.arrived[1]?.headers).not.toHaveProperty("authorization");
  });

  it("has the settings of sending, too, and hooks beside the session's", async () => {
    await using two = await plain();
    await using one = await leadingTo(() => two.url);
    const heard: string[] = [];
    const note = (who: string) => (): void => void heard.push(who);
    await using session = new Session({ trustEnv: false, hooks: { request: note("session") } });
    session.scope(one.url, { allowRedirects: false, hooks: { request: note("scope") } });
    const response = await session.get(`${one.url}/go`, { hooks: { request: note("request") } });
    expect(response.status).toBe(302);
    expect(heard).toEqual(["session", "scope", "request"]);
    expect((await session.get(`${one.url}/go`, { allowRedirects: true })).status).toBe(200);
    const prepared = session.prepareRequest(new Request("GET", `${one.url}/go`));
    expect((await session.send(prepared)).status).toBe(302);
    expect((await session.send(prepared, { allowRedirects: true })).status).toBe(200);
  });

  it("of an origin beside the base URL has what it says, and nothing of the session's secrets", async () => {
    await using api = await plain();
    await using files = await plain();
    await using session = new Session({
      trustEnv: false,
      baseUrl: api.url,
      headers: { "X-Secret": "api" },
      auth: ["bob", "b"],
      idempotencyKey: true,
    });
    session.scope(files.url, { ...KEY, auth: ["ann", "a"], idempotencyKey: false });
    await session.post(files.url);
    await session.post("/x");
    const [there] = files.arrived;
    expect(there?.headers).toMatchObject({ "x-api-key": "key", authorization: ANN });
    expect(there?.headers).not.toHaveProperty("x-secret");
    expect(there?.headers).not.toHaveProperty("idempotency-key");
    expect(api.arrived[0]?.headers).toHaveProperty("idempotency-key");
    expect(api.arrived[0]?.headers).not.toHaveProperty("x-api-key");
  });

  it("keeps its auth scheme from request to request", async () => {
    const challenge = 'Digest realm="r", nonce="n", qop="auth"';
    await using origin = await startOrigin(({ headers }, response) => {
      if (headers.authorization === undefined) response.writeHead(401, { "WWW-Authenticate": challenge });
      response.end();
    });
    await using session = new Session({ trustEnv: false });
    session.scope(origin.url, { auth: new HttpDigestAuth("ann", "a") });
    await session.get(origin.url);
    await session.get(origin.url);
    const counts = origin.arrived.map(({ headers }) => /nc=(\d+)/.exec(headers.authorization ?? "")?.[1]);
    expect(counts).toEqual([undefined, "00000001", "00000002"]);
  });

  it.for([
    ["example.com", /"example.com"/],
    ["https://", /must be an http or https origin/],
    ["ftp://a.test", /http or https origin/],
    ["https://a.test/?q=1", /no more/],
    ["https://a.test/#f", /no more/],
    ["https://u:secret@a.test/", /no more, not "https:\/\/a.test\/"/],
    [7, /not number/],
  ] as const)("refuses the prefix %j", async ([prefix, message]) => {
    await using session = new Session();
    const set = (): unknown => session.scope(prefix as string, {});
    expect(set).toThrow(TypeError);
    expect(set).toThrow(message);
  });

  it.for([
    [{ baseUrl: "http://x" }, TypeError, /"baseUrl".*scope/],
    [{ rawUrl: true }, TypeError, /"rawUrl" is an option of the request, not of the scope/],
    [{ data: "x" }, TypeError, /"data" is an option of the request, not of the scope/],
    [{ idempotencyKey: "one for all" }, TypeError, /idempotencyKey must be true or false/],
    [{ timeout: -1 }, RangeError, /timeout/],
    [{ header: {} }, TypeError, /perhaps you meant headers/],
  ] as const)("refuses %j", async ([options, kind, message]) => {
    await using session = new Session();
    const set = (): unknown => session.scope("http://a.test", options as ScopeOptions);
    expect(set).toThrow(kind);
    expect(set).toThrow(message);
  });
});
