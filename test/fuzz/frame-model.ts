/**
 * What bytes of an HTTP/2 server say of one stream, as far as nobody can see it otherwise: is there an END_STREAM, and which DATA
 * came before it? It knows nothing of fields. Pure.
 */
import { END_STREAM, FRAMES } from "../support/frame-server.ts";

/** What was said. */
export interface Said {
  /** END_STREAM came, before any RST_STREAM. */
  readonly isWhole: boolean;
  /** The body, padding off. */
  readonly body: Buffer;
}

const HEAD_BYTES = 9;
const PADDED = 0x8;

/** Reads whole frames, until the stream has ended or the bytes are over. */
export function saidOn(stream: number, bytes: Buffer): Said {
  const parts: Buffer[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const end = at + HEAD_BYTES + bytes.readUIntBE(at, 3);
    if (end > bytes.length) break;
    const type = bytes.readUInt8(at + 3);
    const flags = bytes.readUInt8(at + 4);
    const isOurs = (bytes.readUInt32BE(at + 5) & 0x7fffffff) === stream;
    const payload = bytes.subarray(at + HEAD_BYTES, end);
    at = end;
    if (!isOurs) continue;
    if (type === FRAMES.RST_STREAM) break;
    if (type === FRAMES.DATA) parts.push(contentOf(payload, flags));
    if ((type === FRAMES.DATA || type === FRAMES.HEADERS) && (flags & END_STREAM) !== 0)
      return { isWhole: true, body: Buffer.concat(parts) };
  }
  return { isWhole: false, body: Buffer.concat(parts) };
}

/** Does the last frame end with the bytes? */
export function endsFrame(bytes: Buffer): boolean {
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) at += HEAD_BYTES + bytes.readUIntBE(at, 3);
  return at === bytes.length;
}

function contentOf(payload: Buffer, flags: number): Buffer {
  if ((flags & PADDED) === 0 || payload.length === 0) return payload;
  return payload.subarray(1, Math.max(1, payload.length - payload.readUInt8(0)));
}
