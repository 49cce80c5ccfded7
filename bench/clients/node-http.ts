/** `node:http` and `node:https` by hand, with a keep-alive agent. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { closeAgents, newAgents, type Agents } from "./agents.ts";
import type { Client } from "./client.ts";

type Body = string | Readable | null;

export const client: Client = {
  open() {
    const agents = newAgents();
    return {
      get: async (url) => (await whole(await send(agents, url))).toString(),
      async post(url, value) {
        const body = JSON.stringify(value);
        const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
        return (await whole(await send(agents, url, { method: "POST", headers }, body))).toString();
      },
      async stream(url) {
        let bytes = 0;
        for await (const piece of pieces(await send(agents, url))) bytes += piece.byteLength;
        return bytes;
      },
      bytes: async (url) => (await whole(await send(agents, url))).byteLength,
      async upload(url, source) {
        const body = Readable.from(source(), { objectMode: false });
        return (await whole(await send(agents, url, { method: "POST" }, body))).toString();
      },
      close: () => closeAgents(agents),
    };
  },
};

function send(
  agents: Agents,
  url: string,
  options: RequestOptions = {},
  body: Body = null,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith("https:")
      ? httpsRequest(url, { agent: agents.https, ...options }, resolve)
      : httpRequest(url, { agent: agents.http, ...options }, resolve);
    request.on("error", reject);
    if (body instanceof Readable) pipeline(body, request).catch(reject);
    else request.end(body);
  });
}

async function whole(response: IncomingMessage): Promise<Buffer> {
  const list: Buffer[] = [];
  for await (const piece of pieces(response)) list.push(piece);
  return Buffer.concat(list);
}

/** Iterating over a stream gives `any`; without an encoding it is bytes. */
function pieces(response: IncomingMessage): AsyncIterable<Buffer> {
  return response as AsyncIterable<Buffer>;
}
