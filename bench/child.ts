/**
 * A client's process: prepares one client for one workload, then runs a round whenever it is told to. `import.ts` has the
 * processes that are measured while they start.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Client } from "./clients/client.ts";
import { prepare } from "./operations.ts";
import type { Order, Reply, RoundOrder } from "./protocol.ts";
import { Rounds } from "./rounds.ts";

function say(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

/**
 * The most memory that was ever resident. Not `resourceUsage().maxRSS`: on Linux that begins with what the parent had when it
 * forked.
 */
function peakBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

async function obey(order: Order): Promise<void> {
  const { client } = (await import(new URL(order.module, import.meta.url).href)) as { client: Client };
  const { operation, close } = await prepare(client, order);
  const rounds = new Rounds(operation, order.workload);
  say({ kind: "ready", version: null });
  for await (const line of createInterface({ input: process.stdin })) {
    say({ kind: "round", ...(await rounds.round(JSON.parse(line) as RoundOrder)) });
  }
  say({ kind: "end", peakBytes: peakBytes() });
  await close();
}

try {
  await obey(JSON.parse(process.argv[2] ?? "") as Order);
} catch (error) {
  say({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
}
// Connections that a client keeps would hold the process.
process.exit();
