/**
 * Where a gzip member begins and ends (RFC 1952).
 *
 * Read here and not by zlib's own reader, because that one takes anything after the last member for an error, and has
 * patience with an endless file name.
 */
import { nodeZlib } from "../core/late.ts";
import type { ByteInput } from "./byte-input.ts";
import { FormatError } from "./engine.ts";

/** There is a file name and a comment in it, without a length. */
const MAX_HEADER_BYTES = 64 * 1024;

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const RESERVED_FLAGS = 0xe0;

/**
 * Reads the header of a member (§2.3). `false`: there is none, but the end of the input or, after another member,
 * something else, which does not count.
 *
 * @throws {FormatError} when the header is damaged.
 */
export async function readGzipHeader(input: ByteInput, members: number): Promise<boolean> {
  const magic = await input.peek(2);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) {
    if (members > 0) return false;
    throw new FormatError("it does not begin as gzip does");
  }
  const header = new GzipHeader(input);
  const fixed = await header.take(10);
  const flags = fixed[3] ?? 0;
  if (fixed[2] !== 8) throw new FormatError("unknown compression method");
  if ((flags & RESERVED_FLAGS) !== 0) throw new FormatError("unknown header flags");
  if ((flags & FLAG_EXTRA) !== 0) await header.take(littleEndian(await header.take(2)));
  if ((flags & FLAG_NAME) !== 0) await header.takeText();
  if ((flags & FLAG_COMMENT) !== 0) await header.takeText();
  if ((flags & FLAG_HEADER_CRC) !== 0) {
    const sum = header.sum & 0xffff;
    if (littleEndian(await header.take(2)) !== sum) throw new FormatError("incorrect header check");
  }
  return true;
}

class GzipHeader {
  /** CRC-32 of what was taken. */
  sum = 0;
  readonly #input: ByteInput;
  #left = MAX_HEADER_BYTES;

  constructor(input: ByteInput) {
    this.#input = input;
  }

  async take(count: number): Promise<Uint8Array> {
    const bytes = await takeAll(this.#input, count);
    this.#add(bytes);
    return bytes;
  }

  /** Skips text up to its zero. */
  async takeText(): Promise<void> {
    for (;;) {
      const piece = await this.#input.next();
      if (piece === null) throw new FormatError("unexpected end of file");
      const zero = piece.indexOf(0);
      this.#add(zero === -1 ? piece : piece.subarray(0, zero + 1));
      if (zero === -1) continue;
      this.#input.unread(piece.subarray(zero + 1));
      return;
    }
  }

  #add(bytes: Uint8Array): void {
    this.#left -= bytes.byteLength;
    if (this.#left < 0) throw new FormatError(`a header of more than ${MAX_HEADER_BYTES} bytes`);
    this.sum = nodeZlib().crc32(bytes, this.sum);
  }
}

/** Checks the end of a member (§2.3.1): checksum, and length modulo 2^32. */
export class GzipTrailer {
  #sum = 0;
  #length = 0;

  /** Counts decoded bytes in. */
  add(output: Uint8Array): void {
    this.#sum = nodeZlib().crc32(output, this.#sum);
    this.#length += output.byteLength;
  }

  /** @throws {FormatError} when the trailer says otherwise. */
  async check(input: ByteInput): Promise<void> {
    const trailer = await takeAll(input, 8);
    if (littleEndian(trailer.subarray(0, 4)) !== this.#sum) throw new FormatError("incorrect data check");
    if (littleEndian(trailer.subarray(4)) !== this.#length % 2 ** 32)
      throw new FormatError("incorrect length check");
  }
}

async function takeAll(input: ByteInput, count: number): Promise<Uint8Array> {
  const bytes = await input.take(count);
  if (bytes.byteLength < count) throw new FormatError("unexpected end of file");
  return bytes;
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}
