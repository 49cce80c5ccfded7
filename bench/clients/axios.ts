/** axios in Node, with agents of its own. */
import { Readable } from "node:stream";
import axios, { type AxiosInstance } from "axios";
import { closeAgents, newAgents } from "./agents.ts";
import type { Client, Opened } from "./client.ts";

export const client: Client = {
  open() {
    const agents = newAgents();
    return usingAxios(axios.create({ httpAgent: agents.http, httpsAgent: agents.https }), () =>
      closeAgents(agents),
    );
  },
};

/** The ways to use an instance. */
export function usingAxios(instance: AxiosInstance, close: () => void): Opened {
  return {
    get: async (url) => (await instance.get<string>(url, { responseType: "text" })).data,
    post: async (url, value) => (await instance.post<string>(url, value, { responseType: "text" })).data,
    json: async (url) => (await instance.get<unknown>(url)).data,
    async stream(url) {
      let bytes = 0;
      const { data } = await instance.get<AsyncIterable<Uint8Array>>(url, { responseType: "stream" });
      for await (const piece of data) bytes += piece.byteLength;
      return bytes;
    },
    bytes: async (url) =>
      (await instance.get<Uint8Array>(url, { responseType: "arraybuffer" })).data.byteLength,
    async upload(url, pieces) {
      const body = Readable.from(pieces(), { objectMode: false });
      // With redirects allowed it would hold all of the body in memory.
      return (await instance.post<string>(url, body, { responseType: "text", maxRedirects: 0 })).data;
    },
    close,
  };
}
