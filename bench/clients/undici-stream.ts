/** `undici.stream`: writes a body into a stream of the caller's. */
import { Writable } from "node:stream";
import { Agent, stream } from "undici";
import type { Client } from "./client.ts";

export const client: Client = {
  open() {
    const dispatcher = new Agent();
    return {
      async stream(url) {
        let bytes = 0;
        const sink = new Writable({
          write(piece: Buffer, _encoding, done) {
            bytes += piece.byteLength;
            done();
          },
        });
        await stream(url, { dispatcher, method: "GET" }, () => sink);
        return bytes;
      },
      close: () => dispatcher.close(),
    };
  },
};
