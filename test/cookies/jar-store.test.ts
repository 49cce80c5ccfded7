import { describe, expect, it } from "vitest";
import type { CookieRefusalReason, CookieVerdict, StoredCookie } from "../../src/core/cookie-store.ts";
import { parseUrl } from "../../src/core/url.ts";
import { CookieJar } from "../../src/cookies/jar.ts";

const NOW = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;

const take = (jar: CookieJar, header: string, url: string, now = NOW): CookieVerdict =>
  jar.store(header, parseUrl(url), now);
const sent = (jar: CookieJar, url: string, now = NOW): string | null => jar.select(parseUrl(url), now);
const jarAt = (now: number): CookieJar => new CookieJar(null, { now: () => now });

/** The cookie that `header` makes at `url`. */
function stored(header: string, url: string): StoredCookie {
  const verdict = take(jarAt(NOW), header, url);
  if (verdict.kind !== "stored") throw new Error(`${verdict.kind}: ${header}`);
  return verdict.cookie;
}

describe("which hosts get a cookie", () => {
  // RFC 6265bis §5.7, steps 7 to 9
  it.for<readonly [url: string, header: string, domain: string, hostOnly: boolean]>([
    ["https://www.example.com/", "a=1", "www.example.com", true],
    ["https://WWW.Example.com/", "a=1", "www.example.com", true],
    ["https://www.example.com/", "a=1; Domain=example.com", "example.com", false],
    ["https://www.example.com/", "a=1; Domain=.EXAMPLE.com", "example.com", false],
    ["https://www.example.com/", "a=1; Domain=www.example.com", "www.example.com", false],
    ["https://a.b.example.com/", "a=1; Domain=b.example.com", "b.example.com", false],
    // An attribute without value is none, and the last one counts.
    ["https://www.example.com/", "a=1; Domain=", "www.example.com", true],
    ["https://www.example.com/", "a=1; Domain=.", "www.example.com", true],
    ["https://www.example.com/", "a=1; Domain=example.com; Domain=", "www.example.com", true],
    ["https://www.example.com/", "a=1; Domain=other.test; Domain=example.com", "example.com", false],
    // A public suffix may set cookies for itself.
    ["https://github.io/", "a=1; Domain=github.io", "github.io", true],
    ["http://intranet/", "a=1; Domain=intranet", "intranet", true],
    ["http://intranet/", "a=1", "intranet", true],
    // PARITY COO-17, BUG-14: localhost is a host like any other.
    ["http://localhost/", "a=1; Domain=localhost", "localhost", true],
    ["http://localhost/", "a=1", "localhost", true],
    // Addresses
    ["http://127.0.0.1/", "a=1; Domain=127.0.0.1", "127.0.0.1", true],
    ["http://127.0.0.1/", "a=1; Domain=.127.0.0.1", "127.0.0.1", true],
    ["http://[::1]/", "a=1; Domain=[::1]", "[::1]", true],
    // An address in another spelling
    ["http://[::ffff:127.0.0.1]/", "a=1; Domain=[::ffff:127.0.0.1]", "[::ffff:7f00:1]", true],
    ["http://[2001:db8::1]/", "a=1; Domain=[2001:DB8:0::0:1]", "[2001:db8::1]", true],
    ["http://127.0.0.1/", "a=1; Domain=127.1", "127.0.0.1", true],
    ["https://www.b\u00fccher.de/", "a=1; Domain=xn--bcher-kva.de", "xn--bcher-kva.de", false],
    // A dot at the end names the same machine.
    ["https://www.example.com./", "a=1", "www.example.com", true],
    ["https://www.example.com./", "a=1; Domain=example.com", "example.com", false],
    ["https://www.example.com./", "a=1; Domain=example.com.", "example.com", false],
  ])("%s with %j: %s, host-only %s", ([url, header, domain, hostOnly]) => {
    expect(stored(header, url)).toMatchObject({ domain, hostOnly });
  });
});

