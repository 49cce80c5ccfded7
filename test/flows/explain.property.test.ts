/**
 * An explanation is true, and changes nothing: for any session, the header fields that it tells of are those that the server is sent
 * next; and a session that was asked is as one that was not.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  CookieJar,
  HttpBearerAuth,
  Session,
  type AuthOption,
  type CookieAttributes,
  type RequestOptions,
  type ScopeOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { http2Fields } from "../../src/http2/fields.ts";
import { ok as okStream, startH2 } from "../support/h2-server.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";
import { runs } from "../support/size.ts";

const START = Date.now();
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sojourn-explain-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined });
}

const word = fc.stringMatching(/^[a-z]{1,5}$/);
const record = fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true });
const headers = fc.dictionary(
  fc.oneof(
    word.map((one) => `X-${one}`),
    fc.constantFrom(
      "Accept",
      "user-agent",
      "Accept-Encoding",
      "Range",
      "Host",
      "Authorization",
      "Cookie",
      "Content-Type",
    ),
  ),
  fc.oneof(word, fc.constant(null)),
  { maxKeys: 4, noNullPrototype: true },
);
const auth: fc.Arbitrary<AuthOption> = fc.oneof(
  fc.tuple(word, word),
  word.map((token) => new HttpBearerAuth(token)),
  fc.constant(false as const),
);
const shared = {
  headers: maybe(headers),
  params: maybe(fc.oneof(record, fc.constant(null))),
  auth: maybe(auth),
};
const scope = fc.record(shared).map((given) => given as ScopeOptions);
const body = fc.oneof(
  fc.constant({}),
  record.map((json) => ({ json })),
  record.map((data) => ({ data })),
  word.map((data) => ({ data: () => [data] })),
);
const request = fc
  .record({
    ...shared,
    cookies: maybe(fc.oneof(record, fc.constant(false as const))),
    idempotencyKey: maybe(word),
    expectContinue: maybe(fc.constant(1)),
    rawUrl: maybe(fc.boolean()),
    body,
  })
  .map(({ body: made, ...given }): RequestOptions => ({ ...given, ...made }));

/** A cookie in the jar. */
interface Stored {
  readonly name: string;
  readonly attributes: CookieAttributes;
}

const stored: fc.Arbitrary<Stored> = fc.record({
  name: word,
  attributes: fc.record({
    domain: fc.constantFrom("", "127.0.0.1", "a.test", "sub.a.test", "other.test"),
    path: fc.constantFrom("/", "/a", "/a/b"),
    secure: fc.boolean(),
    expires: fc.constantFrom(null, START + 3_600_000),
  }),
});

/** What a session is made of, and what is asked. */
interface World {
  readonly session: Omit<SessionOptions, "cookies">;
  readonly cookies: readonly Stored[];
  readonly scope: ScopeOptions | undefined;
  readonly hasBaseUrl: boolean;
  readonly netrc: boolean;
  readonly method: string;
  readonly path: string;
  readonly request: RequestOptions;
}

const world: fc.Arbitrary<World> = fc.record({
  session: fc
    .record({ ...shared, crossOriginHeaders: maybe(fc.constant(["X-a"])) })
    .map((given) => given as Omit<SessionOptions, "cookies">),
  cookies: fc.array(stored, { maxLength: 5 }),
  scope: maybe(scope),
  hasBaseUrl: fc.boolean(),
  netrc: fc.boolean(),
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "patch"),
  path: fc.constantFrom("/", "/a", "/a/b?x=1&y", "/a/../b", "/c#part"),
  request,
});

/** A session as it is described. Twins are alike in all but what is done with them. */
function made(
  { session: given, cookies, scope: defaults, hasBaseUrl }: World,
  url: string,
  more: SessionOptions,
): Session {
  const jar = new CookieJar(null, { now: () => START });
  for (const { name, attributes } of cookies) jar.set(name, "v", attributes);
  const session = new Session({ ...given, ...more, ...(hasBaseUrl ? { baseUrl: "http://a.test/" } : {}) });
  session.cookies = jar;
  if (defaults !== undefined) session.scope(`${url}/a`, defaults);
  return session;
}

/** All that can be seen of a session. */
function seen(session: Session): string {
  return JSON.stringify([session, session.cookies, session.hsts, Object.fromEntries(session.headers)]);
}

