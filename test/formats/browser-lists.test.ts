/** Lists of cookies of browsers and of their extensions: what each field says, and what is not taken. */
import { describe, expect, it } from "vitest";

import { FormatError, parseBrowserCookies, parseExtensionCookies, type Problem } from "../../src/formats.ts";
import { CookieJar, type StoredCookie } from "../../src/index.ts";

const NOW = Date.UTC(2026, 10, 30);
const LATER = Date.UTC(2100, 0, 1);

type Read = ReturnType<typeof parseBrowserCookies>;
const browser = (input: string | object): Read => parseBrowserCookies(input, { now: NOW });
const extension = (input: string | object): Read => parseExtensionCookies(input, { now: NOW });

const base = { name: "sid", value: "1", domain: ".shop.example", path: "/" };
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
  createdAt: NOW,
};

describe("a browser's cookie", () => {
  it.for<readonly [fields: object, cookie: Partial<StoredCookie>]>([
    // Playwright
    [{ expires: -1, httpOnly: true, secure: true, sameSite: "Lax" }, { httpOnly: true, secure: true, sameSite: "lax" }],
    [{ expires: LATER / 1000 + 0.25 }, { expires: LATER + 250 }],
    [{ expires: 253_402_300_799 }, { expires: 253_402_300_799_000 }],
    // The DevTools protocol, Puppeteer
    [
      {
        expires: -1,
        size: 4,
        session: true,
        sameParty: false,
        sourceScheme: "Secure",
        sourcePort: 443,
        priority: "Medium",
        partitionKey: { topLevelSite: "https://a.test", hasCrossSiteAncestor: false },
      },
      {},
    ],
    [{ expires: LATER / 1000, session: false, sameSite: "None" }, { expires: LATER, sameSite: "none" }],
    [{ expires: null }, {}],
    // WebDriver, its new protocol, Cypress
    [{ expiry: LATER / 1000, sameSite: "Strict" }, { expires: LATER, sameSite: "strict" }],
    [{ sameSite: "default", expiry: LATER / 1000 }, { expires: LATER }],
    [{ expires: -1, domain: "shop.example" }, { hostOnly: true }],
    [{ expires: -1, domain: "[::1]" }, { domain: "[::1]", hostOnly: true }],
    [{ expires: -1, path: undefined }, {}],
    [{ expires: -1, value: "caf\u00e9" }, { value: "caf\u00c3\u00a9" }],
    [{ expires: -1, name: "__proto__" }, { name: "__proto__" }],
  ])("%j is taken as it is meant", ([fields, cookie]) => {
    expect(browser([{ ...base, ...fields }])).toEqual({ cookies: [{ ...usual, ...cookie }], problems: [] });
  });

  it.for<readonly [fields: object, problem: Partial<Problem>]>([
    [{ expires: LATER }, { reason: "expiry", message: expect.stringContaining("cannot be in seconds") as string }],
    [{ expires: -2 }, { reason: "expiry" }],
    [{ expires: 0 }, { reason: "expired" }],
    [{ expires: 5 }, { reason: "expired" }],
    [{ expires: "4102444800" }, { reason: "kind" }],
    [{ expires: LATER / 1000, expiry: LATER / 1000 }, { reason: "expiry" }],
    [{ expires: LATER / 1000, session: true }, { reason: "expiry" }],
    [{ expires: -1, maxAge: 5 }, { reason: "fields" }],
    [{ expires: -1, sameSite: "loose" }, { reason: "kind" }],
    [{ expires: -1, secure: "yes" }, { reason: "kind" }],
    [{ expires: -1, value: 1 }, { reason: "kind" }],
    [{ expires: -1, value: undefined }, { reason: "kind", message: expect.stringContaining("it has no value") as string }],
    [{ expires: -1, domain: undefined }, { reason: "unbound" }],
    [{ expires: -1, domain: undefined, url: "https://shop.example" }, { reason: "unbound" }],
    [{ expires: -1, domain: "https://shop.example" }, { reason: "host" }],
    [{ expires: -1, domain: ".co.uk" }, { reason: "public-suffix" }],
    [{ expires: -1, name: "__Host-a", secure: true }, { reason: "prefix", name: "__Host-a" }],
    [{ expires: -1, value: "a;b" }, { reason: "character" }],
    [{ expires: -1, value: "\ud800" }, { reason: "character" }],
    [{ expires: -1, value: "caf\ufffd" }, { reason: "character" }],
    [{ expires: -1, constructor: null, secure: { constructor: { name: { toString: 1 } } } }, { reason: "kind" }],
  ])("%j is a problem, and the others are taken", ([fields, problem]) => {
    const list = [{ ...base, name: "a", expires: -1 }, { ...base, ...fields }, { ...base, name: "z", expires: -1 }];
    const { cookies, problems } = browser(list);
    expect(cookies.map(({ name }) => name)).toEqual(["a", "z"]);
    expect(problems).toMatchObject([{ where: "[1]", line: null, ...problem }]);
  });

  it.for([null, 5, "text", []])("%j is no cookie", (item) => {
    const { cookies, problems } = browser({ cookies: [item, { ...base, expires: -1 }] });
    expect(cookies).toHaveLength(1);
    expect(problems).toMatchObject([{ where: "cookies[0]", reason: "kind", name: null }]);
  });

  it("that differs from an earlier one in its page alone is not taken for it", () => {
    const one = { ...base, expires: -1 };
    const list = [
      { ...one, value: "1", partitionKey: "https://a.test" },
      { ...one, value: "2", partitionKey: "https://b.test" },
      { ...one, value: "3", partitionKey: "https://a.test" },
      { ...one, path: "/other", partitionKey: "https://b.test" },
    ];
    const { cookies, problems } = browser(list);
    expect(cookies.map(({ value, path }) => value + path)).toEqual(["1/", "3/", "1/other"]);
    expect(problems).toMatchObject([{ where: "[1]", reason: "partition" }]);
  });

  it("takes the place of one that was not taken", () => {
    const list = [
      { ...base, expires: 1, partitionKey: "https://a.test" },
      { ...base, expires: -1, partitionKey: "https://b.test" },
    ];
    expect(browser(list).cookies).toHaveLength(1);
  });

  it("goes where the browser would send it", () => {
    const { cookies } = browser(
      JSON.stringify({
        cookies: [
          { ...base, expires: -1 },
          { ...base, name: "own", domain: "shop.example", expires: -1 },
        ],
        origins: [],
      }),
    );
    const jar = new CookieJar(cookies);
    expect(jar.getCookieHeader("https://shop.example/")).toBe("sid=1; own=1");
    expect(jar.getCookieHeader("https://www.shop.example/")).toBe("sid=1");
  });
});

