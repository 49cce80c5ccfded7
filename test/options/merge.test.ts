/** Merging, one row a rule: PARITY 1.4, ENV-3, ENV-13, SES rows; BUG-1..3, 12. */
import { describe, expect, it } from "vitest";
import type { RetryPolicy, Verify } from "../../src/core/adapter.ts";
import type { Auth } from "../../src/core/auth-scheme.ts";
import { emptyEnvironment, type Environment } from "../../src/core/environment.ts";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";
import type { RequestOptions, Settings } from "../../src/core/options.ts";
import { checkRequestOptions, noRequestOptions } from "../../src/options/check.ts";
import {
  mergeHeaders,
  mergeSettings,
  nothingConverted,
  sessionSettings,
  type SessionDefaults,
} from "../../src/options/merge.ts";

const nothing: SessionDefaults = {
  timeout: undefined,
  proxies: undefined,
  proxy: undefined,
  proxyHeaders: undefined,
  proxyAuth: undefined,
  verify: undefined,
  cert: undefined,
  tls: undefined,
  addressPolicy: undefined,
  trustedOrigins: undefined,
  crossOriginHeaders: undefined,
  hooks: undefined,
  http2: undefined,
  expectContinue: undefined,
  stream: undefined,
  allowRedirects: undefined,
  maxRedirects: undefined,
  maxBodyBytes: undefined,
  maxDrainBytes: undefined,
  maxCodings: undefined,
  maxSetCookies: undefined,
  detectEncoding: undefined,
};

function merged(
  session: Partial<SessionDefaults>,
  request: RequestOptions<boolean> = {},
  environment = emptyEnvironment,
): Settings {
  const base = sessionSettings({ ...nothing, ...session }, nothingConverted, environment);
  return mergeSettings(base, checkRequestOptions(request), nothingConverted, environment);
}

describe("settings", () => {
  it("have defaults for everything", () => {
    expect(merged({})).toEqual({
      auth: undefined,
      retry: undefined,
      timeouts: { connectMs: 10_000, readMs: 60_000, totalMs: null },
      proxies: {
        explicit: { byKey: new Map(), noProxy: null },
        environment: { byKey: new Map(), noProxy: null },
      },
      verify: { kind: "default" },
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
    const base = sessionSettings(nothing, nothingConverted, emptyEnvironment);
    expect(mergeSettings(base, noRequestOptions, nothingConverted, emptyEnvironment)).toBe(base);
    expect(
      mergeSettings(base, noRequestOptions, { auth: base.auth, retry: undefined }, emptyEnvironment),
    ).toBe(base);
    expect(
      mergeSettings(base, noRequestOptions, { auth: null, retry: undefined }, emptyEnvironment),
    ).not.toBe(base);
  });

  it.for<
    [
      name: keyof Settings,
      session: Partial<SessionDefaults>,
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
      { timeout: null },
      { timeout: { connect: 1 } },
      { connectMs: 1, readMs: null, totalMs: null },
    ],
    // cert
    ["cert", { cert: "/c.pem" }, {}, { cert: "/c.pem", key: "/c.pem" }],
    ["cert", { cert: "/c.pem" }, { cert: ["/d.pem", "/d.key"] }, { cert: "/d.pem", key: "/d.key" }],
    ["cert", { cert: "/c.pem" }, { cert: null }, null],
  ])("%s: session %o, request %o", ([name, session, request, expected]) => {
    expect(merged(session, request)[name]).toEqual(expected);
  });

  it("take the request's signal and progress listener", () => {
    const { signal } = new AbortController();
    const onProgress = (): void => undefined;
    expect(merged({}, { signal, onProgress })).toMatchObject({ signal, onProgress });
    expect(merged({}, { signal: null, onProgress: null })).toMatchObject({ signal: null, onProgress: null });
  });

  it("take auth and retry as they were converted, null included", () => {
    const auth: Auth = { apply: () => undefined };
    const retry: RetryPolicy = { next: () => ({ kind: "final" }) };
    const base = sessionSettings(nothing, { auth, retry }, emptyEnvironment);
    expect(base).toMatchObject({ auth, retry });
    expect(mergeSettings(base, noRequestOptions, nothingConverted, emptyEnvironment)).toMatchObject({
      auth,
      retry,
    });
    expect(
      mergeSettings(base, noRequestOptions, { auth: null, retry: null }, emptyEnvironment),
    ).toMatchObject({ auth: null, retry: null });
  });
});

describe("verify", () => {
  const bundle: Environment = {
    ...emptyEnvironment,
    caBundle: { path: "/env.pem", variable: "REQUESTS_CA_BUNDLE" },
  };
  const path = (at: string): Verify => ({ kind: "path", path: at });
  const ambient: Verify = { kind: "path", path: "/env.pem", variable: "REQUESTS_CA_BUNDLE" };
  const pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----";

  it.for<
    [session: SessionDefaults["verify"], request: SessionDefaults["verify"], bare: Verify, withBundle: Verify]
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
    expect(merged({ verify: session }, options).verify).toEqual(bare);
    expect(merged({ verify: session }, options, bundle).verify).toEqual(withBundle);
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
    const { proxies } = merged(session, request, environment);
    expect(Object.fromEntries(proxies.explicit.byKey)).toEqual(byKey);
    expect(proxies.explicit.noProxy).toBe(noProxy);
    expect(proxies.environment).toEqual(withEnvironment ? environment.proxies : emptyEnvironment.proxies);
  });

  it.for<Said>([
    { proxy: "http://p", proxies: { http: "http://q" } },
    { proxy: false, proxies: { http: "http://q" } },
  ])("refuses %o, which contradicts itself", (request) => {
    expect(() => merged({}, request)).toThrow("contradict each other");
  });

  it("leaves the session's rules as they are", () => {
    const base = sessionSettings(
      { ...nothing, proxies: { http: "http://s" } },
      nothingConverted,
      environment,
    );
    mergeSettings(
      base,
      checkRequestOptions({ proxies: { http: null, https: "http://r" } }),
      nothingConverted,
      environment,
    );
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
      merged({ hooks: session }, request === undefined ? {} : { hooks: request }).hooks.response,
    ).toEqual(response);
  });
});

describe("mergeHeaders", () => {
  it.for<[session: HeadersInit, request: HeadersInit | null | undefined, sent: string[]]>([
    [{ A: "1", B: "2" }, undefined, ["A", "1", "B", "2"]],
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
    expect(mergeHeaders(new HeaderMap(session), request).toWire()).toEqual(sent);
  });

  it("gives a map of its own", () => {
    const session = new HeaderMap({ A: "1" });
    mergeHeaders(session, undefined).set("A", "2");
    mergeHeaders(session, { A: "3" });
    expect(session.toWire()).toEqual(["A", "1"]);
  });
});
