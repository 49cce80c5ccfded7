/**
 * Which charset a text is in: what `Content-Type` declares, what a page says of itself, and what the bytes look like.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { mustReturn } from "../core/checks.ts";
import { Memo } from "../core/memo.ts";
import type { DetectEncoding } from "../core/options.ts";
import { isKnownCharset } from "./charset-decoders.ts";
import { declarationIn, markupOf } from "./declaration.ts";
import { parseMediaType } from "./media-type.ts";

/** The charset of a text, and how sure it is. */
export interface Charset {
  /** `null` or `""`: not known. */
  readonly name: string | null;
  /**
   * `set` by the program: holds, whatever the bytes look like. `declared` by the server: a byte order mark wins over it.
   * `assumed`, since the type is some text: only a name, the bytes decide.
   */
  readonly origin: "set" | "declared" | "assumed";
}

const unknown: Charset = { name: null, origin: "assumed" };
const text: Charset = { name: "ISO-8859-1", origin: "assumed" };
/** JSON is UTF-8, says RFC 8259 §8.1. */
const json: Charset = { name: "utf-8", origin: "declared" };

/** A server sends the same few types all day. */
const seen = new Memo<string, Charset>(200);

/**
 * The charset that a `Content-Type` stands for, named as requests names it: the charset parameter as it is spelled, else
 * `ISO-8859-1` for a type with "text" in it, else `utf-8` for JSON, else `null`. Unlike requests, without regard to case.
 */
export function charsetOf(contentType: string | null): Charset {
  return contentType === null ? unknown : seen.getOrMake(contentType, parseCharset);
}

function parseCharset(contentType: string): Charset {
  const { essence, parameters } = parseMediaType(contentType);
  const name = parameters.get("charset");
  if (name !== undefined) return { name, origin: "declared" };
  if (essence.includes("text")) return text;
  return essence.includes("application/json") ? json : unknown;
}

/** A byte order mark. */
export interface ByteOrderMark {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "utf-32le" | "utf-32be";
  readonly bytes: readonly number[];
}

/** Those of UTF-32 first: that of UTF-16 is the beginning of one. */
const marks: readonly ByteOrderMark[] = [
  { encoding: "utf-32le", bytes: [0xff, 0xfe, 0, 0] },
  { encoding: "utf-32be", bytes: [0, 0, 0xfe, 0xff] },
  { encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
];

/** The byte order mark at the beginning, or `null`. */
export function byteOrderMark(bytes: Uint8Array): ByteOrderMark | null {
  const first = bytes[0];
  if (first !== 0xef && first !== 0xff && first !== 0xfe && first !== 0) return null;
  return marks.find((mark) => mark.bytes.every((byte, at) => bytes[at] === byte)) ?? null;
}

/** Could these first bytes become a byte order mark, or a longer one, with those that follow? */
export function mayBecomeMark(bytes: Uint8Array): boolean {
  return marks.some(
    (mark) => bytes.byteLength < mark.bytes.length && bytes.every((byte, at) => mark.bytes[at] === byte),
  );
}

/** What helps to guess. A response is such. */
export interface Hints {
  /** The value of `Content-Type`: a page may name its charset itself. */
  readonly contentType: string | null;
  /** Asked about what nobody names and nothing tells; `null`: nobody is. */
  readonly detectEncoding: DetectEncoding | null;
}

/** Nothing but the bytes. */
export const noHints: Hints = { contentType: null, detectEncoding: null };

/** The bytes that are looked at for the pattern of zeros. */
const SAMPLE_BYTES = 64;

/**
 * A guess from the bytes: byte order mark, what a page says of itself, UTF-16 or -32 by the pattern of their zeros, `ascii`,
 * valid UTF-8; then what the program's detection says, and `windows-1252` for all the rest. No statistics of our own:
 * requests' are slow, and often wrong for short texts.
 *
 * @throws {TypeError} when the detection answers with something else than a name or `null`.
 */
export function apparentEncoding(bytes: Uint8Array, hints: Hints = noHints): string {
  if (bytes.byteLength === 0) return "utf-8";
  const mark = byteOrderMark(bytes);
  if (mark !== null) return mark.encoding;
  const markup = markupOf(hints.contentType);
  const declared = markup === null ? null : declarationIn(bytes, markup);
  if (declared?.kind === "named") return declared.name;
  const wide = wideEncoding(bytes);
  if (wide !== null) return wide;
  const detected = needsDetection(bytes, hints) ? detectedEncoding(bytes, hints) : null;
  if (detected !== null) return detected;
  if (isAscii(bytes)) return "ascii";
  return isUtf8(bytes) ? "utf-8" : "windows-1252";
}

const ESCAPE = 0x1b;

/** Would these bytes be a guess? ISO 2022 writes all in ASCII, with escapes in between: it is asked about, too. */
export function needsDetection(bytes: Uint8Array, { detectEncoding }: Hints): boolean {
  if (detectEncoding === null) return false;
  return isAscii(bytes) ? bytes.includes(ESCAPE) : !isUtf8(bytes);
}

/**
 * What the program's detection says; `null` when it does not know, or names what Node cannot decode.
 *
 * @throws {TypeError} as {@link apparentEncoding}.
 */
export function detectedEncoding(bytes: Uint8Array, { detectEncoding }: Hints): string | null {
  const name: unknown = detectEncoding === null ? null : detectEncoding(bytes);
  if (name === null) return null;
  if (typeof name === "string") return isKnownCharset(name) ? name : null;
  throw mustReturn("detectEncoding", "the name of a charset or null", name);
}

/** Western text in UTF-16 and -32 is full of zeros, always at the same places. */
function wideEncoding(bytes: Uint8Array): string | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  if (bytes.byteLength % 2 !== 0 || !sample.includes(0)) return null;
  const zeros: [number, number, number, number] = [0, 0, 0, 0];
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[(at % 4) as 0 | 1 | 2 | 3]++;
  const [first, second, third, fourth] = zeros;
  const quarter = sample.byteLength / 4;
  if (bytes.byteLength % 4 === 0 && first + second === 2 * quarter) return "utf-32be";
  if (bytes.byteLength % 4 === 0 && third + fourth === 2 * quarter) return "utf-32le";
  if (second + fourth === 0) return first + third >= quarter ? "utf-16be" : null;
  return first + third === 0 && second + fourth >= quarter ? "utf-16le" : null;
}
