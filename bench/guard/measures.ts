/**
 * What is counted of a run. All of it is the work that the code asks for, not the time that a machine takes for it.
 *
 * A measure runs in a process of its own, with the flags that make it exact.
 */
import { createHook } from "node:async_hooks";
import { Session } from "node:inspector/promises";
import type { Counts, MeasureName } from "./compare.ts";

/** A way to count. */
export interface Measure {
  readonly name: MeasureName;
  /** What is counted, for people. */
  readonly title: string;
  /** Of Node, so that two runs count the same. */
  readonly flags: readonly string[];
  /** Begins to watch, before the package is loaded. */
  start(): Promise<Meter>;
}

/** Watches. */
export interface Meter {
  /** What `run` takes, all of it awaited; `null` when something came between. */
  count(run: () => Promise<void>): Promise<Counts | null>;
}

// Optimised code leaves out what it finds needless, and when it is ready is a matter of luck.
const UNOPTIMISED = ["--no-opt", "--no-sparkplug", "--no-maglev"];

/** All of them. */
export const measures: readonly Measure[] = [
  {
    name: "calls",
    title: "function calls in sojourn and its packages",
    flags: UNOPTIMISED,
    start: startCalls,
  },
  {
    name: "async",
    title: "promises and other asynchronous resources",
    flags: UNOPTIMISED,
    start: () => Promise.resolve({ count: countResources }),
  },
  {
    name: "bytes",
    title: "bytes allocated on the heap",
    // No collection may come between: all of a run fits into the young generation.
    flags: [...UNOPTIMISED, "--expose-gc", "--min-semi-space-size=512", "--max-semi-space-size=512"],
    start: () => Promise.resolve({ count: countBytes }),
  },
];

async function startCalls(): Promise<Meter> {
  const inspector = new Session();
  inspector.connect();
  await inspector.post("Profiler.enable");
  await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  return {
    async count(run) {
      // What was counted before is given out, and forgotten.
      await inspector.post("Profiler.takePreciseCoverage");
      await run();
      const { result } = await inspector.post("Profiler.takePreciseCoverage");
      const counts = new Map<string, number>();
      for (const { url, functions } of result) {
        const part = partOf(url);
        if (part === null) continue;
        const calls = functions.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
        counts.set(part, (counts.get(part) ?? 0) + calls);
      }
      return Object.fromEntries(counts);
    },
  };
}

/** A file of ours by its path, a package by its name; Node's own files do not count. */
function partOf(url: string): string | null {
  const [, packageName] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (packageName !== undefined) return packageName;
  const [, file] = /\/src\/(.+)\.ts$/.exec(url) ?? [];
  return file ?? null;
}

async function countResources(run: () => Promise<void>): Promise<Counts> {
  const counts = new Map<string, number>();
  const hook = createHook({
    init: (_id, type) => void counts.set(type, (counts.get(type) ?? 0) + 1),
  });
  hook.enable();
  try {
    await run();
  } finally {
    hook.disable();
  }
  return Object.fromEntries(counts);
}

async function countBytes(run: () => Promise<void>): Promise<Counts | null> {
  if (globalThis.gc === undefined) throw new Error("the collector cannot be called");
  let collections = 0;
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
  await globalThis.gc({ execution: "async" });
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  await run();
  const after = process.memoryUsage().heapUsed;
  collections += observer.takeRecords().length;
  observer.disconnect();
  return collections > 0 ? null : { heap: after - before };
}
