/**
 * Bytes: many pieces into one, and whose memory a piece is.
 *
 * What the network layer and zlib give are often views: on a buffer in which other bytes lie too, those of another response
 * perhaps, or on one that is written into again. A piece that a program is given is its own: it shows nobody else's bytes, and
 * may be transferred, to a worker or into a byte stream.
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

/** The bytes as a plain array with memory of its own: the same memory, where nothing else lies in it. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (!isWhole) return new Uint8Array(bytes);
  return bytes.constructor === Uint8Array ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(buffer); // as was just seen
}

/** The same memory as a Buffer, which has Node's fast conversions. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A copy, for bytes of which somebody else needs the memory. */
export function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
