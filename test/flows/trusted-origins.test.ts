import { describe, expect, it } from "vitest";

import { Request, Session, type SessionOptions, type SharedOptions } from "../../src/index.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const SECRETS: SharedOptions = {
  auth: ["ann", "a"],
  headers: { "X-Api-Key": "key", "X-Trace-Id": "7", Cookie: "own=1", Accept: "text/plain" },
};
const ANN = "Basic YW5uOmE="; // ann:a

function plain(): Promise<TestOrigin> {
  return startOrigin((_request, response) => void response.end("ok"));
}

function leadingTo(to: () => string): Promise<TestOrigin> {
  return startOrigin((_request, response) => void response.writeHead(307, { location: to() }).end());
}

/** What the last request to an origin brought. */
function brought({ arrived }: TestOrigin): Record<string, unknown> {
  const headers = arrived.at(-1)?.headers ?? {};
  const { authorization, cookie, accept } = headers;
  return { authorization, cookie, accept, key: headers["x-api-key"], trace: headers["x-trace-id"] };
}

const ALL = { authorization: ANN, cookie: "own=1", accept: "text/plain", key: "key", trace: "7" };
const HARMLESS = { accept: "text/plain", authorization: undefined, cookie: undefined, key: undefined };

describe("trustedOrigins", () => {
  it("may have on a redirect what the origin before them has", async () => {
    await using files = await plain();
    await using api = await leadingTo(() => files.url);
    await using session = new Session({ trustEnv: false, trustedOrigins: [files.url] });
    await session.get(api.url, SECRETS);
    expect(brought(files)).toEqual(ALL);
  });

  it("are exactly these: another port, or anything that they lead to, gets nothing", async () => {
    await using other = await plain();
    await using files = await leadingTo(() => other.url);
    await using api = await leadingTo(() => files.url);
    await using session = new Session({ trustEnv: false, trustedOrigins: [new URL(files.url)] });
    await session.get(api.url, SECRETS);
    expect(brought(files)).toEqual(ALL);
    expect(brought(other)).toEqual({ ...HARMLESS, trace: undefined });
  });

  it("do not get back what was lost on the way to them", async () => {
    await using files = await plain();
    await using other = await leadingTo(() => files.url);
    await using api = await leadingTo(() => other.url);
    await using session = new Session({ trustEnv: false, trustedOrigins: [files.url] });
    await session.get(api.url, SECRETS);
    expect(brought(files)).toEqual({ ...HARMLESS, trace: undefined });
  });

  it("of a request go in place of the session's, and null is none", async () => {
    await using files = await plain();
    await using api = await leadingTo(() => files.url);
    await using open = new Session({ trustEnv: false, trustedOrigins: [files.url] });
    await open.get(api.url, { ...SECRETS, trustedOrigins: null });
    expect(brought(files)["key"]).toBeUndefined();
    await using closed = new Session({ trustEnv: false });
    await closed.get(api.url, { ...SECRETS, trustedOrigins: [files.url] });
    expect(brought(files)).toEqual(ALL);
  });

  it("hold for the user of a URL, and for response.next", async () => {
    await using files = await plain();
    await using api = await leadingTo(() => files.url);
    await using session = new Session({ trustEnv: false, trustedOrigins: [files.url] });
    await session.get(api.url.replace("//", "//ann:a@"));
    expect(brought(files)["authorization"]).toBe(ANN);
    const { next } = await session.get(api.url, { ...SECRETS, allowRedirects: false });
    expect(next).not.toBeNull();
    if (next !== null) await session.send(next);
    expect(brought(files)).toEqual(ALL);
  });

  it("get a session's defaults beside its base URL", async () => {
    await using api = await plain();
    await using files = await plain();
    await using other = await plain();
    const options: SessionOptions = {
      baseUrl: api.url,
      trustEnv: false,
      params: { tenant: "t" },
      ...SECRETS,
    };
    await using session = new Session({ ...options, trustedOrigins: [files.url] });
    for (const { url } of [files, other]) await session.get(`${url}/x`);
    expect(brought(files)).toEqual(ALL);
    expect(files.arrived[0]?.url).toBe("/x?tenant=t");
    expect(brought(other)).toEqual({ ...HARMLESS, trace: undefined });
    expect(other.arrived[0]?.url).toBe("/x");
    await session.get(`${other.url}/x`, { trustedOrigins: [other.url] });
    expect(brought(other)).toEqual(ALL);
  });

  it("are set whole: what is done to the list does not count", async () => {
    await using files = await plain();
    await using api = await leadingTo(() => files.url);
    const trusted: string[] = [];
    await using session = new Session({ trustEnv: false, trustedOrigins: trusted });
    await session.get(api.url, SECRETS);
    expect(brought(files)["key"]).toBeUndefined();
    trusted.push(files.url);
    await session.get(api.url, SECRETS);
    expect(brought(files)["key"]).toBeUndefined();
    session.trustedOrigins = trusted;
    await session.get(api.url, SECRETS);
    expect(brought(files)).toEqual(ALL);
  });

  it.for([
    ["https://a.test", /must be a list of origins/],
    [["https://a.test/path"], /"https:\/\/a.test\/path"/],
    [["a.test"], /"a.test"/],
    [["https://*.a.test"], /must be an origin/],
    [["ftp://a.test"], /must be an origin/],
    [["https://u:pw@a.test"], /must be an origin/],
    [[7], /must be an origin.*number/],
  ] as const)("refuse %j", async ([value, message]) => {
    const wrong = { trustedOrigins: value } as unknown as SessionOptions;
    expect(() => new Session(wrong)).toThrow(TypeError);
    expect(() => new Session(wrong)).toThrow(message);
    await using session = new Session();
    expect(() => session.prepareRequest(new Request("GET", "http://a.test", wrong))).toThrow(message);
    expect(() => (session.trustedOrigins = value as unknown as string[])).toThrow(message);
    expect(session.trustedOrigins).toBeUndefined();
  });
});

describe("crossOriginHeaders", () => {
  it("go along to any origin, and to the next ones; others do not", async () => {
    await using third = await plain();
    await using second = await leadingTo(() => third.url);
    await using first = await leadingTo(() => second.url);
    await using session = new Session({ trustEnv: false, crossOriginHeaders: ["x-trace-id"] });
    await session.get(first.url, SECRETS);
    expect(brought(third)).toEqual({ ...HARMLESS, trace: "7" });
  });

  it("of the session go to other origins than its base URL's", async () => {
    await using api = await plain();
    await using other = await plain();
    const options: SessionOptions = { baseUrl: api.url, trustEnv: false, ...SECRETS };
    await using session = new Session({ ...options, crossOriginHeaders: ["X-Trace-Id"] });
    await session.get(other.url);
    expect(brought(other)).toEqual({ ...HARMLESS, trace: "7" });
    await session.get(other.url, { crossOriginHeaders: [] });
    expect(brought(other)).toEqual({ ...HARMLESS, trace: undefined });
  });

  it.for([
    [["Authorization"], RangeError, /must not name Authorization.*trustedOrigins/],
    [["cookie"], RangeError, /must not name cookie/],
    [["Proxy-Authorization"], RangeError, /must not name Proxy-Authorization/],
    [["Host"], RangeError, /must not name Host/],
    [["X Y"], TypeError, /must be the name of a header field.*"X…"/],
    [[null], TypeError, /must be the name of a header field.*null/],
    ["X-Trace-Id", TypeError, /must be a list/],
  ] as const)("refuses %j", ([value, kind, message]) => {
    const make = (): Session => new Session({ crossOriginHeaders: value as unknown as string[] });
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
