/** What is told of options is what holds: for any options in any places, values and sources are those of the settings that a call has. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Session,
  type HeadersInit,
  type ParamsInit,
  type RequestOptions,
  type ScopeOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { planOf } from "../../src/options/settings.ts";
import { trustOf } from "../../src/options/trust.ts";
import { runs } from "../support/size.ts";

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined });
}

/** Who says something, weakest first; the last but one is a scope within the one before. */
const LAYERS = ["session", "scope", "inner", "request"] as const;
type Layer = (typeof LAYERS)[number];

const name = fc.constantFrom("a", "b", "c", "a b");
const record = fc.dictionary(name, fc.constantFrom("V", "W", null, ["V", "W"], [], ""), {
  maxKeys: 3,
  noNullPrototype: true,
});
const pairs = fc.array(fc.tuple(name, fc.constantFrom("V", "W")), { maxLength: 3 });
const field = fc.constantFrom("X-A", "x-a", "X-B", "Accept", "Connection");
const fields = fc.dictionary(field, fc.constantFrom("V", null, ["V", "W"]), {
  maxKeys: 3,
  noNullPrototype: true,
});

/** Params in each form that there is, with values that say whose they are. */
function paramsOf(layer: Layer): fc.Arbitrary<ParamsInit | null> {
  const tag = <Value>(value: Value): Value =>
    (typeof value === "string" && value !== ""
      ? layer + value
      : Array.isArray(value)
        ? value.map(tag)
        : value) as Value; // what it was
  const tagged = <Value>(entries: readonly (readonly [string, Value])[]): [string, Value][] =>
    entries.map(([key, value]) => [key, tag(value)]);
  return fc.oneof(
    fc.constant(null),
    record.map((one) => Object.fromEntries(tagged(Object.entries(one)))),
    record.map((one) => new Map(tagged(Object.entries(one)))),
    pairs.map(tagged),
    pairs.map((list) => new URLSearchParams(tagged(list))),
    pairs.map((list) => new URLSearchParams(tagged(list)).toString()),
  );
}

function headersOf(layer: Layer): fc.Arbitrary<HeadersInit | null> {
  const tag = (value: string | string[] | null): string | string[] | null =>
    typeof value === "string" ? layer + value : (value?.map((one) => layer + one) ?? null);
  return fc.oneof(
    fc.constant(null),
    fields.map((one) => Object.fromEntries(Object.entries(one).map(([key, value]) => [key, tag(value)]))),
  );
}

/** Whose value it is; `null`: nobody's that was asked. */
function ownerOf(value: unknown): Layer | "url" | null {
  const text = String(value);
  return ([...LAYERS, "url"] as const).find((layer) => text.startsWith(layer)) ?? null;
}

function sourceOf(owner: Layer | "url"): { readonly layer: string; readonly name?: string } {
  if (owner === "scope") return { layer: "scope", name: "http://a.test" };
  return owner === "inner" ? { layer: "scope", name: "http://a.test/p" } : { layer: owner };
}

function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

describe("a source", () => {
  it("of a parameter or a field is who gave that value, and so it is of those that are beaten", () => {
    const layer = (of: Layer): fc.Arbitrary<{ params: unknown; headers: unknown }> =>
      fc.record({ params: maybe(paramsOf(of)), headers: maybe(headersOf(of)) });
    fc.assert(
      fc.property(
        fc.tuple(layer("session"), layer("scope"), layer("inner"), layer("request")),
        fc.boolean(),
        fc.constantFrom(
          "http://a.test/p/q?own=urlV",
          "http://a.test/p",
          "http://c.test/p?",
          "http://a.test/p?x&",
        ),
        ([ours, outer, inner, own], hasBaseUrl, url) => {
          const more = hasBaseUrl ? { baseUrl: "http://a.test" } : {};
          const session = new Session({ trustEnv: false, ...given(ours as SessionOptions), ...more });
          session.scope("http://a.test", given(outer as ScopeOptions));
          session.scope("http://a.test/p", given(inner as ScopeOptions));
          const why = session.explain(url, given(own as RequestOptions));
          for (const { value, source, beaten } of [...why.params, ...why.headers]) {
            for (const one of [{ value, source }, ...beaten]) {
              const owner = ownerOf(one.value);
              if (owner !== null) expect(one.source).toMatchObject(sourceOf(owner));
            }
          }
          const query = why.params.map(({ name: key, value }) => (value === null ? key : `${key}=${value}`));
          expect(query.join("&")).toBe(new URL(why.request.url).search.slice(1));
          const sent = new Set([...why.headers, ...why.params].map((one) => one.name.toLowerCase()));
          expect(
            why.dropped.filter(({ kind, name: lost }) => kind === "header" && sent.has(lost ?? "")),
          ).toEqual([]);
        },
      ),
      { numRuns: runs(1500) },
    );
  });
});

