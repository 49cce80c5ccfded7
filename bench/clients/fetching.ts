/** What all clients have in common that are a `fetch` function. No client by itself. */
import type { Opened } from "./client.ts";

/** What is used of a `fetch` function: Node's, undici's and fetch-cookie's differ in types, not in this. */
export type Fetch = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: unknown; duplex?: "half" },
) => Promise<Fetched>;

/** What is used of its response. */
export interface Fetched {
  readonly body: ReadableStream<Uint8Array> | null;
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The ways to use one. */
export function fetching(fetch: Fetch, close: Opened["close"] = () => undefined): Opened {
  return {
    get: async (url) => (await fetch(url)).text(),
    async post(url, value) {
      const headers = { "content-type": "application/json" };
      return (await fetch(url, { method: "POST", headers, body: JSON.stringify(value) })).text();
    },
    json: async (url) => (await fetch(url)).json(),
    stream: async (url) => counted((await fetch(url)).body),
    bytes: async (url) => (await (await fetch(url)).arrayBuffer()).byteLength,
    upload: async (url, pieces) =>
      (await fetch(url, { method: "POST", body: ReadableStream.from(pieces()), duplex: "half" })).text(),
    close,
  };
}

/** Reads a body piece by piece; how many bytes came. */
export async function counted(body: ReadableStream<Uint8Array> | null): Promise<number> {
  let bytes = 0;
  for await (const piece of body ?? []) bytes += piece.byteLength;
  return bytes;
}
