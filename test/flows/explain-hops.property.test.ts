/**
 * What is told of a message that a redirect leads to is what is sent there, over any chain of hops: of the next one beforehand, and of
 * each one from the response before it. What is told to stay behind is what does.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  AppAdapter,
  AuthByOrigin,
  HeaderMap,
  HstsStore,
  HttpBearerAuth,
  PreparedRequest,
  Session,
  type Adapter,
  type AuthOption,
  type Explanation,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { runs } from "../support/size.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sojourn-explain-"));
  writeFileSync(
    join(folder, "netrc"),
    "machine a.test login me password one\nmachine c.test login you password two\ndefault login any password 0\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined });
}

const url = fc.constantFrom(
  "http://a.test/1",
  "https://a.test/2",
  "http://b.test/3",
  "https://b.test/4",
  "http://c.test/5",
  "https://a.test:8443/6",
  "http://hsts.test/7",
  "http://www.a.test/8",
);
const signing: AuthOption = {
  apply: (request: PreparedRequest) => void request.headers.set("X-Signed", "1"),
  preview: () => ({ scheme: "Mine", fields: [["X-Signed", "1"]] as const, note: null }),
};
const auth = maybe(
  fc.constantFrom<AuthOption>(
    ["u", "p"],
    new HttpBearerAuth("t"),
    false,
    new AuthByOrigin({ "http://a.test": ["a", "1"], "https://b.test": ["b", "2"] }),
    signing,
  ),
);
const headers = maybe(
  fc.dictionary(
    fc.constantFrom("X-A", "Authorization", "Cookie", "Host", "Content-Type", "Expect", "Accept", "Referer"),
    fc.constantFrom("1", "2"),
    { maxKeys: 3, noNullPrototype: true },
  ),
);
const body = fc.constantFrom<RequestOptions>({}, { json: { a: 1 } }, { data: () => ["x"] });

/** A message as it arrived at the adapter. */
interface Sent {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly string[];
}

/** What a web Request can be made of, whatever was sent. */
const ASKING = new PreparedRequest({
  method: "GET",
  url: "http://answer.test/",
  headers: new HeaderMap(),
  payload: null,
});

/** An adapter that answers with redirects, one after the other, and tells what it was given. */
function leading(steps: readonly (readonly [location: string, status: number])[], sent: Sent[]): Adapter {
  return {
    send: (request, options, signal) => {
      const [location, status] = steps[sent.length] ?? [null, 200];
      const wire = request.headers.toWire();
      const fields = wire.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${wire[at + 1]}`] : []));
      sent.push({ method: request.method, url: request.url, fields });
      const answer = new globalThis.Response(null, {
        status,
        headers: location === null ? {} : { Location: location },
      });
      return new AppAdapter(() => answer).send(ASKING, options, signal);
    },
    close: () => Promise.resolve(),
  };
}

function told(why: Explanation): Sent {
  const { method, headers: shown } = why.reveal();
  return { method, url: why.request.url, fields: shown.map(({ name, value }) => `${name}: ${value}`) };
}

const namesOf = ({ fields }: Sent): Set<string> =>
  new Set(fields.map((line) => line.slice(0, line.indexOf(":")).toLowerCase()));

describe("an explanation from a URL or a response", () => {
  it("is of what is sent on each hop, and of what stays behind", async () => {
    vi.stubEnv("NETRC", join(folder, "netrc"));
    const trustEnv = { netrc: true, proxies: false, ca: false };
    let hops = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(url, fc.constantFrom(301, 302, 303, 307, 308)), { minLength: 1, maxLength: 4 }),
        url,
        fc.record({
          ours: fc.record({ auth, headers }),
          own: fc.record({ auth, headers }),
          made: body,
          method: fc.constantFrom("GET", "POST", "HEAD"),
        }),
        fc.record({
          isTrusted: fc.boolean(),
          hasUser: fc.boolean(),
          hasBaseUrl: fc.boolean(),
          isOff: fc.boolean(),
        }),
        async (steps, start, { ours, own, made, method }, world) => {
          const sent: Sent[] = [];
          const hsts = new HstsStore();
          hsts.note("hsts.test", "max-age=1000");
          await using session = new Session({
            ...(ours as SessionOptions),
            trustEnv,
            hsts,
            cookies: { waits: "1" },
            trustedOrigins: world.isTrusted ? ["https://b.test", "http://b.test"] : [],
            ...(world.hasBaseUrl ? { baseUrl: "http://a.test" } : {}),
          });
          session.cookies
            .set("a", "1", { domain: "a.test", secure: true })
            .set("b", "2", { domain: "b.test" });
          const adapter = leading(steps, sent);
          session.mount("http://", adapter).mount("https://", adapter);
          session.scope("http://a.test", { headers: { "X-S": "1" } });
          const first = world.hasUser ? start.replace("://", "://user:pass@") : start;
          const options: RequestOptions = {
            ...(own as RequestOptions),
            ...made,
            ...(world.isOff ? { cookies: false } : {}),
          };
          const [[to, status] = ["", 0]] = steps;
          const beforehand = session.explain(first, { ...options, method });
          const next = status === 307 ? session.explain(to, { ...options, method, from: first }) : null;
          const response = await session.request(method, first, options);
          expect(told(beforehand)).toEqual(sent[0]);
          if (next !== null) expect(told(next)).toEqual(sent[1]);
          for (const [at, hop] of response.history.entries()) {
            const [before, after] = sent.slice(at, at + 2);
            if (before === undefined || after === undefined) throw new Error("there is no such hop");
            const why = session.explain(steps[at]?.[0] ?? "", { from: hop });
            expect(told(why)).toEqual(after);
            const left = [...namesOf(before)].filter((name) => !namesOf(after).has(name));
            const isUnsigned = why.dropped.some(({ kind }) => kind === "auth");
            const said = new Set(
              why.dropped.filter(({ kind }) => kind === "header").map(({ name }) => name?.toLowerCase()),
            );
            // The jar's cookies are told with the cookies, and who signs by the scheme.
            const isOther = (name: string | undefined): boolean =>
              name !== "cookie" && !(isUnsigned && (name === "authorization" || name === "x-signed"));
            expect(new Set([...said].filter(isOther))).toEqual(new Set(left.filter(isOther)));
            hops++;
          }
        },
      ),
      { numRuns: runs(300) },
    );
    expect(hops).toBeGreaterThan(0);
  });
});
