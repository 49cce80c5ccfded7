/**
 * Bodies as a log shows them: content codings off, as text, or as bytes where they are none.
 */
import { asBuffer } from "../core/bytes.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { CapturedBody } from "../core/records.ts";
import { secretFormParts } from "../core/secret-parts.ts";
import { charsetOf } from "../encoding/charset.ts";
import { parseContentEncoding, type ContentCoding } from "../encoding/content-coding.ts";
import { decodeNow } from "../encoding/decode.ts";
import { parseMediaType } from "../encoding/media-type.ts";
import { decodeText, TextStream } from "../encoding/text.ts";
import { isTextType, looksLikeText } from "../encoding/text-like.ts";

/** What can be shown of a body. */
export interface ShownBody {
  /** `null`: it is no text, or its content coding could not be taken off. */
  readonly text: string | null;
  /** Bytes that are no text, without content codings; `null`: it is text, or its coding could not be taken off. */
  readonly bytes: Uint8Array | null;
  /** Is that only the beginning of it? */
  readonly isCut: boolean;
  /** How many bytes all of it has without its content codings; `null`: not known. */
  readonly size: number | null;
}

/** Larger ones are not decoded: a body of 64 KiB may become gigabytes. */
const MOST_DECODED_BYTES = 4 * 1024 * 1024;
const MOST_CODINGS = 5;

/** `type/subtype` of a body, in lower case; `""` where nobody says. */
export function essenceOf(headers: HeaderMap): string {
  const type = headers.get("content-type");
  return type === null ? "" : parseMediaType(type).essence;
}

/**
 * A body as far as it was kept.
 *
 * @param maxBytes what is longer once decoded is cut off there. Default: no limit.
 */
export function textOfBody(
  body: CapturedBody,
  headers: HeaderMap,
  maxBytes: number = Number.POSITIVE_INFINITY,
): ShownBody {
  const decoded = decodedBody(body, headers);
  if (decoded === null) return { text: null, bytes: null, isCut: true, size: null };
  const size = body.isCut ? null : decoded.byteLength;
  const isCut = body.isCut || decoded.byteLength > maxBytes;
  const bytes = isCut ? decoded.subarray(0, maxBytes) : decoded;
  const text = textOf(bytes, isCut, headers);
  return { text, bytes: text === null ? bytes : null, isCut, size };
}

/** Without its content codings; `null` where they cannot be taken off: of a part of a body, of one that is damaged or too large. */
function decodedBody({ bytes, isCut }: CapturedBody, headers: HeaderMap): Uint8Array | null {
  const field = headers.get("content-encoding");
  if (field === null || bytes.byteLength === 0) return bytes;
  const codings = codingsOf(field);
  if (codings === null || codings.length === 0) return codings === null ? null : bytes;
  if (isCut) return null;
  try {
    return decodeNow(bytes, codings, { maxBytes: MOST_DECODED_BYTES, maxInputBytes: MOST_DECODED_BYTES });
  } catch {
    return null; // it is too large
  }
}

/** `null`: there are too many, or one that is not known, under which nobody knows what there is. */
function codingsOf(field: string): readonly ContentCoding[] | null {
  try {
    const codings = parseContentEncoding(field, MOST_CODINGS);
    return codings.length === 0 && !/^[\s,]*(?:identity[\s,]*)*$/i.test(field) ? null : codings;
  } catch {
    return null;
  }
}

/** `null`: it is none. */
function textOf(bytes: Uint8Array, isCut: boolean, headers: HeaderMap): string | null {
  const type = headers.get("content-type");
  const essence = essenceOf(headers);
  if (!isTextType(essence) && !looksLikeText(isCut ? wholeCharacters(bytes) : bytes)) return null;
  const charset = charsetOf(type);
  return isCut
    ? new TextStream(charset, { contentType: type, detectEncoding: null }).decode(bytes, false)
    : decodeText(bytes, charset);
}

/** Without a UTF-8 character that is cut off at the end. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++)
    if ((bytes[bytes.byteLength - back] ?? 0) >= 0xc0) return bytes.subarray(0, bytes.byteLength - back);
  return bytes;
}

/** A form of several parts with asterisks in the place of those whose names look secret. */
export function withoutSecretParts(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (const { from, to } of secretFormParts(asBuffer(bytes).toString("latin1"))) copy.fill(0x2a, from, to);
  return copy;
}
