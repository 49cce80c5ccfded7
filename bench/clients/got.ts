/** got, with agents of its own; over HTTP/2 it allows none. */
import { Readable } from "node:stream";
import got, { type Options } from "got";
import { closeAgents, newAgents } from "./agents.ts";
import type { Client, Opened } from "./client.ts";

export const client: Client = {
  open: (skill) => (skill === "http2" ? usingGot(got.extend({ http2: true }), () => undefined) : openGot({})),
};

/** An instance with these options and its own connections. */
export function openGot(options: Options): Opened {
  const agent = newAgents();
  return usingGot(got.extend({ agent, ...options }), () => closeAgents(agent));
}

function usingGot(instance: typeof got, close: () => void): Opened {
  return {
    get: (url) => instance.get(url).text(),
    post: (url, json) => instance.post(url, { json }).text(),
    json: (url) => instance.get(url).json(),
    async stream(url) {
      let bytes = 0;
      for await (const piece of instance.stream(url)) bytes += piece.byteLength;
      return bytes;
    },
    bytes: async (url) => (await instance.get(url).buffer()).byteLength,
    upload: (url, pieces) =>
      instance.post(url, { body: Readable.from(pieces(), { objectMode: false }) }).text(),
    close,
  };
}
