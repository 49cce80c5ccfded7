import { describe, expect, it } from "vitest";
import { parseUrl } from "../../src/core/url.ts";
import { CookieJar } from "../../src/cookies/jar.ts";

const NOW = Date.UTC(2026, 10, 1);
const sent = (jar: CookieJar, url: string, now = NOW): string | null => jar.select(parseUrl(url), now);

/** A jar that got these fields, one millisecond after another. */
function jarOf(...fields: readonly (readonly [header: string, url: string])[]): CookieJar {
  const jar = new CookieJar(null, { now: () => NOW });
  for (const [at, [header, url]] of fields.entries()) jar.store(header, parseUrl(url), NOW + at);
  return jar;
}

describe("the Cookie header", () => {
  it("has longer paths first, and then the older cookie", () => {
    const jar = jarOf(
      ["r=1; Path=/", "https://x.test/a/b/set"],
      ["ab=2; Path=/a/b", "https://x.test/a/b/set"],
      ["s=1; Path=/", "https://x.test/a/b/set"],
      ["a=3; Path=/a", "https://x.test/a/b/set"],
    );
    expect(sent(jar, "https://x.test/a/b/get")).toBe("ab=2; a=3; r=1; s=1");
    expect(sent(jar, "https://x.test/a/x")).toBe("a=3; r=1; s=1");
    expect(sent(jar, "https://x.test/a/b/get")).toBe("ab=2; a=3; r=1; s=1");
    expect(sent(jar, "https://x.test/?/a/b")).toBe("r=1; s=1");
  });

  it("joins those of the host and of the domains above it", () => {
    const jar = jarOf(
      ["far=1; Domain=example.test", "https://a.b.example.test/"],
      ["near=1; Domain=b.example.test", "https://a.b.example.test/"],
      ["own=1", "https://a.b.example.test/"],
    );
    expect(sent(jar, "https://a.b.example.test/")).toBe("far=1; near=1; own=1");
    expect(sent(jar, "https://x.a.b.example.test/")).toBe("far=1; near=1");
    expect(sent(jar, "https://b.example.test/")).toBe("far=1; near=1");
    expect(sent(jar, "https://example.test/")).toBe("far=1");
    expect(sent(jar, "https://notexample.test/")).toBeNull();
    expect(sent(jar, "https://other.test/")).toBeNull();
  });

  it("gives a host-only cookie to that host, on every port", () => {
    const jar = jarOf(["a=1", "http://a.test:81/"]);
    expect(sent(jar, "http://a.test:82/")).toBe("a=1");
    expect(sent(jar, "http://a.test./")).toBe("a=1");
    expect(sent(jar, "http://b.a.test/")).toBeNull();
  });

  it("gives the cookie of an address to that address", () => {
    const jar = jarOf(["a=1; Domain=127.0.0.1", "http://127.0.0.1/"], ["b=1", "http://[::1]/"]);
    expect(sent(jar, "http://127.0.0.1/")).toBe("a=1");
    expect(sent(jar, "http://127.0.0.2/")).toBeNull();
    expect(sent(jar, "http://27.0.0.1/")).toBeNull();
    expect(sent(jar, "http://[::1]/")).toBe("b=1");
  });

  it("has values as they came", () => {
    const jar = jarOf(
      ["empty=", "https://x.test/"],
      ["eq=a=b=c", "https://x.test/"],
      ["pad =  v  ", "https://x.test/"],
      ['q="a, b"=c%20', "https://x.test/"],
      ["u=\u00c3\u00a9\u00e2\u0098\u0083", "https://x.test/"],
      ["=nameless", "https://x.test/"],
      ["__proto__=p", "https://x.test/"],
    );
    expect(sent(jar, "https://x.test/")).toBe(
      'empty=; eq=a=b=c; pad=v; q="a, b"=c%20; u=\u00c3\u00a9\u00e2\u0098\u0083; nameless; __proto__=p',
    );
  });

  it("is null for a URL that is not of the web, and for an empty jar", () => {
    expect(sent(jarOf(["a=1", "https://a.test/"]), "ftp://a.test/")).toBeNull();
    expect(sent(jarOf(), "https://a.test/")).toBeNull();
  });

  it("is at most as long as servers take, and what is left out is the newest", () => {
    const jar = new CookieJar(null, { maxHeaderBytes: 11 });
    const url = parseUrl("https://a.test/");
    jar.store("long=0123456789", url, NOW);
    jar.store("a=1", url, NOW + 1);
    jar.store("b=22222", url, NOW + 2);
    jar.store("c=3", url, NOW + 3);
    expect(jar.select(url, NOW)).toBe("a=1; c=3");
  });
});

describe("a header that was made before", () => {
  const url = "https://www.a.test/";

  it("is made anew when a cookie of the host, or of a domain above, comes, changes or goes", () => {
    const jar = jarOf(["a=1", url]);
    expect(sent(jar, url)).toBe("a=1");
    jar.store("a=2", parseUrl(url), NOW);
    expect(sent(jar, url)).toBe("a=2");
    jar.store("d=1; Domain=a.test", parseUrl("https://x.a.test/"), NOW);
    expect(sent(jar, url)).toBe("a=2; d=1");
    jar.store("d=2; Domain=a.test", parseUrl("https://x.a.test/"), NOW);
    expect(sent(jar, url)).toBe("a=2; d=2");
    jar.delete("d");
    expect(sent(jar, url)).toBe("a=2");
    jar.clear();
    expect(sent(jar, url)).toBeNull();
    jar.store("a=3", parseUrl(url), NOW);
    expect(sent(jar, url)).toBe("a=3");
  });

  it("is made anew when a whole domain goes and another one stays", () => {
    const jar = jarOf(["d=1; Domain=a.test", url], ["a=1", url]);
    expect(sent(jar, url)).toBe("d=1; a=1");
    jar.clear({ domain: "a.test" });
    expect(sent(jar, url)).toBe("a=1");
  });

  it("is the same for cookies that do not concern it", () => {
    const jar = jarOf(["a=1", url]);
    expect(sent(jar, url)).toBe("a=1");
    jar.store("b=1", parseUrl("https://other.test/"), NOW);
    jar.store("c=1", parseUrl("https://x.a.test/"), NOW);
    expect(sent(jar, url)).toBe("a=1");
  });

  it("is apart for TLS and without, and for each host, also beyond a thousand of them", () => {
    const jar = jarOf(["d=1; Domain=a.test", url], ["s=1; Secure; Domain=a.test", url]);
    for (const round of [1, 2]) {
      for (let at = 0; at < 1200; at++) {
        expect(sent(jar, `http://h${at}.a.test/`), `round ${round}`).toBe("d=1");
      }
      expect(sent(jar, "https://h1.a.test/")).toBe("d=1; s=1");
    }
  });
});
