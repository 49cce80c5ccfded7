/**
 * URLs as requests prepares them.
 */
import { describe, expect, it } from "vitest";
import { appendQuery, isHttpLike, parseUrl, parseWebUrl } from "../../src/core/url.ts";

describe("parseUrl", () => {
  it.for([
    // scheme, host, port
    ["HTTP://LocalHost:8080/PaTh", "http://localhost:8080/PaTh"],
    ["http://WWW.Example.TEST/Path?Q#F", "http://www.example.test/Path?Q#F"],
    ["http://example.test:80/x", "http://example.test:80/x"],
    ["http://example.test:/x", "http://example.test/x"],
    ["http://example.test:0080/x", "http://example.test:80/x"],
    ["https://h:443/", "https://h:443/"],
    ["http://a..b.test/", "http://a..b.test/"],
    ["http://ex_ample/", "http://ex_ample/"],
    ["http://-bad/", "http://-bad/"],
    ["http://host./", "http://host./"],
    ["http://bücher.example.test/x", "http://xn--bcher-kva.example.test/x"],
    ["http://ドメイン.テスト/", "http://xn--eckwd4c7c.xn--zckzah/"],
    ["http://BÜCHER.Example.test/é", "http://xn--bcher-kva.example.test/%C3%A9"],
    ["http://faß.de/", "http://xn--fa-hia.de/"],
    // one spelling for one address: every decision sees the same host (PARITY URL-9, SEC-18)
    ["http://127.1/", "http://127.0.0.1/"],
    ["http://0x7f000001/", "http://127.0.0.1/"],
    ["http://2130706433/", "http://127.0.0.1/"],
    ["http://0177.0.0.1/", "http://127.0.0.1/"],
    ["http://１２７.0.0.1/", "http://127.0.0.1/"],
    ["http://[::1]:81/x?q=1", "http://[::1]:81/x?q=1"],
    ["http://[FE80::0:1]/", "http://[fe80::1]/"],
    ["http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/"],
    ["http://[fe80::1%eth0]/", "http://[fe80::1%25eth0]/"],
    // path
    ["http://h", "http://h/"],
    ["http://h?x=1", "http://h/?x=1"],
    ["http://h#f", "http://h/#f"],
    ["http://h/a/../b/./c", "http://h/b/c"],
    ["http://h/../../x", "http://h/x"],
    ["http://h/a/..", "http://h/"],
    ["http://h/a/.", "http://h/a/"],
    ["http://h/.../a/..b/.c", "http://h/.../a/..b/.c"],
    ["http://h/a/%2e%2e/b", "http://h/b"],
    ["http://h/a/.%2E/b", "http://h/b"],
    ["http://h//a//b", "http://h//a//b"],
    ["http://h/a!$&'()*+,;=:@b", "http://h/a!$&'()*+,;=:@b"],
    ['http://h/[x]|^`{}"<>', "http://h/%5Bx%5D%7C%5E%60%7B%7D%22%3C%3E"],
    ["http://h/a:b/http://x/?u=http://y/?a=b", "http://h/a:b/http://x/?u=http://y/?a=b"],
    ["http://h/a;b=c/d;e?f;g", "http://h/a;b=c/d;e?f;g"],
    // the backslash is data, not a slash: no parser may see another host than we do
    ["http://h/a\\b?c\\d", "http://h/a%5Cb?c%5Cd"],
    ["http://h\\evil/x", "http://h/%5Cevil/x"],
    ["http://a\\@b/", "http://a/%5C@b/"],
    // escapes: kept, in capitals; unreserved ones undone; a lone percent sign is data
    ["http://h/%2F%2f%3f%20%c3%a9", "http://h/%2F%2F%3F%20%C3%A9"],
    ["http://h/%7Euser/%41%2D%5f%2E%30", "http://h/~user/A-_.0"],
    ["http://h/?q=%26%3d%2b+%7e", "http://h/?q=%26%3D%2B+~"],
    ["http://h/%7Euser/%zz%", "http://h/~user/%25zz%25"],
    // white space and control characters
    ["  \t\nhttp://h/x", "http://h/x"],
    ["http://h/x  ", "http://h/x%20%20"],
    ["http://h/a\tb", "http://h/a%09b"],
    ["http://h/a\nb?c\r\nd", "http://h/a%0Ab?c%0D%0Ad"],
    ["http://h/\u0000\u0001\u007f", "http://h/%00%01%7F"],
    ["http://h/\u010d\u010aX", "http://h/%C4%8D%C4%8AX"],
    ["http://h/\ud800", "http://h/%EF%BF%BD"],
    // query and fragment
    // an empty query is one (RFC 3986 §6.2.3)
    ["http://h/x?", "http://h/x?"],
    ["http://h/x?#", "http://h/x?"],
    ["http://h?", "http://h/?"],
    ["http://h/x??a", "http://h/x??a"],
    ["http://h/x?../..", "http://h/x?../.."],
    ["http://h/?a=b=c&&d&=e", "http://h/?a=b=c&&d&=e"],
    ["http://h/?a=/?:@!$'()*,;[]", "http://h/?a=/?:@!$'()*,;%5B%5D"],
    [
      "http://h/日本/é?ключ=e😀#ф",
      "http://h/%E6%97%A5%E6%9C%AC/%C3%A9?%D0%BA%D0%BB%D1%8E%D1%87=e%F0%9F%98%80#%D1%84",
    ],
    ["http://a#@b/", "http://a/#@b/"],
    ["http://a?@b/", "http://a/?@b/"],
    // user info stays in the URL (PARITY URL-20)
    ["http://us:er:pa:ss@h/x", "http://us:er:pa:ss@h/x"],
    ["http://a@b@c/", "http://a%40b@c/"],
    ["http://@h/", "http://h/"],
    // schemes that begin with http (PARITY URL-4)
    ["httpx://example.test/", "httpx://example.test/"],
    ["http+unix://%2Fvar%2Frun%2FX.sock/x", "http+unix://%2Fvar%2Frun%2FX.sock/x"],
  ] as const)("prepares %j as %s", ([given, prepared]) => {
    expect(parseUrl(given).href).toBe(prepared);
  });

  it.for([
    "http://",
    "http:///path",
    "http:/path",
    "http:path",
    "http:",
    "http://*.example.test/",
    "http://.example.test/",
    "http://*",
    "http://.",
    "http://exa mple.test/",
    "http://exa<mple.test/",
    "http://exa%20mple.test/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1\u0000.evil.test/",
    "http://127.0.0.1\r\nX-Injected: 1/",
    "http://h:99999/",
    "http://h:65536/",
    "http://h:abc/",
    "http://h:-1/",
    "http://h:8 0/",
    "http://h:80:80/",
    "http://[::1/x",
    "http://[::1]x/",
    "http://[12345]/",
    "http://[]/",
    "http://::1/",
    "http://1.2.3.4.5/",
    "http://\u200d.test/",
    `http://${"a".repeat(64)}.test/`,
    `http://${"é".repeat(70)}.test/`,
    "http+unix://a b/",
  ])("refuses %j", (given) => {
    expect(() => parseUrl(given)).toThrow(expect.objectContaining({ name: "InvalidURL" }));
  });

  it.for(["", "example.test/x", "/path", "//example.test/x", "?q=1", "127.0.0.1"])(
    "misses the scheme of %j",
    (given) => {
      expect(() => parseUrl(given)).toThrow(expect.objectContaining({ name: "MissingSchema" }));
    },
  );

  it("says which URL was perhaps meant", () => {
    expect(() => parseUrl("//example.test/x")).toThrow("perhaps you meant https://example.test/x?");
  });

  it.for([
    "http://user:s3cret@/x",
    "http:///user:s3cret@h/",
    "http://user:s3cr#et@h/",
    "user:s3cret@h/x",
    "//u:s3cret@h",
  ])("shows no password when it refuses %j", (given) => {
    let message = "";
    try {
      parseUrl(given);
    } catch (error) {
      message = String(error);
    }
    expect(message).not.toBe("");
    expect(message).not.toMatch(/s3cr/);
  });

  it("handles very long input in bounded time", () => {
    // A quadratic parser would need minutes for these.
    const long = 100_000;
    for (const part of ["/%ff", "%", "a", "a.", "/..", "?", "é"]) {
      const href = parseUrl(`http://h/${part.repeat(long)}`).href;
      expect(parseUrl(href).href).toBe(href);
    }
    expect(() => parseUrl(`http://${"a".repeat(long)}/`)).toThrow("more than 63");
    expect(() => parseUrl(`http://${"a-".repeat(long)}!/`)).toThrow();
  });
});

