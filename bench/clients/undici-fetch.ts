/** `undici.fetch` with an Agent of its own. */
import { Agent, fetch } from "undici";
import type { Client } from "./client.ts";
import { fetching, type Fetch } from "./fetching.ts";

export const client: Client = {
  open() {
    const dispatcher = new Agent();
    const ours = (url: string, init?: object): unknown => fetch(url, { ...init, dispatcher });
    return fetching(ours as Fetch, () => dispatcher.close()); // undici's Response is a type of its own
  },
};
