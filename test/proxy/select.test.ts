import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import type { ProxySettings } from "../../src/core/adapter.ts";
import { noProxyRules, type ProxyRules } from "../../src/core/environment.ts";
import { InvalidProxyURL, InvalidSchema, InvalidURL } from "../../src/core/errors.ts";
import { parseUrl } from "../../src/core/url.ts";
import { parseProxy, selectProxy } from "../../src/proxy/select.ts";

type Proxies = Readonly<Record<string, string>>;

function rules(proxies: Proxies, noProxy: string | null = null): ProxyRules {
  return { byKey: new Map(Object.entries(proxies)), noProxy };
}

function explicit(proxies: Proxies, noProxy: string | null = null): ProxySettings {
  return { explicit: rules(proxies, noProxy), environment: noProxyRules };
}

function selected(url: string, settings: ProxySettings): string | null {
  return selectProxy(parseUrl(url), settings)?.origin ?? null;
}

describe("selectProxy", () => {
  // requests' test_select_proxies; PARITY PRX-1.
  const byHost = { http: "http://http.proxy", "http://some.host": "http://some.host.proxy" };
  const all = { all: "socks5://http.proxy", "all://some.host": "socks5://some.host.proxy" };
  const mixed = {
    http: "http://http.proxy",
    "http://some.host": "http://some.host.proxy",
    all: "socks5://http.proxy",
  };

  it.for([
    ["http://u:p@Some.Host/path", byHost, "http://some.host.proxy:80"],
    ["http://u:p@Other.Host/path", byHost, "http://http.proxy:80"],
    ["https://Other.Host/", byHost, null],
    ["http://u:p@Some.Host/path", all, "socks5://some.host.proxy:1080"],
    ["https://u:p@Some.Host/path", all, "socks5://some.host.proxy:1080"],
    ["https://Other.Host/", all, "socks5://http.proxy:1080"],
    ["http://u:p@Some.Host/path", mixed, "http://some.host.proxy:80"],
    ["https://Some.Host/", mixed, "socks5://http.proxy:1080"],
    ["http://sub.some.host/", byHost, "http://http.proxy:80"],
    ["http://[::1]/", { "http://[::1]": "http://six.proxy" }, "http://six.proxy:80"],
    ["http://a.test/", {}, null],
    // The scheme goes before a host of `all`.
    [
      "http://a.test/",
      { "all://a.test": "http://host.proxy", http: "http://scheme.proxy" },
      "http://scheme.proxy:80",
    ],
    // An empty string is "no proxy", also against a less specific rule (PARITY PRX-2).
    ["http://a.test/", { http: "" }, null],
    ["http://a.test/", { http: "", all: "http://all.proxy" }, null],
    ["http://a.test/", { "http://a.test": "", http: "http://http.proxy" }, null],
  ] as const)("%s with %j gives %s", ([url, proxies, expected]) => {
    expect(selected(url, explicit(proxies))).toBe(expected);
  });

  // PARITY ENV-3, ENV-5, ENV-6. P is the caller's proxy, E the environment's.
  const P = { http: "http://p.proxy:1" };
  const E = { http: "http://e.proxy:2" };
  it.for([
    ["the caller's proxy wins", rules(P), rules(E), "http://p.proxy:1"],
    ["the environment's fills a gap", rules({ https: "http://p.proxy:1" }), rules(E), "http://e.proxy:2"],
    [
      "the caller's less specific rule wins too",
      rules({ all: "http://p.proxy:1" }),
      rules(E),
      "http://p.proxy:1",
    ],
    ["the caller's empty string wins", rules({ http: "" }), rules(E), null],
    ["the environment's list concerns its own proxies", rules({}), rules(E, "a.test"), null],
    [
      "the environment's list does not concern the caller's",
      rules(P),
      rules(E, "a.test"),
      "http://p.proxy:1",
    ],
    ["the caller's list concerns the caller's proxies", rules(P, "a.test"), rules({}), null],
    ["a host on the caller's list gets no proxy of the environment", rules(P, "a.test"), rules(E), null],
    ["the caller's list concerns the environment's proxies", rules({}, "a.test"), rules(E), null],
    [
      "the caller's list replaces the environment's",
      rules({}, "b.test"),
      rules(E, "a.test"),
      "http://e.proxy:2",
    ],
    ["an empty list of the caller replaces it too", rules({}, ""), rules(E, "a.test"), "http://e.proxy:2"],
  ] as const)("%s", ([, caller, environment, expected]) => {
    expect(selected("http://a.test/", { explicit: caller, environment })).toBe(expected);
  });

  it("does not look at the value of a rule that does not apply", () => {
    expect(selected("http://a.test/", explicit({ http: "garbage://", "http://a.test": "http://p" }))).toBe(
      "http://p:80",
    );
    expect(selected("http://a.test/", explicit({ http: "http://" }, "a.test"))).toBe(null);
  });
});

