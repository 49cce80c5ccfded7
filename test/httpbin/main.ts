/**
 * Compares our test server with the real httpbin: `npm run httpbin`.
 *
 * Sends each row of the table to both, prints a line for each difference, and at the end how many rows agree. Exits
 * with 1 when one does not, or when httpbin cannot be started.
 */
import { startTestServer } from "../../testing/index.ts";
import { differences } from "./compare.ts";
import { startHttpbin } from "./httpbin.ts";
import type { Reply, Row } from "./row.ts";
import { send } from "./send.ts";
import { table } from "./table.ts";

/** The addresses of both servers. */
interface Bases {
  readonly httpbin: string;
  readonly ours: string;
}

for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  // Leaving by process.exit ends httpbin, too.
  process.once(signal, () => process.exit(status));
}

try {
  process.exitCode = (await compareAll()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Runs the table, and tells whether all of it agrees. */
async function compareAll(): Promise<boolean> {
  await using httpbin = await startHttpbin();
  await using ours = await startTestServer();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const row of table) {
    if (row.skip !== null) {
      counts.skipped += 1;
      console.log(`skipped  ${row.name}: ${row.skip}`);
      continue;
    }
    const found = await compareRow(row, { httpbin: httpbin.url, ours: ours.url });
    counts[found.length === 0 ? "passed" : "failed"] += 1;
    for (const difference of found) console.log(`differs  ${row.name}: ${difference}`);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0;
}

/** The differences of one row; a request that fails is one, too. */
async function compareRow(row: Row, bases: Bases): Promise<readonly string[]> {
  try {
    const [expected, actual] = await Promise.all([talk(bases.httpbin, row), talk(bases.ours, row)]);
    return expected.flatMap((reply, index) => {
      const ours = actual[index];
      if (ours === undefined) return [`step ${index + 1} has no answer`];
      return differences(row, { base: bases.httpbin, reply }, { base: bases.ours, reply: ours });
    });
  } catch (error) {
    return [`the request failed: ${String(error)}`];
  }
}

/** Takes the steps of a row one after the other. */
async function talk(base: string, row: Row): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  for (const step of row.steps)
    replies.push(await send(base, typeof step === "function" ? step(replies) : step));
  return replies;
}
