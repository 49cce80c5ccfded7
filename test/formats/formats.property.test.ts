/** What is so for any file: it is cookies that a jar takes, problems, or one error; and what is written is read again as it was. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  detectFormat,
  formatCookiesTxt,
  FormatError,
  formatHttpie,
  formatToughCookie,
  parseBrowserCookies,
  parseCookiesTxt,
  parseExtensionCookies,
  parseHar,
  parseHttpie,
  parseLwp,
  parseToughCookie,
  type FileInput,
  type ReadCookies,
} from "../../src/formats.ts";
import { comparablePath } from "../../src/core/url-spelling.ts";
import { CookieJar, type StoredCookie } from "../../src/index.ts";
import { runs } from "../support/size.ts";

const NOW = Date.UTC(2026, 10, 30);
const options = { now: NOW };

const readers: Readonly<Record<string, (input: FileInput) => ReadCookies>> = {
  "cookies.txt": (input) => parseCookiesTxt(input, options),
  browser: (input) => parseBrowserCookies(input, options),
  extension: (input) => parseExtensionCookies(input, options),
  har: (input) => parseHar(input, options),
  httpie: (input) => parseHttpie(input, { ...options, host: "a.example" }),
  lwp: (input) => parseLwp(input, options),
  "tough-cookie": (input) => parseToughCookie(input, options),
};

/** What it is read as; `null` for a file that is of another format. */
function readBy(reader: (input: FileInput) => ReadCookies, input: FileInput): ReadCookies | null {
  try {
    return reader(input);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

const word = fc.constantFrom(
  "",
  "a",
  "TRUE",
  "FALSE",
  "/",
  "/x",
  "0",
  "-1",
  "4102444800",
  "4102444800000",
  ".a.example",
  "a.example",
  ".co.uk",
  "localhost",
  "[::1]",
  "__Host-a",
  "__proto__",
  "a=b",
  "a;b",
  "caf\u00e9",
  "\ufffd",
  "\ud800",
  "Infinity",
  "2100-01-01T00:00:00Z",
  "lax",
  "a=1; Max-Age=60; Path=/",
);
const field = fc.oneof(word, fc.string({ maxLength: 8 }), fc.string({ unit: "binary", maxLength: 4 }));
const row = fc
  .tuple(
    fc.constantFrom("", "#HttpOnly_", "#", " ", "Set-Cookie3: "),
    fc.array(field, { maxLength: 9 }),
    fc.constantFrom("\t", ";", "; a="),
  )
  .map(([start, fields, separator]) => start + fields.join(separator));
const head = fc.constantFrom("", "# Netscape HTTP Cookie File\n", "#LWP-Cookies-2.0\n", "\ufeff");
const lines = fc
  .tuple(head, fc.array(row, { maxLength: 12 }), fc.constantFrom("\n", "\r\n", "\r"))
  .map(([start, rows, end]) => start + rows.join(end));

const names = fc.constantFrom(
  "name",
  "key",
  "value",
  "domain",
  "path",
  "expires",
  "expiry",
  "expirationDate",
  "hostOnly",
  "secure",
  "httpOnly",
  "sameSite",
  "session",
  "storeId",
  "partitionKey",
  "maxAge",
  "creation",
  "url",
  "method",
  "headers",
  "cookies",
  "postData",
  "text",
  "params",
  "startedDateTime",
  "request",
  "response",
  "__proto__",
  "constructor",
  "toString",
);
const scalar = fc.oneof(
  field,
  fc.boolean(),
  fc.constant(null),
  fc.double(),
  fc.constantFrom(-1, 0, 1, 4_102_444_800, 4_102_444_800_000),
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(names, scalar, { maxKeys: 3 }),
  fc.array(fc.dictionary(names, scalar, { maxKeys: 4 }), { maxLength: 3 }),
);
const item = fc.oneof({ weight: 6, arbitrary: fc.dictionary(names, value, { maxKeys: 10 }) }, scalar);
const list = fc.array(item, { maxLength: 5 });
const json = fc
  .oneof(
    list,
    list.map((cookies) => ({ cookies })),
    list.map((cookies) => ({ version: "tough-cookie@5.0.0", cookies })),
    fc
      .tuple(fc.oneof(list, fc.dictionary(names, value)), value, value)
      .map(([cookies, headers, auth]) => ({ __meta__: { httpie: "3" }, cookies, headers, auth })),
    list.map((entries) => ({ log: { entries } })),
    fc.array(fc.tuple(item, item, scalar), { maxLength: 4 }).map((all) => ({
      log: {
        entries: all.map(([request, response, startedDateTime]) => ({ request, response, startedDateTime })),
      },
    })),
  )
  .map((data) => JSON.stringify(data));
const file: fc.Arbitrary<FileInput> = fc.oneof(
  lines,
  json,
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }),
  fc.oneof(lines, json).map((text) => Buffer.from(text)),
  fc.oneof(lines, json).map((text) => Buffer.from(text, "latin1")),
);

