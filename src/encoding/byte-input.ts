/**
 * Reads bytes that come in pieces: as many as are wanted, with the rest put back.
 */

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
    this.#rest = this.#rest.byteLength === 0 ? bytes : joined(bytes, this.#rest);
  }

  /** The next `count` bytes; fewer only at the end. */
  async take(count: number): Promise<Uint8Array> {
    let taken: Uint8Array = nothing;
    while (taken.byteLength < count) {
      const piece = await this.next();
      if (piece === null) return taken;
      const wanted = count - taken.byteLength;
      if (piece.byteLength > wanted) this.unread(piece.subarray(wanted));
      taken = joined(taken, piece.subarray(0, wanted));
    }
    return taken;
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

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.byteLength === 0) return second;
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}