describe("a browser's state", () => {
  it("has a problem for what is kept beside cookies", () => {
    const state = {
      cookies: [{ ...base, expires: -1 }],
      origins: [{ origin: "https://shop.example", localStorage: [{ name: "token", value: "s3cret" }] }],
      credentials: [{}],
    };
    const { cookies, problems } = browser(state);
    expect(cookies).toHaveLength(1);
    expect(problems).toMatchObject([
      { where: "origins", reason: "storage" },
      { where: "credentials", reason: "storage" },
    ]);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });

  it("is read from text, bytes, and data", () => {
    const state = { cookies: [{ ...base, expires: -1 }] };
    const text = JSON.stringify(state);
    for (const input of [state, text, `\ufeff${text}`, Buffer.from(`\ufeff${text}`)])
      expect(browser(input)).toEqual({ cookies: [usual], problems: [] });
  });
});

describe("a cookie that an extension exported", () => {
  it.for<readonly [fields: object, cookie: Partial<StoredCookie>]>([
    // EditThisCookie
    [
      {
        expirationDate: LATER / 1000 + 0.5,
        hostOnly: false,
        httpOnly: true,
        sameSite: "unspecified",
        secure: true,
        session: false,
        storeId: "0",
        id: 1,
      },
      { expires: LATER + 500, httpOnly: true, secure: true },
    ],
    // Cookie-Editor
    [{ hostOnly: true, domain: "shop.example", sameSite: null, session: true, storeId: null }, { hostOnly: true }],
    [{ sameSite: "no_restriction", secure: true }, { sameSite: "none", secure: true }],
    [{ sameSite: "Unspecified", expirationDate: -1 }, {}],
    [{ sameSite: "", storeId: "firefox-default", firstPartyDomain: "" }, {}],
    [{ session: true, expirationDate: 0 }, {}],
    [{ hostOnly: true, storeId: "0" }, { hostOnly: true }],
    [{ hostOnly: false, domain: "shop.example", storeId: "0" }, {}],
  ])("%j is taken as it is meant", ([fields, cookie]) => {
    expect(extension([{ ...base, ...fields }])).toEqual({ cookies: [{ ...usual, ...cookie }], problems: [] });
  });

  it.for<readonly [fields: object, problem: Partial<Problem>]>([
    [{ expirationDate: LATER }, { reason: "expiry" }],
    [{ expirationDate: "" }, { reason: "kind" }],
    [{ expirationDate: 0 }, { reason: "expired" }],
    [{ expirationDate: LATER / 1000, session: true }, { reason: "expiry" }],
    [{ storeId: "0", expires: LATER / 1000 }, { reason: "fields" }],
    [{ storeId: "0", hostOnly: 1 }, { reason: "kind" }],
  ])("%j is a problem", ([fields, problem]) => {
    // Beside one that says of the list what it is
    const { cookies, problems } = extension([{ ...base, storeId: "1", name: "a" }, { ...base, ...fields }]);
    expect(cookies.map(({ name }) => name)).toEqual(["a"]);
    expect(problems).toMatchObject([{ where: "[1]", ...problem }]);
  });

  it("of another container is not taken for that of the first", () => {
    const list = ["firefox-default", "firefox-container-1"].map((storeId) => ({ ...base, storeId, value: storeId }));
    const { cookies, problems } = extension(list);
    expect(cookies.map(({ value }) => value)).toEqual(["firefox-default"]);
    expect(problems).toMatchObject([{ where: "[1]", reason: "partition" }]);
  });
});

