/**
 * Frames of Zstandard, as far as must be known to tell where they end (RFC 8878 §3.1): the zlib of Node 22 takes data that
 * breaks off for data that is over.
 */
import { FormatError } from "./engine.ts";

const FRAME = 0xfd2fb528;
/** The last four bits are free. */
const SKIPPABLE_FRAME = 0x184d2a5;
const HAS_CHECKSUM = 0b100;
const SINGLE_SEGMENT = 0b10_0000;
const DICTIONARY_ID_BYTES: readonly number[] = [0, 1, 2, 4];

/** A part of a frame. Those up to `length` are numbers, little end first; of the others only the length counts. */
type Part =
  | "magic"
  | "descriptor"
  | "block"
  | "length"
  | "header"
  | "data"
  | "checksum"
  | "skipped"
  | "unknown";

const NUMBERS: ReadonlySet<Part> = new Set(["magic", "descriptor", "block", "length"]);

/** Follows bytes from frame to frame. */
export class ZstdFrames {
  #part: Part = "magic";
  /** Bytes of the part that are still to come. */
  #left = 4;
  #read = 0;
  #value = 0;
  #hasChecksum = false;
  #isLastBlock = false;

  /** Are these bytes frames, and nothing cut off? Bytes that are no frame at all are for zlib to refuse. */
  static areWhole(bytes: Uint8Array): boolean {
    const frames = new ZstdFrames();
    frames.#follow(bytes);
    return frames.#isWhole;
  }

  /** The pieces of `source`, as they are. @throws {FormatError} at the end, when that is in the middle of a frame. */
  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const piece of source) {
      this.#follow(piece);
      yield piece;
    }
    if (!this.#isWhole) throw new FormatError("unexpected end of data");
  }

  get #isWhole(): boolean {
    return this.#part === "unknown" || (this.#part === "magic" && this.#read === 0);
  }

  #follow(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.byteLength && this.#part !== "unknown") {
      if (NUMBERS.has(this.#part)) {
        this.#value += (bytes[at] ?? 0) * 256 ** this.#read;
        this.#took(1);
        at++;
      } else {
        const count = Math.min(this.#left, bytes.byteLength - at);
        this.#took(count);
        at += count;
      }
    }
  }

  #took(count: number): void {
    this.#read += count;
    this.#left -= count;
    // A part may have no bytes.
    while (this.#left === 0 && this.#part !== "unknown") this.#advance(this.#value);
  }

  #advance(value: number): void {
    switch (this.#part) {
      case "magic":
        if (value === FRAME) this.#expect("descriptor", 1);
        else if (Math.floor(value / 16) === SKIPPABLE_FRAME) this.#expect("length", 4);
        else this.#part = "unknown";
        break;
      case "descriptor":
        this.#hasChecksum = (value & HAS_CHECKSUM) !== 0;
        this.#expect("header", headerBytes(value));
        break;
      case "block":
        this.#isLastBlock = (value & 1) === 1;
        // One byte that is repeated, or so many bytes as they say.
        this.#expect("data", ((value >> 1) & 0b11) === 1 ? 1 : value >> 3);
        break;
      case "data":
        if (!this.#isLastBlock) this.#expect("block", 3);
        else this.#expect(this.#hasChecksum ? "checksum" : "magic", 4);
        break;
      case "header":
        this.#expect("block", 3);
        break;
      case "length":
        this.#expect("skipped", value);
        break;
      case "checksum":
      case "skipped":
        this.#expect("magic", 4);
        break;
      case "unknown":
        break;
    }
  }

  #expect(part: Part, bytes: number): void {
    this.#part = part;
    this.#left = bytes;
    this.#read = 0;
    this.#value = 0;
  }
}

/** What follows the descriptor: window, dictionary, length of the content (RFC 8878 §3.1.1.1). */
function headerBytes(descriptor: number): number {
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
  const size = descriptor >> 6;
  const contentSize = size === 0 ? (isSingle ? 1 : 0) : 2 ** size;
  return (isSingle ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 0b11] ?? 0) + contentSize;
}
