/**
 * Reads JSON from bytes (RFC 8259): in UTF-8, -16 or -32, with or without a byte order mark (PARITY ENC-4, BUG-18).
 *
 * May import: `core/`, own folder. Pure.
 */
import { JSONDecodeError, type FailedRequest } from "../core/errors.ts";
import { byteOrderMark, type Charset } from "./charset.ts";
import { decodeWhole } from "./codecs.ts";
import { jsonErrorPosition } from "./json-position.ts";
import { decodeText } from "./text.ts";

/**
 * Which Unicode encoding JSON is in, from its first four bytes: a mark, or the zeros beside its first character, which
 * is always ASCII. `null`: it cannot be JSON (PARITY ENC-7).
 */
export function guessJsonUtf(bytes: Uint8Array): string | null {
  const mark = byteOrderMark(bytes);
  if (mark !== null) return mark.encoding === "utf-8" ? "utf-8-sig" : mark.encoding;
  const [first, second, third, fourth] = bytes;
  if (first === 0) {
    if (second === 0) return third === 0 ? (fourth === 0 || fourth === undefined ? null : "utf-32be") : null;
    return "utf-16be";
  }
  if (second === 0) return third === 0 && fourth === 0 ? "utf-32le" : "utf-16le";
  return "utf-8";
}

/** The text of a JSON body. Its own signs go before the charset, which is used where the bytes do not tell. */
export function jsonText(bytes: Uint8Array, charset: Charset): string {
  const guess = guessJsonUtf(bytes);
  return guess === null || guess === "utf-8" ? decodeText(bytes, charset) : decodeWhole(bytes, guess);
}

/**
 * The value of a JSON text.
 *
 * @throws {JSONDecodeError} with the position of the first wrong character. Neither it nor its cause has any of the text:
 *   a body may hold secrets.
 */
export function parseJsonText(text: string, request: FailedRequest | null = null): unknown {
  try {
    // The type of JSON.parse is `any`.
    return JSON.parse(text) as unknown;
  } catch {
    throw jsonError(text, request);
  }
}

/** {@link jsonText} and {@link parseJsonText} in one. */
export function parseJson(
  bytes: Uint8Array,
  charset: Charset,
  request: FailedRequest | null = null,
): unknown {
  return parseJsonText(jsonText(bytes, charset), request);
}

function jsonError(text: string, request: FailedRequest | null): JSONDecodeError {
  const position = jsonErrorPosition(text);
  return new JSONDecodeError(`the body is not JSON: ${reason(text, position)}`, {
    request,
    position,
    phase: "decode",
  });
}

function reason(text: string, position: number | null): string {
  if (/^[\t\n\r ]*$/.test(text)) return "it is empty";
  if (position === null) return "it cannot be parsed";
  const before = text.slice(0, position);
  const line = before.split("\n").length;
  const column = position - before.lastIndexOf("\n");
  const what = position >= text.length ? "it ends too early" : "unexpected character";
  return `${what}, at position ${position} (line ${line}, column ${column})`;
}
