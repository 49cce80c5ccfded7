/** `undici.request` on an Agent: whom all others are compared with. Interceptors only where it could not do a thing without. */
import { Readable } from "node:stream";
import { Agent, interceptors, request, type Dispatcher } from "undici";
import type { Skill } from "../workloads.ts";
import type { Client } from "./client.ts";

export const client: Client = {
  open(skill) {
    const agent = new Agent();
    const dispatcher = withInterceptors(agent, skill);
    return {
      get: async (url) => (await request(url, { dispatcher })).body.text(),
      async post(url, value) {
        const headers = { "content-type": "application/json" };
        const { body } = await request(url, {
          dispatcher,
          method: "POST",
          headers,
          body: JSON.stringify(value),
        });
        return body.text();
      },
      async json(url) {
        const { body } = await request(url, { dispatcher, headers: { "accept-encoding": "gzip" } });
        return body.json();
      },
      async stream(url) {
        let bytes = 0;
        const { body } = await request(url, { dispatcher });
        for await (const piece of body as AsyncIterable<Uint8Array>) bytes += piece.byteLength; // declared as any
        return bytes;
      },
      bytes: async (url) => (await (await request(url, { dispatcher })).body.bytes()).byteLength,
      async upload(url, pieces) {
        const body = Readable.from(pieces(), { objectMode: false });
        return (await request(url, { dispatcher, method: "POST", body })).body.text();
      },
      close: () => agent.close(),
    };
  },
};

function withInterceptors(agent: Agent, skill: Skill): Dispatcher {
  if (skill === "redirect") return agent.compose(interceptors.redirect({ maxRedirections: 10 }));
  return skill === "gzip" ? agent.compose(interceptors.decompress()) : agent;
}
