/** What some runtimes do otherwise than Node, where it says that it is there: `npm run runtimes` shows each of these. */

const isBun = "Bun" in globalThis;

/** Sockets read into the memory that `onread` gives, and stop when it says so. Bun gives its own memory, and reads on. */
export const canReadInto: boolean = !isBun;

/** `setLocalWindowSize()` of HTTP/2 tells the server. In Bun it does not, and after 64 KiB both sides wait for the other. */
export const canWidenWindow: boolean = !isBun;
