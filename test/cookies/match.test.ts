import { describe, expect, it } from "vitest";
import { parseUrl } from "../../src/core/url.ts";
import {
  canonicalDomain,
  defaultPath,
  domainMatches,
  domainsOf,
  hostOf,
  isSecure,
  isTrustworthy,
  isWebUrl,
  pathMatches,
} from "../../src/cookies/match.ts";
import { escapeBytes } from "../../src/core/received-text.ts";
import { comparablePath } from "../../src/core/url-spelling.ts";

describe("domain-match", () => {
  // RFC 6265bis §5.1.3
  it.for<readonly [host: string, domain: string, matches: boolean]>([
    ["example.com", "example.com", true],
    ["www.example.com", "example.com", true],
    ["a.b.example.com", "example.com", true],
    ["example.com", "www.example.com", false],
    // CVE-2013-1944 of curl
    ["badexample.com", "example.com", false],
    ["example.com.evil.test", "example.com", false],
    ["example.com", "com", true],
    ["example.com", "", false],
    ["example.com", ".example.com", false],
    ["127.0.0.1", "127.0.0.1", true],
    // CVE-2014-3613 of curl
    ["127.0.0.1", "0.0.1", false],
    ["127.0.0.1", "1", false],
    ["[::1]", "[::1]", true],
    ["[::1]", "1]", false],
    ["localhost", "localhost", true],
    ["a.localhost", "localhost", true],
  ])("of %s with %j: %s", ([host, domain, matches]) => {
    expect(domainMatches(host, domain)).toBe(matches);
  });
});

describe("path-match", () => {
  // §5.1.4
  it.for<readonly [request: string, cookie: string, matches: boolean]>([
    ["/", "/", true],
    ["/a", "/", true],
    ["/a", "/a", true],
    ["/a/", "/a", true],
    ["/a/b", "/a", true],
    ["/a/b", "/a/", true],
    ["/a", "/a/", false],
    ["/ab", "/a", false],
    ["/A/b", "/a", false],
    ["/b", "/a", false],
  ])("of %s with %s: %s", ([request, cookie, matches]) => {
    expect(pathMatches(request, cookie)).toBe(matches);
  });
});

describe("a path is compared in one spelling", () => {
  // RFC 3986 §6.2.2
  it.for<readonly [path: string, compared: string]>([
    ["/a-b._~!$&'()*+,;=:@/", "/a-b._~!$&'()*+,;=:@/"],
    ["/caf%c3%a9", "/caf%C3%A9"],
    ["/caf\u00e9", "/caf%C3%A9"],
    ["/\u{1f600}", "/%F0%9F%98%80"],
    ["/u%7Eser/%41%2d%2E%5f", "/u~ser/A-._"],
    ["/x[1]", "/x%5B1%5D"],
    ["/x%5b1%5d", "/x%5B1%5D"],
    ['/a b"<>\\^`{|}', "/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D"],
    // What has a meaning of its own stays apart from its escape.
    ["/a%2fb", "/a%2Fb"],
    ["/a%3Bb%3d", "/a%3Bb%3D"],
    ["/100%", "/100%25"],
    ["/%zz%4", "/%25zz%254"],
    ["/%25zz", "/%25zz"],
    ["/\ud800", "/%EF%BF%BD"],
  ])("%j as %j", ([path, compared]) => {
    expect(comparablePath(path)).toBe(compared);
    expect(comparablePath(compared)).toBe(compared);
  });

  it("bytes of a header are their escapes", () => {
    expect(escapeBytes("/caf\u00c3\u00a9/\u00e9")).toBe("/caf%C3%A9/%E9");
  });
});

describe("the default path", () => {
  it.for([
    ["/", "/"],
    ["/a", "/"],
    ["/a/", "/a"],
    ["/a/b", "/a"],
    ["/a/b/c.html", "/a/b"],
    ["//", "/"],
  ] as const)("of %s is %s", ([path, expected]) => {
    expect(defaultPath(path)).toBe(expected);
  });
});

describe("the domains whose cookies a host gets", () => {
  it.for<readonly [host: string, domains: readonly string[]]>([
    ["a.b.test", ["a.b.test", "b.test", "test"]],
    ["localhost", ["localhost"]],
    ["127.0.0.1", ["127.0.0.1"]],
    ["[::1]", ["[::1]"]],
  ])("%s", ([host, domains]) => {
    expect(domainsOf(host)).toEqual(domains);
  });
});

describe("a canonical domain", () => {
  it.for<readonly [given: string, expected: string | null]>([
    ["Example.COM", "example.com"],
    ["", ""],
    // Unicode becomes A-labels, as text and as the bytes of a header.
    ["b\u00fccher.de", "xn--bcher-kva.de"],
    ["B\u00dcCHER.de", "xn--bcher-kva.de"],
    ["b\u00c3\u00bccher.de", "xn--bcher-kva.de"],
    ["\u2603.test", "xn--n3h.test"],
    // Nothing that a URL parser would take apart
    ["b\u00fc:80", null],
    ["a@b\u00fc", null],
    ["%41\u00fc", null],
    ["b\u00fc b", null],
    ["xn--\u00fc.test", null],
    // ASCII is left for the comparison with the host.
    ["a:80", "a:80"],
  ])("of %j is %j", ([given, expected]) => {
    expect(canonicalDomain(given)).toBe(expected);
  });
});

describe("a URL", () => {
  it.for<readonly [url: string, web: boolean, secure: boolean, trustworthy: boolean]>([
    ["https://a.test/", true, true, true],
    ["http://a.test/", true, false, false],
    ["wss://a.test/", true, true, true],
    ["ws://a.test/", true, false, false],
    ["ftp://a.test/", false, false, false],
    ["http+unix://a.test/", true, false, false],
    ["http://localhost/", true, false, true],
    ["http://localhost./", true, false, true],
    ["http://app.localhost/", true, false, true],
    ["http://127.0.0.1:8080/", true, false, true],
    ["http://127.9.9.9/", true, false, true],
    ["http://[::1]/", true, false, true],
    ["http://LocalHost/", true, false, true],
    ["http://127.1/", true, false, true],
    ["http://0x7f.0.0.1/", true, false, true],
    ["http://2130706433/", true, false, true],
    ["http://[0:0::1]/", true, false, true],
    ["http://[::ffff:127.0.0.1]/", true, false, false],
    ["http://[::]/", true, false, false],
    ["http://[::1%25lo]/", true, false, false],
    ["http://0.0.0.0/", true, false, false],
    ["http://localhost.localdomain/", true, false, false],
    ["http://notlocalhost/", true, false, false],
    ["ws://localhost/", true, false, true],
    ["http+unix://localhost/", true, false, false],
    ["ftp://localhost/", false, false, false],
    ["http://128.0.0.1/", true, false, false],
    ["http://127.0.0.1.test/", true, false, false],
    ["http://localhost.test/", true, false, false],
  ])(
    "%s is for cookies: %s, for Secure ones: %s, and may set those: %s",
    ([text, web, secure, trustworthy]) => {
      const url = parseUrl(text);
      expect([isWebUrl(url), isSecure(url), isTrustworthy(url)]).toEqual([web, secure, trustworthy]);
      expect(isTrustworthy(url, false)).toBe(secure);
    },
  );

  it("is filed under its host without the final dot", () => {
    expect(hostOf(parseUrl("https://Example.com./x"))).toBe("example.com");
    expect(hostOf(parseUrl("https://example.com:81/x"))).toBe("example.com");
  });
});
