/** `session.explain()`: who said what of a request that is not sent, and what is not called by asking. */
import { describe, expect, it, vi } from "vitest";
import {
  AppAdapter,
  AuthByOrigin,
  CookieJar,
  HstsStore,
  HttpAdapter,
  HttpBasicAuth,
  HttpDigestAuth,
  PreparedRequest,
  Request,
  Retry,
  Session,
  type Adapter,
  type CookieStore,
  type ExplainedHeader,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { headerOf, quietEnvironment, shown } from "../support/explaining.ts";

quietEnvironment();

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
