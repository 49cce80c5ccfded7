/** `session.explain()`: who said what of header fields, query and proxy; and what it refuses. */
import { describe, expect, it, vi } from "vitest";
import {
  HttpProxyDigestAuth,
  Session,
  type ExplainOptions,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { headerOf, quietEnvironment, shown } from "../support/explaining.ts";

const environment = quietEnvironment();

describe("the source of a header", () => {
  it.for<
    readonly [name: string, source: string, session: SessionOptions, request: ExplainOptions, url?: string]
  >([
    ["user-agent", "default", {}, {}],
    ["x-a", "session", { headers: { "X-A": "1" } }, {}],
    ["x-a", "request", { headers: { "X-A": "1" } }, { headers: { "x-a": "1" } }],
    ["host", "url host", {}, {}],
    ["host", "session", { headers: { Host: "other.test" } }, {}],
    ["authorization", "auth Basic", { auth: ["u", "p"] }, {}],
    ["authorization", "url user info", {}, {}, "http://u:p@a.test/"],
    ["authorization", "session", { headers: { Authorization: "x" } }, {}],
    ["cookie", "jar", { cookies: { sid: "1" } }, {}],
    ["cookie", "request cookies", {}, { cookies: { sid: "1" } }],
    ["cookie", "jar", { cookies: { sid: "1" } }, { cookies: { lang: "en" } }],
    ["cookie", "request", { cookies: { sid: "1" } }, { headers: { Cookie: "own=1" } }],
    ["content-type", "request json", {}, { json: {} }],
    ["content-type", "request", {}, { json: {}, headers: { "Content-Type": "application/ld+json" } }],
    ["content-length", "request data", {}, { data: "text" }],
    ["transfer-encoding", "request data", {}, { data: () => ["text"] }],
    ["content-type", "request files", {}, { files: { f: "x" }, data: { a: "1" } }],
    ["content-length", "default", {}, { method: "POST" }],
    ["expect", "session expectContinue", { expectContinue: true }, { data: "text" }],
    ["idempotency-key", "request idempotencyKey", {}, { method: "POST", idempotencyKey: "k" }],
    ["idempotency-key", "session idempotencyKey", { idempotencyKey: true }, { method: "POST" }],
    ["accept-encoding", "request Range", {}, { headers: { Range: "bytes=0-1" } }],
    ["proxy-authorization", "session", { proxy: "http://u:p@p.test" }, {}],
    ["x-p", "session", { proxy: "http://p.test", proxyHeaders: { "X-P": "1" } }, {}],
  ])("%s is %s", ([name, source, options, request, url = "http://a.test/"]) => {
    const session = new Session({ trustEnv: false, ...options });
    expect(shown(headerOf(session.explain(url, request), name).source)).toBe(source);
  });

  it("is a scope, by its prefix", () => {
    const session = new Session({ trustEnv: false, headers: { "X-A": "1" } });
    session.scope("http://a.test/api", { headers: { "X-A": "2" }, auth: ["u", "p"], expectContinue: true });
    const why = session.explain("http://a.test/api/x", { data: "text" });
    expect(shown(headerOf(why, "x-a").source)).toBe("scope http://a.test/api");
    expect(shown(why.auth.source)).toBe("scope http://a.test/api");
    expect(shown(headerOf(why, "expect").source)).toBe("scope http://a.test/api");
    expect(shown(headerOf(session.explain("http://a.test/apiary"), "x-a").source)).toBe("session");
  });

  it("is a field that was set later", () => {
    const session = new Session({ trustEnv: false });
    session.headers.set("X-A", "1").set("Accept", "text/html");
    const why = session.explain("http://a.test/");
    expect(shown(headerOf(why, "x-a").source)).toBe("session");
    expect(headerOf(why, "accept").beaten.map(({ value, source }) => [value, source.layer])).toEqual([
      ["*/*", "default"],
    ]);
  });

  it("is netrc, with the entry and the path of the file", () => {
    const { netrc } = environment;
    vi.stubEnv("NETRC", netrc);
    const session = new Session({ trustEnv: { netrc: true, proxies: false, ca: false } });
    const why = session.explain("http://net.test/");
    expect(shown(headerOf(why, "authorization").source)).toBe(`netrc machine net.test ${netrc}`);
    expect(shown(why.auth.source)).toBe(`netrc machine net.test ${netrc}`);
    expect(shown(session.explain("http://else.test/").auth.source)).toBe(`netrc default ${netrc}`);
    const own = session.explain("http://net.test/", { headers: { Authorization: "x" } });
    expect([own.auth.value, shown(headerOf(own, "authorization").source)]).toEqual([null, "request"]);
  });

  it.for(["http_proxy", "HTTP_PROXY", "all_proxy"] as const)(
    "is a variable of the environment: %s",
    (variable) => {
      vi.stubEnv(variable, "http://u:p@p.test:8080");
      const why = new Session().explain("http://a.test/");
      expect(shown(why.proxy.source)).toBe(`environment ${variable}`);
      expect(why.proxy).toMatchObject({
        value: "http://p.test:8080",
        rule: variable.startsWith("all") ? "all" : "http",
      });
      expect(shown(headerOf(why, "proxy-authorization").source)).toBe(`environment ${variable}`);
      expect(why.reveal().proxy.value).toBe("http://u:p@p.test:8080");
    },
  );

  it("shows whom it goes before", () => {
    const session = new Session({
      trustEnv: false,
      auth: ["u", "p"],
      headers: { Authorization: "Bearer s" },
    });
    const { value, beaten } = headerOf(session.explain("http://a.test/"), "authorization");
    expect([value, beaten]).toEqual([
      "***",
      [{ value: "***", source: { layer: "session", name: null, at: null } }],
    ]);
  });
});

describe("the query", () => {
  it("is told pair by pair: of the URL, of session, scope and request, and what was replaced", () => {
    const session = new Session({ trustEnv: false, params: { lang: "en", page: 1, gone: "x" } });
    session.scope("http://a.test", { params: { page: 2, gone: null } });
    const why = session.explain("http://a.test/?own&a=b", {
      params: [
        ["page", 3],
        ["api_key", "s3cret"],
      ],
    });
    expect(why.params.map(({ name, value, source }) => [name, value, source.layer])).toEqual([
      ["own", null, "url"],
      ["a", "b", "url"],
      ["lang", "en", "session"],
      ["page", "2", "scope"],
      ["page", "3", "request"],
      ["api_key", "***", "request"],
    ]);
    expect(why.params[3]?.beaten).toMatchObject([{ value: "1", source: { layer: "session" } }]);
    expect(why.dropped).toMatchObject([
      { kind: "param", name: "gone", reason: "removed", by: { layer: "scope" } },
    ]);
    expect(why.reveal().params.at(-1)?.value).toBe("s3cret");
  });

  it("is read once where it can be read once", () => {
    const session = new Session({ trustEnv: false });
    const once = [
      ["a", "1"],
      ["b", "2"],
    ].values() as IterableIterator<[string, string]>;
    const names = [["X-A", "1"]].values() as IterableIterator<[string, string]>;
    const why = session.explain("http://a.test/", { params: once, headers: names });
    expect(why.params.map(({ name, source }) => `${name} ${source.layer}`)).toEqual([
      "a request",
      "b request",
    ]);
    expect(headerOf(why, "x-a").source.layer).toBe("request");
    expect(why.request.url).toBe("http://a.test/?a=1&b=2");
  });
});

describe("the proxy", () => {
  it.for<
    readonly [
      what: string,
      env: Readonly<Record<string, string>>,
      session: SessionOptions,
      request: RequestOptions,
      expected: readonly [value: string | null, source: string, exception: string | null],
    ]
  >([
    ["none", {}, {}, {}, [null, "default", null]],
    [
      "of the session",
      { http_proxy: "http://env.test" },
      { proxy: "http://s.test" },
      {},
      ["http://s.test:80", "session", null],
    ],
    [
      "of the request",
      {},
      { proxy: "http://s.test" },
      { proxies: { http: "http://r.test" } },
      ["http://r.test:80", "request", null],
    ],
    ["off", { http_proxy: "http://env.test" }, {}, { proxy: false }, [null, "request", null]],
    [
      "off by its key",
      { http_proxy: "http://env.test" },
      { proxies: { http: null } },
      {},
      [null, "session", null],
    ],
    [
      "excepted by the environment",
      { http_proxy: "http://env.test", NO_PROXY: "b.test,.a.test" },
      {},
      {},
      [null, "environment http_proxy", ".a.test of environment NO_PROXY"],
    ],
    [
      "excepted by the session",
      { http_proxy: "http://env.test", no_proxy: "b.test" },
      { proxies: { no_proxy: "a.test:80" } },
      {},
      [null, "environment http_proxy", "a.test:80 of session"],
    ],
    ["for all", { ALL_PROXY: "env.test:1" }, {}, {}, ["http://env.test:1", "environment ALL_PROXY", null]],
  ])("%s", ([, env, options, request, expected]) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { proxy, warnings } = new Session(options).explain("http://www.a.test/", request);
    const exception =
      proxy.exception === null ? null : `${proxy.exception.entry} of ${shown(proxy.exception.source)}`;
    expect([proxy.value, shown(proxy.source), exception]).toEqual(expected);
    expect(warnings.some((text) => text.includes("is not used for"))).toBe(exception !== null);
  });

  it("of the environment stands behind that of the session", () => {
    vi.stubEnv("http_proxy", "http://u:p@env.test");
    const { proxy } = new Session({ proxy: "http://s.test" }).explain("http://a.test/");
    expect(proxy.beaten.map(({ value, source }) => [value, shown(source)])).toEqual([
      ["http://env.test", "environment http_proxy"],
      [null, "default"],
    ]);
  });

  it("that would be asked for credentials is told", () => {
    const proxyAuth = new HttpProxyDigestAuth("u", "p");
    const why = new Session({ trustEnv: false, proxy: "http://p.test", proxyAuth }).explain("http://a.test/");
    expect(why.warnings).toEqual(["proxyAuth would be asked for Proxy-Authorization"]);
  });
});

