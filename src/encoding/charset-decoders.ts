/**
 * Charsets by name: WHATWG's, as `TextDecoder` has them, and those where Python and WHATWG differ as Python has them:
 * `latin-1` is one byte one character, `ascii` has 128 characters, and there is UTF-32.
 */
import { Buffer } from "node:buffer";
import { asBuffer } from "../core/bytes.ts";
import { Memo } from "../core/memo.ts";
import { withoutBlanks } from "../core/received-text.ts";

/** Decodes text that comes in pieces. */
export interface ChunkDecoder {
  /** Text of the next bytes; a character that is cut waits for the rest. With `last` it waits no more. */
  decode(bytes: Uint8Array, last: boolean): string;
}

/** What a name stands for. */
type Codec =
  | { readonly kind: "utf-8" | "latin-1" | "ascii" | "windows-1252" }
  | { readonly kind: "utf-16" | "utf-32"; readonly littleEndian: boolean }
  | { readonly kind: "other"; readonly label: string };

/** What the names stand for that Python reads otherwise than WHATWG, or WHATWG does not know. */
const own = new Map<string, Codec>([
  ...names({ kind: "utf-8" }, "utf-8 utf8 utf-8-sig u8 cp65001"),
  ...names({ kind: "latin-1" }, "latin-1 latin1 iso-8859-1 iso8859-1 iso88591 l1 cp819 ibm819 8859"),
  ...names({ kind: "latin-1" }, "csisolatin1 iso-ir-100 iso-8859-1:1987"),
  ...names({ kind: "ascii" }, "ascii us-ascii 646 iso646-us ansi-x3.4-1968 csascii"),
  ...names({ kind: "windows-1252" }, "windows-1252 cp1252 x-cp1252"),
  ...names({ kind: "utf-16", littleEndian: true }, "utf-16 utf16 utf-16le utf-16-le u16"),
  ...names({ kind: "utf-16", littleEndian: false }, "utf-16be utf-16-be"),
  ...names({ kind: "utf-32", littleEndian: true }, "utf-32 utf32 utf-32le utf-32-le u32"),
  ...names({ kind: "utf-32", littleEndian: false }, "utf-32be utf-32-be"),
]);

function names(codec: Codec, labels: string): [string, Codec][] {
  return labels.split(" ").map((label) => [label, codec]);
}

/** Names as they were spelled: making a `TextDecoder` only to learn whether there is one is not cheap. */
const found = new Memo<string, Codec>(200);

/** A name that nobody knows: UTF-8 with replacement characters, as requests does. */
const unknown: Codec = { kind: "utf-8" };

function lookUp(label: string): Codec {
  const name = withoutBlanks(label).toLowerCase();
  const hyphenated = name.replaceAll("_", "-");
  const codec = own.get(hyphenated);
  if (codec !== undefined) return codec;
  const known = [name, hyphenated].find((one) => platformName(one) !== null);
  return known === undefined ? unknown : { kind: "other", label: known };
}

/** Is there a charset of that name? */
export function isKnownCharset(label: string): boolean {
  return found.getOrMake(label, lookUp) !== unknown;
}

/** WHATWG's name of the charset; `null` when `TextDecoder` does not know it. */
export function platformName(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

/** The text of `bytes` in the charset of that name. Never throws: what is wrong becomes U+FFFD. A byte order mark goes. */
export function decodeWhole(bytes: Uint8Array, label: string): string {
  const codec = found.getOrMake(label, lookUp);
  switch (codec.kind) {
    case "utf-8":
      return utf8(bytes);
    case "latin-1":
      return latin1(bytes);
    case "ascii":
      return ascii(bytes);
    case "windows-1252":
      return windows1252(bytes);
    case "utf-16":
    case "utf-32":
    case "other":
      return chunkDecoder(label).decode(bytes, true);
  }
}

/** The same for a text in pieces. */
export function chunkDecoder(label: string): ChunkDecoder {
  const codec = found.getOrMake(label, lookUp);
  switch (codec.kind) {
    case "utf-8":
      return platformDecoder("utf-8");
    case "latin-1":
      return { decode: latin1 };
    case "ascii":
      return { decode: ascii };
    case "windows-1252":
      return { decode: windows1252 };
    case "utf-16":
      return platformDecoder(codec.littleEndian ? "utf-16le" : "utf-16be");
    case "utf-32":
      return utf32Decoder(codec.littleEndian);
    case "other":
      return platformDecoder(codec.label);
  }
}

function platformDecoder(label: string): ChunkDecoder {
  let decoder = new TextDecoder(label);
  return {
    decode: (bytes, last) => {
      try {
        return decoder.decode(bytes, { stream: !last });
      } catch {
        // Node's gb18030 throws, although not told to be fatal, for a sequence that is cut by the end of a piece and goes
        // on wrongly. What was pending is lost in it: it becomes the one character that stands for what is wrong.
        decoder = new TextDecoder(label);
        return `\ufffd${decoder.decode(bytes)}`;
      }
    },
  };
}

function utf8(bytes: Uint8Array): string {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return asBuffer(bytes).toString("utf8", marked ? 3 : 0);
}

function latin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("latin1");
}

function ascii(bytes: Uint8Array): string {
  return latin1(bytes).replace(/[\x80-\xff]/g, "\ufffd");
}

/** What WHATWG has at 0x80 to 0x9f. */
const WINDOWS_1252 =
  "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
  "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

/** Written by hand, since `TextDecoder` of some versions of Node takes windows-1252 for latin-1. */
function windows1252(bytes: Uint8Array): string {
  return latin1(bytes).replace(
    /[\x80-\x9f]/g,
    (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? character,
  );
}

function utf32Decoder(littleEndian: boolean): ChunkDecoder {
  let rest: Uint8Array = new Uint8Array(0);
  let started = false;
  return {
    decode: (bytes, last) => {
      const all = rest.byteLength === 0 ? bytes : Buffer.concat([rest, bytes]);
      const whole = all.byteLength - (all.byteLength % 4);
      rest = last ? new Uint8Array(0) : all.slice(whole);
      const decoded =
        utf32(all.subarray(0, whole), littleEndian) + (last && whole < all.byteLength ? "\ufffd" : "");
      const marked = !started && decoded.startsWith("\ufeff");
      started ||= decoded !== "";
      return marked ? decoded.slice(1) : decoded;
    },
  };
}

function utf32(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const characters: string[] = [];
  for (let at = 0; at < bytes.byteLength; at += 4) {
    const point = view.getUint32(at, littleEndian);
    const valid = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    characters.push(valid ? String.fromCodePoint(point) : "\ufffd");
  }
  return characters.join("");
}
