/** Laws of file names that servers suggest: the header as a whole, and the URL. */
import { basename, join, normalize, resolve, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileName, safeName } from "../../src/download/file-name.ts";
import { runs } from "../support/size.ts";

const piece = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "/",
    "\\",
    "..",
    "../",
    "..\\",
    ".",
    "\0",
    "\r\n",
    ":",
    "C:",
    "%2f",
    "%5c",
    "%00",
    "%2e",
    "~",
    "nul",
    "con.txt",
    '"',
    "'",
    ";",
    "\u202e",
    "\uff0f",
  ),
);
const hostile = fc.array(piece, { maxLength: 10 }).map((parts) => parts.join(""));

/** What an escape of RFC 8187 stands for. */
function extended(text: string): string {
  return `UTF-8''${encodeURIComponent(text.toWellFormed()).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)}`;
}

const headers: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `attachment; filename=${text}`,
  (text) => `attachment; filename="${text}"`,
  (text) => `attachment; filename="${text.replaceAll(/["\\]/g, "\\$&")}"`,
  (text) => `attachment; filename*=${extended(text)}`,
  (text) => `attachment; filename*="${extended(text)}"`,
  (text) => `attachment; filename="a.txt"; filename*=ISO-8859-1''${text}`,
];

/** A name of a file in the folder that it is put into, wherever that is. */
function expectName(name: string): void {
  expect(name).not.toBe("");
  expect(basename(name)).toBe(name);
  expect(win32.basename(name)).toBe(name);
  expect(resolve("/down/loads", name)).toBe(join("/down/loads", name));
  expect(normalize(name)).toBe(name);
  expect(name).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]|^\.|^~\/|[. ]$/u);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
}

describe("a file name", () => {
  it("of a header stays in its folder, whatever the header says", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...headers), (text, write) => {
        expectName(fileName(write(text), "http://a.test/x"));
      }),
      { numRuns: runs(500) },
    );
  });

  it("of a URL stays in its folder, whatever the URL is", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expectName(fileName(null, `http://a.test/${text}`));
        expectName(fileName(null, `http://a.test/${encodeURIComponent(text.toWellFormed())}`));
        expectName(fileName(null, text));
      }),
      { numRuns: runs(300) },
    );
  });

  it("that is a good one comes through, in every way to write it", () => {
    const good = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter((text) => safeName(text) === text && text === text.trim());
    fc.assert(
      fc.property(good, (name) => {
        expect(fileName(`attachment; filename*=${extended(name)}`, "")).toBe(name);
        expect(fileName(`attachment; filename="x"; filename*=${extended(name)}`, "")).toBe(name);
        expect(fileName(null, `http://a.test/b/${encodeURIComponent(name)}?c#d`)).toBe(name);
        const latin1 = Buffer.from(name).toString("latin1");
        if (!/["\\%]/.test(name)) expect(fileName(`attachment; filename="${latin1}"`, "")).toBe(name);
      }),
    );
  });
});
