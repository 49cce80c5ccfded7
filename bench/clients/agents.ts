/** The keep-alive agents of the clients on `node:http`. No client by itself. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

/** One for each scheme. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** With Node's defaults, but for connections of their own. */
export function newAgents(): Agents {
  return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
}

/** Ends their connections. */
export function closeAgents({ http, https }: Agents): void {
  http.destroy();
  https.destroy();
}
