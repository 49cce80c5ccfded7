/** From `http://host` to `https://host`: what was for the one is for the other, which is the same, better protected. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import {
  AuthByOrigin,
  HstsStore,
  HttpBearerAuth,
  HttpDigestAuth,
  Session,
  toFetch,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { startWayUp, type WayUp } from "../support/http-to-https.ts";

let host: WayUp;

beforeAll(async () => {
  host = await startWayUp();
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => void (host.arrived as unknown[]).splice(0));

function sessionWith(options: SessionOptions = {}): Session {
  return new Session({ trustEnv: false, proxy: host.proxy, verify: host.ca, ...options });
}

/** `url` that leads on to each of the others. */
function leading(...urls: readonly string[]): string {
  return urls.reduceRight((to, url) => (to === "" ? url : `${url}?to=${encodeURIComponent(to)}`), "");
}

/** What the last message brought of what a program may have said. */
function brought(): Record<string, unknown> {
  const last = host.arrived.at(-1);
  const { authorization, cookie, accept, "x-api-key": key } = last?.headers ?? {};
  return { url: last?.url, authorization, cookie, accept, key };
}

const SECRETS: RequestOptions = {
  auth: ["u", "p"],
  headers: { "X-Api-Key": "k", Cookie: "own=1", Accept: "text/plain", "Proxy-Authorization": "Basic eDp5" },
};
const BASIC = "Basic dTpw"; // u:p
const ALL = {
  url: "https://one.test/b",
  authorization: BASIC,
  cookie: "own=1",
  accept: "text/plain",
  key: "k",
};
const NOTHING = { authorization: undefined, cookie: undefined, accept: "text/plain", key: undefined };
const UP = ["http://one.test/a", "https://one.test/b"] as const;

