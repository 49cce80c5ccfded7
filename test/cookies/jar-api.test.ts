import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { CookieConflictError, RequestException } from "../../src/core/errors.ts";
import { CookieJar, type CookieJarInit } from "../../src/cookies/jar.ts";
import type { CookieJarOptions } from "../../src/cookies/jar-options.ts";

const NOW = Date.UTC(2026, 10, 1);

/** Two hosts, a domain, two paths, one name several times. */
function example(): CookieJar {
  const jar = new CookieJar(null, { now: () => NOW });
  jar.setCookie("sid=root; Path=/", "https://www.a.test/x/y");
  jar.setCookie("sid=deep; Path=/x", "https://www.a.test/x/y");
  jar.setCookie("lang=en; Domain=a.test; Path=/; Max-Age=60", "https://www.a.test/x/y");
  jar.setCookie("theme=dark; Path=/", "https://b.test/");
  return jar;
}

describe("looking up", () => {
  it("gives the value of the one cookie of a name", () => {
    const jar = example();
    expect(jar.get("theme")).toBe("dark");
    expect(jar.get("none")).toBeNull();
    expect(jar.get("lang", { domain: "a.test" })).toBe("en");
    expect(jar.get("lang", { domain: ".A.test" })).toBe("en");
    expect(jar.get("lang", { domain: "www.a.test" })).toBeNull();
    expect(jar.get("lang", { domain: "" })).toBeNull();
    expect(jar.get("sid", { path: "/x" })).toBe("deep");
    expect(jar.getCookie("theme")).toMatchObject({ name: "theme", domain: "b.test", hostOnly: true });
    expect(jar.getCookie("none")).toBeNull();
  });

  it("throws when there are several", () => {
    const jar = example();
    expect(() => jar.get("sid")).toThrow(CookieConflictError);
    expect(() => jar.getCookie("sid")).toThrow(RequestException);
    expect(() => jar.get("sid")).toThrow(/"sid".*domain or path/);
    expect(jar.has("sid")).toBe(true);
  });

  it("says whether there is one", () => {
    const jar = example();
    expect(jar.has("theme")).toBe(true);
    expect(jar.has("theme", { domain: "a.test" })).toBe(false);
    expect(jar.has("none")).toBe(false);
    expect(jar.has("constructor")).toBe(false);
  });

  it("goes through the cookies in jar order", () => {
    const jar = example();
    expect(jar.size).toBe(4);
    expect([...jar].map(({ name, domain, path }) => `${name} ${domain}${path}`)).toEqual([
      "sid www.a.test/",
      "sid www.a.test/x",
      "lang a.test/",
      "theme b.test/",
    ]);
    expect([...jar.keys()]).toEqual(["sid", "sid", "lang", "theme"]);
    expect([...jar.values()]).toEqual(["root", "deep", "en", "dark"]);
    expect([...jar.entries()].at(-1)).toEqual(["theme", "dark"]);
  });

  it("can delete while it goes through", () => {
    const jar = example();
    for (const { name } of jar) jar.delete(name);
    expect(jar.size).toBe(0);
  });

  it("makes records, in which the last one of a name counts", () => {
    const jar = example();
    expect(jar.getDict()).toEqual({ sid: "deep", lang: "en", theme: "dark" });
    expect(jar.getDict({ domain: "www.a.test", path: "/" })).toEqual({ sid: "root" });
    expect(jar.getDict({ domain: "\u00fc:80" })).toEqual({});
    jar.set("__proto__", "p");
    expect(Object.entries(jar.getDict())).toContainEqual(["__proto__", "p"]);
    expect(Object.getPrototypeOf(jar.getDict())).toBeNull();
  });

  it("lists domains and paths once each", () => {
    const jar = example().set("mine", "1");
    expect(jar.listDomains()).toEqual(["www.a.test", "a.test", "b.test", ""]);
    expect(jar.listPaths()).toEqual(["/", "/x"]);
  });

  // PARITY COO-8: requests says the opposite in both cases.
  it("knows whether there are several domains", () => {
    const jar = new CookieJar();
    expect(jar.multipleDomains()).toBe(false);
    jar.set("a", "1", { domain: "a.test" }).set("b", "1", { domain: "a.test" });
    expect(jar.multipleDomains()).toBe(false);
    jar.set("a", "1", { domain: "b.test" });
    expect(jar.multipleDomains()).toBe(true);
  });

  it("does not see what has expired", () => {
    let now = NOW;
    const jar = new CookieJar(null, { now: () => now });
    jar.set("a", "1", { maxAge: 1 }).set("b", "1", { maxAge: 2 }).set("c", "1");
    now += 1000;
    expect([jar.size, jar.has("a"), jar.get("a"), jar.getDict()]).toEqual([
      2,
      false,
      null,
      { b: "1", c: "1" },
    ]);
    expect(jar.clearExpired()).toBe(0);
    now += 1000;
    expect(jar.clearExpired()).toBe(1);
    expect([...jar.keys()]).toEqual(["c"]);
    expect(new CookieJar(null).set("x", "1", { maxAge: 1000 }).clearExpired(Number.MAX_VALUE)).toBe(1);
  });
});

