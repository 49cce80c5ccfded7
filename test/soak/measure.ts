/** What a process holds: sockets, timers, memory, listeners. */
import { readdirSync } from "node:fs";
import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** What is held at one moment. */
export interface Holdings {
  /** File descriptors of this process; 0 where there is no `/proc`. */
  readonly descriptors: number;
  readonly sockets: number;
  readonly timers: number;
  /** Listeners for `abort` on the signal that all requests share. */
  readonly listeners: number;
  readonly heapBytes: number;
}

/** Measures when the dust has settled: garbage is collected, and sockets that were given up are closed. */
export async function holdings(signal: AbortSignal): Promise<Holdings> {
  for (let round = 0; round < 4; round++) {
    collect();
    await sleep(50);
  }
  const resources = process.getActiveResourcesInfo();
  return {
    descriptors: descriptors(),
    sockets: resources.filter((name) => name === "TCPSocketWrap" || name === "TLSWrap").length,
    timers: resources.filter((name) => name === "Timeout").length,
    listeners: getEventListeners(signal, "abort").length,
    heapBytes: process.memoryUsage().heapUsed,
  };
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
}

function descriptors(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}