describe("a cookie is refused", () => {
  it.for<readonly [url: string, header: string, reason: CookieRefusalReason]>([
    ["https://www.example.com/", "a=1; Domain=other.test", "domain-mismatch"],
    ["https://example.com/", "a=1; Domain=www.example.com", "domain-mismatch"],
    ["https://badexample.com/", "a=1; Domain=example.com", "domain-mismatch"],
    ["https://www.example.com/", "a=1; Domain=..example.com", "domain-mismatch"],
    ["https://www.example.com/", "a=1; Domain=example.com.", "domain-mismatch"],
    ["https://www.example.com/", "a=1; Domain=example.com:443", "domain-mismatch"],
    ["https://www.example.com/", "a=1; Domain=https://example.com", "domain-mismatch"],
    ["https://www.example.com/", "a=1; Domain=b\u00fccher.de:80", "domain-mismatch"],
    ["http://127.0.0.1/", "a=1; Domain=0.0.1", "domain-mismatch"],
    ["http://127.0.0.1/", "a=1; Domain=127.0.0.2", "domain-mismatch"],
    ["http://127.0.0.1/", "a=1; Domain=127.0.0.1:80", "domain-mismatch"],
    ["http://[::1]/", "a=1; Domain=[::2]", "domain-mismatch"],
    ["http://[::1]/", "a=1; Domain=::1", "domain-mismatch"],
    // §5.7 step 8: not ASCII, as the bytes of a header or as text
    ["https://www.b\u00fccher.de/", "a=1; Domain=b\u00c3\u00bccher.de", "domain-mismatch"],
    ["https://www.b\u00fccher.de/", "a=1; Domain=b\u00fccher.de", "domain-mismatch"],
    ["https://\u2603.test/", "a=1; Domain=\u2603.test", "domain-mismatch"],
    // CVE-2014-3620, 2022-27779, 2023-46218 of curl: super cookies
    ["https://example.com/", "a=1; Domain=com", "public-suffix"],
    ["https://example.com/", "a=1; Domain=.com", "public-suffix"],
    ["https://shop.example.co.uk/", "a=1; Domain=co.uk", "public-suffix"],
    ["https://shop.example.co.uk/", "a=1; Domain=CO.uK", "public-suffix"],
    ["https://me.github.io/", "a=1; Domain=github.io", "public-suffix"],
    ["https://www.example.test/", "a=1; Domain=test", "public-suffix"],
    ["https://example.com./", "a=1; Domain=com.", "public-suffix"],
    // Steps 13 and 19
    ["http://example.com/", "a=1; Secure", "insecure"],
    ["https://example.com/", "a=1; SameSite=None", "same-site-none-insecure"],
    // Steps 20 to 22: prefixes, in any case
    ["https://example.com/", "__Secure-a=1", "secure-prefix"],
    ["https://example.com/", "__sEcUrE-a=1", "secure-prefix"],
    ["http://example.com/", "__Secure-a=1; Secure", "insecure"],
    ["https://example.com/", "__Host-a=1; Path=/", "host-prefix"],
    ["https://example.com/", "__Host-a=1; Secure", "host-prefix"],
    ["https://example.com/", "__Host-a=1; Secure; Path=/a", "host-prefix"],
    ["https://example.com/", "__Host-a=1; Secure; Path=", "host-prefix"],
    ["https://example.com/", "__Host-a=1; Secure; Path=/; Domain=example.com", "host-prefix"],
    ["https://example.com/", "__hOsT-a=1; Path=/", "host-prefix"],
    ["https://example.com/", "__Http-a=1; Secure", "http-prefix"],
    ["https://example.com/", "__Http-a=1; HttpOnly", "http-prefix"],
    ["https://example.com/", "__Host-Http-a=1; Secure; Path=/", "http-prefix"],
    ["https://example.com/", "__Host-Http-a=1; Secure; HttpOnly; Path=/a", "host-prefix"],
    // A nameless one must not look like one with a prefix.
    ["https://example.com/", "=__Host-a=1; Secure; Path=/", "host-prefix"],
    ["https://example.com/", "__hOST-a", "host-prefix"],
    ["https://example.com/", "=__Secure-a=1; Secure", "secure-prefix"],
    ["https://example.com/", "=__http-a=1; Secure; HttpOnly", "http-prefix"],
    ["https://example.com/", "", "empty"],
    ["ftp://example.com/", "a=1", "not-a-web-url"],
  ])("from %s: %j, %s", ([url, header, reason]) => {
    const jar = jarAt(NOW);
    expect(take(jar, header, url)).toMatchObject({ kind: "refused", reason });
    expect(jar.size).toBe(0);
  });

  it.for([
    "__Host-a=1; Secure; Path=/",
    "__Secure-a=1; Secure; Domain=example.com",
    "__Http-a=1; Secure; HttpOnly; Path=/b",
    "__Host-Http-a=1; Secure; HttpOnly; Path=/",
    "__Hos-a=1",
    "_Host-a=1",
    "=_Host-a",
    "a=1; SameSite=None; Secure",
  ])("but %j is not", (header) => {
    expect(take(jarAt(NOW), header, "https://www.example.com/").kind).toBe("stored");
  });
});