describe("explain() refuses", () => {
  const session = new Session({ trustEnv: false });

  it.for<readonly [what: string, url: unknown, options: unknown, message: RegExp]>([
    ["a method in the place of the URL", "GET", { method: "POST" }, /the method comes first/],
    [
      "a URL in the place of the options",
      "GET",
      "http://a.test/",
      /^the options of explain\(\) must be an object, not string: write explain\(url, \{ method \}\)$/,
    ],
    ["no URL", undefined, {}, /^url must be a string or a URL, not undefined/],
    ["null as options", "http://a.test/", null, /^options must be an object, not null/],
    [
      "an unknown option",
      "http://a.test/",
      { heders: {} },
      /unknown option "heders" of the request; perhaps you meant headers\?/,
    ],
    [
      "an option of the session",
      "http://a.test/",
      { baseUrl: "http://b.test" },
      /is an option of the session/,
    ],
    ["a wrong value", "http://a.test/", { timeout: "5s" }, /^timeout must be/],
    ["a method that is none", "http://a.test/", { method: "A B" }, /is not a token/],
    ["null as method", "http://a.test/", { method: null }, /^method must be a string, not null/],
    [
      "a number as from",
      "http://a.test/",
      { from: 5 },
      /^from must be a response, a string or a URL, not number$/,
    ],
    [
      "a promise as from",
      "http://a.test/",
      { from: Promise.resolve() },
      /^from must be .*, not Promise: await the response first$/,
    ],
  ])("%s", ([, url, options, message]) => {
    expect(() => session.explain(url as string, options as ExplainOptions)).toThrow(message);
  });

  it("more arguments", () => {
    const call = session.explain.bind(session) as (...all: unknown[]) => unknown;
    expect(() => call("http://a.test/", {}, {})).toThrow(/^explain\(url, options\) takes no more arguments/);
  });
});
