/** sojourn with a listener of `message`: what it costs that somebody wants to know. */
import type { Client } from "./client.ts";
import { openSojourn } from "./sojourn.ts";

let heard = 0;

export const client: Client = {
  open: (skill) =>
    openSojourn(skill, ({ events }) => void events.on("message", ({ status }) => (heard += status ?? 0))),
};
