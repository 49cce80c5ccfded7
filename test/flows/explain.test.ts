/** `session.explain()`: who said what of a request that is not sent, and what is not called by asking. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AppAdapter,
  AuthByOrigin,
  CookieJar,
  HstsStore,
  HttpAdapter,
  HttpBasicAuth,
  HttpDigestAuth,
  HttpProxyDigestAuth,
  PreparedRequest,
  Request,
  Retry,
  Session,
  type Adapter,
  type CookieStore,
  type ExplainedHeader,
  type ExplainOptions,
  type Explanation,
  type RequestOptions,
  type SessionOptions,
  type Source,
} from "../../src/index.ts";

let folder = "";
let netrc = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sojourn-explain-"));
  netrc = join(folder, "netrc");
  writeFileSync(netrc, "machine net.test login me password secret\ndefault login any password 0\n");
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv("NETRC", join(folder, "none"));
});
afterEach(() => void vi.unstubAllEnvs());

function headerOf(why: Explanation, name: string): ExplainedHeader {
  const found = why.headers.find((header) => header.name.toLowerCase() === name);
  if (found === undefined) throw new Error(`there is no header ${name}`);
  return found;
}

/** `layer`, `layer name`, or `layer name at`. */
function shown({ layer, name, at }: Source): string {
  return [layer, name, at].filter((part) => part !== null).join(" ");
}

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

describe("TLS", () => {
  it("is told field by field, with the trust of the environment behind what was said", () => {
    vi.stubEnv("CURL_CA_BUNDLE", "/env.pem");
    const session = new Session({
      tls: { minVersion: "TLSv1.3", pins: `sha256/${"A".repeat(43)}=` },
      cert: "/me.pem",
    });
    const { tls } = session.explain("https://a.test/", { tls: { ciphers: "X" }, http2: true });
    expect([tls.verify.value, shown(tls.verify.source)]).toEqual(["/env.pem", "environment CURL_CA_BUNDLE"]);
    expect([tls.minVersion.value, shown(tls.minVersion.source)]).toEqual(["TLSv1.3", "session"]);
    expect([tls.ciphers.value, shown(tls.ciphers.source)]).toEqual(["X", "request"]);
    expect([tls.store.value, shown(tls.store.source)]).toEqual([null, "default"]);
    expect([tls.cert.value, shown(tls.cert.source)]).toEqual(["/me.pem", "session"]);
    expect([tls.isUsed, tls.isHttp2Offered]).toEqual([true, true]);
    const own = session.explain("https://a.test/", { verify: "/own.pem" }).tls.verify;
    expect([own.value, shown(own.source)]).toEqual(["/own.pem", "request"]);
    expect(session.explain("http://a.test/").tls.isUsed).toBe(false);
  });

  it("that is not checked is warned of", () => {
    const session = new Session({ trustEnv: false, verify: false });
    expect(session.explain("https://a.test/").warnings.join()).toContain("verify is false");
    expect(session.explain("http://a.test/").warnings).toEqual([]);
  });
});

describe("time limits, redirects and retries", () => {
  it("have a source for each part", () => {
    const session = new Session({ trustEnv: false, timeout: [1, 2], maxRedirects: 3 });
    const why = session.explain("http://a.test/", { timeout: { total: 9 }, allowRedirects: false });
    const { connect, read, total } = why.timeouts;
    expect([connect, read, total].map(({ value, source }) => [value, source.layer])).toEqual([
      [1, "session"],
      [2, "session"],
      [9, "request"],
    ]);
    expect(connect.beaten).toEqual([{ value: 10_000, source: { layer: "default", name: null, at: null } }]);
    expect([why.redirects.most.value, why.redirects.allow.value]).toEqual([3, false]);
  });

  it("wait for ever with null, which is not the same as saying nothing", () => {
    const why = new Session({ trustEnv: false, timeout: 5 }).explain("http://a.test/", { timeout: null });
    expect(why.timeouts.read).toMatchObject({
      value: null,
      source: { layer: "request" },
      beaten: [{ value: 5 }, {}],
    });
  });

  it("are the adapter's where nobody says otherwise", () => {
    const session = new Session({ trustEnv: false });
    session.mount("http://a.test/x", new HttpAdapter({ maxRetries: 3 }));
    const { retry, adapter } = session.explain("http://a.test/x/y");
    expect([retry.value, shown(retry.source)]).toEqual([3, "adapter http://a.test/x"]);
    expect(adapter).toMatchObject({ name: "HttpAdapter", prefix: "http://a.test/x", target: "/x/y" });
    const own = session.explain("http://a.test/x/y", { retry: new Retry({ total: 1 }) }).retry;
    expect([own.value, own.source.layer]).toEqual([expect.stringContaining("total=1"), "request"]);
    expect(own.beaten.map(({ source }) => source.layer)).toEqual(["adapter", "default"]);
  });
});

