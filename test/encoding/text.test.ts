import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charsetOf, type Charset } from "../../src/encoding/charset.ts";
import { decodeText, TextStream } from "../../src/encoding/text.ts";
import { raw, utf8 } from "../support/bytes.ts";

const set = (name: string | null): Charset => ({ name, origin: "set" });
const declared = (name: string): Charset => ({ name, origin: "declared" });

/** The same bytes, in pieces of `size`. */
function inStream(bytes: Uint8Array, charset: Charset, size: number): string {
  const decoder = new TextStream(charset);
  let text = "";
  for (let at = 0; at < bytes.byteLength; at += size)
    text += decoder.decode(bytes.subarray(at, at + size), false);
  return text + decoder.decode(raw(), true);
}

/** What both ways of decoding give, when they agree. */
function decoded(bytes: Uint8Array, charset: Charset): string {
  const text = decodeText(bytes, charset);
  for (const size of [1, 2, 3, 1000]) expect(inStream(bytes, charset, size)).toBe(text);
  return text;
}

describe("text of a declared charset", () => {
  it.for([
    ["utf-8", utf8("déjà vu ☃ 😀"), "déjà vu ☃ 😀"],
    ["UTF8", utf8("é"), "é"],
    ["utf_8", utf8("é"), "é"],
    ["windows-1252", raw(0x80, 0x20, 0x93, 0x78, 0x94), "€ “x”"],
    ["koi8-r", raw(0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4), "Привет"],
    ["GB18030", raw(0xba, 0xba, 0xd7, 0xd6, 0x94, 0x39, 0xfc, 0x36), "汉字😀"],
    ["Shift_JIS", raw(0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea), "日本語"],
    ["ks_c_5601-1987", raw(0xc7, 0xd1), "한"],
    // Python's latin-1 is one byte one character; WHATWG's is windows-1252.
    ["iso-8859-1", raw(0x64, 0xe9, 0x20, 0x80), "dé \u0080"],
    ["latin-1", raw(0xff), "ÿ"],
    ["latin_1", raw(0xff), "ÿ"],
    ["ascii", raw(0x61, 0xe9, 0x62), "a\ufffdb"],
    ["utf-16", raw(0xff, 0xfe, 0x68, 0, 0xe9, 0), "hé"],
    ["utf-16", raw(0xfe, 0xff, 0, 0x68, 0, 0xe9), "hé"],
    ["utf-16", raw(0x68, 0, 0xe9, 0), "hé"],
    ["utf-16le", raw(0x68, 0, 0xe9, 0, 0x03, 0x26), "hé☃"],
    ["utf-16be", raw(0, 0x68, 0x26, 0x03), "h☃"],
    ["utf-32", raw(0xff, 0xfe, 0, 0, 0x68, 0, 0, 0, 0, 0xf6, 1, 0), "h😀"],
    ["utf-32be", raw(0, 0, 0, 0x68, 0, 1, 0xf6, 0), "h😀"],
    // What cannot be: beyond Unicode, a surrogate, and half a character.
    ["utf-32le", raw(0, 0, 0x11, 0, 0, 0xd8, 0, 0, 0x68, 0), "\ufffd\ufffd\ufffd"],
    // PARITY ENC-3: a name that nobody knows, or that is no charset but a codec of Python's.
    ["no-such-charset", utf8("café"), "café"],
    ["zlib", utf8("café"), "café"],
    ["utf-7", utf8("+ADw-script+AD4-"), "+ADw-script+AD4-"],
    // A lie does not throw.
    ["utf-8", raw(0x63, 0xe9, 0x20, 0xff, 0xfe), "c\ufffd \ufffd\ufffd"],
  ] as const)("%s (row %#)", ([name, bytes, expected]) => {
    expect(decoded(bytes, declared(name))).toBe(expected);
  });

  it("gives way to a byte order mark", () => {
    expect(decoded(raw(0xef, 0xbb, 0xbf, 0xc3, 0xa9), declared("iso-8859-1"))).toBe("é");
    expect(decoded(raw(0xef, 0xbb, 0xbf, 97), declared("utf-8"))).toBe("a");
    expect(decoded(raw(0xff, 0xfe, 97, 0), declared("utf-8"))).toBe("a");
  });
});