describe("removing", () => {
  it("deletes by name, everywhere or in one place", () => {
    const jar = example();
    expect(jar.delete("sid", { path: "/x" })).toBe(true);
    expect(jar.get("sid")).toBe("root");
    expect(jar.delete("sid")).toBe(true);
    expect(jar.delete("sid")).toBe(false);
    expect(jar.size).toBe(2);
  });

  it("clears all, or by domain, path and name", () => {
    const jar = example();
    expect(jar.clear({ domain: "nowhere.test" })).toBe(0);
    expect(jar.clear({ domain: "www.a.test", path: "/x", name: "sid" })).toBe(1);
    expect(jar.clear({ domain: "www.a.test" })).toBe(1);
    expect(jar.clear({ path: "/", name: "lang" })).toBe(1);
    expect(jar.clear()).toBe(1);
    expect(jar.clear({})).toBe(0);
    expect(jar.setCookie("a=1", "https://a.test/").kind).toBe("stored");
  });

  it("clears what a browser forgets when it is closed", () => {
    const jar = example();
    expect(jar.clearSessionCookies()).toBe(3);
    expect([...jar.keys()]).toEqual(["lang"]);
  });
});

describe("filling", () => {
  it("takes a record, a jar or a list", () => {
    expect(new CookieJar({ a: "1", b: 2, c: null, d: undefined }).getDict()).toEqual({ a: "1", b: "2" });
    expect(new CookieJar(example(), { now: () => NOW }).size).toBe(4);
    expect([...new CookieJar([{ name: "a", value: "1", domain: "A.test" }], { now: () => NOW })]).toEqual([
      {
        name: "a",
        value: "1",
        domain: "a.test",
        hostOnly: false,
        path: "/",
        expires: null,
        secure: false,
        httpOnly: false,
        sameSite: null,
        createdAt: NOW,
      },
    ]);
    expect(new CookieJar(null).size).toBe(0);
  });

  it("updates: what is the same is replaced, the rest stays", () => {
    const jar = new CookieJar({ a: "1", b: "2" });
    expect(jar.update({ b: "3", c: "4", a: null })).toBe(jar);
    expect(jar.getDict()).toEqual({ b: "3", c: "4" });
    jar.update(new CookieJar([{ name: "b", value: "5" }]));
    expect(jar.getDict()).toEqual({ b: "5", c: "4" });
  });

  it("takes no list's word that a public suffix is for all below it", () => {
    const jar = new CookieJar([{ name: "a", value: "1", domain: "co.uk", hostOnly: false }]);
    expect(jar.getCookieHeader("https://shop.co.uk/")).toBeNull();
  });

  it("leaves out what has expired", () => {
    expect(new CookieJar([{ name: "a", value: "1", expires: 1 }]).size).toBe(0);
  });

  it.for<readonly [init: unknown, message: RegExp]>([
    [1, /a record, a jar or a list of cookies, not number/],
    ["a=1", /a record, a jar or a list of cookies, not string/],
    [[["a", "1"]], /cookies\[0\] must be an object, not Array/],
    [[{ name: "a" }], /cookies\[0\]\.value must be a string, not undefined/],
    [[{ name: "a", value: "1", domain: "\u00fc:1" }], /cookies\[0\]\.domain/],
    [{ a: true }, /"a".*not boolean/],
  ])("from %j is an error", ([init, message]) => {
    // The types would not let it through; JavaScript does.
    expect(() => new CookieJar(init as CookieJarInit)).toThrow(TypeError);
    expect(() => new CookieJar(init as CookieJarInit)).toThrow(message);
  });

  it("clones: the copy has the same limits, and lives on its own", () => {
    const jar = new CookieJar({ a: "1" }, { maxCookies: 1 });
    jar.bind("https://a.test/");
    const copy = jar.clone();
    expect(copy.getCookieHeader("https://b.test/")).toBeNull();
    expect(copy.getCookieHeader("https://a.test/")).toBe("a=1");
    copy.set("a", null);
    expect(jar.get("a")).toBe("1");
    copy.set("b", "1").set("c", "1");
    expect(copy.size).toBe(1);
  });
});

describe("options", () => {
  it.for<readonly [options: unknown, type: typeof TypeError | typeof RangeError, message: RegExp]>([
    [{ maxCookies: 0 }, RangeError, /maxCookies must be a whole number, 1 or more, not 0/],
    [{ maxCookies: 1.5 }, RangeError, /maxCookies/],
    [{ maxCookies: "10" }, TypeError, /maxCookies must be a whole number, 1 or more, not string/],
    [{ maxCookiesPerDomain: -1 }, RangeError, /maxCookiesPerDomain/],
    [{ maxHeaderBytes: Number.POSITIVE_INFINITY }, RangeError, /maxHeaderBytes/],
    [{ now: 1 }, TypeError, /now must be a function, not number/],
    [{ maxCookie: 1 }, TypeError, /has no option "maxCookie"/],
    [{ toString: 1 }, TypeError, /has no option "toString"/],
  ])("%j are an error", ([options, type, message]) => {
    expect(() => new CookieJar(null, options as CookieJarOptions)).toThrow(type);
    expect(() => new CookieJar(null, options as CookieJarOptions)).toThrow(message);
  });

  it("may be undefined one by one", () => {
    expect(new CookieJar({ a: "1" }, { maxCookies: undefined, now: undefined }).size).toBe(1);
  });
});

describe("showing a jar", () => {
  it("names the cookies, and never a value", () => {
    const jar = new CookieJar({ mine: "s3cret" });
    jar.setCookie("sid=s3cret; Path=/x", "https://a.test/");
    expect(inspect(jar)).toBe("CookieJar(2) [mine=*** (/), sid=*** (a.test/x)]");
    expect(inspect({ deep: { jar } }, { depth: 5, showHidden: true })).not.toContain("s3cret");
  });

  it("stops after a hundred", () => {
    const jar = new CookieJar();
    for (let at = 0; at < 150; at++) jar.set(`c${at}`, "1");
    expect(inspect(jar)).toMatch(/^CookieJar\(150\) .*c99=\*\*\* \(\/\), and 50 more]$/);
  });
});
