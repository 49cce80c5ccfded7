/**
 * The lines of the options: each option of the table has one, in whatever place it is given, with who said it and whom it goes before.
 * A new option has its line by having its row.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  HstsStore,
  HttpProxyDigestAuth,
  Retry,
  Session,
  type ExplainedSetting,
  type ExplainOptions,
  type Explanation,
  type RequestOptions,
  type ScopeOptions,
  type SessionOptions,
} from "../../src/index.ts";
import type { Options } from "../../src/options/settings.ts";
import { rows, type OptionName } from "../../src/options/table.ts";
import { Shower } from "../../src/explain/shown.ts";

const one = (): void => undefined;

/** A value of each option, and how it is shown. */
const values: {
  readonly [Name in OptionName]: readonly [value: Exclude<Options[Name], null | undefined>, shown: unknown];
} = {
  headers: [{ "X-A": "1", "X-Api-Key": "s3cret", Accept: null }, "X-A: 1, X-Api-Key: ***, Accept: removed"],
  params: [{ a: "1", token: "s3cret" }, "a=1&token=***"],
  auth: [["u", "s3cret"], "Basic"],
  data: ["s3cret", "***"],
  json: [{ a: "s3cret" }, "***"],
  files: [{ f: "s3cret" }, "***"],
  cookies: [{ sid: "s3cret", old: null }, "sid=***, old: left out"],
  idempotencyKey: [true, true],
  baseUrl: ["http://u:s3cret@a.test", "http://a.test/"],
  hsts: [new HstsStore(), "HstsStore"],
  trustEnv: [{ netrc: false }, '{"netrc":false}'],
  timeout: [{ total: 5 }, '{"total":5}'],
  proxies: [{ http: "http://u:s3cret@p.test", no_proxy: "b.test" }, "http=http://p.test, no_proxy=b.test"],
  proxy: ["http://u:s3cret@p.test", "http://p.test"],
  proxyHeaders: [{ "X-P": "1" }, "X-P: 1"],
  proxyAuth: [new HttpProxyDigestAuth("u", "s3cret"), "HttpProxyDigestAuth"],
  verify: ["/ca.pem", "/ca.pem"],
  cert: [{ pfx: "/c.pfx", passphrase: "s3cret" }, "pfx: /c.pfx, passphrase: ***"],
  tls: [{ minVersion: "TLSv1.3" }, '{"minVersion":"TLSv1.3"}'],
  addressPolicy: [() => true, "a function"],
  trustedOrigins: [["http://b.test"], "http://b.test"],
  crossOriginHeaders: [["X-Trace"], "X-Trace"],
  hooks: [{ response: one, request: [one, one] }, "response: 1, request: 2"],
  http2: [true, true],
  rawUrl: [true, true],
  expectContinue: [7, 7],
  stream: [true, true],
  allowRedirects: [false, false],
  retry: [new Retry({ total: 3 }), "Retry(total=3, connect=null, read=null, status=null, other=null)"],
  detectEncoding: [
    function guess() {
      return null;
    },
    "the function guess",
  ],
  maxBodyBytes: [7, 7],
  maxDrainBytes: [7, 7],
  maxCodings: [7, 7],
  maxSetCookies: [7, 7],
  maxRedirects: [7, 7],
  signal: [new AbortController().signal, "AbortSignal"],
  onProgress: [one, "the function one"],
};

const names = Object.keys(rows) as OptionName[];

function lineOf(why: Explanation, name: OptionName): ExplainedSetting {
  const line = why.settings.find(({ option }) => option === name);
  if (line === undefined) throw new Error(`there is no line for ${name}`);
  return line;
}

/** Gives options in a place. */
const ways: {
  readonly [Layer in "session" | "scope" | "request"]: (options: object) => Explanation;
} = {
  session: (options) => new Session(options).explain("http://a.test/", { method: "POST" }),
  scope: (options) => {
    const session = new Session().scope("http://a.test/x", options);
    return session.explain("http://a.test/x/y", { method: "POST" });
  },
  request: (options) => {
    return new Session().explain("http://a.test/", {
      method: "POST",
      ...(options as RequestOptions<boolean>),
    });
  },
};

const every = names.flatMap((name) =>
  (Object.keys(ways) as (keyof typeof ways)[])
    .filter((way) => rows[name].at[way] !== false)
    .map((way) => ({ name, way })),
);

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