describe("path and time of a cookie", () => {
  it.for<readonly [url: string, header: string, path: string]>([
    ["https://a.test/", "a=1", "/"],
    ["https://a.test/x", "a=1", "/"],
    ["https://a.test/x/y?z=/q/r", "a=1", "/x"],
    ["https://a.test/x/y", "a=1; Path=/", "/"],
    ["https://a.test/x/y", "a=1; Path=/elsewhere/", "/elsewhere/"],
    ["https://a.test/x/y", "a=1; Path=z", "/x"],
    ["https://a.test/x;v=1/y", "a=1", "/x;v=1"],
  ])("at %s %j has path %s", ([url, header, path]) => {
    expect(stored(header, url).path).toBe(path);
  });

  it.for<readonly [header: string, expires: number | null]>([
    ["a=1", null],
    ["a=1; Max-Age=60", NOW + 60_000],
    ["a=1; Expires=Sun, 08 Nov 2026 00:00:00 GMT", NOW + 7 * DAY],
    ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", NOW + 60_000],
    ["a=1; Max-Age=abc; Expires=Sun, 08 Nov 2026 00:00:00 GMT", NOW + 7 * DAY],
    ["a=1; Max-Age=abc", null],
    ["a=1; Expires=garbage", null],
    // At most 400 days (§5.5)
    ["a=1; Max-Age=99999999999999999999999", NOW + 400 * DAY],
    ["a=1; Expires=Wed, 01 Jan 2098 00:00:00 GMT", NOW + 400 * DAY],
  ])("%j ends at %d", ([header, expires]) => {
    expect(stored(header, "https://a.test/").expires).toBe(expires);
  });

  it("can be in the past: the cookie is deleted, and only the one with that path", () => {
    const jar = jarAt(NOW);
    take(jar, "a=1; Path=/", "https://a.test/");
    expect(take(jar, "a=; Max-Age=0", "https://a.test/d/x")).toEqual({ kind: "deleted", name: "a" });
    expect(sent(jar, "https://a.test/d/x")).toBe("a=1");
    expect(take(jar, "a=2; Path=/; Expires=Thu, 01 Jan 1601 00:00:00 GMT", "https://a.test/").kind).toBe(
      "deleted",
    );
    expect(sent(jar, "https://a.test/")).toBeNull();
  });

  it("is over when the time has come, to the millisecond", () => {
    const jar = jarAt(NOW);
    take(jar, "a=1; Max-Age=60", "https://a.test/");
    take(jar, "b=1; Max-Age=120", "https://a.test/");
    expect(sent(jar, "https://a.test/", NOW + 59_999)).toBe("a=1; b=1");
    expect(sent(jar, "https://a.test/", NOW + 60_000)).toBe("b=1");
    expect(sent(jar, "https://a.test/", NOW + 120_000)).toBeNull();
  });

  it("can be put off or brought forward", () => {
    const jar = jarAt(NOW);
    take(jar, "a=1; Max-Age=60", "https://a.test/");
    sent(jar, "https://a.test/");
    take(jar, "a=1; Max-Age=120", "https://a.test/");
    expect(sent(jar, "https://a.test/", NOW + 100_000)).toBe("a=1");
    take(jar, "a=1; Max-Age=30", "https://a.test/");
    expect(sent(jar, "https://a.test/", NOW + 30_000)).toBeNull();
  });
});

