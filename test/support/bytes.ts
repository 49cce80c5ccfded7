/** Streams of bytes for tests: cut into pieces, put together again, watched while they are read. */

/** `bytes` in pieces of `size`. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

/** All of it in one. */
export async function joined(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await listed(source)));
}

/** The pieces as they come. */
export async function listed<Piece>(source: AsyncIterable<Piece>): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}

/** UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes of a list of numbers. */
export function raw(...bytes: number[]): Uint8Array {
  return Uint8Array.from(bytes);
}

/** A source that counts what was taken from it, and knows when it was left. */
export class WatchedSource implements AsyncIterable<Uint8Array> {
  taken = 0;
  left = false;
  ended = false;
  readonly #pieces: Iterator<Uint8Array>;
  readonly #failure: Error | null;

  /** @param failure what it throws at its end. */
  constructor(pieces: Iterable<Uint8Array>, failure: Error | null = null) {
    this.#pieces = pieces[Symbol.iterator]();
    this.#failure = failure;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: async () => {
        const result = this.#pieces.next();
        if (result.done !== true) {
          this.taken++;
          return { done: false, value: result.value };
        }
        if (this.#failure !== null) throw this.#failure;
        this.ended = true;
        return { done: true, value: undefined };
      },
      return: async () => {
        this.left = true;
        return { done: true, value: undefined };
      },
    };
  }
}
