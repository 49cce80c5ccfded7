/** Settings: what is given over what holds, one row a rule (ENV-3, ENV-13, SES and MRG rows; BUG-1..3, 12). */
import { describe, expect, it } from "vitest";
import type { RetryPolicy, Verify } from "../../src/core/adapter.ts";
import type { Auth } from "../../src/core/auth-scheme.ts";
import { emptyEnvironment, type Environment } from "../../src/core/environment.ts";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";
import type { RequestOptions, SessionOptions } from "../../src/core/options.ts";
import { defaultHeaders, readHeaders } from "../../src/options/headers.ts";
import type { Settings } from "../../src/options/settings.ts";
import { initial, over } from "../../src/options/table.ts";
import { nothing, take } from "../../src/options/take.ts";
import { trustOf } from "../../src/options/trust.ts";
import { defaultsOfSession, settingsOf } from "../support/options.ts";

describe("settings", () => {
  it("have defaults for everything", () => {
    expect(settingsOf({})).toEqual({
      headers: defaultHeaders(),
      params: null,
      idempotencyKey: false,
      rawUrl: false,
      auth: undefined,
      retry: undefined,
      timeouts: { connectMs: 10_000, readMs: 60_000, totalMs: null },
      proxies: {
        explicit: { byKey: new Map(), noProxy: null },
        environment: { byKey: new Map(), noProxy: null },
      },
      verify: { kind: "default" },
      caBundle: null,
      proxyHeaders: null,
      proxyAuth: null,
      cert: null,
      tls: null,
      addressPolicy: null,
      trustedOrigins: new Set(),
      crossOriginHeaders: new Set(),
      hooks: {
        request: [],
        response: [],
        redirect: [],
        retry: [],
        error: [],
        informational: [],
        cookieRefused: [],
      },
      http2: false,
      expectContinueMs: null,
      stream: false,
      callSite: null,
      watch: null,
      allowRedirects: true,
      maxRedirects: 30,
      maxBodyBytes: 268_435_456,
      maxDrainBytes: 262_144,
      maxCodings: 5,
      maxSetCookies: 180,
      journey: { hasCrossed: false, netrc: "all" },
      detectEncoding: null,
      signal: null,
      onProgress: null,
      onInformational: null,
    });
  });

  it("of a request that says nothing are the session's own, and no copy", () => {
    const base = defaultsOfSession({ timeout: 5 });
    expect(over(base, nothing)).toBe(base);
    expect(over(base, take({}, "request"))).toBe(base);
    expect(over(base, take({ timeout: undefined, data: "x", json: 1 }, "request"))).toBe(base);
    expect(over(base, take({ auth: null }, "request"))).not.toBe(base);
  });

  it("share what was not given with those before", () => {
    const base = defaultsOfSession({ tls: { minVersion: "TLSv1.3" }, hooks: {}, proxies: { all: null } });
    const { tls, hooks, proxies, trustedOrigins } = over(base, take({ maxCodings: 1 }, "request"));
    expect([tls, hooks, proxies, trustedOrigins]).toEqual([
      base.tls,
      base.hooks,
      base.proxies,
      base.trustedOrigins,
    ]);
    expect(tls).toBe(base.tls);
    expect(proxies).toBe(base.proxies);
  });

  it.for<
    [
      name: keyof Settings,
      session: SessionOptions<boolean>,
      request: RequestOptions<boolean>,
      expected: unknown,
    ]
  >([
    ["stream", { stream: true }, {}, true],
    ["stream", { stream: true }, { stream: false }, false],
    ["stream", {}, { stream: true }, true],
    ["allowRedirects", { allowRedirects: false }, {}, false],
    ["allowRedirects", { allowRedirects: false }, { allowRedirects: true }, true],
    ["maxRedirects", { maxRedirects: 0 }, {}, 0],
    ["maxBodyBytes", { maxBodyBytes: 5 }, {}, 5],
    ["maxBodyBytes", { maxBodyBytes: null }, {}, null],
    ["maxBodyBytes", { maxBodyBytes: 5 }, { maxBodyBytes: null }, null],
    ["maxBodyBytes", { maxBodyBytes: null }, { maxBodyBytes: 0 }, 0],
    ["maxCodings", { maxCodings: 1 }, {}, 1],
    ["maxCodings", { maxCodings: 1 }, { maxCodings: 0 }, 0],
    ["maxSetCookies", { maxSetCookies: 1 }, {}, 1],
    ["maxSetCookies", { maxSetCookies: 1 }, { maxSetCookies: 0 }, 0],
    // timeouts: part by part
    ["timeouts", { timeout: 5 }, {}, { connectMs: 5, readMs: 5, totalMs: null }],
    ["timeouts", { timeout: 5 }, { timeout: [1, null] }, { connectMs: 1, readMs: null, totalMs: null }],
    ["timeouts", { timeout: { total: 9 } }, { timeout: 5 }, { connectMs: 5, readMs: 5, totalMs: 9 }],
    [
      "timeouts",
      { timeout: { total: 9 } },
      { timeout: { read: 3 } },
      { connectMs: 10_000, readMs: 3, totalMs: 9 },
    ],
    [
      "timeouts",
      { timeout: { total: 9 } },
      { timeout: { total: null } },
      { connectMs: 10_000, readMs: 60_000, totalMs: null },
    ],
    ["timeouts", { timeout: 5 }, { timeout: null }, { connectMs: null, readMs: null, totalMs: null }],
    [
      "timeouts",
      { timeout: { total: 9 } },
      { timeout: null },
      { connectMs: null, readMs: null, totalMs: null },
    ],
    [
      "timeouts",
      { timeout: null },
      { timeout: { connect: 1 } },
      { connectMs: 1, readMs: null, totalMs: null },
    ],
    // cert
    ["cert", { cert: "/c.pem" }, {}, { cert: "/c.pem", key: "/c.pem" }],
    ["cert", { cert: "/c.pem" }, { cert: ["/d.pem", "/d.key"] }, { cert: "/d.pem", key: "/d.key" }],
    ["cert", { cert: "/c.pem" }, { cert: null }, null],
  ])("%s: session %o, request %o", ([name, session, request, expected]) => {
    const { [name]: value } = settingsOf(session, request);
    expect(name === "timeouts" ? { ...(value as object), isReadGiven: undefined } : value).toEqual(expected);
  });

  it("take the request's signal and progress listener", () => {
    const { signal } = new AbortController();
    const onProgress = (): void => undefined;
    expect(settingsOf({}, { signal, onProgress })).toMatchObject({ signal, onProgress });
    expect(settingsOf({}, { signal: null, onProgress: null })).toMatchObject({
      signal: null,
      onProgress: null,
    });
  });

  it("take auth and retry as they are, null included", () => {
    const auth: Auth = { apply: () => undefined };
    const retry: RetryPolicy = { next: () => ({ kind: "final" }) };
    const base = defaultsOfSession({ auth, retry });
    expect(base).toMatchObject({ auth, retry });
    expect(over(base, take({ auth: null, retry: null }, "request"))).toMatchObject({
      auth: null,
      retry: null,
    });
    expect(over(initial, take({ auth: false, retry: false }, "request"))).toMatchObject({
      auth: null,
      retry: null,
    });
  });

  it.for<[SessionOptions["timeout"], RequestOptions["timeout"], boolean]>([
    [undefined, undefined, false],
    [{ connect: 5 }, { total: 5 }, false],
    [{ read: 60_000 }, undefined, true],
    [undefined, { read: null }, true],
    [5, { connect: 1 }, true],
    [[1, 2], undefined, true],
    [null, undefined, true],
  ])("know whether silence was spoken of: session %o, request %o", ([session, request, isGiven]) => {
    const { timeouts } = settingsOf({ timeout: session }, { timeout: request });
    expect(timeouts.isReadGiven ?? false).toBe(isGiven);
  });
});

