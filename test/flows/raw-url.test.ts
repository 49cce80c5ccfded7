import { describe, expect, it } from "vitest";

import { HttpDigestAuth, InvalidURL, Request, Session } from "../../src/index.ts";
import { rejection } from "../support/messages.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

function plain(): Promise<TestOrigin> {
  return startOrigin((_request, response) => void response.end());
}

function targets({ arrived }: TestOrigin): string[] {
  return arrived.map(({ url }) => url);
}

const TYPED = "/a/../b/./%7e%2E//x%zz;'\"<>^`{|}\\?q=%7E&a+b=[c]&%e4=a/../b?";

describe("rawUrl", () => {
  it("sends path and query as they were typed", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    const response = await session.get(`${origin.url}${TYPED}`, { rawUrl: true });
    await session.get(`${origin.url}/a/../b/%7e?%7e`);
    expect(targets(origin)).toEqual([TYPED, "/b/~?~"]);
    expect(response.url).toBe(`${origin.url}${TYPED}`);
  });

  it.for([
    ["", "/"],
    ["?", "/?"],
    ["/#part", "/"],
    ["/a?#part", "/a?"],
  ] as const)("of %j gives the target %j", async ([typed, target]) => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    await session.get(`${origin.url}${typed}`, { rawUrl: true });
    expect(targets(origin)).toEqual([target]);
  });

  it("of a session holds for its requests, relative ones, too", async () => {
    await using origin = await plain();
    await using session = new Session({ baseUrl: `${origin.url}/base/`, rawUrl: true, trustEnv: false });
    await session.get("x/../%7e");
    await session.get("x/../%7e", { rawUrl: false });
    expect(targets(origin)).toEqual(["/base/x/../%7e", "/base/~"]);
  });

  it("encodes params all the same, and appends them", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    await session.get(`${origin.url}/%7e?%7e`, { rawUrl: true, params: { a: "ä b" } });
    expect(targets(origin)).toEqual(["/%7e?%7e&a=%C3%A4+b"]);
  });

  it("says nothing of the Location of a redirect, which is followed as it is written", async () => {
    await using origin = await startOrigin(({ url }, response) => {
      if (url.startsWith("/go")) response.writeHead(302, { location: "/a/../%7e" }).end();
      else response.end();
    });
    await using session = new Session({ trustEnv: false });
    await session.get(`${origin.url}/go/../%7e`, { rawUrl: true });
    expect(targets(origin)).toEqual(["/go/../%7e", "/%7e"]);
  });

  it("holds for a prepared request, also when its URL is changed by hand", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    const prepared = session.prepareRequest(new Request("GET", `${origin.url}/%7e`, { rawUrl: true }));
    expect(prepared.url).toBe(`${origin.url}/%7e`);
    await session.send(prepared);
    prepared.url = `${origin.url}/x/../%7f`;
    await session.send(prepared);
    expect(targets(origin)).toEqual(["/%7e", "/x/../%7f"]);
    prepared.url = `${origin.url}/a b`;
    expect(await rejection(session.send(prepared))).toBeInstanceOf(InvalidURL);
    expect(origin.arrived).toHaveLength(2);
  });

  it("puts params behind a question mark that was typed", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false, params: { a: "1" } });
    await session.get(`${origin.url}/x?`, { rawUrl: true });
    expect(targets(origin)).toEqual(["/x?a=1"]);
  });

  it("goes to a proxy as it was typed", async () => {
    await using proxy = await plain();
    await using session = new Session({ proxy: proxy.url, rawUrl: true });
    await session.get("HTTP://A.test:8080/a/../%7e?%zz#part");
    expect(targets(proxy)).toEqual(["http://a.test:8080/a/../%7e?%zz"]);
  });

  it("is what the paths of cookies are compared with", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    session.cookies.setCookie("a=1; Path=/a", origin.url);
    session.cookies.setCookie("b=1; Path=/b", origin.url);
    await session.get(`${origin.url}/a/../b`, { rawUrl: true });
    await session.get(`${origin.url}/a/../b`);
    expect(origin.arrived.map(({ headers }) => headers.cookie)).toEqual(["a=1", "b=1"]);
  });

  it("is what Digest signs", async () => {
    await using origin = await startOrigin(({ headers }, response) => {
      if (headers.authorization !== undefined) return void response.end();
      response.writeHead(401, { "www-authenticate": 'Digest realm="r", nonce="n", qop="auth"' }).end();
    });
    await using session = new Session({ auth: new HttpDigestAuth("u", "p"), trustEnv: false });
    await session.get(`${origin.url}/a/../%7e?%7E`, { rawUrl: true });
    expect(origin.arrived[1]?.headers.authorization).toContain('uri="/a/../%7e?%7E"');
  });

  it.for([
    ["/a b", '" " at 2'],
    ["/a\u0000", '"\\u0000" at 2'],
    ["/a\r\nX: 1", '"\\r" at 2'],
    ["/ä", '"ä" at 1'],
    ["/?q=ä", '"ä" at 2'],
    ["\\x", "must begin with /"],
  ] as const)("refuses %j, and says where", async ([typed, words]) => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    const error = await rejection(session.get(`${origin.url}${typed}`, { rawUrl: true }));
    expect(error).toBeInstanceOf(InvalidURL);
    expect((error as Error).message).toContain(words);
    expect(origin.connections()).toBe(0);
  });

  it("prepares scheme and host as ever", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    await session.get(`HTTP://0x7f.1:${origin.port}/%7e`, { rawUrl: true });
    expect(targets(origin)).toEqual(["/%7e"]);
    expect(await rejection(session.get("http://a b/", { rawUrl: true }))).toBeInstanceOf(InvalidURL);
  });
});

describe("the URL of a prepared request", () => {
  it("is sent as it was edited (PARITY PRE-8)", async () => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    const prepared = session.prepareRequest(new Request("GET", `${origin.url}/a/../%7e`));
    expect(prepared.pathUrl).toBe("/~");
    prepared.url = `${origin.url}${TYPED}`;
    expect(prepared.pathUrl).toBe(TYPED);
    const response = await session.send(prepared);
    expect([response.url, response.request.pathUrl]).toEqual([prepared.url, TYPED]);
    expect(targets(origin)).toEqual([TYPED]);
  });

  it("may be edited by a hook", async () => {
    await using origin = await plain();
    const request = (sent: { url: string }): void => {
      sent.url += "?sig=%7e/../";
    };
    await using session = new Session({ trustEnv: false, hooks: { request } });
    await session.get(`${origin.url}/x`);
    expect(targets(origin)).toEqual(["/x?sig=%7e/../"]);
  });

  it.for(["/a b", "/a\r\nX: 1", "/ä"])("is looked at when it was edited: %j is refused", async (path) => {
    await using origin = await plain();
    await using session = new Session({ trustEnv: false });
    const prepared = session.prepareRequest(new Request("GET", origin.url));
    prepared.url = `${origin.url}${path}`;
    expect(await rejection(session.send(prepared))).toBeInstanceOf(InvalidURL);
    expect(origin.connections()).toBe(0);
  });
});
