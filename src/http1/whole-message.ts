/**
 * A message that is there as a whole goes out: head and body, in as few writes as can be.
 */
import type { Socket } from "node:net";

/** Bodies up to here are written together with their head. */
const SMALL_BODY_BYTES = 16_384;

/** Writes the head and a body of bytes; `null` for none. `request` is told for undici's channels. */
export function writeWhole(
  request: UndiciRequest,
  socket: Socket,
  head: string,
  bytes: Uint8Array | null,
): void {
  if (bytes === null) {
    socket.write(head, "latin1");
  } else if (bytes.byteLength <= SMALL_BODY_BYTES) {
    // One text, one byte a character: two pieces cost Node more than it costs to put them together.
    const { buffer, byteOffset, byteLength } = bytes;
    socket.write(head + Buffer.from(buffer, byteOffset, byteLength).toString("latin1"), "latin1");
    request.onBodySent(bytes);
  } else {
    socket.cork();
    socket.write(head, "latin1");
    socket.write(bytes);
    socket.uncork();
    request.onBodySent(bytes);
  }
  request.onRequestSent();
}

/** The head with fields that a subscriber of undici's channels added: undici has checked them. */
export function withAdded(head: string, fields: readonly string[]): string {
  let lines = "";
  for (let at = 0; at + 1 < fields.length; at += 2) lines += `${fields[at]}: ${fields[at + 1]}\r\n`;
  return `${head.slice(0, -2)}${lines}\r\n`;
}