describe("parseProxy", () => {
  it.for([
    ["http://p.test", "http", "p.test", "p.test", 80],
    ["http://p.test:3128/", "http", "p.test", "p.test", 3128],
    ["HTTP://P.Test:3128", "http", "p.test", "p.test", 3128],
    ["https://p.test", "https", "p.test", "p.test", 443],
    ["socks5://p.test", "socks5", "p.test", "p.test", 1080],
    ["socks5h://p.test:9", "socks5h", "p.test", "p.test", 9],
    ["http://[::1]:8080", "http", "[::1]", "::1", 8080],
    ["http://127.1:8080", "http", "127.0.0.1", "127.0.0.1", 8080],
    ["http://p.test:3128/some/path?q", "http", "p.test", "p.test", 3128],
    // Without scheme (PARITY PRX-2).
    ["p.test", "http", "p.test", "p.test", 80],
    ["p.test:3128", "http", "p.test", "p.test", 3128],
    ["localhost:3128", "http", "localhost", "localhost", 3128],
    ["127.0.0.1:3128", "http", "127.0.0.1", "127.0.0.1", 3128],
    ["//p.test:3128", "http", "p.test", "p.test", 3128],
    ["u:p@p.test:3128", "http", "p.test", "p.test", 3128],
    ["http:8080", "http", "http", "http", 8080],
  ] as const)("reads %s", ([text, scheme, host, hostname, port]) => {
    expect(parseProxy(text)).toMatchObject({ scheme, host, hostname, port });
  });

  it.for([
    ["http://u:p@p.test", { username: "u", password: "p" }],
    ["http://pu%40x:p%3Ap@p.test", { username: "pu@x", password: "p:p" }],
    ["http://u:@p.test", { username: "u", password: "" }],
    ["u:p@p.test", { username: "u", password: "p" }],
    ["socks5://u:p@p.test", { username: "u", password: "p" }],
    // As in the URL of a server (RFC 3986 §3.2.1, RFC 7617; PARITY PRX-7).
    ["http://u@p.test", { username: "u", password: "" }],
    ["http://u%3Av@p.test", { username: "u:v", password: "" }],
    ["u@p.test", { username: "u", password: "" }],
    ["socks5h://u@p.test", { username: "u", password: "" }],
    ["http://:p@p.test", { username: "", password: "p" }],
    ["http://u:p@[::1]:8080", { username: "u", password: "p" }],
    ["http://u:p@q@p.test", { username: "u", password: "p@q" }],
    ["http://u:%zz@p.test", { username: "u", password: "%zz" }],
    ["http://:@p.test", null],
    ["http://@p.test", null],
    ["http://p.test", null],
  ] as const)("takes credentials from %s", ([text, credentials]) => {
    expect(parseProxy(text).credentials).toEqual(credentials);
  });

  it.for([
    "http://",
    "http:/bad",
    "http:///x",
    "http:bad",
    "https:/p.test",
    "http://p.test:port",
    "http://p.test:65536",
    "http://p q/",
    "http://[::1",
    "://",
    // What follows the host would be the rest of a password, and the host another one.
    "http://user:1/ss@p.test",
    "http://user/x:pass@p.test",
    "http://user:1?ss@p.test",
    "http://user:1#ss@p.test",
    "socks5://user:1/ss@p.test",
    // RFC 7617 §2
    "http://us%00er:p@p.test",
    "http://u:pa%0d%0ass@p.test",
    "socks5://u:%7f@p.test",
  ])("refuses %s", (text) => {
    expect(() => parseProxy(text)).toThrow(InvalidProxyURL);
  });

  it.for([
    ["foo://p.test", InvalidURL],
    ["ftp://p.test", InvalidURL],
    ["constructor://p.test", InvalidURL],
    ["socks://p.test", InvalidSchema],
    ["socks4://p.test", InvalidSchema],
    ["socks4a://p.test", InvalidSchema],
  ] as const)("refuses the scheme of %s, but not as malformed", ([text, errorClass]) => {
    const caught = thrownBy(() => parseProxy(text));
    expect(caught).toBeInstanceOf(errorClass);
    expect(caught).not.toBeInstanceOf(InvalidProxyURL);
  });

  it("gives the same object for the same text", () => {
    expect(parseProxy("http://same.test:1")).toBe(parseProxy("http://same.test:1"));
  });

  it("tells users of one proxy apart by href", () => {
    const [one, two, none] = ["http://u:1@p", "http://u:2@p", "http://p"].map(
      (text) => parseProxy(text).href,
    );
    expect(new Set([one, two, none]).size).toBe(3);
    expect(none).toBe("http://p:80");
  });
});

describe("a proxy's secrets", () => {
  it.for([
    "http://u:sekrit@:::garbage",
    "http://u:sekrit@",
    "u:sekrit@:::x",
    "http:/u:sekrit@p",
    "http://u:x/sekrit@p:port",
    "http://u:x#sekrit@p",
    "foo://u:sekrit@p",
  ])("are not in the error for %s", (text) => {
    const caught = thrownBy(() => parseProxy(text));
    expect(caught).toBeInstanceOf(InvalidURL);
    expect(inspect(caught, { depth: 10 }).replace(/\n\s+at .*/g, "")).not.toContain("sekrit");
  });

  it("are not in its printed forms", () => {
    const target = parseProxy("http://u:sekrit@p.test");
    expect(inspect({ target }, { showHidden: true })).toBe("{ target: ProxyTarget 'http://p.test:80' }");
    expect(JSON.stringify({ target })).toBe('{"target":"http://p.test:80"}');
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
