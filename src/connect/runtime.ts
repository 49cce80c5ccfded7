/** What some runtimes do otherwise than Node, where it says that it is there: `npm run runtimes` shows each of these. */

import process from "node:process";

const isBun = "Bun" in globalThis;
const isDeno = "Deno" in globalThis;

/**
 * Sockets read into the memory that `onread` gives, stop when it says so, and begin again. In Bun 1.4 they do not begin again: the
 * second message on a connection gets no answer. There connections read by `data` events, which works everywhere.
 */
export const canReadInto: boolean = !isBun;

/** `setLocalWindowSize()` of HTTP/2 tells the server. In Bun it does not, and after 64 KiB both sides wait for the other. */
export const canWidenWindow: boolean = !isBun;

/** `/proc/self/limits` tells how many files a process may have open. Deno asks the user before it reads that. */
export const canReadLimits: boolean = process.platform === "linux" && !isDeno;
