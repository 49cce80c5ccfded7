import { describe, expect, it } from "vitest";
import { CookieJar } from "../../src/cookies/jar.ts";

const NOW = Date.UTC(2026, 10, 1);
const at = (time: number): { readonly now: () => number } => ({ now: () => time });

/** Saved to text and loaded, as a program does. */
function reloaded(jar: CookieJar, time = NOW): CookieJar {
  return CookieJar.fromJSON(JSON.parse(JSON.stringify(jar)), at(time));
}

describe("a jar that is saved and loaded", () => {
  it("has everything that decides where a cookie goes", () => {
    const jar = new CookieJar(null, at(NOW));
    jar.setCookie("host=1", "https://a.example.com/x/y");
    jar.setCookie(
      "dom=1; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=60",
      "https://a.example.com/",
    );
    jar.setCookie("__Host-p=1; Secure; Path=/", "https://a.example.com/");
    const copy = reloaded(jar);
    expect([...copy]).toEqual([...jar]);
    expect(copy.getCookieHeader("http://a.example.com/x")).toBe("host=1");
    expect(copy.getCookieHeader("https://a.example.com/x")).toBe("host=1; dom=1; __Host-p=1");
    // CVE-2026-54279 of aiohttp: host-only was lost.
    expect(copy.getCookieHeader("https://b.a.example.com/x")).toBe("dom=1");
  });

  it("keeps the time of expiry, however late it is loaded", () => {
    const jar = new CookieJar(null, at(NOW)).set("a", "1", { maxAge: 60 }).set("b", "1");
    expect(reloaded(jar, NOW + 59_999).get("a")).toBe("1");
    expect([...reloaded(jar, NOW + 60_000).keys()]).toEqual(["b"]);
  });

  it("keeps the host that took a cookie without domain", () => {
    const jar = new CookieJar({ a: "1", waiting: "2" }, at(NOW));
    jar.clear({ name: "waiting" });
    jar.bind("https://a.test/");
    jar.set("waiting", "2");
    const copy = reloaded(jar);
    expect(copy.listDomains()).toEqual([""]);
    expect(copy.getCookieHeader("https://b.test/")).toBe("waiting=2");
    expect(copy.getCookieHeader("https://a.test/")).toBe("a=1");
  });

  it("does not bring back what gave way to the server's cookie", () => {
    const jar = new CookieJar({ sid: "mine" }, at(NOW));
    jar.bind("https://a.test/");
    jar.setCookie("sid=theirs", "https://a.test/");
    expect(reloaded(jar).getCookieHeader("https://a.test/")).toBe("sid=theirs");
    expect(jar.clone().getCookieHeader("https://a.test/")).toBe("sid=theirs");
  });

  it("takes names for data, whatever they are", () => {
    const jar = new CookieJar({}, at(NOW)).set("__proto__", "p").set("constructor", "c");
    jar.setCookie("__proto__=q", "https://a.test/");
    const copy = reloaded(jar);
    expect([...copy.entries()]).toEqual([...jar.entries()]);
    expect(({} as Record<string, unknown>)["p"]).toBeUndefined();
  });

  it("ignores fields that it does not know", () => {
    const data = {
      version: 1,
      later: true,
      cookies: [{ name: "a", value: "1", domain: "a.test", priority: "high", sameSite: null, expires: null }],
    };
    expect([...CookieJar.fromJSON(data, at(NOW))]).toMatchObject([
      { name: "a", value: "1", domain: "a.test", hostOnly: false, path: "/", createdAt: NOW },
    ]);
  });

  it("has the limits that are given on loading", () => {
    const jar = new CookieJar({ a: "1", b: "2", c: "3" }, at(NOW));
    expect(CookieJar.fromJSON(jar.toJSON(), { maxCookiesPerDomain: 2 }).size).toBe(2);
    jar.bind("https://a.test/");
    expect(CookieJar.fromJSON(jar.toJSON(), { maxCookiesPerDomain: 2 }).size).toBe(2);
  });
});

describe("what is no saved jar", () => {
  const cookie = { name: "a", value: "1" };

  it.for<readonly [data: unknown, message: RegExp]>([
    [null, /a saved jar must be an object, not null/],
    ["{}", /not string/],
    [[], /must be an object, not Array/],
    [{}, /version of a saved jar must be 1, not undefined/],
    [{ version: 2, cookies: [] }, /version of a saved jar must be 1, not 2/],
    [{ version: 1 }, /cookies of a saved jar must be a list, not undefined/],
    [{ version: 1, cookies: {} }, /cookies of a saved jar must be a list, not Object/],
  ])("%j is an error", ([data, message]) => {
    expect(() => CookieJar.fromJSON(data)).toThrow(TypeError);
    expect(() => CookieJar.fromJSON(data)).toThrow(message);
  });

  it.for<readonly [entry: unknown, message: RegExp]>([
    [null, /cookies\[1\] must be an object, not null/],
    [{ ...cookie, name: 1 }, /cookies\[1\]\.name must be a string, not number/],
    [{ name: "a" }, /cookies\[1\]\.value must be a string, not undefined/],
    [{ ...cookie, domain: null }, /\.domain must be a string, not null/],
    [{ ...cookie, domain: "\u00fc@b" }, /\.domain is no host/],
    [{ ...cookie, boundTo: "\u00fc@b" }, /is no host/],
    [{ ...cookie, hostOnly: "yes" }, /\.hostOnly must be a boolean/],
    [{ ...cookie, secure: 1 }, /\.secure must be a boolean/],
    [{ ...cookie, expires: "2030" }, /\.expires.*must be a valid Date.*, not string/],
    [{ ...cookie, expires: Number.NaN }, /\.expires.*must be a valid Date.*, not NaN/],
    [{ ...cookie, sameSite: "no_restriction" }, /\.sameSite must be "strict", "lax", "none" or null/],
    [{ ...cookie, path: "x" }, /\.path does not begin with/],
    [{ ...cookie, path: "/\r\n" }, /character that cannot stand/],
    [{ ...cookie, value: "1; admin=1" }, /character that cannot stand/],
    [{ ...cookie, value: "1\r\nX: 1" }, /character that cannot stand/],
    [{ ...cookie, value: "\u2603" }, /character that cannot stand/],
    [{ ...cookie, name: "a=b" }, /\.name has "="/],
    [{ name: "", value: "" }, /neither name nor value/],
    [{ ...cookie, name: "__Host-a" }, /lacks what its prefix promises/],
  ])("with a cookie %j is an error that names the field, and takes in nothing", ([entry, message]) => {
    const data = { version: 1, cookies: [cookie, entry] };
    expect(() => CookieJar.fromJSON(data)).toThrow(TypeError);
    expect(() => CookieJar.fromJSON(data)).toThrow(message);
    const jar = new CookieJar();
    expect(() => jar.update([cookie, entry] as never)).toThrow(message);
    expect(jar.size).toBe(0);
  });

  it("is told by its own fields, not by the prototype's", () => {
    const data: unknown = Object.create({ version: 1, cookies: [cookie] });
    expect(() => CookieJar.fromJSON(data)).toThrow(/version/);
    const inherited: unknown = Object.create(cookie);
    expect(() => CookieJar.fromJSON({ version: 1, cookies: [inherited] })).toThrow(/name must be a string/);
  });
});
