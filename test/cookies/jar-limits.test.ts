import { describe, expect, it } from "vitest";
import { parseUrl } from "../../src/core/url.ts";
import { CookieJar } from "../../src/cookies/jar.ts";

const NOW = Date.UTC(2026, 10, 1);
const A = parseUrl("https://a.test/");

describe("too many cookies of a domain", () => {
  it("let the one go that was not used for longest", () => {
    const jar = new CookieJar(null, { maxCookiesPerDomain: 3, now: () => NOW });
    jar.store("old=1; Path=/x", A, NOW);
    jar.store("b=1", A, NOW + 1);
    jar.store("c=1", A, NOW + 2);
    jar.select(parseUrl("https://a.test/x"), NOW + 5000);
    jar.store("c=2", A, NOW + 6000);
    jar.select(parseUrl("https://a.test/x"), NOW + 7000);
    jar.store("b=2", A, NOW + 8000);
    jar.store("new=1; Path=/y", A, NOW + 9000);
    // `old` and `c` were last used at the same time; the one that came first goes.
    expect([...jar.keys()]).toEqual(["b", "c", "new"]);
  });

  it("count being sent as being used", () => {
    const jar = new CookieJar(null, { maxCookiesPerDomain: 2, now: () => NOW });
    jar.store("sent=1; Path=/x", A, NOW);
    jar.store("idle=1; Path=/y", A, NOW + 1);
    jar.select(parseUrl("https://a.test/x"), NOW + 5000);
    jar.store("new=1", A, NOW + 6000);
    expect([...jar.keys()]).toEqual(["sent", "new"]);
  });

  // RFC 6265bis §5.7
  it("let those go first that have expired, then those without Secure", () => {
    const jar = new CookieJar(null, { maxCookiesPerDomain: 3, now: () => NOW });
    jar.store("safe=1; Secure", A, NOW);
    jar.store("plain=1", A, NOW + 1);
    jar.store("short=1; Secure; Max-Age=1", A, NOW + 2);
    jar.store("x=1; Secure", A, NOW + 2000);
    expect([...jar.keys()]).toEqual(["safe", "plain", "x"]);
    jar.store("y=1; Secure", A, NOW + 3000);
    expect([...jar.keys()]).toEqual(["safe", "x", "y"]);
    expect(jar.store("z=1", A, NOW + 4000)).toEqual({ kind: "refused", reason: "jar-full", name: "z" });
    expect([...jar.keys()]).toEqual(["safe", "x", "y"]);
    jar.store("w=1; Secure", A, NOW + 5000);
    expect([...jar.keys()]).toEqual(["x", "y", "w"]);
  });

  it("are told apart from those of another domain", () => {
    const jar = new CookieJar(null, { maxCookiesPerDomain: 1, now: () => NOW });
    jar.store("a=1", A, NOW);
    jar.store("b=1", parseUrl("https://b.test/"), NOW);
    jar.store("d=1; Domain=b.test", parseUrl("https://c.b.test/"), NOW);
    expect([...jar.keys()]).toEqual(["a", "d"]);
  });

  it("are 181, by default", () => {
    const jar = new CookieJar(null, { now: () => NOW });
    for (let at = 0; at < 3000; at++) jar.store(`c${at}=${"v".repeat(50)}`, A, NOW);
    expect(jar.size).toBe(180);
    expect([...jar.keys()].at(-1)).toBe("c2999");
    expect(jar.select(A, NOW)?.length).toBeLessThan(16_384);
  });

  it("are counted also when a host takes the program's", () => {
    const jar = new CookieJar(null, { maxCookiesPerDomain: 2, now: () => NOW });
    jar.store("a=1", A, NOW);
    jar.store("b=1", A, NOW + 1);
    jar.set("c", "1").set("d", "1").set("e", "1");
    jar.bind(A);
    expect(jar.size).toBe(2);
  });
});

describe("too many cookies in all", () => {
  it("let those go that were not used for longest", () => {
    const jar = new CookieJar(null, { maxCookies: 3, now: () => NOW });
    for (const [at, host] of ["a", "b", "c"].entries())
      jar.store("x=1", parseUrl(`https://${host}.test/`), NOW + at);
    jar.select(A, NOW + 5000);
    jar.store("x=1", parseUrl("https://d.test/"), NOW + 6000);
    expect(jar.listDomains()).toEqual(["a.test", "c.test", "d.test"]);
  });

  it("make room for some more at once", () => {
    const jar = new CookieJar(null, { maxCookies: 100, now: () => NOW });
    for (let at = 0; at < 101; at++) jar.store("x=1", parseUrl(`https://h${at}.test/`), NOW + at);
    expect(jar.size).toBe(96);
    expect(jar.listDomains()[0]).toBe("h5.test");
  });

  it("do not hold when a large jar is asked for", () => {
    const jar = new CookieJar(null, { maxCookies: 30_000, now: () => NOW });
    for (let at = 0; at < 30_000; at++) jar.store("x=1", parseUrl(`https://h${at}.test/`), NOW);
    expect(jar.size).toBe(30_000);
    expect(jar.select(parseUrl("https://h29999.test/"), NOW)).toBe("x=1");
  });
});
