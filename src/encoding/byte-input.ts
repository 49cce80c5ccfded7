/**
 * Reads bytes that come in pieces: as many as are wanted, with the rest put back.
 */
import { concat } from "../core/bytes.ts";

const nothing = new Uint8Array(0);

/** A source of bytes with a look-ahead. */
export class ByteInput {
  readonly #source: AsyncIterator<Uint8Array, unknown>;
  #rest: Uint8Array = nothing;
  #done = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next piece, never an empty one; `null` at the end. */
  async next(): Promise<Uint8Array | null> {
    if (this.#rest.byteLength > 0) {
      const rest = this.#rest;
      this.#rest = nothing;
      return rest;
    }
    while (!this.#done) {
      const result = await this.#source.next();
      if (result.done === true) this.#done = true;
      else if (result.value.byteLength > 0) return result.value;
    }
    return null;
  }

  /** Puts bytes back that were read too far. */
  unread(bytes: Uint8Array): void {
    const rest = this.#rest;
    this.#rest = rest.byteLength === 0 ? bytes : concat([bytes, rest], bytes.byteLength + rest.byteLength);
  }

  /** The next `count` bytes; fewer only at the end. */
  async take(count: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = [];
    let left = count;
    while (left > 0) {
      const piece = await this.next();
      if (piece === null) break;
      if (piece.byteLength > left) this.unread(piece.subarray(left));
      taken.push(piece.subarray(0, left));
      left -= Math.min(left, piece.byteLength);
    }
    return concat(taken, count - left);
  }

  /** The next `count` bytes, which stay where they are; fewer only at the end. */
  async peek(count: number): Promise<Uint8Array> {
    const bytes = await this.take(count);
    this.unread(bytes);
    return bytes;
  }

  /** Reads what is left without keeping it, up to about `maxBytes`. */
  async drain(maxBytes: number): Promise<void> {
    for (let left = maxBytes; left > 0;) {
      const piece = await this.next();
      if (piece === null) return;
      left -= piece.byteLength;
    }
  }

  /** Tells the source that no more will be read. */
  async close(): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    await this.#source.return?.();
  }
}
