/**
 * Reads JSON from bytes (RFC 8259): in UTF-8, -16 or -32, with or without a byte order mark.
 */
import { JSONDecodeError, type FailedRequest } from "../core/errors.ts";
import { byteOrderMark, type Charset } from "./charset.ts";
import { decodeWhole } from "./charset-decoders.ts";
import { jsonErrorPosition } from "./json-position.ts";
import { decodeText } from "./text.ts";

/**
 * Which Unicode encoding JSON is in, from its first four bytes: a mark, or the zeros beside its first character, which
 * is always ASCII. `null`: it cannot be JSON.
 */
export function guessJsonUtf(bytes: Uint8Array): string | null {
  const mark = byteOrderMark(bytes);
  if (mark !== null) return mark.encoding === "utf-8" ? "utf-8-sig" : mark.encoding;
  // By index: an array pattern would go through an iterator.
  const first = bytes[0];
  const second = bytes[1];
  const third = bytes[2];
  const fourth = bytes[3];
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
  const isTold = guess !== null && (guess !== "utf-8" || charset.name === guess);
  return isTold ? decodeWhole(bytes, guess) : decodeText(bytes, charset);
}

/** Whose body it is: what an error tells of it. */
export interface JsonOrigin {
  readonly request: FailedRequest;
  readonly status: number;
  readonly contentType: string | null;
}

/**
 * The value of a JSON text.
 *
 * @param origin of the text; `null`: it is no body of a response.
 * @throws {JSONDecodeError} with the position of the first wrong character, and what the text looks like. Neither it nor its
 *   cause has any of the text: a body may hold secrets.
 */
export function parseJsonText(text: string, origin: JsonOrigin | null = null): unknown {
  try {
    // The type of JSON.parse is `any`.
    return JSON.parse(text) as unknown;
  } catch {
    throw jsonError(text, origin);
  }
}

function jsonError(text: string, origin: JsonOrigin | null): JSONDecodeError {
  const position = jsonErrorPosition(text);
  const came = origin === null ? "" : ` (${cameAs(origin)})`;
  return new JSONDecodeError(`the body is not JSON: ${reason(text, position)}${came}`, {
    request: origin?.request ?? null,
    position,
    phase: "decode",
  });
}

/** The type without its parameters, which may be anything. */
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}(?=[;,\s]|$)/;

function cameAs({ status, contentType }: JsonOrigin): string {
  if (contentType === null) return `status ${status}, no Content-Type`;
  const [type] = MEDIA_TYPE.exec(contentType) ?? [];
  return `status ${status}, Content-Type ${type ?? "that is none"}`;
}

/** What texts look like that are taken for JSON: by their beginning, of which nothing is shown. */
const LOOKS: readonly (readonly [beginning: RegExp, kind: string])[] = [
  [/^<(?:!doctype\s+html|html|head|body|script|p|h1|title|div)\b/i, "it looks like HTML"],
  [/^<(?:\?xml|[a-z])/i, "it looks like XML"],
  [/^(?:\)\]\}'|while\s*\(|for\s*\(;;)/, "it begins with a guard against scripts, which is to be taken off"],
  [/^(?:data|event|id|retry):/, "it looks like an event stream"],
  [/^[\w$.]+\(/, "it looks like a script (JSONP)"],
  [/^(?:\/\/|\/\*)/, "it begins with a comment, which JSON has not"],
  // oxlint-disable-next-line no-control-regex -- as binary formats begin
  [/^(?:\x1f\ufffd|\x1f\x8b|PK\x03|\x28\xb5|%PDF)/, "it is binary"],
];

function reason(text: string, position: number | null): string {
  if (/^[\t\n\r ]*$/.test(text)) return "it is empty";
  const beginning = text.slice(0, SEEN).trimStart();
  const look = LOOKS.find(([kind]) => kind.test(beginning))?.[1];
  const where = whereIn(text, position);
  return look === undefined ? where : `${look}; ${where}`;
}

/** Characters of a beginning. */
const SEEN = 200;

function whereIn(text: string, position: number | null): string {
  if (position === null) return "it cannot be parsed";
  const before = text.slice(0, position);
  const line = before.split("\n").length;
  const column = position - before.lastIndexOf("\n");
  const what =
    position >= text.length
      ? "it ends too early"
      : isWhole(before)
        ? "a second value behind the first"
        : "unexpected character";
  return `${what}, at position ${position} (line ${line}, column ${column})`;
}

/** A value that is over: what follows is more than one, as in NDJSON. */
function isWhole(text: string): boolean {
  return text.trim() !== "" && jsonErrorPosition(text) === null;
}