describe("a redirect from http to https of one host", () => {
  it.for<
    readonly [way: string, options: SessionOptions, ask: (session: Session, url: string) => Promise<unknown>]
  >([
    ["read into memory", {}, (session, url) => session.get(url, SECRETS)],
    ["over HTTP/2", { http2: true }, (session, url) => session.get(url, SECRETS)],
    [
      "streamed",
      {},
      async (session, url) => {
        await using response = await session.get(url, { ...SECRETS, stream: true });
        await response.bytes();
      },
    ],
    [
      "into a file",
      {},
      async (session, url) => {
        const folder = await mkdtemp(join(tmpdir(), "upgrade-"));
        const { path } = await session.download(url, join(folder, "file"), SECRETS);
        expect(await readFile(path, "utf8")).toBe("");
        await rm(folder, { recursive: true });
      },
    ],
    [
      "followed by hand",
      {},
      async (session, url) => {
        const { next } = await session.get(url, { ...SECRETS, allowRedirects: false });
        if (next !== null) await session.send(next);
      },
    ],
  ])("takes along what the program said: %s", async ([, options, ask]) => {
    await using session = sessionWith(options);
    await ask(session, leading(...UP));
    expect(brought()).toEqual(ALL);
    // It was for the proxy, and what is in the tunnel is not.
    expect(host.arrived.at(-1)?.headers["proxy-authorization"]).toBeUndefined();
  });

  it("does so under toFetch(), too, where fetch takes Authorization away", async () => {
    await using session = sessionWith();
    const headers = { Authorization: "Bearer t", "X-Api-Key": "k", Cookie: "own=1" };
    await toFetch(session)(leading(...UP), { headers });
    expect(brought()).toMatchObject({ authorization: "Bearer t", key: "k", cookie: "own=1" });
  });

  it.for<
    readonly [what: string, options: SessionOptions, url: (url: string) => string, sent: string | undefined]
  >([
    ["a function", { auth: (request) => void request.headers.set("Authorization", "Own") }, same, "Own"],
    ["a bearer", { auth: new HttpBearerAuth("token") }, same, "Bearer token"],
    ["the URL", {}, (url) => url.replace("//", "//u:p@"), BASIC],
    ["a header", { headers: { Authorization: "Mine" } }, same, "Mine"],
    [
      "a map that has the new origin",
      { auth: new AuthByOrigin({ "https://one.test": ["u", "p"] }) },
      same,
      BASIC,
    ],
  ])("takes along credentials of %s", async ([, options, url, sent]) => {
    await using session = sessionWith(options);
    await session.get(url(leading(...UP)));
    expect(brought()["authorization"]).toBe(sent);
  });

  it("takes along what a scope says of the origin before", async () => {
    await using session = sessionWith().scope("http://one.test", {
      auth: ["u", "p"],
      headers: { "X-Api-Key": "k" },
    });
    await session.get(leading(...UP));
    expect(brought()).toMatchObject({ authorization: BASIC, key: "k" });
  });

  it("takes along the cookies of the request", async () => {
    await using session = sessionWith();
    await session.get(leading(...UP), { cookies: { a: "1" } });
    expect(brought()["cookie"]).toBe("a=1");
  });

  it("shows no client certificate, which was for the origin before", async () => {
    await using session = sessionWith({ cert: { ...host.client } });
    await session.get("https://one.test/b");
    expect(host.arrived.at(-1)?.isKnown).toBe(true);
    await session.get(leading(...UP));
    expect(host.arrived.at(-1)).toMatchObject({ url: "https://one.test/b", isKnown: false });
  });

  it.for<readonly [what: string, urls: readonly string[], options: SessionOptions]>([
    ["from another port", ["http://one.test:8080/a", "https://one.test/b"], {}],
    ["to another port", ["http://one.test/a", "https://one.test:8443/b"], {}],
    ["to another host", ["http://one.test/a", "https://two.test/b"], {}],
    ["to a host below it", ["http://test/a", "https://one.test/b"], {}],
    ["whose certificate nobody checks", UP, { verify: false }],
    [
      "when the call was elsewhere before",
      ["http://two.test/a", "http://one.test/a", "https://one.test/b"],
      {},
    ],
    [
      "when it comes back from elsewhere",
      ["http://one.test/a", "http://two.test/a", "http://one.test/a", "https://one.test/b"],
      {},
    ],
    ["and back again", [...UP, "http://one.test/c"], {}],
    ["and back again, and up", [...UP, "http://one.test/c", "https://one.test/b"], {}],
    ["and on to another port", [...UP, "https://one.test:8443/b"], {}],
  ])("is like any other %s: nothing goes along", async ([, urls, options]) => {
    await using session = sessionWith(options);
    await session.get(leading(...urls), SECRETS);
    expect(host.arrived).toHaveLength(urls.length);
    expect(brought()).toEqual({ url: urls.at(-1), ...NOTHING });
  });

  it("gives what a redirect hook adds elsewhere to that origin alone", async () => {
    await using session = sessionWith({
      hooks: {
        redirect: (_response, next) => {
          if (next.url.startsWith("http://one.test/a")) next.headers.set("X-Api-Key", "hook");
        },
      },
    });
    await session.get(leading("http://two.test/a", "http://one.test/a", "https://one.test/b"));
    expect(host.arrived.map(({ headers }) => headers["x-api-key"])).toEqual([undefined, "hook", undefined]);
  });

  it("takes no answer to a Digest challenge along: the next origin asks with its own", async () => {
    await using session = sessionWith({ auth: new HttpDigestAuth("u", "p") });
    await session.get(leading(...UP), { headers: { Authorization: 'Digest username="u", nonce="n"' } });
    expect(host.arrived.map(({ headers }) => headers["authorization"])).toEqual([
      'Digest username="u", nonce="n"',
      undefined,
    ]);
  });
});

describe("a host that is to be reached over TLS only", () => {
  it("has all that was for its http URLs, whoever says http", async () => {
    const hsts = new HstsStore();
    hsts.note("one.test", "max-age=9");
    await using session = sessionWith({ hsts });
    await session.get("http://one.test/b", SECRETS);
    expect(brought()).toEqual(ALL);
    await session.get(leading("http://one.test/a", "http://one.test/b"), SECRETS);
    expect(brought()).toEqual(ALL);
    await session.get(leading("https://one.test/a", "http://one.test/b"), SECRETS);
    expect(brought()).toEqual(ALL);
    expect(host.arrived.every(({ url }) => url.startsWith("https:"))).toBe(true);
    const { next } = await session.get(leading("https://one.test/a", "http://one.test/b"), {
      ...SECRETS,
      allowRedirects: false,
    });
    expect(next?.url).toBe("https://one.test/b");
    if (next !== null) await session.send(next);
    expect(brought()).toEqual(ALL);
  });

  it("has nothing of what was for another", async () => {
    const hsts = new HstsStore();
    hsts.note("one.test", "max-age=9");
    await using session = sessionWith({ hsts });
    await session.get(leading("https://two.test/a", "http://one.test/b"), SECRETS);
    expect(brought()).toEqual({ url: "https://one.test/b", ...NOTHING });
  });
});

function same(url: string): string {
  return url;
}
