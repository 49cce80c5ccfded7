/**
 * Cuts a stream of bytes into pieces of one size.
 */
import { concat, copied } from "../core/bytes.ts";

/** The bytes of `source` in pieces of `size` bytes, 1 or more, each with memory of its own; the last one may be shorter. */
export async function* rechunk(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  let waiting: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of source) {
    let at = 0;
    for (; total + chunk.byteLength - at >= size; total = 0) {
      const end = at + size - total;
      yield pieceOf([...waiting, chunk.subarray(at, end)], size);
      waiting = [];
      at = end;
    }
    if (at === chunk.byteLength) continue;
    waiting.push(chunk.subarray(at));
    total += chunk.byteLength - at;
  }
  if (total > 0) yield pieceOf(waiting, total);
}

function pieceOf(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? copied(first) : concat(chunks, total);
}