describe("an explanation", () => {
  it("tells the header fields that a server is sent over HTTP/1.1, in their order", async () => {
    await using server = await scriptedServer(answering(ok()));
    const path = join(folder, "netrc");
    writeFileSync(
      path,
      "machine 127.0.0.1 login me password secret\nmachine a.test login you password other\n",
    );
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.constantFrom("direct", "proxy", "environment", "exception"),
        fc.constantFrom("here", "a.test", "sub.a.test"),
        async (one, way, place) => {
          const proxy = server.url.replace("://", "://user:pass@");
          vi.stubEnv("NETRC", one.netrc ? path : join(folder, "none"));
          vi.stubEnv("http_proxy", way === "environment" || way === "exception" ? proxy : undefined);
          vi.stubEnv("no_proxy", way === "exception" ? "other.invalid 127.0.0.0/8" : undefined);
          const isFar = place !== "here" && (way === "proxy" || way === "environment");
          const origin = isFar ? `http://${place}` : server.url;
          const more: SessionOptions = way === "proxy" ? { proxy, proxyHeaders: { "X-Proxy": "1" } } : {};
          await using session = made(one, origin, more);
          await using twin = made(one, origin, more);
          const url = origin + one.path;
          const why = session.explain(url, { ...one.request, method: one.method });
          expect(seen(session)).toBe(seen(twin));
          await (await session.request(one.method, url, one.request)).close();
          await (await twin.request(one.method, url, one.request)).close();
          const [arrived, arrivedOfTwin] = server.requests.splice(0);
          const told = why.reveal();
          expect(told.headers.map(({ name, value }) => `${name}: ${value}`)).toEqual(arrived?.fields);
          expect(arrivedOfTwin?.fields).toEqual(arrived?.fields);
          expect(arrived?.line).toBe(`${told.method} ${told.adapter.target} HTTP/1.1`);
          expect(seen(session)).toBe(seen(twin));
          // And once more, of a session that has read its environment.
          const again = session.explain(url, { ...one.request, method: one.method });
          expect(again.reveal().headers).toEqual(told.headers);
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it("tells those that a server is sent over HTTP/2", async () => {
    await using server = await startH2((stream) => okStream(stream));
    await fc.assert(
      fc.asyncProperty(world, async (one) => {
        const options: SessionOptions = { verify: server.ca, http2: true, trustEnv: false };
        await using session = made(one, server.url, options);
        const url = server.url + one.path;
        const why = session.explain(url, { ...one.request, method: one.method });
        expect(why.tls.isHttp2Offered).toBe(true);
        await (await session.request(one.method, url, one.request)).close();
        const [arrived = {}] = server.seen.splice(0);
        const { headers: told, method, adapter } = why.reveal();
        const fields = http2Fields(told.flatMap(({ name, value }) => [name, value]));
        const pairs = fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1]] as const] : []));
        const host = told.find(({ name }) => name.toLowerCase() === "host")?.value;
        expect({
          ":method": method,
          ":scheme": "https",
          ":path": adapter.target,
          ":authority": host,
          ...Object.fromEntries(pairs.filter(([name]) => name !== "host")),
        }).toEqual(Object.fromEntries(Object.entries(arrived)));
        const kept = told.filter(({ isHttp1Only }) => !isHttp1Only).map(({ name }) => name.toLowerCase());
        expect(kept).toEqual(pairs.map(([name]) => name).filter((name) => name !== "host"));
      }),
      { numRuns: runs(60) },
    );
  });

  it("is that of the message which a redirect leads to", async () => {
    await using target = await scriptedServer(answering(ok()));
    await using server = await scriptedServer(
      answering(`HTTP/1.1 307 Go\r\nLocation: ${target.url}/b?z=1\r\nContent-Length: 0\r\n\r\n`),
    );
    await fc.assert(
      fc.asyncProperty(world, fc.boolean(), async (one, isTrusted) => {
        const trustedOrigins = isTrusted ? [target.url] : [];
        await using session = made(one, server.url, { trustEnv: false, trustedOrigins });
        const url = server.url + one.path;
        const options = { ...one.request, method: one.method };
        const why = session.explain(`${target.url}/b?z=1`, { ...options, from: url });
        const response = await session.request(one.method, url, { ...one.request, allowRedirects: false });
        const later = session.explain(`${target.url}/b?z=1`, { from: response });
        await response.close();
        await (await session.request(one.method, url, one.request)).close();
        server.requests.splice(0);
        const [arrived] = target.requests.splice(0);
        for (const told of [why.reveal(), later.reveal()])
          expect(told.headers.map(({ name, value }) => `${name}: ${value}`)).toEqual(arrived?.fields);
      }),
      { numRuns: runs(150) },
    );
  });
});

describe("a request that was explained", () => {
  it("can be sent, and is sent as it was shown", async () => {
    await using server = await scriptedServer(answering(ok()));
    await fc.assert(
      fc.asyncProperty(world, async (one) => {
        await using session = made(one, server.url, { trustEnv: false });
        const why = session.explain(server.url + one.path, { ...one.request, method: one.method });
        await (await session.send(why.request)).close();
        const [arrived] = server.requests.splice(0);
        expect(why.reveal().headers.map(({ name, value }) => `${name}: ${value}`)).toEqual(arrived?.fields);
      }),
      { numRuns: runs(100) },
    );
  });
});