describe("verify", () => {
  const bundle: Environment = {
    ...emptyEnvironment,
    caBundle: { kind: "path", path: "/env.pem", variable: "REQUESTS_CA_BUNDLE" },
  };
  const path = (at: string): Verify => ({ kind: "path", path: at });
  const ambient: Verify = { kind: "path", path: "/env.pem", variable: "REQUESTS_CA_BUNDLE" };
  const pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----";

  it.for<
    [session: SessionOptions["verify"], request: SessionOptions["verify"], bare: Verify, withBundle: Verify]
  >([
    [undefined, undefined, { kind: "default" }, ambient],
    [true, undefined, { kind: "default" }, ambient],
    [undefined, true, { kind: "default" }, ambient],
    [null, null, { kind: "default" }, ambient],
    [undefined, false, { kind: "off" }, { kind: "off" }],
    // the session's word goes before the environment's (BUG-1)
    [false, undefined, { kind: "off" }, { kind: "off" }],
    ["/s.pem", undefined, path("/s.pem"), path("/s.pem")],
    ["/s.pem", "/r.pem", path("/r.pem"), path("/r.pem")],
    ["/s.pem", false, { kind: "off" }, { kind: "off" }],
    [false, true, { kind: "default" }, ambient],
    [undefined, pem, { kind: "pem", pem }, { kind: "pem", pem }],
    [undefined, Buffer.from(pem), { kind: "pem", pem }, { kind: "pem", pem }],
  ])("session %o, request %o", ([session, request, bare, withBundle]) => {
    const options = request === undefined ? {} : { verify: request };
    expect(trustOf(settingsOf({ verify: session }, options))).toEqual(bare);
    expect(trustOf(settingsOf({ verify: session }, options, bundle))).toEqual(withBundle);
  });
});

