/**
 * Last words: what the other side said before it closed. A write that fails then ends a socket in Node at once, and what has
 * come and was not read is lost with it: the answer that says why the body is not wanted, or the alert of TLS. Here it is read
 * first.
 */
import type { Socket } from "node:net";

/**
 * Lets `socket` read what is there when a write fails, before it ends by that.
 *
 * @param readRest takes what waits in the socket itself.
 */
export function hearLastWords(socket: Socket, readRest: () => void): void {
  const destroy = socket.destroy.bind(socket);
  let isEnding = false;
  const end = (error: Error): void => {
    if (socket.destroyed) return;
    readRest();
    destroy(error);
  };
  socket.destroy = (error) => {
    if (error === undefined || !isOfWriting(error) || socket.destroyed) return destroy(error);
    // The poll between two turns reads all that has come: the other side has closed, there will be no more.
    if (!isEnding) setImmediate(() => setImmediate(end, error));
    isEnding = true;
    return socket;
  };
}

/** Did the system refuse bytes, since nobody takes them any more? */
function isOfWriting(error: Error): boolean {
  if (!("syscall" in error) || error.syscall !== "write" || !("code" in error)) return false;
  return error.code === "EPIPE" || error.code === "ECONNRESET" || error.code === "ECONNABORTED";
}
