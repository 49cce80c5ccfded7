/** Node's own `fetch`: nothing to open or to close. */
import type { Client } from "./client.ts";
import { fetching, type Fetch } from "./fetching.ts";

export const client: Client = {
  open: () => fetching(fetch as Fetch), // it takes more than we ask of it
};
