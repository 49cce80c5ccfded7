/** Jars of tough-cookie, in and out. `npm run formats` has the package itself read what is written. */
import { describe, expect, it } from "vitest";

import { formatToughCookie, parseToughCookie, type Problem } from "../../src/formats.ts";
import { CookieJar, type StoredCookie } from "../../src/index.ts";

const NOW = Date.UTC(2026, 10, 30);
const CREATED = NOW - 60_000;
const LATER = Date.UTC(2100, 0, 1);
const iso = (time: number): string => new Date(time).toISOString();

const read = (input: string | object): ReturnType<typeof parseToughCookie> =>
  parseToughCookie(input, { now: NOW });

const jarOf = (...cookies: readonly unknown[]): object => ({
  version: "tough-cookie@5.1.2",
  storeType: "MemoryCookieStore",
  rejectPublicSuffixes: true,
  enableLooseMode: false,
  cookies,
});

const base = { key: "sid", value: "1", domain: "shop.example", path: "/", creation: iso(CREATED) };
const usual: StoredCookie = {
  name: "sid",
  value: "1",
  domain: "shop.example",
  hostOnly: false,
  path: "/",
  expires: null,
  secure: false,
  httpOnly: false,
  sameSite: null,
  createdAt: CREATED,
};

describe("a cookie of tough-cookie", () => {
  it.for<readonly [fields: object, cookie: Partial<StoredCookie>]>([
    [{}, {}],
    [{ hostOnly: false }, {}],
    [{ hostOnly: true, pathIsDefault: true, lastAccessed: iso(NOW) }, { hostOnly: true }],
    [{ hostOnly: null, expires: null, maxAge: null, sameSite: null, extensions: ["a=b"] }, {}],
    [{ expires: iso(LATER) }, { expires: LATER }],
    [{ expires: "Infinity" }, {}],
    // It counts from the creation, and goes before a date.
    [{ maxAge: 3600, expires: iso(LATER) }, { expires: CREATED + 3_600_000 }],
    [{ maxAge: "Infinity", expires: iso(LATER) }, {}],
    [
      { secure: true, httpOnly: true, sameSite: "strict" },
      { secure: true, httpOnly: true, sameSite: "strict" },
    ],
    [{ sameSite: "none" }, { sameSite: "none" }],
    [{ key: undefined }, { name: "" }],
    // Nobody's word for a key can mean anything else.
    [{ key: undefined, name: "sid" }, {}],
    [{ name: "other" }, {}],
    [{ value: undefined }, { value: "" }],
    [{ path: null }, {}],
    [{ creation: undefined }, { createdAt: NOW }],
    [{ value: "caf\u00e9" }, { value: "caf\u00e9" }],
    [{ domain: "localhost" }, { domain: "localhost", hostOnly: true }],
  ])("%j is taken as it is meant", ([fields, cookie]) => {
    expect(read(jarOf({ ...base, ...fields }))).toEqual({ cookies: [{ ...usual, ...cookie }], problems: [] });
  });

  it.for<readonly [fields: object, problem: Partial<Problem>]>([
    [{ expires: "tomorrow" }, { reason: "expiry", name: "sid" }],
    [{ expires: "2100-01-01T00:00:00" }, { reason: "expiry" }],
    [{ expires: LATER }, { reason: "expiry" }],
    [{ expires: iso(NOW) }, { reason: "expired" }],
    [{ maxAge: 60 }, { reason: "expired" }],
    [{ maxAge: 0 }, { reason: "expired" }],
    [{ maxAge: "-Infinity" }, { reason: "expired" }],
    [{ maxAge: "3600" }, { reason: "kind" }],
    [{ maxAge: 3600, creation: undefined }, { reason: "expiry" }],
    [{ creation: "once" }, { reason: "time" }],
    [{ domain: null }, { reason: "unbound" }],
    [{ domain: "co.uk" }, { reason: "public-suffix" }],
    [{ domain: "co.uk", hostOnly: "no" }, { reason: "kind" }],
    [{ sameSite: "loose" }, { reason: "kind" }],
    [{ value: 1 }, { reason: "kind" }],
    [{ value: "\u2603" }, { reason: "character" }],
    [{ key: "a=b" }, { reason: "name" }],
    [{ key: undefined, value: undefined }, { reason: "empty" }],
    [{ key: "__Secure-a" }, { reason: "prefix" }],
    [{ path: "a" }, { reason: "path" }],
  ])("%j is a problem, and the others are taken", ([fields, problem]) => {
    const { cookies, problems } = read(jarOf(base, { ...base, ...fields }, { ...base, key: "z" }));
    expect(cookies.map(({ name }) => name)).toEqual(["sid", "z"]);
    expect(problems).toMatchObject([{ where: "cookies[1]", line: null, ...problem }]);
  });

  it("is read of version 4, 6, a list, text and bytes", () => {
    const jars = ["4.0.0", "6.0.1"].map((version) => ({
      ...jarOf(base),
      version: `tough-cookie@${version}`,
    }));
    const text = JSON.stringify(jars[0]);
    for (const input of [...jars, [base], text, `\ufeff${text}`, Buffer.from(text)])
      expect(read(input)).toEqual({ cookies: [usual], problems: [] });
  });

  it("is not that of another format", () => {
    expect(() => read({ cookies: [{ name: "a", value: "1", expires: 1 }] })).toThrow("parseBrowserCookies()");
    expect(() => read({})).toThrow("no list named cookies");
    expect(() => read("nothing")).toThrow("it is no JSON");
  });
});

describe("a jar for tough-cookie", () => {
  it("has all of its cookies", () => {
    const jar = new CookieJar(null, { now: () => NOW });
    jar.setCookie("own=1; Path=/x; SameSite=Lax", "https://a.example/");
    jar.setCookie("dom=2; Domain=a.example; Path=/; Secure; HttpOnly; Max-Age=60", "https://a.example/");
    const { text, lost } = formatToughCookie(jar, { now: NOW });
    expect(lost).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({
      version: "tough-cookie@4.0.0",
      cookies: [
        {
          key: "own",
          value: "1",
          domain: "a.example",
          path: "/x",
          hostOnly: true,
          sameSite: "lax",
          creation: iso(NOW),
        },
        { key: "dom", value: "2", hostOnly: false, secure: true, httpOnly: true, expires: iso(NOW + 60_000) },
      ],
    });
    expect(read(text)).toEqual({ cookies: [...jar], problems: [] });
  });

  it("has a cookie without domain for the host that took it, and says of others that they are lost", () => {
    const jar = new CookieJar({ id: "1" });
    jar.bind("https://a.example/");
    jar.set("late", "2");
    const { text, lost } = formatToughCookie(jar);
    expect(parseToughCookie(text).cookies).toMatchObject([
      { name: "id", domain: "a.example", hostOnly: true },
    ]);
    expect(lost).toMatchObject([{ what: "cookie", cookies: [{ name: "late" }] }]);
  });
});