describe("parseWebUrl", () => {
  it.for([
    'http://h/a%7e/[]|^"?x[]={}|%zz#[f]%7e',
    "http://h/?",
    "http://h/#",
    "http://h/?#",
    "https://u:p@h:8080/x",
    "http+unix://%2Fvar%2Frun/x\\y",
  ])("leaves alone what WHATWG's parser wrote: %s", (given) => {
    const { href } = new URL(given);
    expect(parseWebUrl(href).href).toBe(href);
  });

  it("holds hosts to the same rules as parseUrl", () => {
    for (const host of ["*.a.test", ".a.test", `${"a".repeat(64)}.test`])
      expect(() => parseWebUrl(new URL(`http://${host}/`).href)).toThrow(
        expect.objectContaining({ name: "InvalidURL" }),
      );
  });
});

describe("Url", () => {
  it("takes a URL apart", () => {
    const url = parseUrl("https://user:pass@Example.test:8443/a/b?c=d#e");
    expect(url.parts()).toEqual({
      scheme: "https",
      userinfo: "user:pass",
      host: "example.test",
      port: 8443,
      path: "/a/b",
      query: "c=d",
      fragment: "e",
    });
    expect(url.authority).toBe("example.test:8443");
    expect(url.target).toBe("/a/b?c=d");
    expect(url.absolute).toBe("https://example.test:8443/a/b?c=d");
    expect(String(url)).toBe(url.href);
  });

  it.for([
    ["http://h/", "http://h:80", 80],
    ["http://h:80/", "http://h:80", 80],
    ["https://h/", "https://h:443", 443],
    ["http://h:443/", "http://h:443", 443],
    ["httpx://h/", "httpx://h:", null],
  ] as const)("gives %s the origin %s", ([given, origin, port]) => {
    expect(parseUrl(given).origin).toBe(origin);
    expect(parseUrl(given).effectivePort).toBe(port);
  });

  it.for([
    ["http://h/", null],
    ["http://:@h/", null],
    ["http://u@h/", { username: "u", password: "" }],
    ["http://u:@h/", { username: "u", password: "" }],
    ["http://:p@h/", { username: "", password: "p" }],
    ["http://us:er:pa:ss@h/", { username: "us", password: "er:pa:ss" }],
    ["http://u%40x:p%3A%2F@h/", { username: "u@x", password: "p:/" }],
    ["http://é:ü@h/", { username: "é", password: "ü" }],
    ["http://u:%E9@h/", { username: "u", password: "%E9" }],
  ] as const)("reads the credentials of %s", ([given, credentials]) => {
    expect(parseUrl(given).credentials).toEqual(credentials);
  });

  it.for([
    ["http://[fe80::1%25eth0]/", "fe80::1%eth0"],
    ["http://[::1]:80/", "::1"],
    ["http://h:80/", "h"],
  ] as const)("gives %s the hostname %s", ([given, hostname]) => {
    expect(parseUrl(given).hostname).toBe(hostname);
  });

  it("is copied with some parts changed", () => {
    const url = parseUrl("http://u:p@h/x#f");
    expect(url.with({ userinfo: null, fragment: null }).href).toBe("http://h/x");
    expect(url.href).toBe("http://u:p@h/x#f");
  });
});

