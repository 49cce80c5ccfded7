/**
 * Memory of pieces. What the network layer and zlib give are often views: on a buffer in which other bytes lie too, those of
 * another response perhaps, or on one that is written into again. A piece that a program is given is its own: it shows nobody
 * else's bytes, and may be transferred, to a worker or into a byte stream.
 */

/** The bytes as a plain array with memory of its own: the same memory, where nothing else lies in it. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (!isWhole) return new Uint8Array(bytes);
  return bytes.constructor === Uint8Array ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(buffer); // as was just seen
}

/** A copy, for bytes of which somebody else needs the memory. */
export function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
