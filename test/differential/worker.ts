/** Compares its part of the streams, and says what it saw. */
import { parentPort, workerData } from "node:worker_threads";

import { run } from "./run.ts";

/** What a worker is given. */
export interface Part {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly end: number;
}

// Of hundreds of thousands nobody looks at the stack.
Error.stackTraceLimit = 0;
const { seed, first, step, end } = workerData as Part; // main.ts gives it
parentPort?.postMessage(run(seed, first, step, end));
