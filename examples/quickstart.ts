/**
 * The quickstart: everything that a session does for a program, against the package's own test server on loopback.
 *
 * Each part prints what it did, and checks it: a part that is not as said ends the run with status 1.
 */
import { startTestServer } from "../testing/index.ts";
import { fresh, section } from "./quickstart/report.ts";
import { oneOffAndSession, sessionDefaults, closing } from "./quickstart/sessions.ts";
import { warmConnections } from "./quickstart/connections.ts";
import { retries, timeoutsAndErrors } from "./quickstart/failures.ts";
import { apiClient, scrape } from "./quickstart/logins.ts";
import { sessionWide } from "./quickstart/network.ts";
import { byHand } from "./quickstart/by-hand.ts";

const parts = [
  ["a session remembers cookies, a one-off call forgets them", oneOffAndSession],
  ["headers, params and auth go with every request", sessionDefaults],
  ["`await using` closes a session", closing],
  ["warm connections", warmConnections],
  ["retries by an adapter", retries],
  ["an API client that logs in", apiClient],
  ["a scrape: token, form, protected page", scrape],
  ["timeouts and errors", timeoutsAndErrors],
  ["proxies, verify, cert, timeout and User-Agent of a session", sessionWide],
  ["requests prepared by hand, hooks, redirects", byHand],
] as const;

await using server = await startTestServer();
console.log(`test server on ${server.url}`);
for (const [at, [title, part]] of parts.entries()) {
  section(at + 1, title);
  server.resetCounters();
  await part(server);
}
console.log(`\n${fresh.checks} checks, all as said.`);