describe("a list of another kind", () => {
  const exported = [{ ...base, expirationDate: LATER / 1000 }];
  const driven = [{ ...base, expires: LATER / 1000 }];

  it.for<readonly [what: string, read: () => unknown, message: RegExp]>([
    ["an export, as a browser's", () => browser(exported), /parseExtensionCookies\(\) reads it/],
    ["a browser's, as an export", () => extension(driven), /parseBrowserCookies\(\) reads it/],
    ["a saved jar", () => browser(new CookieJar(driven.map((one) => ({ ...one, expires: LATER }))).toJSON()), /saved jar/],
    ["no list", () => browser({}), /it is no list/],
    ["no JSON", () => browser("sid=1"), /it is no JSON/],
    ["JSON that is cut off", () => browser(JSON.stringify(driven).slice(0, -2)), /it is no JSON|ends too early/],
    ["JSON of a string", () => browser('"text"'), /it is no JSON/],
    ["nothing", () => browser(" \n"), /it is empty/],
    ["bytes that are no text", () => parseBrowserCookies(Buffer.from("5bff5d", "hex")), /not UTF-8/],
  ])("is an error that says so: %s", ([, act, message]) => {
    expect(act).toThrow(FormatError);
    expect(act).toThrow(message);
  });

  it("is told without a word of it", () => {
    expect(() => browser('[{"name":"sid","value":s3cret}]')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("s3cret") as string }),
    );
  });

  it.for([null, undefined, 5, true])("is a TypeError when it is no file: %j", (input) => {
    expect(() => browser(input as never)).toThrow("the text of a file, its bytes, or parsed JSON");
    expect(() => extension(input as never)).toThrow(TypeError);
  });
});
