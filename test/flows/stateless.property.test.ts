/**
 * Nothing of a request stays behind for the next one but cookies: in any order, each goes out as it would through a session of
 * its own. And what a program gives is not changed, however often it is used.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CookieJar, Request, Session, type RequestOptions, type SessionOptions } from "../../src/index.ts";
import {
  answering,
  ok,
  scriptedServer,
  type RawRequest,
  type ScriptedServer,
} from "../support/scripted-server.ts";
import { runs } from "../support/size.ts";

interface Call {
  readonly method: string;
  readonly path: string;
  readonly options: RequestOptions<boolean>;
}

/** Freezes plain objects and lists, and all that hangs on them. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined });
}

const word = fc.stringMatching(/^[a-z]{1,5}$/);
const record = fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true });
const options: fc.Arbitrary<RequestOptions<boolean>> = fc
  .record({
    headers: maybe(
      fc.dictionary(
        word.map((name) => `X-${name}`),
        fc.oneof(word, fc.constant(null)),
        { maxKeys: 3, noNullPrototype: true },
      ),
    ),
    params: maybe(fc.oneof(record, fc.constant(null))),
    cookies: maybe(fc.oneof(record, fc.constant(false as const))),
    auth: maybe(fc.oneof(fc.tuple(word, word), fc.constant(false as const))),
    idempotencyKey: maybe(word),
    stream: maybe(fc.boolean()),
    allowRedirects: maybe(fc.boolean()),
    rawUrl: maybe(fc.boolean()),
    body: fc.oneof(
      fc.constant({}),
      record.map((data) => ({ data })),
      word.map((data) => ({ data })),
      record.map((json) => ({ json })),
      record.map((data) => ({ data: () => Object.values(data) })),
    ),
  })
  .map(({ body, ...rest }) => ({ ...rest, ...body }));
const call: fc.Arbitrary<Call> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"),
  path: fc.constantFrom("/", "/a", "/a/../b", "/a?b=1", "/redirect", "/error"),
  options,
});
const defaults: fc.Arbitrary<SessionOptions> = fc
  .record({
    headers: maybe(
      fc.dictionary(
        word.map((name) => `X-${name}`),
        word,
        { maxKeys: 2, noNullPrototype: true },
      ),
    ),
    params: maybe(record),
    auth: maybe(fc.tuple(word, word)),
  })
  .map((all) => all as SessionOptions);

const server = answering(({ line }) => {
  if (line.includes("/redirect")) return "HTTP/1.1 307 Go\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n";
  const answer = line.includes("/error") ? ok().replace("200 OK", "503 No") : ok();
  return line.startsWith("HEAD") ? answer.slice(0, answer.indexOf("\r\n\r\n") + 4) : answer;
});

/** What is heard of these calls through one session. */
async function heard(
  { url, requests }: ScriptedServer,
  session: Session<boolean>,
  calls: readonly Call[],
): Promise<RawRequest[]> {
  for (const { method, path, options: own } of calls) {
    const response = await session.request(method, url + path, own);
    await response.close();
  }
  return requests.splice(0);
}

describe("a request of a session", () => {
  it("goes out as if it were the only one of its session", async () => {
    await using running = await scriptedServer(server);
    await fc.assert(
      fc.asyncProperty(defaults, fc.array(call, { minLength: 2, maxLength: 6 }), async (given, calls) => {
        const all = { trustEnv: false, ...given };
        const alone: RawRequest[] = [];
        for (const one of calls) {
          await using session = new Session(all);
          alone.push(...(await heard(running, session, [one])));
        }
        await using session = new Session(all);
        expect(await heard(running, session, calls)).toEqual(alone);
        expect(session.cookies.size).toBe(0);
      }),
    );
  });

  it("leaves what it was made of as it was, and can be made of it again", async () => {
    await using running = await scriptedServer(server);
    await fc.assert(
      fc.asyncProperty(defaults, call, async (given, one) => {
        await using session = new Session(frozen({ trustEnv: false, ...given }));
        const once = frozen(one);
        const first = await heard(running, session, [once]);
        expect(await heard(running, session, [once])).toEqual(first);
        const options = one.options as RequestOptions; // `stream` is said to send()
        const prepared = session.prepareRequest(new Request(one.method, running.url + one.path, options));
        const before = JSON.stringify([prepared.method, prepared.url, [...prepared.headers]]);
        await (await session.send(prepared, { allowRedirects: false })).close();
        expect(JSON.stringify([prepared.method, prepared.url, [...prepared.headers]])).toBe(before);
        // Cookie and Authorization may change places.
        const sorted = (all: readonly RawRequest[]): unknown =>
          all.map(({ fields, ...rest }) => ({ ...rest, fields: [...fields].sort() }));
        expect(sorted(running.requests.splice(0))).toEqual(sorted(first.slice(0, 1)));
      }),
    );
  });
});

describe("a saved jar", () => {
  it("is read again or refused with a TypeError, whatever became of it", () => {
    const jar = new CookieJar({ a: "1" }).set("b", "2", { domain: "a.test", path: "/x", secure: true });
    jar.setCookie("c=3; Max-Age=1000; SameSite=Lax", "https://b.test/");
    const text = JSON.stringify(jar);
    const change = fc.record({
      at: fc.nat(text.length),
      cut: fc.nat(8),
      put: fc.constantFrom("", '"', "{}", "[]", "null", "1e999", "-1", "__proto__", "\\u0000"),
    });
    const changed = change.map(({ at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(changed, fc.json()), (damaged) => {
        let data: unknown;
        try {
          data = JSON.parse(damaged);
        } catch {
          return;
        }
        try {
          const read = CookieJar.fromJSON(data);
          for (const { name, value } of read) expect(`${name}${value}`).not.toMatch(/[;\p{Cc}]/u);
          read.getCookieHeader("https://b.test/");
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});