describe("proxies", () => {
  const environment: Environment = {
    ...emptyEnvironment,
    proxies: { byKey: new Map([["http", "http://env"]]), noProxy: "env.test" },
  };

  type Said = Pick<RequestOptions, "proxies" | "proxy">;

  it.for<
    [
      session: Said,
      request: Said,
      byKey: Record<string, string>,
      noProxy: string | null,
      environment: boolean,
    ]
  >([
    [{}, {}, {}, null, true],
    [{ proxies: {} }, { proxies: {} }, {}, null, true],
    [{ proxies: { http: "http://s" } }, {}, { http: "http://s" }, null, true],
    [
      { proxies: { http: "http://s", https: "http://t" } },
      { proxies: { http: "http://r" } },
      { http: "http://r", https: "http://t" },
      null,
      true,
    ],
    [
      { proxies: { http: "http://s", https: "http://t" } },
      { proxies: { https: null } },
      // Off, whatever the environment says: an empty value ends the search.
      { http: "http://s", https: "" },
      null,
      true,
    ],
    [{}, { proxies: { all: null, "http://a.test": null } }, { all: "", "http://a.test": "" }, null, true],
    [{ proxies: { http: null } }, {}, { http: "" }, null, true],
    [{ proxies: { http: null } }, { proxies: { http: "http://r" } }, { http: "http://r" }, null, true],
    [{ proxies: { http: "http://s" } }, { proxies: { http: undefined } }, { http: "http://s" }, null, true],
    // keys without case; no_proxy apart
    [
      { proxies: { HTTP: "http://s", "All://Host": "http://t" } },
      {},
      { http: "http://s", "all://host": "http://t" },
      null,
      true,
    ],
    // hosts in the spelling of a URL
    ...(
      [
        ["https://BÜCHER.test", "https://xn--bcher-kva.test"],
        ["http://127.1", "http://127.0.0.1"],
        ["http://[0:0::1]", "http://[::1]"],
        ["http://::1", "http://[::1]"],
        ["all://a_b.test", "all://a_b.test"],
        ["http://b.test.", "http://b.test."],
      ] as const
    ).map(
      ([given, spelled]) =>
        [{ proxies: { [given]: "http://s" } }, {}, { [spelled]: "http://s" }, null, true] as [
          Said,
          Said,
          Record<string, string>,
          null,
          boolean,
        ],
    ),
    [
      { proxies: { no_proxy: "a.test" } },
      { proxies: { http: "http://r" } },
      { http: "http://r" },
      "a.test",
      true,
    ],
    [{ proxies: { noProxy: "a.test" } }, { proxies: { NO_PROXY: "b.test" } }, {}, "b.test", true],
    [{ proxies: { no_proxy: "a.test" } }, { proxies: { no_proxy: null } }, {}, null, true],
    // null: none at all (BUG-3)
    [{ proxies: { http: "http://s" } }, { proxies: null }, {}, null, false],
    [{ proxies: null }, {}, {}, null, false],
    [{ proxies: null }, { proxies: { http: "http://r" } }, { http: "http://r" }, null, false],
    // one proxy for everything
    [{}, { proxy: "http://p" }, { all: "http://p" }, null, true],
    [
      { proxies: { http: "http://s", no_proxy: "a.test" } },
      { proxy: "http://p" },
      { all: "http://p" },
      "a.test",
      true,
    ],
    [{ proxy: "http://p", proxies: { no_proxy: "a.test" } }, {}, { all: "http://p" }, "a.test", true],
    [
      { proxy: "http://p" },
      { proxies: { https: "http://r" } },
      { all: "http://p", https: "http://r" },
      null,
      true,
    ],
    [{ proxies: { http: "http://s" } }, { proxy: false }, {}, null, false],
    [{ proxy: "http://p" }, { proxy: null }, {}, null, false],
    [{ proxy: false }, {}, {}, null, false],
  ])("session %o, request %o", ([session, request, byKey, noProxy, withEnvironment]) => {
    const { proxies } = settingsOf(session, request, environment);
    expect(Object.fromEntries(proxies.explicit.byKey)).toEqual(byKey);
    expect(proxies.explicit.noProxy).toBe(noProxy);
    expect(proxies.environment).toEqual(withEnvironment ? environment.proxies : emptyEnvironment.proxies);
  });

  it.for<Said>([
    { proxy: "http://p", proxies: { http: "http://q" } },
    { proxy: false, proxies: { http: "http://q" } },
  ])("refuses %o, which contradicts itself", (request) => {
    expect(() => settingsOf({}, request)).toThrow("contradict each other");
  });

  it("leaves the session's rules as they are", () => {
    const base = defaultsOfSession({ proxies: { http: "http://s" } }, environment);
    over(base, take({ proxies: { http: null, https: "http://r" } }, "request"));
    expect(Object.fromEntries(base.proxies.explicit.byKey)).toEqual({ http: "http://s" });
  });
});

