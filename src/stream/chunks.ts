/**
 * Cuts a stream of bytes into pieces of one size (PARITY STR-4).
 *
 * May import: `core/`, own folder. Pure.
 */
import { concat } from "./read.ts";

/** The bytes of `source` in pieces of `size` bytes, 1 or more; the last one may be shorter. */
export async function* rechunk(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  let waiting: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of source) {
    let at = 0;
    // Views of the chunk, no copies, but where a piece is made of several chunks.
    for (; total + chunk.byteLength - at >= size; total = 0) {
      const end = at + size - total;
      yield concat([...waiting, chunk.subarray(at, end)], size);
      waiting = [];
      at = end;
    }
    if (at === chunk.byteLength) continue;
    waiting.push(chunk.subarray(at));
    total += chunk.byteLength - at;
  }
  if (total > 0) yield concat(waiting, total);
}
