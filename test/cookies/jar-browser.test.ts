/** Lists of cookies as browsers' tools write them: taken as they are meant, or refused with a word about it. */
import { describe, expect, it } from "vitest";
import { CookieJar, Session, type CookieLike } from "../../src/index.ts";

const NOW = Date.UTC(2026, 10, 1);
const LATER = NOW + 3_600_000;
const cookie = { name: "sid", value: "1", domain: "shop.example", path: "/", httpOnly: true, secure: true };

/** A jar of one cookie; its fields are what a file has, whatever they are. */
function jarOf(fields: object): CookieJar {
  return new CookieJar([{ ...cookie, ...fields }], { now: () => NOW });
}

describe("a browser's cookie", () => {
  it.for<readonly [fields: object, expires: number | null, sameSite: string | null]>([
    [{ expires: -1, sameSite: "Lax" }, null, "lax"],
    [{ expires: LATER, sameSite: "NONE" }, LATER, "none"],
    [{ expires: new Date(LATER), sameSite: "Strict" }, LATER, "strict"],
    [{ expires: Infinity, sameSite: null }, null, null],
    [
      {
        expires: -1,
        size: 4,
        session: true,
        sameParty: false,
        sourceScheme: "Secure",
        sourcePort: 443,
        priority: "Medium",
      },
      null,
      null,
    ],
    [{ expires: -1, partitionKey: "https://top.example", expiry: undefined }, null, null],
  ])("%j is taken", ([fields, expires, sameSite]) => {
    const jar = jarOf(fields);
    expect(jar.getCookieHeader("https://shop.example/")).toBe("sid=1");
    expect(jar.getCookie("sid")).toMatchObject({ expires, sameSite });
  });

  it.for<readonly [fields: object, message: string]>([
    [
      { expires: LATER / 1000 },
      `cookies[0].expires (of "sid") is ${LATER / 1000}, which looks like seconds: it is milliseconds`,
    ],
    [{ expires: LATER / 1000 + 0.5 }, `(write ${LATER / 1000 + 0.5} * 1000)`],
    [{ expires: 3600 }, "which looks like seconds"],
    [{ expires: 0 }, `cookies[0].expires (of "sid") is 0: write null`],
    [{ expires: -2 }, "write null for one that ends with the session"],
    [
      { expires: "Wed, 21 Oct 2099 07:28:00 GMT" },
      "must be a valid Date, milliseconds since the epoch, or null, not string",
    ],
    [{ expires: new Date(Number.NaN) }, "must be a valid Date"],
    [{ expiry: LATER / 1000 }, `cookies[0] has "expiry": write expires, in milliseconds`],
    [{ expirationDate: LATER / 1000 }, `has "expirationDate": write expires, in milliseconds`],
    [{ maxAge: 3600 }, `has "maxAge": write expires, in milliseconds`],
    [{ "max-age": 3600 }, `has "max-age": write expires, in milliseconds`],
    [{ Expires: LATER }, `has "Expires": write expires`],
    [{ http_only: true }, `has "http_only": write httpOnly`],
    [{ HostOnly: true }, `has "HostOnly": write hostOnly`],
    [{ SameSite: "lax" }, `has "SameSite": write sameSite`],
    [{ url: "https://shop.example/" }, `has "url": write domain, path and secure`],
    [
      { sameSite: "no_restriction" },
      `cookies[0].sameSite must be "strict", "lax", "none" or null, not "no_restriction"`,
    ],
  ])("%j is an error that says what to write", ([fields, message]) => {
    expect(() => jarOf(fields)).toThrow(TypeError);
    expect(() => jarOf(fields)).toThrow(message);
    const saved = { version: 1, cookies: [{ ...cookie, ...fields }] };
    expect(() => CookieJar.fromJSON(saved, { now: () => NOW })).toThrow(message);
    const jar = new CookieJar(null, { now: () => NOW });
    expect(() => jar.update([{ ...cookie, ...fields }])).toThrow(message);
    expect(jar.size).toBe(0);
  });

  it("is never one of two that only a page tells apart", () => {
    const top = (partitionKey?: string): object => ({ ...cookie, partitionKey });
    const make = (...list: object[]): CookieJar => new CookieJar(list as CookieLike[], { now: () => NOW });
    expect(() => make(top("https://a.example"), top("https://b.example"))).toThrow(
      'cookies[0] and cookies[1] ("sid") differ in their partitionKey alone: give one of them',
    );
    expect(() => make(top(), top("https://b.example"))).toThrow("partitionKey");
    // A list that says the same twice loses nothing.
    expect(make(top("https://a.example"), top("https://a.example")).size).toBe(1);
    expect(make(top("https://a.example"), { ...top("https://b.example"), path: "/x" }).size).toBe(2);
  });

  it("has small times where the clock has", () => {
    const jar = new CookieJar([{ ...cookie, expires: 2000 }], { now: () => 1000 });
    expect(jar.size).toBe(1);
  });
});

describe("a browser's storage state", () => {
  const state = { cookies: [{ ...cookie, expires: -1 }], origins: [] };

  it("is no saved jar, and no record of names and values", () => {
    expect(() => CookieJar.fromJSON(state)).toThrow("new CookieJar(list)");
    expect(() => new Session({ cookies: state as never })).toThrow('cookies["cookies"] must be');
    expect(() => new CookieJar(state as never)).toThrow(TypeError);
  });

  it("has a list, of which a session takes a jar", () => {
    expect(() => new Session({ cookies: state.cookies as never })).toThrow("new CookieJar(list)");
    expect(new Session({ cookies: new CookieJar(state.cookies) }).cookies.size).toBe(1);
  });
});
