/** A session keeps its connections: twenty requests open one, twenty one-off calls open twenty. */
import { get, Session } from "sojourn";
import { startTestServer } from "sojourn/testing";

const server = await startTestServer();
const session = new Session();
const url = `${server.url}/get`;

async function twenty(send: () => PromiseLike<unknown>): Promise<number> {
  await send(); // once before, so that nobody pays for what is loaded at the first request
  server.resetCounters();
  const start = performance.now();
  for (let count = 0; count < 20; count++) await send();
  return performance.now() - start;
}

const oneOff = await twenty(() => get(url));
console.log("one-off calls:", server.connections, "connections"); // one-off calls: 20 connections
const warm = await twenty(() => session.get(url));
console.log("a session:", server.connections, "new connections"); // a session: 0 new connections
console.log(`${oneOff.toFixed(1)} ms and ${warm.toFixed(1)} ms`);

await session.close();
await server.close();
