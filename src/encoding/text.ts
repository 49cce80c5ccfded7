/**
 * Bytes become text: at once, or as they come (PARITY ENC-2, ENC-3, STR-5).
 *
 * May import: `core/`, own folder, `node:buffer`. Pure.
 */
import { Buffer, isUtf8 } from "node:buffer";
import { apparentEncoding, byteOrderMark, mayBecomeMark, type Charset } from "./charset.ts";
import { chunkDecoder, decodeWhole, type ChunkDecoder } from "./codecs.ts";

/**
 * The text of `bytes`. Never throws: what is wrong becomes U+FFFD; a byte order mark is no part of the text.
 *
 * Where nobody named a charset the bytes decide: valid UTF-8 is UTF-8. requests takes `text/*` for latin-1 there and
 * garbles what most servers send (PARITY BUG-17).
 */
export function decodeText(bytes: Uint8Array, charset: Charset): string {
  return decodeWhole(bytes, encodingOf(bytes, charset));
}

/** The name to decode with. */
function encodingOf(bytes: Uint8Array, charset: Charset): string {
  const { name, origin } = charset;
  if (name === null || name === "" || origin === "assumed") {
    const guess = apparentEncoding(bytes);
    // The same text, and faster.
    return guess === "ascii" ? "utf-8" : guess;
  }
  const mark = origin === "declared" || /^u(?:tf)?[-_]?(?:16|32)$/i.test(name) ? byteOrderMark(bytes) : null;
  return mark === null ? name : mark.encoding;
}

/** Decodes a text that comes in pieces, as {@link decodeText} would decode the whole of it. */
export class TextStream implements ChunkDecoder {
  readonly #charset: Charset;
  #decoder: ChunkDecoder | null = null;
  #head: Uint8Array = new Uint8Array(0);

  constructor(charset: Charset) {
    this.#charset = charset;
  }

  decode(bytes: Uint8Array, last: boolean): string {
    if (this.#decoder !== null) return this.#decoder.decode(bytes, last);
    const head = this.#head.byteLength === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    // No longer than it takes: a line of two bytes must not wait for a third that could make a mark of it.
    if (!last && mayBecomeMark(head)) {
      this.#head = head;
      return "";
    }
    this.#decoder = this.#choose(head);
    return this.#decoder.decode(head, last);
  }

  #choose(head: Uint8Array): ChunkDecoder {
    const { name, origin } = this.#charset;
    const guess = name === null || name === "" || origin === "assumed";
    const mark = guess ? byteOrderMark(head) : null;
    if (mark !== null) return chunkDecoder(mark.encoding);
    return guess ? new GuessingDecoder() : chunkDecoder(encodingOf(head, this.#charset));
  }
}

/** UTF-8 as long as it is valid, and windows-1252 from the first piece on that is not: nothing is lost. */
class GuessingDecoder implements ChunkDecoder {
  #windows: ChunkDecoder | null = null;
  #rest: Uint8Array = new Uint8Array(0);

  decode(bytes: Uint8Array, last: boolean): string {
    if (this.#windows !== null) return this.#windows.decode(bytes, last);
    const all = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = last ? all.byteLength : all.byteLength - cutCharacter(all);
    const text = all.subarray(0, whole);
    if (!isUtf8(text)) {
      this.#windows = chunkDecoder("windows-1252");
      return this.#windows.decode(all, last);
    }
    this.#rest = all.slice(whole);
    return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("utf8");
  }
}

/** How many bytes at the end begin a UTF-8 character without ending it. */
function cutCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++) {
    const byte = bytes[bytes.byteLength - back] ?? 0;
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function lengthOf(leadByte: number): number {
  if (leadByte >= 0xf0) return 4;
  return leadByte >= 0xe0 ? 3 : 2;
}