describe("HSTS", () => {
  it("makes https of http before cookies are chosen, and says by which host", () => {
    const hsts = new HstsStore();
    hsts.note("a.test", "max-age=1000; includeSubDomains");
    const session = new Session({ trustEnv: false, hsts });
    session.cookies.set("s", "1", { domain: "www.a.test", secure: true });
    const why = session.explain("http://www.a.test/");
    expect(why.hsts).toMatchObject({ isSecured: true, host: "a.test", source: { layer: "session" } });
    expect([why.url, why.request.url]).toEqual(["https://www.a.test/", "https://www.a.test/"]);
    expect(why.cookies.sent.map(({ name }) => name)).toEqual(["s"]);
    expect(session.explain("http://b.test/").hsts).toMatchObject({ isSecured: false, host: null });
  });

  it("forgets no host that has expired", () => {
    const hsts = HstsStore.fromJSON({
      version: 1,
      hosts: [{ host: "a.test", includeSubDomains: false, expires: 1 }],
    });
    const session = new Session({ trustEnv: false, hsts });
    expect(session.explain("http://a.test/").hsts.isSecured).toBe(false);
    expect(hsts.size).toBe(1);
  });

  it("asks a list of the program's own", () => {
    const own = { covers: (host: string) => host === "a.test", note: () => undefined };
    const why = new Session({ trustEnv: false, hsts: own }).explain("http://a.test/");
    expect(why.hsts).toMatchObject({ isSecured: true, host: null });
  });
});

describe("the border of a base URL", () => {
  it("leaves out what is for that origin, and says so", () => {
    const session = new Session({
      trustEnv: false,
      baseUrl: "https://api.test/v1",
      headers: { "X-Api-Key": "s3cret", Accept: "text/html" },
      params: { lang: "en" },
      auth: ["u", "p"],
      cert: "/me.pem",
      tls: { serverName: "api.test" },
    });
    const why = session.explain("https://other.test/");
    const base = { layer: "base-url", name: "https://api.test/v1", at: null };
    expect(why.dropped.map(({ kind, name, by, reason }) => [kind, name, by, reason])).toEqual([
      ["header", "X-Api-Key", base, "base-url"],
      ["param", "lang", base, "base-url"],
      ["auth", null, base, "base-url"],
      ["cert", null, base, "base-url"],
      ["server-name", null, base, "base-url"],
    ]);
    expect(new Set(why.dropped.map(({ source }) => source.layer))).toEqual(new Set(["session"]));
    expect(why.auth).toMatchObject({ value: null, source: base });
    expect(headerOf(why, "accept").source.layer).toBe("session");
    expect(why.warnings).toEqual([
      "the URL is not of the base URL: what is for that one stays there (X-Api-Key, lang, auth, cert, server-name)",
    ]);
    expect(session.explain("/users").dropped).toEqual([]);
    expect(session.explain("/users").warnings).toEqual([]);
  });
});

