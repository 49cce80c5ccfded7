/** What goes wrong has a class of its own, and all of them are a RequestException. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { ConnectionError, HTTPError, MissingSchema, ReadTimeout, RequestException, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session({ baseUrl: server.url, timeout: [3_050, 27_000] });

async function failure(send: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    return error;
  }
}

const slow = await failure(() => session.get("/delay/2", { timeout: [3_050, 100] }));
if (slow instanceof ReadTimeout) console.log(slow.name, slow.phase, slow.limitMs); // ReadTimeout head 100

const missing = await failure(async () => (await session.get("/status/404")).raiseForStatus());
if (missing instanceof HTTPError) console.log(missing.response?.status); // 404

// A port of this machine on which nobody listens any more.
const closed = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => closed.once("listening", resolve));
const { port } = closed.address() as AddressInfo;
await new Promise((resolve) => closed.close(resolve));
const refused = await failure(() => session.get(`http://127.0.0.1:${port}/`));
console.log(refused instanceof ConnectionError); // true

const one = new Session();
const wrong = await failure(() => one.get("example.com/x"));
console.log(wrong instanceof MissingSchema, wrong instanceof RequestException); // true true

await one.close();
await session.close();
await server.close();