describe("Secure cookies", () => {
  it("go over TLS only, and to this machine when nothing is in between", () => {
    const jar = jarAt(NOW);
    take(jar, "s=1; Secure", "https://a.test/");
    take(jar, "p=1", "https://a.test/");
    expect(sent(jar, "https://a.test/")).toBe("s=1; p=1");
    expect(sent(jar, "http://a.test/")).toBe("p=1");
    expect(sent(jar, "wss://a.test/")).toBe("s=1; p=1");
    // PARITY COO-15, COO-16
    expect(take(jar, "s=1; Secure", "http://127.0.0.1:8080/").kind).toBe("stored");
    expect(sent(jar, "http://127.0.0.1/")).toBe("s=1");
    expect(sent(jar, "https://127.0.0.1/")).toBe("s=1");
    expect(jar.select(parseUrl("http://127.0.0.1/"), NOW, false)).toBeNull();
    expect(jar.select(parseUrl("https://127.0.0.1/"), NOW, false)).toBe("s=1");
    const refused = { kind: "refused", reason: "insecure" };
    expect(jar.store("t=1; Secure", parseUrl("http://127.0.0.1/"), NOW, false)).toMatchObject(refused);
    expect(jar.store("s=2", parseUrl("http://127.0.0.1/"), NOW, false)).toMatchObject({
      reason: "overwrites-secure",
    });
  });

  it("are asked of a jar by URL, and by whether a proxy is on the way", () => {
    const jar = new CookieJar(null, { now: () => NOW });
    expect(jar.setCookie("__Host-s=1; Secure; Path=/", "http://localhost/").kind).toBe("stored");
    expect(jar.setCookie("t=1; Secure", "http://localhost/", { isDirect: false }).kind).toBe("refused");
    expect(jar.getCookieHeader("http://localhost/")).toBe("__Host-s=1");
    expect(jar.getCookieHeader("http://localhost/", { isDirect: false })).toBeNull();
    expect(() => jar.getCookieHeader("http://localhost/", { isDirect: "no" } as never)).toThrow(TypeError);
  });

  it("are not sent to where a path only looks alike", () => {
    const jar = jarAt(NOW);
    take(jar, "a=1; Path=/caf%c3%a9", "https://a.test/");
    take(jar, "b=1; Path=/x[1]", "https://a.test/");
    take(jar, "c=1; Path=/y%2Fz", "https://a.test/");
    take(jar, "d=1; Path=/caf\u00c3\u00a9", "https://a.test/");
    expect(sent(jar, "https://a.test/caf\u00e9/home")).toBe("a=1; d=1");
    expect(sent(jar, "https://a.test/caf%C3%A9")).toBe("a=1; d=1");
    expect(sent(jar, "https://a.test/caf%C3%A9s")).toBeNull();
    expect(sent(jar, "https://a.test/x[1]/y")).toBe("b=1");
    expect(sent(jar, "https://a.test/y%2fz")).toBe("c=1");
    expect(sent(jar, "https://a.test/y/z")).toBeNull();
    // The same path in another spelling is the same cookie.
    take(jar, "a=2; Path=/caf%C3%A9", "https://a.test/");
    take(jar, "b=; Path=/%78%5B1%5D; Max-Age=0", "https://a.test/");
    expect(jar.getDict()).toEqual({ a: "2", c: "1", d: "1" });
    expect(jar.get("a", { path: "/caf\u00e9" })).toBe("2");
  });

  // §5.7 step 16
  it.for<readonly [existing: string, at: string, header: string, url: string, refused: boolean]>([
    ["s=1; Secure", "https://a.test/", "s=2", "http://a.test/", true],
    ["s=1; Secure", "https://a.test/", "s=2", "https://a.test/", false],
    ["s=1; Secure", "https://a.test/", "other=2", "http://a.test/", false],
    ["s=1", "https://a.test/", "s=2", "http://a.test/", false],
    // Deleting is overwriting.
    ["s=1; Secure", "https://a.test/", "s=; Max-Age=0", "http://a.test/", true],
    // Above and below
    ["s=1; Secure; Domain=a.test", "https://www.a.test/", "s=2", "http://www.a.test/", true],
    ["s=1; Secure; Domain=a.test", "https://www.a.test/", "s=2", "http://x.y.a.test/", true],
    ["s=1; Secure", "https://www.a.test/", "s=2; Domain=a.test", "http://b.a.test/", true],
    ["s=1; Secure", "https://www.a.test/", "s=2", "http://a.test/", true],
    ["s=1; Secure", "https://www.a.test/", "s=2", "http://b.a.test/", false],
    ["s=1; Secure", "https://www.a.test/", "s=2", "http://ww.a.test/", false],
    ["s=1; Secure", "https://b.test/", "s=2", "http://a.test/", false],
    // A path that the Secure cookie covers
    ["s=1; Secure; Path=/login", "https://a.test/", "s=2; Path=/login", "http://a.test/", true],
    ["s=1; Secure; Path=/login", "https://a.test/", "s=2; Path=/login/en", "http://a.test/", true],
    ["s=1; Secure; Path=/login", "https://a.test/", "s=2; Path=/", "http://a.test/", false],
    ["s=1; Secure; Path=/login", "https://a.test/", "s=2; Path=/loginx", "http://a.test/", false],
    // This machine is trusted with its own.
    ["s=1; Secure", "http://localhost/", "s=2", "http://localhost/", false],
  ])("with %j of %s, %j from %s is refused: %s", ([existing, at, header, url, refused]) => {
    const jar = jarAt(NOW);
    expect(take(jar, existing, at).kind).toBe("stored");
    const verdict = take(jar, header, url);
    expect(verdict.kind === "refused" && verdict.reason === "overwrites-secure").toBe(refused);
  });
});