describe("isHttpLike", () => {
  it.for([
    ["http://h/", true],
    [" HTTPS://h/", true],
    ["http+unix://x", true],
    ["example.test", true],
    ["", true],
    ["mailto:a@b.test", false],
    ["data:text/plain,hi", false],
    ["localhost:8080/x", false],
    ["ftp://h/", false],
  ] as const)("%j: %s", ([url, expected]) => {
    expect(isHttpLike(url)).toBe(expected);
  });
});

describe("appendQuery", () => {
  it.for([
    ["http://h/get", "y=2", "http://h/get?y=2"],
    ["http://h/get?", "y=2", "http://h/get?y=2"],
    ["http://h/get?x=1", "y=2", "http://h/get?x=1&y=2"],
    ["http://h/get?x=1&", "y=2", "http://h/get?x=1&&y=2"],
    ["http://h/get#frag?x=1", "y=2", "http://h/get?y=2#frag?x=1"],
    ["http://h/get", "a=1&b=two words&c=é", "http://h/get?a=1&b=two%20words&c=%C3%A9"],
    ["http://h/get", "a=%20%7Ex%2fy&b=1+2", "http://h/get?a=%20~x%2Fy&b=1+2"],
    // requests would begin the fragment here (PARITY PAR-2)
    ["http://h/get#f", "a=1#b", "http://h/get?a=1%23b#f"],
    ["http://h/get", "", "http://h/get"],
  ] as const)("%s with %j", ([url, query, expected]) => {
    expect(appendQuery(parseUrl(url), query).href).toBe(expected);
  });
});
