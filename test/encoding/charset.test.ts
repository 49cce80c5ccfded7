import { describe, expect, it } from "vitest";
import { apparentEncoding, charsetOf } from "../../src/encoding/charset.ts";
import { raw, utf8 } from "../support/bytes.ts";

describe("the charset of a Content-Type", () => {
  // PARITY ENC-1
  it.for([
    [null, null],
    ["text/html", "ISO-8859-1"],
    ["TEXT/HTML", "ISO-8859-1"],
    ["application/x-text-like", "ISO-8859-1"],
    ["text/html; charset=utf-8", "utf-8"],
    ["text/html; charset=GB18030", "GB18030"],
    ["text/html; charset='utf-8'", "utf-8"],
    ['text/html; charset="utf-8"', "utf-8"],
    ["text/html ; charset = utf-8 ", "utf-8"],
    ["text/html; CHARSET=koi8-r", "koi8-r"],
    ["text/plain; charset=", ""],
    ["text/plain; charset=utf-8, text/html; charset=latin-1", "latin-1"],
    ["application/json", "utf-8"],
    ["Application/JSON", "utf-8"],
    ["application/json; charset=iso-8859-1", "iso-8859-1"],
    ["application/vnd.api+json", null],
    ["application/xml", null],
    ["application/octet-stream", null],
  ] as const)("is named, for %j, %j", ([contentType, expected]) => {
    expect(charsetOf(contentType).name).toBe(expected);
  });
});

describe("charsetOf", () => {
  it("tells a charset that is declared from one that is assumed", () => {
    expect(charsetOf("text/plain; charset=ISO-8859-1")).toEqual({ name: "ISO-8859-1", origin: "declared" });
    expect(charsetOf("text/plain")).toEqual({ name: "ISO-8859-1", origin: "assumed" });
    expect(charsetOf("application/json")).toEqual({ name: "utf-8", origin: "declared" });
    expect(charsetOf(null)).toEqual({ name: null, origin: "assumed" });
  });

  it("answers alike when asked again, and for more types than it remembers", () => {
    const types = Array.from({ length: 500 }, (_, at) => `text/plain; charset=x-${at}`);
    for (const type of [...types, ...types]) expect(charsetOf(type).name).toBe(type.slice(20));
  });
});

describe("apparentEncoding", () => {
  // PARITY ENC-2
  it.for([
    ["nothing", raw(), "utf-8"],
    ["ASCII", utf8("plain"), "ascii"],
    ["UTF-8", utf8("é☃"), "utf-8"],
    ["a UTF-8 mark", raw(0xef, 0xbb, 0xbf, 97), "utf-8"],
    ["a UTF-16 mark, little end first", raw(0xff, 0xfe, 97, 0), "utf-16le"],
    ["a UTF-16 mark, big end first", raw(0xfe, 0xff, 0, 97), "utf-16be"],
    ["a UTF-32 mark, little end first", raw(0xff, 0xfe, 0, 0, 97, 0, 0, 0), "utf-32le"],
    ["a UTF-32 mark, big end first", raw(0, 0, 0xfe, 0xff, 0, 0, 0, 97), "utf-32be"],
    ["UTF-16LE", Buffer.from("hello é", "utf16le"), "utf-16le"],
    ["UTF-16BE", Buffer.from("hello é", "utf16le").swap16(), "utf-16be"],
    ["UTF-32LE", raw(97, 0, 0, 0, 98, 0, 0, 0), "utf-32le"],
    ["UTF-32BE", raw(0, 0, 0, 97, 0, 0, 0, 98), "utf-32be"],
    ["latin-1", Buffer.from("Grüße aus München", "latin1"), "windows-1252"],
    ["an odd number of bytes with a zero", raw(97, 0, 98), "ascii"],
    ["zeros here and there", raw(97, 0, 0, 98, 99, 0xe9), "windows-1252"],
  ] as const)("takes %s for what it is", ([, bytes, expected]) => {
    expect(apparentEncoding(bytes)).toBe(expected);
  });
});
