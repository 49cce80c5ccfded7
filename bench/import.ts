/**
 * A process that is measured while it starts: what a package takes to be imported, or (`cold`) to be imported, to open a session
 * and to have its first response. Nothing is loaded here that a client would have to load.
 */
import type { Client } from "./clients/client.ts";
import type { Order, Reply } from "./protocol.ts";

function say(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function load(imports: readonly string[]): Promise<void> {
  for (const name of imports) {
    // Node's own is loaded when it is first called.
    if (name === "fetch") await fetch("data:,");
    else await import(name);
  }
}

async function firstResponse({ module, workload, url }: Order): Promise<void> {
  const { client } = (await import(new URL(module, import.meta.url).href)) as { client: Client };
  const text = await client.open?.(workload.skill).get?.(url);
  if (text?.length !== workload.bodyBytes) throw new Error("there was no response");
}

async function measure(order: Order): Promise<void> {
  const memory = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await load(order.imports);
  if (order.workload.id === "cold") await firstResponse(order);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  say({ kind: "ready", version: null });
  say({ kind: "round", operations: 1, wallMs, cpuUs: user + system });
  say({ kind: "end", peakBytes: Math.max(0, process.memoryUsage.rss() - memory) });
}

try {
  await measure(JSON.parse(process.argv[2] ?? "") as Order);
} catch (error) {
  say({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
}
process.exit();
