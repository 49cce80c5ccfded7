/** Which format a file is of, and of which it cannot be told. */
import { describe, expect, it } from "vitest";

import {
  detectFormat,
  formatCookiesTxt,
  formatHttpie,
  formatToughCookie,
  parseBrowserCookies,
  parseCookiesTxt,
  parseExtensionCookies,
  parseHar,
  parseHttpie,
  parseLwp,
  parseToughCookie,
  FormatError,
} from "../../src/formats.ts";
import { CookieJar } from "../../src/index.ts";

const cookie = { name: "a", value: "1", domain: "a.example", path: "/" };

describe("a file says what it is", () => {
  it.for<
    readonly [format: ReturnType<typeof detectFormat>, what: string, input: string | Uint8Array | object]
  >([
    ["cookies.txt", "its first line", "# Netscape HTTP Cookie File\n"],
    ["cookies.txt", "an old first line", "# HTTP Cookie File"],
    ["cookies.txt", "a first line in small letters", "# netscape http cookie file"],
    ["cookies.txt", "a row of a login", "# HTTPONLY_.a.example\tTRUE\t/\tTRUE\t1\ta\t1"],
    ["cookies.txt", "lines that end with CR", "# x\ra.example\tFALSE\t/\tTRUE\t0\ta\t1\r"],
    ["cookies.txt", "Python's first line", "# Netscape HTTP Cookie File\r\n# http://curl.haxx.se"],
    ["cookies.txt", "a first line in bytes", Buffer.from("\ufeff# Netscape HTTP Cookie File\n")],
    ["cookies.txt", "a row", "a.example\tFALSE\t/\tTRUE\t0\ta\t1"],
    ["cookies.txt", "a row behind comments", "# x\n\n#HttpOnly_.a.example\tTRUE\t/\tTRUE\t1.5\ta\n"],
    ["lwp", "its first line", "#LWP-Cookies-2.0\n"],
    ["lwp", "its first field", 'Set-Cookie3: a=1; domain="a.example"\n'],
    ["har", "its log", { log: { version: "1.2", entries: [] } }],
    ["har", "text", ' \n{"log":{"entries":[]}}'],
    ["tough-cookie", "its version", { version: "tough-cookie@6.0.0", cookies: [] }],
    ["tough-cookie", "its store", { storeType: null, rejectPublicSuffixes: true, cookies: [] }],
    ["tough-cookie", "a list of its cookies", [{ key: "a", value: "1", domain: "a.example" }]],
    ["httpie", "what it is about", { __meta__: { about: "HTTPie session file" }, cookies: [] }],
    ["httpie", "its version", { __meta__: { httpie: "3.2.1" } }],
    ["httpie", "the first layout", { headers: {}, cookies: {}, auth: { type: null } }],
    ["httpie", "no version, in the new layout", { headers: [], cookies: [cookie], auth: {} }],
    ["sojourn", "a jar", new CookieJar({ a: "1" }).toJSON()],
    ["sojourn", "cookies of a jar", [...new CookieJar({ a: "1" })]],
    ["extension", "a time", [{ ...cookie, expirationDate: 1 }]],
    ["extension", "a store", [{ ...cookie, storeId: "0" }, cookie]],
    ["extension", "a word", [{ ...cookie, sameSite: "no_restriction" }]],
    ["extension", "a flag", [{ ...cookie, hostOnly: true }]],
    ["browser", "a time", [{ ...cookie, expires: -1 }]],
    ["browser", "a time of WebDriver", [{ ...cookie, expiry: 1 }, cookie]],
    ["browser", "a state", { cookies: [{ ...cookie, expires: -1 }], origins: [] }],
    ["browser", "a state without cookies", { cookies: [], origins: [] }],
    ["sqlite", "its first bytes", Buffer.from("SQLite format 3\0\u0010\0")],
    ["sqlite", "its first characters", "SQLite format 3\0\u0010"],
    ["binarycookies", "its first bytes", Buffer.from("cook\0\0\0\u0003")],
    ["pickle", "protocol 4", Buffer.from("8004955b000000", "hex")],
    ["pickle", "protocol 2, read as latin-1", "\u0080\u0002crequests.cookies\n"],
    ["pickle", "protocol 4, read as UTF-8", "\ufffd\u0004\ufffd"],
    [
      "pickle",
      "protocol 0, a jar of requests",
      "ccopy_reg\n_reconstructor\np0\n(crequests.cookies\nRequestsCookieJar\np1\n",
    ],
    ["pickle", "protocol 0, a dictionary", "(dp0\nVa\np1\nV1\np2\ns."],
    ["pickle", "protocol 1, a dictionary", "}q\0X\u0001\0\0\0aq\u0001"],
  ])("%s, by %s", ([format, , input]) => {
    expect(detectFormat(input)).toBe(format);
  });

  it.for<readonly [what: string, input: string | Uint8Array | object]>([
    ["nothing", ""],
    ["white space", " \n\t"],
    ["a list of nothing", []],
    ["an object of nothing", {}],
    ["cookies without a time", [cookie]],
    [
      "times of two formats",
      [
        { ...cookie, expires: 1 },
        { ...cookie, expirationDate: 1 },
      ],
    ],
    ["a list of something else", [{ ...cookie, expires: 1 }, 5]],
    ["a list of texts", ["a"]],
    ["names and values", { a: "1" }],
    ["JSON that is cut off", '{"log":{"entries":['],
    ["JSON of another kind", '"text"'],
    ["a page", "<!DOCTYPE html>"],
    ["words", "a.example TRUE / FALSE 0 a 1"],
    ["a table", "a\tb\tc\td\te\tf\tg"],
    ["a row of eight", "a.example\tFALSE\t/\tTRUE\t0\ta\t1\t2"],
    ["a header", "Cookie: a=1"],
    ["bytes", new Uint8Array([0, 1, 2])],
    ["what it inherits", Object.create({ log: { entries: [] } }) as object],
  ])("or cannot be told: %s", ([, input]) => {
    expect(detectFormat(input)).toBeNull();
  });

  it("of whatever is written here", () => {
    const jar = new CookieJar().set("a", "1", { domain: "a.example" });
    expect(detectFormat(formatCookiesTxt(jar).text)).toBe("cookies.txt");
    expect(detectFormat(formatCookiesTxt([]).text)).toBe("cookies.txt");
    expect(detectFormat(formatToughCookie(jar).text)).toBe("tough-cookie");
    expect(detectFormat(formatHttpie({ cookies: jar }).text)).toBe("httpie");
    expect(detectFormat(formatHttpie({ cookies: jar }, { layout: "old", host: "a.example" }).text)).toBe(
      "httpie",
    );
    expect(detectFormat(JSON.stringify(jar))).toBe("sojourn");
  });

  it.for([null, undefined, 1, true, Symbol.iterator])("and a TypeError is what is none: %s", (input) => {
    expect(() => detectFormat(input as never)).toThrow(TypeError);
    expect(() => detectFormat(input as never)).toThrow("the text of a file, its bytes, or parsed JSON");
  });
});

