/** sojourn with a recorder that keeps no bodies. */
import type { Client } from "./client.ts";
import { openSojourn } from "./sojourn.ts";

export const client: Client = {
  open: (skill) => openSojourn(skill, (session) => void session.record()),
};
