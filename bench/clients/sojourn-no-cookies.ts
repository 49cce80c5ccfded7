/** sojourn with an empty jar: what the others' cookies are weighed against. */
import type { Client } from "./client.ts";
import { openSojourn } from "./sojourn.ts";

export const client: Client = {
  open(skill) {
    const { setCookie: _, ...opened } = openSojourn(skill);
    return opened;
  },
};