const ms = fc.constantFrom(1, 2, 10_000, 60_000, null);
const proxy = fc.constantFrom("http://p.test", "http://u:p@q.test:3128", "https://r.test");
const settings = fc
  .record({
    timeout: maybe(
      fc.oneof(ms, fc.tuple(ms, ms), fc.record({ connect: maybe(ms), read: maybe(ms), total: maybe(ms) })),
    ),
    tls: maybe(
      fc.oneof(
        fc.constant(null),
        fc.record({
          minVersion: maybe(fc.constantFrom("TLSv1.2" as const, "TLSv1.3" as const)),
          ciphers: maybe(fc.constantFrom("A", "B")),
          store: maybe(fc.constant("system" as const)),
          serverName: maybe(fc.constant("a.test")),
        }),
      ),
    ),
    verify: maybe(fc.constantFrom(true, false, "/x.pem", null)),
    cert: maybe(fc.constantFrom("/c.pem", null)),
    allowRedirects: maybe(fc.boolean()),
    maxCodings: maybe(fc.constantFrom(1, 2)),
    proxies: maybe(
      fc.oneof(
        fc.constant(null),
        fc.dictionary(
          fc.constantFrom("http", "all", "http://a.test", "no_proxy"),
          fc.oneof(proxy, fc.constant(null)),
          {
            noNullPrototype: true,
          },
        ),
      ),
    ),
  })
  .map(given);

describe("a value", () => {
  it("of an option is the one that the call has", () => {
    const environment = fc.record({
      http_proxy: maybe(proxy),
      ALL_PROXY: maybe(proxy),
      CURL_CA_BUNDLE: maybe(fc.constant("/env.pem")),
    });
    fc.assert(
      fc.property(
        fc.tuple(settings, settings, settings, settings),
        environment,
        fc.constantFrom("http://a.test/api/x", "https://a.test/api", "https://c.test/"),
        ([ours, outer, inner, own], variables, url) => {
          for (const [variable, value] of Object.entries(variables)) vi.stubEnv(variable, value);
          const session = new Session({ baseUrl: "https://a.test", ...(ours as SessionOptions) });
          session.scope("http://a.test", outer).scope("http://a.test/api", inner);
          const { timeouts, tls, redirects, settings: lines, request } = session.explain(url, own);
          const held = planOf(request)?.settings;
          if (held === undefined) throw new Error("it has no plan");
          expect([timeouts.connect.value, timeouts.read.value, timeouts.total.value]).toEqual([
            held.timeouts.connectMs,
            held.timeouts.readMs,
            held.timeouts.totalMs,
          ]);
          for (const part of ["minVersion", "ciphers", "store", "serverName"] as const)
            expect(tls[part].value).toBe(held.tls?.[part] ?? null);
          const trust = trustOf(held);
          const shownTrust = trust.kind === "path" ? trust.path : trust.kind !== "off";
          expect([tls.verify.value, tls.cert.value === null]).toEqual([shownTrust, held.cert === null]);
          expect(redirects.allow.value).toBe(held.allowRedirects);
          const line = lines.find(({ option }) => option === "maxCodings");
          expect(line?.value).toBe(held.maxCodings);
          // Each place has said it once.
          for (const { source, joined, beaten } of lines) {
            const all = [source, ...[...joined, ...beaten].map((one) => one.source)].map((one) =>
              JSON.stringify(one),
            );
            expect(new Set(all).size).toBe(all.length);
          }
        },
      ),
      { numRuns: runs(800) },
    );
  });
});
