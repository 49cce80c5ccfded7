/**
 * What a file is given as: its text, or its bytes. A byte-order mark is taken off; what is not UTF-8 is seen, not replaced.
 *
 * Names and values of cookies are bytes, and so they are in a jar: one character for each. What a text has beyond ASCII stands for
 * its bytes in UTF-8, as in the file that it came from.
 */
import { asBuffer } from "../core/bytes.ts";
import { mustBe, ownFields } from "../core/checks.ts";
import { isObject, isUint8Array, ofThisRealm } from "../core/realm.ts";

/** The text of a file, or its bytes. */
export type FileInput = string | Uint8Array;

/** Is it text or bytes, and not data that was parsed already? */
export function isFileInput(input: unknown): input is FileInput {
  return typeof input === "string" || isUint8Array(input);
}

/** @throws {TypeError} unless it is text or bytes. */
export function assertFileInput(input: unknown, taker: string): asserts input is FileInput {
  if (!isFileInput(input)) throw mustBe(`what ${taker} reads`, "the text of a file, or its bytes", input);
}

const MARK = "\ufeff";
const BEYOND_ASCII = /[^\0-\x7f]/;

/** What begins a text in UTF-16. PowerShell writes such files. */
const UTF16_MARKS = [
  ["\xff\xfe", "utf-16le"],
  ["\xfe\xff", "utf-16be"],
] as const;

/**
 * The text of a file, without its byte-order mark. Bytes that are not UTF-8 are one character each, as in latin-1.
 *
 * @returns `isBytes`: each character is one byte.
 */
export function textOf(input: FileInput): { readonly text: string; readonly isBytes: boolean } {
  if (typeof input === "string")
    return { text: input.startsWith(MARK) ? input.slice(1) : input, isBytes: false };
  const bytes = ofThisRealm(input);
  const latin1 = asBuffer(bytes).toString("latin1");
  const utf16 = UTF16_MARKS.find(([mark]) => latin1.startsWith(mark));
  if (utf16 !== undefined) return { text: new TextDecoder(utf16[1]).decode(bytes), isBytes: false };
  return { text: latin1.startsWith("\xef\xbb\xbf") ? latin1.slice(3) : latin1, isBytes: true };
}

/** A line of a text, without what ends it. */
interface Line {
  /** From 1. */
  readonly number: number;
  /** As it stands in the text. */
  readonly written: string;
  /** One character for each byte; `null` when bytes of it were lost. */
  readonly text: string | null;
}

/** The lines of a file that ends them with LF or CRLF; with CR where there is no LF at all. */
export function* linesOf(input: FileInput): Generator<Line, void, undefined> {
  const { text, isBytes } = textOf(input);
  // In a file with LF, a CR would be a character of a cookie, which none has.
  const lineEnd = text.includes("\n") ? "\n" : "\r";
  let number = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf(lineEnd, start);
    const next = found === -1 ? text.length : found;
    const end = next > start && text.charCodeAt(next - 1) === 0x0d ? next - 1 : next;
    const written = text.slice(start, end);
    number += 1;
    yield { number, written, text: isBytes ? written : bytesOf(written) };
    start = next + 1;
  }
}

/**
 * The bytes of a text in UTF-8, one character each. `null` for one that has lost some: a half of a surrogate pair, or the
 * character that stands for bytes that were not UTF-8.
 */
export function bytesOf(text: string): string | null {
  if (!BEYOND_ASCII.test(text)) return text;
  if (text.includes("\ufffd") || !text.isWellFormed()) return null;
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The text whose bytes in UTF-8 these characters are; `null` when they are not UTF-8. */
export function textOfBytes(bytes: string): string | null {
  if (!BEYOND_ASCII.test(bytes)) return bytes;
  if (/[^\0-\xff]/.test(bytes)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return null;
  }
}

/** What became of a text that should be JSON. */
type ParsedJson =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "fault"; readonly says: string };

/** Reads JSON. What the platform says of a fault is not told: it quotes the text, in which there are secrets. */
export function parseJson(input: FileInput): ParsedJson {
  const { text, isBytes } = textOf(input);
  const unicode = isBytes ? textOfBytes(text) : text;
  if (unicode === null) return { kind: "fault", says: "its bytes are not UTF-8" };
  try {
    return { kind: "json", value: JSON.parse(unicode) };
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const [, position] = /^[^"]* in JSON at position (\d+)/.exec(message) ?? [];
    if (position !== undefined)
      return { kind: "fault", says: `it is no JSON: wrong at character ${Number(position) + 1}` };
    return {
      kind: "fault",
      says: message.startsWith("Unexpected end") ? "it ends too early" : "it is no JSON",
    };
  }
}

/** The own fields of an object that is no list; `null` for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return isFields(value) ? ownFields(value) : null;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !Array.isArray(value);
}