const READERS = [
  ["parseBrowserCookies", parseBrowserCookies],
  ["parseCookiesTxt", parseCookiesTxt],
  ["parseExtensionCookies", parseExtensionCookies],
  ["parseHar", parseHar],
  ["parseHttpie", parseHttpie],
  ["parseLwp", parseLwp],
  ["parseToughCookie", parseToughCookie],
] as const;

describe("a pickle", () => {
  it.for(READERS)("is read by nobody: %s", ([, parse]) => {
    for (const file of [Buffer.from("8004", "hex"), "ccopy_reg\n_reconstructor\np0\n"]) {
      expect(() => parse(file)).toThrow(FormatError);
      expect(() => parse(file)).toThrow(
        /pickle.*nothing but Python may read one.*MozillaCookieJar.*parseCookiesTxt\(\)/,
      );
    }
  });
});

describe("a browser's own file", () => {
  it.for(READERS)("is read by nobody: %s", ([, parse]) => {
    const how = /nothing here opens one.*an extension.*parseCookiesTxt\(\).*parseExtensionCookies\(\)/;
    for (const [file, found] of [
      ["SQLite format 3\0\u0010", "sqlite"],
      ["cook\0\0\0\u0003", "binarycookies"],
    ] as const) {
      expect(() => parse(Buffer.from(file))).toThrow(how);
      expect(() => parse(Buffer.from(file))).toThrow(expect.objectContaining({ found }) as Error);
    }
  });
});