describe("text of a charset that the program set", () => {
  it("is in this charset, whatever the bytes look like", () => {
    expect(decoded(raw(0xff, 0xfe, 97, 0), set("latin1"))).toBe("ÿþa\0");
    expect(decoded(utf8("é☃"), set("ascii"))).toBe("\ufffd".repeat(5));
  });

  it("has no byte order mark of its own in it", () => {
    expect(decoded(raw(0xef, 0xbb, 0xbf, 97), set("utf-8"))).toBe("a");
    expect(decoded(raw(0xfe, 0xff, 0, 97), set("utf-16"))).toBe("a");
  });

  it("is guessed when he set none", () => {
    expect(decoded(utf8("é"), set(null))).toBe("é");
    expect(decoded(utf8("é"), set(""))).toBe("é");
  });
});

// PARITY BUG-17
describe("text of which nobody named the charset", () => {
  it.for([null, "text/html", "text/plain; charset=", "application/octet-stream"])(
    "is UTF-8 when it can be, under %j",
    (type) => {
      expect(decoded(utf8("déjà ☃"), charsetOf(type))).toBe("déjà ☃");
      expect(decoded(raw(0xef, 0xbb, 0xbf, 97), charsetOf(type))).toBe("a");
    },
  );

  it("is windows-1252 when it is no UTF-8", () => {
    expect(decoded(Buffer.from("Grüße", "latin1"), charsetOf("text/plain"))).toBe("Grüße");
    expect(decoded(raw(0x80, 0x93), charsetOf(null))).toBe("€“");
  });

  it("is UTF-16 when its zeros say so", () => {
    expect(decodeText(Buffer.from("hello", "utf16le"), charsetOf(null))).toBe("hello");
  });

  it("as a stream is windows-1252 from where it is no UTF-8 any more", () => {
    const decoder = new TextStream(charsetOf(null));
    expect(decoder.decode(utf8("é"), false)).toBe("é");
    expect(decoder.decode(raw(0xe9, 0x20), false)).toBe("é ");
    expect(decoder.decode(utf8("é"), true)).toBe("Ã©");
  });

  it("as a stream does not wait for a byte order mark that cannot come", () => {
    expect(new TextStream(charsetOf(null)).decode(utf8("a"), false)).toBe("a");
  });
});

describe("decoding in pieces", () => {
  const names = fc.constantFrom(
    "utf-8",
    "utf-16le",
    "utf-16be",
    "utf-32",
    "latin1",
    "ascii",
    "windows-1252",
    "shift_jis",
  );

  it("never fails on what is wrong, in pieces of any size", () => {
    expect(inStream(Uint8Array.of(0x81, 0x30, 0x00), set("gb18030"), 1)).toContain("\ufffd");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.integer({ min: 1, max: 9 }), (bytes, size) => {
        expect(typeof inStream(bytes, set("gb18030"), size)).toBe("string");
      }),
    );
  });

  it("gives the text of the whole, for any bytes, cut anywhere", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        names,
        fc.integer({ min: 1, max: 9 }),
        (bytes, name, size) => {
          expect(inStream(bytes, set(name), size)).toBe(decodeText(bytes, set(name)));
        },
      ),
    );
  });

  it("loses nothing of a text in UTF-8 without a charset", () => {
    fc.assert(
      // A text that begins with a mark, or is full of zeros, is taken for UTF-16.
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 9 }), (text, size) => {
        expect(inStream(utf8(`a${text}`), charsetOf(null), size)).toBe(`a${text}`);
      }),
    );
  });
});