describe("the lines of an explanation", () => {
  it("are those of the table, each once", () => {
    const why = new Session().explain("http://a.test/");
    expect(why.settings.map(({ option }) => option)).toEqual(names);
    expect(new Set(why.settings.map(({ source }) => source.layer))).toEqual(new Set(["default"]));
    expect(why.settings.flatMap(({ beaten, joined }) => [...beaten, ...joined])).toEqual([]);
  });

  it.for(every)("show $name of a $way", ({ name, way }) => {
    // What a session has of its own is shown as the session has it.
    const [value, shown] = values[name];
    const line = lineOf(ways[way]({ [name]: value }), name);
    const isJar = name === "cookies" && way === "session";
    expect(line.value).toEqual(isJar ? "the session's jar" : shown);
    if (!isJar)
      expect(line.source).toMatchObject({ layer: way, name: way === "scope" ? "http://a.test/x" : null });
  });

  it.for(names)("show %s with nothing of a secret", (name) => {
    const [value] = values[name];
    const shown = JSON.stringify(new Shower(false).option(name, value));
    expect(shown).not.toContain("s3cret");
    expect(JSON.stringify(new Shower(true).option(name, value)).length).toBeGreaterThan(0);
  });

  it("show an option that nobody knows how to show by its kind, and hide its text", () => {
    const [hidden, told] = [new Shower(false), new Shower(true)];
    const name = "http3" as OptionName; // of a version to come
    const shown = [5, true, null, "s3cret", { a: "s3cret" }, ["s3cret"], one].map((value) =>
      hidden.option(name, value),
    );
    expect(shown).toEqual([5, true, null, "***", "an object", "a list", "the function one"]);
    expect(told.option(name, "s3cret")).toBe("s3cret");
  });
});

describe("a line", () => {
  function explain(session: SessionOptions, request: ExplainOptions, scope?: ScopeOptions): Explanation {
    const made = new Session(session);
    if (scope !== undefined) made.scope("http://a.test", scope);
    return made.explain("http://a.test/", request);
  }

  const layers = (said: readonly { readonly source: { readonly layer: string } }[]): string[] =>
    said.map(({ source }) => source.layer);

  it("has the strongest, and those that it beats in their order", () => {
    const line = lineOf(explain({ maxCodings: 1 }, { maxCodings: 3 }, { maxCodings: 2 }), "maxCodings");
    expect([line.value, line.source.layer]).toEqual([3, "request"]);
    expect(line.beaten.map(({ value, source }) => [value, source.layer])).toEqual([
      [2, "scope"],
      [1, "session"],
      [5, "default"],
    ]);
  });

  it("tells of parts that count beside", () => {
    const line = lineOf(explain({ timeout: [1, 2] }, { timeout: { total: 3 } }), "timeout");
    expect([line.value, layers(line.joined), layers(line.beaten)]).toEqual([
      '{"total":3}',
      ["session"],
      ["default"],
    ]);
    const all = lineOf(explain({ timeout: [1, 2] }, { timeout: { connect: 3, read: 4 } }), "timeout");
    expect([all.value, layers(all.joined), layers(all.beaten)]).toEqual([
      '{"connect":3,"read":4}',
      ["default"],
      ["session"],
    ]);
  });

  it.for<readonly [option: OptionName, session: object, request: object, joined: string[], beaten: string[]]>(
    [
      ["headers", { "X-A": "1" }, { "X-B": "1" }, ["session", "default"], []],
      ["headers", { "X-A": "1" }, { "X-A": "2" }, ["default"], ["session"]],
      ["params", { a: "1" }, { b: "1" }, ["session"], ["default"]],
      ["params", { a: "1" }, { a: "2" }, [], ["session", "default"]],
      ["tls", { minVersion: "TLSv1.3" }, { ciphers: "AES" }, ["session", "default"], []],
      ["hooks", { request: one }, { request: one }, ["session"], ["default"]],
      ["proxies", { http: "http://p.test" }, { https: "http://q.test" }, ["session", "default"], []],
      ["proxies", { http: "http://p.test" }, { http: "http://q.test" }, ["default"], ["session"]],
    ],
  )("of %s: %j under %j", ([option, session, request, joined, beaten]) => {
    const line = lineOf(explain({ [option]: session }, { [option]: request }), option);
    expect([line.source.layer, layers(line.joined), layers(line.beaten)]).toEqual([
      "request",
      joined,
      beaten,
    ]);
  });

  it("of null is off, and beats all", () => {
    const line = lineOf(explain({ headers: { "X-A": "1" } }, { headers: null }), "headers");
    expect([line.value, line.source.layer, line.joined]).toEqual([null, "request", []]);
  });

  it("of proxies and of proxy tells of both", () => {
    const why = explain({ proxies: { http: "http://p.test" } }, { proxy: "http://q.test" });
    for (const name of ["proxies", "proxy"] as const) {
      const line = lineOf(why, name);
      expect([line.value, line.source.layer]).toEqual(["http://q.test", "request"]);
      expect(layers(line.beaten)).toContain("session");
    }
  });
});