describe("who signs", () => {
  it.for<readonly [what: string, auth: SessionOptions["auth"], value: string | null, note: string | null]>([
    ["a pair", ["u", "p"], "Basic", null],
    ["a digest", new HttpDigestAuth("u", "p"), "Digest", "sends nothing before the server asks"],
    ["a map", new AuthByOrigin({ "http://a.test": ["u", "p"] }), "Basic", null],
    [
      "a map without it",
      new AuthByOrigin({ "http://b.test": ["u", "p"] }),
      null,
      "it says nothing of this origin",
    ],
    ["nobody", false, null, null],
    [
      "a function",
      function sign() {
        throw new Error("called");
      },
      "the function sign",
      "would be asked when the request is signed",
    ],
  ])("is told of %s", ([, auth, value, note]) => {
    const why = new Session({ trustEnv: false, auth }).explain("http://a.test/");
    expect(why.auth).toMatchObject({ value, note, source: { layer: "session" } });
  });

  it("is not asked to sign: functions, own schemes, and schemes that sign in another way than their class", () => {
    let calls = 0;
    const count = (): void => void calls++;
    class Own extends HttpBasicAuth {
      override apply(request: PreparedRequest): void {
        count();
        super.apply(request);
      }
    }
    for (const auth of [count, { apply: count }, new Own("u", "p")]) {
      const why = new Session({ trustEnv: false, auth }).explain("http://a.test/");
      expect(why.auth.note).toBe("would be asked when the request is signed");
      expect(why.headers.some(({ name }) => name === "Authorization")).toBe(false);
      expect(why.warnings).toEqual([
        "auth would be asked when the request is signed: what it sets is not shown",
      ]);
    }
    expect(calls).toBe(0);
  });

  it("may tell what it would do: a scheme of one's own", () => {
    const auth = {
      apply: (request: PreparedRequest) => void request.headers.set("X-Signed", "s3cret"),
      preview: () => ({ scheme: "Mine", fields: [["X-Signed", "s3cret"]] as const, note: "by the clock" }),
    };
    const why = new Session({ trustEnv: false, auth }).explain("http://a.test/");
    expect(why.auth).toMatchObject({ value: "Mine", note: "by the clock" });
    expect(headerOf(why, "x-signed")).toMatchObject({
      value: "***",
      source: { layer: "auth", name: "Mine" },
    });
  });
});

describe("hooks", () => {
  it("are listed with who gave them, and not called", () => {
    const called = (): never => {
      throw new Error("called");
    };
    const session = new Session({ trustEnv: false, hooks: { request: called } });
    const why = session.explain("http://a.test/", { hooks: { request: [called], response: called } });
    expect(why.hooks.map(({ event, name, source }) => `${event} ${name} ${source.layer}`)).toEqual([
      "request called session",
      "request called request",
      "response called request",
    ]);
    expect(why.warnings).toEqual(["2 request hooks may change the request"]);
    expect(session.explain("http://a.test/", { hooks: null }).hooks).toEqual([]);
  });
});

describe("cookies", () => {
  it("are withheld by cookies: false, and by a header of one's own", () => {
    const session = new Session({ trustEnv: false });
    session.cookies.set("sid", "1", { domain: "a.test" }).set("deep", "1", { domain: "a.test", path: "/x" });
    const reasons = (options: RequestOptions): unknown[] =>
      session.explain("http://a.test/", options).cookies.withheld.map(({ name, reason }) => [name, reason]);
    expect(reasons({ cookies: false })).toEqual([
      ["sid", "cookies-off"],
      ["deep", "path"],
    ]);
    expect(reasons({ headers: { Cookie: "own=1" } })).toEqual([
      ["sid", "cookie-header"],
      ["deep", "path"],
    ]);
    expect(session.explain("http://a.test/", { headers: { Cookie: "own=1" } }).warnings).toEqual([
      "a Cookie header was given: the jar is not asked",
    ]);
  });

  it("are chosen for a direct way to this machine as they are sent there", () => {
    const session = new Session({ trustEnv: false });
    session.cookies.set("sid", "1", { domain: "127.0.0.1", secure: true });
    expect(session.explain("http://127.0.0.1/").cookies.sent.length).toBe(1);
    const { withheld } = session.explain("http://127.0.0.1/", { proxy: "http://p.test" }).cookies;
    expect(withheld.map(({ reason }) => reason)).toEqual(["secure"]);
  });

  it("of a store that does not show them are not asked for", () => {
    const store: CookieStore = {
      store: () => ({ kind: "refused", reason: "not-accepted", name: "" }),
      select: () => {
        throw new Error("asked");
      },
    };
    class Own extends CookieJar {
      override select(): string | null {
        throw new Error("asked");
      }
    }
    for (const cookies of [store, new Own()]) {
      const why = new Session({ trustEnv: false }).explain("http://a.test/", { cookies });
      expect(why.cookies).toEqual({ sent: [], withheld: [], others: 0, isKnown: false });
      expect(why.warnings).toEqual(["the cookies are in a store that would be asked: they are not shown"]);
    }
  });
});

