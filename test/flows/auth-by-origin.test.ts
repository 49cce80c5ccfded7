import { describe, expect, it } from "vitest";

import {
  AuthByOrigin,
  HttpBearerAuth,
  HttpDigestAuth,
  Request,
  Session,
  type AuthOption,
} from "../../src/index.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const ANN = "Basic YW5uOmE="; // ann:a
const BOB = "Basic Ym9iOmI="; // bob:b

function plain(): Promise<TestOrigin> {
  return startOrigin((_request, response) => void response.end());
}

function redirecting(to: () => string): Promise<TestOrigin> {
  return startOrigin(({ url }, response) => {
    if (url.startsWith("/go")) response.writeHead(302, { location: to() }).end();
    else response.end();
  });
}

function signed({ arrived }: TestOrigin): (string | undefined)[] {
  return arrived.map(({ headers }) => headers.authorization);
}

describe("AuthByOrigin", () => {
  it("gives each origin its own credentials, and others none", async () => {
    await using one = await plain();
    await using two = await plain();
    await using other = await plain();
    const auth = new AuthByOrigin({ [one.url]: ["ann", "a"], [two.url]: new HttpBearerAuth("token") });
    await using session = new Session({ auth, trustEnv: false });
    for (const { url } of [one, two, other]) await session.get(`${url}/path`);
    expect([one, two, other].map(signed)).toEqual([[ANN], ["Bearer token"], [undefined]]);
  });

  it("is asked anew for each hop: credentials neither leave their origin nor miss it", async () => {
    await using two = await plain();
    await using one = await redirecting(() => two.url);
    await using session = new Session({
      auth: new AuthByOrigin({ [one.url]: ["ann", "a"], [two.url]: ["bob", "b"] }),
      trustEnv: false,
    });
    await session.get(`${one.url}/go`);
    expect(signed(one)).toEqual([ANN]);
    expect(signed(two)).toEqual([BOB]);
    const next = (await session.get(`${one.url}/go`, { allowRedirects: false })).next;
    expect(next).not.toBeNull();
    if (next !== null) await session.send(next);
    expect(signed(two)).toEqual([BOB, BOB]);
  });

  it("says nothing of an origin that is not in it: the URL's own user counts", async () => {
    await using origin = await plain();
    await using session = new Session({
      auth: new AuthByOrigin({ "https://other.test": ["ann", "a"] }),
      trustEnv: false,
    });
    await session.get(origin.url.replace("//", "//bob:b@"));
    expect(signed(origin)).toEqual([BOB]);
  });

  it.for([[null], [false]] as const)("with %j for an origin means none at all there", async ([none]) => {
    await using origin = await plain();
    await using session = new Session({ auth: new AuthByOrigin({ [origin.url]: none }), trustEnv: false });
    await session.get(origin.url.replace("//", "//bob:b@"));
    expect(signed(origin)).toEqual([undefined]);
  });

  it("goes beyond a base URL, for it names its origins itself", async () => {
    await using home = await plain();
    await using other = await plain();
    await using session = new Session({
      baseUrl: home.url,
      auth: new AuthByOrigin({ [home.url]: ["ann", "a"], [other.url]: ["bob", "b"] }),
      trustEnv: false,
    });
    await session.get("/");
    await session.get(other.url);
    expect([home, other].map(signed)).toEqual([[ANN], [BOB]]);
  });

  it("may come with a request, in place of the session's auth", async () => {
    await using origin = await plain();
    await using session = new Session({ auth: ["ann", "a"], trustEnv: false });
    await session.get(origin.url, { auth: new AuthByOrigin({ [origin.url]: ["bob", "b"] }) });
    await session.get(origin.url, { auth: new AuthByOrigin({ "https://other.test": ["bob", "b"] }) });
    expect(signed(origin)).toEqual([BOB, undefined]);
  });

  it("answers challenges with the scheme of the origin", async () => {
    await using origin = await startOrigin(({ headers }, response) => {
      if (headers.authorization?.startsWith("Digest ") === true) return void response.end("in");
      response.writeHead(401, { "www-authenticate": 'Digest realm="r", nonce="n", qop="auth"' }).end();
    });
    const session = new Session({
      auth: new AuthByOrigin({ [origin.url]: new HttpDigestAuth("ann", "a") }),
      trustEnv: false,
    });
    expect(await session.get(origin.url).text()).toBe("in");
    await session.close();
  });

  it("takes the default port for none", async () => {
    const session = new Session({ auth: new AuthByOrigin({ "http://a.test:80": ["ann", "a"] }) });
    const prepared = session.prepareRequest(new Request("GET", "http://a.test/"));
    expect(prepared.headers.get("authorization")).toBe(ANN);
  });

  it.for([
    ["a.test", "such as"],
    ["http://a.test/path", "without more"],
    ["http://user:sekrit@a.test", "without more"],
    ["http://a.test?x", "without more"],
    ["ftp://a.test", "without more"],
    ["http://", "such as"],
  ] as const)("refuses the key %s", ([key, words]) => {
    const make = (): AuthByOrigin => new AuthByOrigin({ [key]: ["ann", "a"] });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(words);
    expect(make).not.toThrow("sekrit");
  });

  it("refuses a value that is no auth, and shows none of it", () => {
    const make = (value: unknown): AuthByOrigin => new AuthByOrigin({ "http://a.test": value as AuthOption });
    expect(() => make("sekrit")).toThrow("auth must be [user, password]");
    expect(() => make("sekrit")).not.toThrow("sekrit");
    for (const map of [null, [], "x"]) expect(() => new AuthByOrigin(map as never)).toThrow(TypeError);
  });
});
