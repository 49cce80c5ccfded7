/**
 * A client's process: prepares one client for one workload, then runs a round whenever it is told to. `import.ts` has the
 * processes that are measured while they start.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Client } from "./clients/client.ts";
import { prepare, type Operation } from "./operations.ts";
import type { Order, Reply, RoundOrder, Sample } from "./protocol.ts";
import type { Workload } from "./workloads.ts";

function say(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

/** Counts up from round to round. */
let turns = 0;

async function round(operation: Operation, workload: Workload, order: RoundOrder): Promise<Sample> {
  if (workload.count === null) await run(operation, workload, order.leadMs);
  const before = process.cpuUsage();
  const start = performance.now();
  const operations = await run(operation, workload, order.ms);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { operations, wallMs, cpuUs: user + system };
}

/** @returns how many operations were run. */
async function run(operation: Operation, workload: Workload, ms: number): Promise<number> {
  const { concurrency, count, batch } = workload;
  const start = performance.now();
  let calls = 0;
  const isOver = count === null ? () => performance.now() - start >= ms : () => calls * batch >= count;
  const worker = async (): Promise<void> => {
    do {
      calls++;
      await operation(turns++);
    } while (!isOver());
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return calls * batch;
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
  say({ kind: "ready", version: null });
  for await (const line of createInterface({ input: process.stdin })) {
    const roundOrder = JSON.parse(line) as RoundOrder;
    say({ kind: "round", ...(await round(operation, order.workload, roundOrder)) });
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
