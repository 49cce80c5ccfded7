/**
 * Quickstart 4: what warm connections save.
 */
import { get, Session } from "../../src/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { bar, check, show } from "./report.ts";

const REQUESTS = 20;

async function timed(
  server: TestServer,
  send: () => PromiseLike<unknown>,
): Promise<{ ms: number; opened: number }> {
  server.resetCounters();
  const start = performance.now();
  for (let at = 0; at < REQUESTS; at++) await send();
  return { ms: performance.now() - start, opened: server.connections };
}

export async function warmConnections(server: TestServer): Promise<void> {
  const url = `${server.url}/get`;
  await using session = new Session();
  // Both ways once before, so that neither pays for what Node loads at the first request.
  await get(url);
  const oneOff = await timed(server, () => get(url));
  const warm = await timed(server, () => session.get(url));

  console.log(`   connections opened for ${REQUESTS} requests`);
  bar("one-off", oneOff.opened, REQUESTS, "");
  bar("session", warm.opened, REQUESTS, "");
  console.log("   time");
  const most = Math.max(oneOff.ms, warm.ms);
  bar("one-off", Number(oneOff.ms.toFixed(1)), most, " ms");
  bar("session", Number(warm.ms.toFixed(1)), most, " ms");
  show("time one-off / session", (oneOff.ms / warm.ms).toFixed(2));
  check("a one-off call opens a connection each time", oneOff.opened, REQUESTS);
  check("a session opens one", warm.opened, 1);
}