describe("any file", () => {
  it.for(Object.entries(readers))(
    "is cookies, problems, or a FormatError for the reader of %s",
    ([, reader]) => {
      fc.assert(
        fc.property(file, (input) => {
          const found = readBy(reader, input);
          if (found === null) return;
          const { cookies, problems } = found;
          // What is read goes into a jar as it is: with room for all of it, none is left out.
          const jar = new CookieJar(cookies, { now: () => NOW, maxCookiesPerDomain: 1000 });
          const identities = cookies.map(({ name, domain, hostOnly, path }) =>
            JSON.stringify([name, domain, hostOnly, comparablePath(path)]),
          );
          expect(jar.size).toBe(new Set(identities).size);
          for (const cookie of cookies) expect(cookie.domain).not.toBe("");
          for (const { where, message } of problems) expect(message.startsWith(where)).toBe(true);
        }),
        { numRuns: runs(1500) },
      );
    },
  );

  it("is named or not, and never an error", () => {
    fc.assert(
      fc.property(file, (input) => {
        const format = detectFormat(input);
        if (format === null || format === "pickle" || format === "sojourn") return;
        // Who is named reads it.
        const reader = readers[format];
        expect(reader === undefined ? null : readBy(reader, input)).not.toBeNull();
      }),
      { numRuns: runs(3000) },
    );
  });

  it("has each of its lines in what is read of it", () => {
    fc.assert(
      fc.property(lines, (text) => {
        const found = readBy((input) => parseCookiesTxt(input, options), text);
        if (found === null) return;
        const rows = text
          .replace(/^\ufeff/, "")
          .split(text.includes("\n") ? /\r?\n/ : "\r")
          .filter(
            (line) =>
              line.trim() !== "" &&
              (!line.trimStart().startsWith("#") || /^[ \t]*#[ \t]*HttpOnly_/i.test(line)),
          );
        expect(found.cookies.length + found.problems.length).toBe(rows.length);
      }),
      { numRuns: runs(3000) },
    );
  });
});

const secret = fc.stringMatching(/^S3CRET[a-z]{1,4}$/);

describe("a problem", () => {
  it("has no value of a cookie in it", () => {
    fc.assert(
      fc.property(secret, fc.array(word, { minLength: 5, maxLength: 5 }), (text, fields) => {
        const [domain, flag, path, secure, expiry] = fields;
        const files = [
          [domain, flag, path, secure, expiry, "name", text].join("\t"),
          `Set-Cookie3: name=${text}; domain=${domain}; path=${path}; expires=${expiry}`,
          JSON.stringify([{ name: "name", value: text, domain, path, expires: expiry, secure: flag }]),
          JSON.stringify([
            { name: "name", value: text, domain, path, expirationDate: expiry, sameSite: flag },
          ]),
          JSON.stringify([{ key: "name", value: text, domain, path, expires: expiry, creation: flag }]),
        ];
        for (const input of files) {
          for (const reader of Object.values(readers)) {
            const problems = readBy(reader, input)?.problems ?? [];
            expect(JSON.stringify(problems)).not.toContain(text);
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

const octets = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 12,
});
const clean = octets.map((text) => text.replaceAll(/[;\x7f]/g, ""));
const stored = fc
  .record({
    name: clean.map((text) => `n${text.replaceAll("=", "")}`),
    value: clean,
    domain: fc.constantFrom("a.example", "www.a.example", "b.example", "localhost", "127.0.0.1", "[::1]"),
    hostOnly: fc.boolean(),
    path: clean.map((text) => `/${text}`),
    expires: fc.option(
      fc.integer({ min: NOW / 1000 + 1, max: 253_402_300_799 }).map((seconds) => seconds * 1000),
    ),
    secure: fc.boolean(),
    httpOnly: fc.boolean(),
    sameSite: fc.constantFrom("strict", "lax", "none", null),
    createdAt: fc.constant(NOW),
  })
  .map((cookie): StoredCookie => ({
    ...cookie,
    hostOnly: cookie.hostOnly || !cookie.domain.includes("example"),
  }));
const storedList = fc.array(stored, { maxLength: 8 });

/** Are these the bytes of a text, in which none were lost? */
function isText(bytes: string): boolean {
  const text = Buffer.from(bytes, "latin1").toString("utf8");
  return !text.includes("\ufffd");
}

/** What was not written at all. */
function lostOf({ lost }: { readonly lost: ReturnType<typeof formatCookiesTxt>["lost"] }): number {
  return lost.filter(({ what }) => what === "cookie").reduce((sum, { cookies }) => sum + cookies.length, 0);
}

describe("cookies that are written and read again", () => {
  it("are the same as cookies.txt, but for what was said to be lost", () => {
    fc.assert(
      fc.property(storedList, fc.boolean(), (cookies, inBytes) => {
        const written = formatCookiesTxt(cookies, options);
        const { cookies: again, problems } = parseCookiesTxt(
          inBytes ? Buffer.from(written.text) : written.text,
          options,
        );
        expect(problems).toEqual([]);
        expect(again.length + lostOf(written)).toBe(cookies.length);
        const kept = cookies.map((cookie) => ({ ...cookie, sameSite: null }));
        for (const cookie of again) expect(kept).toContainEqual(cookie);
        // Lost are those alone that are no text in UTF-8.
        const texts = cookies.filter(({ name, value: text, path }) => isText([name, text, path].join("\n")));
        expect(again.length).toBe(texts.length);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("are the same as jars of tough-cookie", () => {
    fc.assert(
      fc.property(storedList, (cookies) => {
        const written = formatToughCookie(cookies, options);
        expect(parseToughCookie(written.text, options)).toEqual({ cookies, problems: [] });
        expect(written.lost).toEqual([]);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("are the same as sessions of HTTPie, but for what was said to be lost", () => {
    fc.assert(
      fc.property(storedList, (cookies) => {
        const written = formatHttpie({ cookies }, options);
        const { cookies: again, problems } = parseHttpie(written.text, options);
        expect(problems).toEqual([]);
        expect(again).toEqual(cookies.map((cookie) => ({ ...cookie, httpOnly: false, sameSite: null })));
        expect(lostOf(written)).toBe(0);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("are sent to the same hosts as before", () => {
    const hosts = [
      "a.example",
      "www.a.example",
      "x.www.a.example",
      "b.example",
      "localhost",
      "127.0.0.1",
      "[::1]",
    ];
    fc.assert(
      fc.property(storedList, (cookies) => {
        const before = new CookieJar(cookies, { now: () => NOW });
        for (const again of [
          parseToughCookie(formatToughCookie(before, options).text, options).cookies,
          parseHttpie(formatHttpie({ cookies: before }, options).text, options).cookies,
        ]) {
          const after = new CookieJar(again, { now: () => NOW });
          for (const host of hosts)
            expect(after.getCookieHeader(`https://${host}/`)).toBe(
              before.getCookieHeader(`https://${host}/`),
            );
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe("a file that is long", () => {
  it("is read in time that grows with its length", () => {
    // Counted, not timed: at these sizes anything quadratic would run into the time limit of the test.
    const many = 200_000;
    const cookie = { name: "a", value: "1", domain: "a.example", path: "/", expires: -1 };
    const files: readonly FileInput[] = [
      "a.example\tFALSE\t/\tFALSE\t0\ta\t1\n".repeat(many),
      "\t".repeat(4_000_000),
      `a.example\tFALSE\t/\tFALSE\t0\ta\t${"1".repeat(4_000_000)}`,
      `${"a".repeat(4_000_000)}\tFALSE\t/\tFALSE\t0\ta\t1`,
      `a.example\tFALSE\t/\tFALSE\t${"1".repeat(4_000_000)}\ta\t1`,
      "#\n".repeat(1_000_000),
      " ".repeat(4_000_000),
      `Set-Cookie3: ${";=".repeat(1_000_000)}`,
      `Set-Cookie3: a="${'\\"'.repeat(1_000_000)}`,
      `Set-Cookie3: a="${'\\"'.repeat(1_000_000)}"; domain=a.example`,
      JSON.stringify(Array.from({ length: many }, () => cookie)),
      "[".repeat(2_000_000),
      `[${"[".repeat(20_000)}${"]".repeat(20_000)}]`,
      JSON.stringify([{ ...cookie, domain: "a.".repeat(2_000_000) }]),
      JSON.stringify([{ ...cookie, sameSite: "a".repeat(2_000_000) }]),
    ];
    for (const input of files) {
      for (const reader of Object.values(readers)) readBy(reader, input);
      expect(() => detectFormat(input)).not.toThrow();
    }
  }, 180_000);
});