describe("an explanation", () => {
  it("is of the way that the adapter goes", () => {
    const session = new Session({ trustEnv: false });
    session.mount("http://app.test", new AppAdapter(() => new globalThis.Response("")));
    session.mount("http://socket.test", new HttpAdapter({ socketPath: "/run/app.sock" }));
    const own: Adapter = { send: () => Promise.reject(new Error("sent")), close: () => Promise.resolve() };
    session.mount("own://", own);
    const app = session.explain("http://app.test/");
    expect(app.adapter).toEqual({
      name: "AppAdapter",
      prefix: "http://app.test",
      target: null,
      socketPath: null,
    });
    expect([app.proxy.isKnown, app.headers[0]?.name]).toEqual([false, "User-Agent"]);
    expect(app.warnings).toEqual(["AppAdapter sends in its own way: shown is what it is given"]);
    const socket = session.explain("http://socket.test/", { proxy: "http://p.test" });
    expect([socket.adapter.socketPath, socket.proxy.value]).toEqual(["/run/app.sock", null]);
    expect(session.explain("own://a/b").warnings).toEqual([
      "an object sends in its own way: shown is what it is given",
    ]);
  });

  it("tells of what would fail, and of all the rest", async () => {
    const session = new Session({ trustEnv: false, cookies: { sid: "1" } });
    const none = session.explain("gopher://a.test/");
    expect(none.warnings[0]).toContain("the request would fail: No connection adapters were found");
    expect(none.adapter.name).toBe(null);
    const wrong = session.explain("http://a.test/", { proxy: "socks4://p.test" });
    expect(wrong.warnings[0]).toContain("the request would fail: proxy scheme socks4");
    expect(headerOf(wrong, "cookie").source.layer).toBe("jar");
    const guarded = session.explain("http://a.test/", { proxy: "http://p.test", addressPolicy: "public" });
    expect(guarded.warnings[0]).toContain("addressPolicy is given");
    await session.close();
    expect(session.explain("http://a.test/").warnings).toEqual([
      "the session is closed: the request would fail",
    ]);
  });

  it("says which values are others each time", () => {
    const session = new Session({ trustEnv: false, idempotencyKey: true });
    const why = session.explain("http://a.test/", { method: "POST", files: { f: "x" } });
    expect(why.warnings).toEqual([
      "Idempotency-Key is another one for each request",
      "the boundary of the multipart body is another one for each request",
    ]);
  });

  it("has the request as prepareRequest() gives it", () => {
    const session = new Session({
      trustEnv: false,
      cookies: { sid: "1" },
      auth: ["u", "p"],
      params: { a: "1" },
    });
    const { request } = session.explain("http://a.test/", { method: "POST", json: { b: 2 } });
    const prepared = session.prepareRequest(new Request("POST", "http://a.test/", { json: { b: 2 } }));
    expect(request).toBeInstanceOf(PreparedRequest);
    expect([request.method, request.url, request.body]).toEqual([
      prepared.method,
      prepared.url,
      prepared.body,
    ]);
    expect(request.headers.equals(prepared.headers)).toBe(true);
  });

  it("reads the environment as the first request would, and leaves it unread", () => {
    const session = new Session();
    vi.stubEnv("http_proxy", "http://first.test");
    expect(session.explain("http://a.test/").proxy.value).toBe("http://first.test:80");
    vi.stubEnv("http_proxy", "http://second.test");
    expect(session.explain("http://a.test/").proxy.value).toBe("http://second.test:80");
    // A session that has read it keeps to that.
    session.prepareRequest(new Request("GET", "http://a.test/"));
    vi.stubEnv("http_proxy", "http://third.test");
    expect(session.explain("http://a.test/").proxy.value).toBe("http://second.test:80");
  });

  it("stays as it is when its session changes, and when it is changed itself", () => {
    const session = new Session({ trustEnv: false, headers: { "X-A": "1" } });
    const why = session.explain("http://a.test/");
    const before = JSON.stringify(why);
    session.headers.set("X-A", "2");
    (why.toJSON().headers as ExplainedHeader[]).length = 0;
    (why.reveal().headers as ExplainedHeader[]).length = 0;
    expect(JSON.stringify(why)).toBe(before);
    expect(JSON.parse(before) as unknown).toEqual(why.toJSON());
  });

  it("is of a HEAD request as of any other method", () => {
    const why = new Session({ trustEnv: false }).explain("http://a.test/", { method: "head" });
    expect([why.method, why.redirects.allow.value]).toEqual(["HEAD", true]);
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
