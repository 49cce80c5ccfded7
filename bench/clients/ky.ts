/** ky, on Node's `fetch`. */
import ky from "ky";
import type { Client } from "./client.ts";
import { counted } from "./fetching.ts";

export const client: Client = {
  open() {
    const instance = ky.create();
    return {
      get: (url) => instance.get(url).text(),
      post: (url, json) => instance.post(url, { json }).text(),
      json: (url) => instance.get(url).json(),
      stream: async (url) => counted((await instance.get(url)).body),
      bytes: async (url) => (await instance.get(url).arrayBuffer()).byteLength,
      // To be able to send a stream again it would keep all of it.
      upload: (url, pieces) =>
        instance.post(url, { body: ReadableStream.from(pieces()), duplex: "half", retry: 0 }).text(),
      close: () => undefined,
    };
  },
};