describe("hooks", () => {
  const [one, two, three] = [(): void => undefined, (): void => undefined, (): void => undefined];

  it.for<[session: RequestOptions["hooks"], request: RequestOptions["hooks"], response: (() => void)[]]>([
    [{ response: one }, {}, [one]],
    [{ response: one }, { response: two }, [one, two]],
    [{ response: [one, two] }, { response: [three] }, [one, two, three]],
    [{ response: one }, { request: two }, [one]],
    [{ response: one }, { response: [] }, [one]],
    [{ response: one }, { response: null }, []],
    [{ response: one }, null, []],
    [null, { response: two }, [two]],
    [{}, { response: two }, [two]],
  ])("session %o, request %o: both run, the session's first", ([session, request, response]) => {
    expect(
      settingsOf({ hooks: session }, request === undefined ? {} : { hooks: request }).hooks.response,
    ).toEqual(response);
  });
});

describe("headers", () => {
  it.for<[session: HeadersInit, request: HeadersInit | null, sent: string[]]>([
    [{ A: "1" }, {}, ["A", "1"]],
    // the session's place, the request's spelling (MRG-4)
    [{ Accept: "*/*", B: "2" }, { ACCEPT: "text/html", C: "3" }, ["ACCEPT", "text/html", "B", "2", "C", "3"]],
    [{ A: "1", B: "2" }, { a: null }, ["B", "2"]],
    [{ A: "1" }, { a: undefined }, ["A", "1"]],
    [{ A: ["1", "2"] }, { a: "3" }, ["a", "3"]],
    [{ A: "1" }, { A: ["2", "3"] }, ["A", "2", "A", "3"]],
    [{ A: "1" }, new Headers({ a: "2" }), ["a", "2"]],
    [{ A: "1" }, null, []],
  ])("session %o, request %o", ([session, request, sent]) => {
    expect(readHeaders(request, new HeaderMap(session)).toWire()).toEqual(sent);
  });

  it("gives a map of its own", () => {
    const session = new HeaderMap({ A: "1" });
    readHeaders({}, session).set("A", "2");
    readHeaders({ A: "3" }, session);
    expect(session.toWire()).toEqual(["A", "1"]);
  });
});