describe("replacing", () => {
  it("keeps the creation time, and with it the place in the header", () => {
    const jar = jarAt(NOW);
    take(jar, "a=1", "https://a.test/", NOW);
    take(jar, "b=1", "https://a.test/", NOW + 1);
    expect(take(jar, "a=2", "https://a.test/", NOW + 2)).toMatchObject({
      cookie: { value: "2", createdAt: NOW },
    });
    expect(sent(jar, "https://a.test/")).toBe("a=2; b=1");
  });

  it("does not mix up host-only and domain, path and case", () => {
    const jar = jarAt(NOW);
    take(jar, "a=1", "https://a.test/");
    take(jar, "a=2; Domain=a.test", "https://a.test/");
    take(jar, "a=3; Path=/x", "https://a.test/");
    take(jar, "A=4", "https://a.test/");
    expect(sent(jar, "https://a.test/x")).toBe("a=3; a=1; a=2; A=4");
    expect(sent(jar, "https://b.a.test/")).toBe("a=2");
  });

  it("with the same again changes its fields all the same", () => {
    const jar = jarAt(NOW);
    take(jar, "a=1", "https://a.test/");
    take(jar, "a=1; HttpOnly; SameSite=Lax; Max-Age=10", "https://a.test/");
    expect([...jar]).toMatchObject([{ httpOnly: true, sameSite: "lax", expires: NOW + 10_000 }]);
    take(jar, "a=1; Secure", "https://a.test/");
    expect(sent(jar, "http://a.test/")).toBeNull();
  });
});
