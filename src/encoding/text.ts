/**
 * Bytes become text: at once, or as they come.
 */
import { Buffer, isUtf8 } from "node:buffer";
import { asBuffer } from "../core/bytes.ts";
import {
  apparentEncoding,
  byteOrderMark,
  detectedEncoding,
  mayBecomeMark,
  needsDetection,
  noHints,
  type Charset,
  type Hints,
} from "./charset.ts";
import { chunkDecoder, decodeWhole, type ChunkDecoder } from "./charset-decoders.ts";
import { declarationIn, markupOf, type Declaration } from "./declaration.ts";

/**
 * The text of `bytes`. Never throws: what is wrong becomes U+FFFD; a byte order mark is no part of the text.
 *
 * Where nobody named a charset the bytes decide: valid UTF-8 is UTF-8. requests takes `text/*` for latin-1 there and
 * garbles what most servers send.
 *
 * @param guess names the charset of `bytes` where nobody did.
 */
export function decodeText(
  bytes: Uint8Array,
  charset: Charset,
  guess: () => string = () => apparentEncoding(bytes),
): string {
  return decodeWhole(bytes, encodingOf(bytes, charset, guess));
}

/** Did anybody name a charset? */
function isNamed(charset: Charset): charset is Charset & { readonly name: string } {
  return charset.name !== null && charset.name !== "" && charset.origin !== "assumed";
}

/** The name to decode with. */
function encodingOf(bytes: Uint8Array, charset: Charset, guessed: () => string): string {
  const { origin } = charset;
  if (!isNamed(charset)) {
    const guess = guessed();
    // The same text, and faster.
    return guess === "ascii" ? "utf-8" : guess;
  }
  const { name } = charset;
  const mark = origin === "declared" || /^u(?:tf)?[-_]?(?:16|32)$/i.test(name) ? byteOrderMark(bytes) : null;
  return mark === null ? name : mark.encoding;
}

const undeclared: Declaration = { kind: "none" };

/**
 * Decodes a text that comes in pieces, as {@link decodeText} would decode the whole of it. One difference: of a text that
 * nobody names, the detection sees the first piece that needs it, since lines must not wait for the end.
 */
export class TextStream implements ChunkDecoder {
  readonly #charset: Charset;
  readonly #hints: Hints;
  #decoder: ChunkDecoder | null = null;
  #head: Uint8Array = new Uint8Array(0);

  constructor(charset: Charset, hints: Hints = noHints) {
    this.#charset = charset;
    this.#hints = hints;
  }

  decode(bytes: Uint8Array, last: boolean): string {
    if (this.#decoder !== null) return this.#decoder.decode(bytes, last);
    const head = this.#head.byteLength === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    // No longer than it takes: a line of two bytes must not wait for a third that could make a mark of it.
    if (!last && mayBecomeMark(head)) return this.#wait(head);
    const declared = this.#declaration(head);
    if (!last && declared.kind === "open") return this.#wait(head);
    this.#decoder = this.#choose(head, declared);
    return this.#decoder.decode(head, last);
  }

  #wait(head: Uint8Array): "" {
    this.#head = head;
    return "";
  }

  /** What a page says of itself, where nobody else says it. */
  #declaration(head: Uint8Array): Declaration {
    const markup = isNamed(this.#charset) ? null : markupOf(this.#hints.contentType);
    return markup === null || byteOrderMark(head) !== null ? undeclared : declarationIn(head, markup);
  }

  #choose(head: Uint8Array, declared: Declaration): ChunkDecoder {
    if (isNamed(this.#charset)) return chunkDecoder(encodingOf(head, this.#charset, () => "utf-8"));
    const mark = byteOrderMark(head);
    if (mark !== null) return chunkDecoder(mark.encoding);
    return declared.kind === "named" ? chunkDecoder(declared.name) : new GuessingDecoder(this.#hints);
  }
}

/**
 * UTF-8 as long as it is valid; from the first piece on that is not, what the detection says of it, or windows-1252: nothing
 * is lost.
 */
class GuessingDecoder implements ChunkDecoder {
  readonly #hints: Hints;
  #other: ChunkDecoder | null = null;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(hints: Hints) {
    this.#hints = hints;
  }

  decode(bytes: Uint8Array, last: boolean): string {
    if (this.#other !== null) return this.#other.decode(bytes, last);
    const all = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = last ? all.byteLength : all.byteLength - cutCharacter(all);
    const text = all.subarray(0, whole);
    const detected = needsDetection(text, this.#hints) ? detectedEncoding(all, this.#hints) : null;
    if (detected !== null || !isUtf8(text)) {
      this.#other = chunkDecoder(detected ?? "windows-1252");
      return this.#other.decode(all, last);
    }
    this.#rest = all.slice(whole);
    return asBuffer(text).toString("utf8");
  }
}

/** How many bytes at the end begin a UTF-8 character without ending it. */
function cutCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++) {
    const byte = bytes[bytes.byteLength - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
    if (byte < 0x80) return 0;
  }
  return 0;
}
