/**
 * multipart/form-data (RFC 7578): fields and files as one body.
 *
 * Streams stay streams, and the length is known when every part's is. What the parts are is decided in `parts.ts`.
 *
 * Pure: the boundary comes from outside.
 */
import { bytesBody, isRepeatable, lengthOf, streamBody, type Body } from "../core/body.ts";
import { concat } from "../core/bytes.ts";
import { InvalidHeader, UnrewindableBodyError } from "../core/errors.ts";
import { isBlank, trimmed } from "../core/received-text.ts";
import type { Part } from "./parts.ts";

const LINE_END = Buffer.from("\r\n");

/** The boundary of a body, and the `Content-Type` to set for it; `null` when the caller's stays as it is. */
export interface MultipartType {
  readonly boundary: string;
  readonly contentType: string | null;
}

/** RFC 2046 §5.1.1: up to 70 of these, the last one no blank. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/**
 * Finds the boundary: the one of the caller's `Content-Type`, or `random()`, which is then added to it, so that the
 * server can read the body.
 *
 * @throws {InvalidHeader} for a caller's boundary that is none.
 */
export function multipartType(given: string | null, random: () => string): MultipartType {
  if (given === null) {
    const boundary = random();
    return { boundary, contentType: `multipart/form-data; boundary=${boundary}` };
  }
  if (!isMultipart(given)) return { boundary: random(), contentType: null };
  const theirs = boundaryOf(given);
  if (theirs === null) {
    const boundary = random();
    return { boundary, contentType: `${trimmed(given, isBlankOrSemicolon)}; boundary=${boundary}` };
  }
  if (!BOUNDARY.test(theirs)) {
    throw new InvalidHeader("the boundary in Content-Type must be 1 to 70 characters of RFC 2046 §5.1.1");
  }
  return { boundary: theirs, contentType: null };
}

/** Is it a type of bodies with parts? */
export function isMultipart(type: string): boolean {
  return /^\s*multipart\//i.test(type);
}

function isBlankOrSemicolon(code: number): boolean {
  return isBlank(code) || code === 0x3b;
}

function boundaryOf(contentType: string): string | null {
  for (const [, name = "", value = ""] of contentType.matchAll(
    /;\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g,
  )) {
    if (name.toLowerCase() !== "boundary") continue;
    return value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value.trim();
  }
  return null;
}

/** Writes the parts as one body: bytes when all of them are there, else a stream. */
export function multipartBody(parts: readonly Part[], boundary: string): Body {
  const opening = Buffer.from(`--${boundary}\r\n`);
  const closing = Buffer.from(`--${boundary}--\r\n`);
  const length = totalLength(parts, opening.byteLength, closing.byteLength);
  if (length !== null && parts.every(({ body }) => body.kind === "bytes")) {
    const pieces = parts.flatMap(({ head, body }) =>
      body.kind === "bytes" ? [opening, head, body.bytes, LINE_END] : [],
    );
    return bytesBody(concat([...pieces, closing], length));
  }
  const replayable = parts.every(({ body }) => isRepeatable(body));
  let opened = false;
  const open = (): AsyncIterable<Uint8Array> => {
    // Told at once, not after the parts in front of the spent one have been sent.
    if (opened && !replayable) {
      throw new UnrewindableBodyError(
        "a file of the multipart body is a stream that was sent already; give a function that makes it",
      );
    }
    opened = true;
    return streamed(parts, opening, closing);
  };
  const discard = (): void => {
    for (const { body } of parts) if (body.kind === "stream") body.discard();
  };
  const source = { [Symbol.asyncIterator]: () => open()[Symbol.asyncIterator]() };
  return streamBody(source, open, { length, replayable }, discard);
}

function totalLength(parts: readonly Part[], opening: number, closing: number): number | null {
  let total = closing;
  for (const { head, body } of parts) {
    const length = lengthOf(body);
    if (length === null) return null;
    total += opening + head.byteLength + length + LINE_END.byteLength;
  }
  return total;
}

async function* streamed(
  parts: readonly Part[],
  opening: Uint8Array,
  closing: Uint8Array,
): AsyncGenerator<Uint8Array> {
  for (const { head, body } of parts) {
    yield opening;
    yield head;
    if (body.kind === "bytes") yield body.bytes;
    else yield* body.open();
    yield LINE_END;
  }
  yield closing;
}
