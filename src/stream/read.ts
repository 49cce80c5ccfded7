/**
 * Reads a stream of bytes to its end, into one array.
 */

const nothing = new Uint8Array(0);

/**
 * All bytes of `source`. With more than `maxBytes` (`null`: no limit) it leaves the source and throws what `excess` makes.
 */
export async function collect(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number | null,
  excess: (maxBytes: number) => Error,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of source) {
    total += chunk.byteLength;
    if (maxBytes !== null && total > maxBytes) throw excess(maxBytes);
    chunks.push(chunk);
  }
  return concat(chunks, total);
}

/** One array of several. A single one is not copied: it is the usual case. */
export function concat(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const [first] = chunks;
  if (first === undefined) return nothing;
  if (chunks.length === 1) return first;
  const all = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
