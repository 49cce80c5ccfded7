/**
 * Counts the steps that each load takes, in a process of its own: how often each function and each block of `src/` ran, and how many
 * elements the array methods of the language looked at for it. Nothing is timed.
 *
 *     node test/growth/count.ts 100 1600 "waits"     among 100 things and among 1,600, of those loads whose names have it
 */
import { Session } from "node:inspector/promises";

import type { Load, Steps } from "./load.ts";

const [few = "100", many = "1600", only = ""] = process.argv.slice(2);

let looked = 0;
let isCounting = false;

/** Array methods that look at every element, or may, without a call of ours. */
const WALKS = [
  "concat",
  "includes",
  "indexOf",
  "lastIndexOf",
  "shift",
  "slice",
  "splice",
  "unshift",
] as const;
for (const walk of [...WALKS, Symbol.iterator] as const) {
  const original = Array.prototype[walk] as (...args: unknown[]) => unknown;
  const counting = function (this: unknown[], ...args: unknown[]): unknown {
    if (isCounting) looked += this.length;
    return Reflect.apply(original, this, args);
  };
  Object.defineProperty(Array.prototype, walk, { value: counting, writable: true, configurable: true });
}

const inspector = new Session();
inspector.connect();
await inspector.post("Profiler.enable");
await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
// Loaded late: blocks are counted in what is loaded while it watches.
const { loads } = await import("./loads.ts");
const { texts } = await import("./texts.ts");

async function blocks(): Promise<number> {
  const { result } = await inspector.post("Profiler.takePreciseCoverage");
  return result
    .filter(({ url }) => /\/src\/.+\.ts$/.test(url))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}

async function stepsOf(load: Load, size: number): Promise<number> {
  const { run, times, end } = await load(size);
  // What was counted before is forgotten.
  await blocks();
  looked = 0;
  isCounting = true;
  await run();
  isCounting = false;
  const steps = (await blocks()) + looked;
  await end?.();
  return steps / times;
}

const counted: Record<string, Steps> = {};
for (const [name, load] of Object.entries({ ...loads, ...texts })) {
  if (name.includes(only))
    counted[name] = { few: await stepsOf(load, Number(few)), many: await stepsOf(load, Number(many)) };
}
process.stdout.write(`${JSON.stringify(counted)}\n`);
process.exit();
