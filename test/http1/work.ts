/**
 * Measures what our parser does with hostile bytes: steps, as V8 counts how often each block of `src/http1/` runs, bytes that
 * are looked at by methods of Node, and the largest memory that is asked for. In a thread of its own: nothing else runs in it.
 */
import { Session } from "node:inspector/promises";
import { parentPort } from "node:worker_threads";

import { ResponseParser, type ResponseListener } from "../../src/http1/response-parser.ts";

/** What comes: `before`, then `unit` again and again, then `after`. */
export interface Load {
  readonly name: string;
  readonly before: string;
  readonly unit: string;
  readonly after: string;
}

/** What is measured. */
export interface Work {
  /** Blocks that ran, and bytes that Node's methods had before them. */
  readonly steps: number;
  /** Of one piece of memory, in bytes. */
  readonly largest: number;
  /** Until the parser refused it, or all. */
  readonly taken: number;
  readonly isRefused: boolean;
}

/** A load of about `bytes`, fed in pieces, with these limits. */
export interface Task {
  readonly load: Load;
  readonly bytes: number;
  readonly pieceBytes: number;
  readonly limits: ConstructorParameters<typeof ResponseParser>[1];
}

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

let looked = 0;
let largest = 0;
watchNode();

parentPort?.on("message", (task: Task) => {
  void measured(task).then((work) => parentPort?.postMessage(work));
});

/** Counts what methods of Node are given that the parser may call. */
function watchNode(): void {
  const buffers = Buffer.prototype as object; // the types of Node call it `any`
  watch(buffers, "indexOf", ({ self, args }) => (self as Buffer).byteLength - Number(args[1] ?? 0)); // its method
  watch(buffers, "copy", ({ result }) => Number(result));
  watch(buffers, "toString", ({ result }) => String(result).length);
  watch(RegExp.prototype, "exec", ({ args }) => String(args[0]).length);
  for (const name of ["alloc", "allocUnsafe", "allocUnsafeSlow"])
    watch(Buffer, name, ({ args }) => {
      largest = Math.max(largest, Number(args[0]));
      return 0;
    });
}

interface Call {
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** @param bytesOf how many bytes a call looked at. */
function watch(owner: object, name: string, bytesOf: (call: Call) => number): void {
  const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown; // a method
  Reflect.set(owner, name, function counted(this: unknown, ...args: unknown[]): unknown {
    const result = Reflect.apply(original, this, args);
    looked += bytesOf({ self: this, args, result });
    return result;
  });
}

async function measured({ load, bytes, pieceBytes, limits }: Task): Promise<Work> {
  const { before, unit, after } = load;
  const all = Buffer.from(before + unit.repeat(Math.ceil(bytes / unit.length)) + after, "latin1");
  const parser = new ResponseParser(new Nobody(), limits);
  parser.expect("GET");
  await stepsSoFar();
  looked = 0;
  largest = 0;
  const { taken, isRefused } = fed(parser, all, pieceBytes);
  const seen = looked;
  return { steps: (await stepsSoFar()) + seen, largest, taken, isRefused };
}

function fed(parser: ResponseParser, bytes: Buffer, pieceBytes: number): Pick<Work, "taken" | "isRefused"> {
  let taken = 0;
  try {
    while (taken < bytes.byteLength) taken += parser.feed(bytes.subarray(taken, taken + pieceBytes));
  } catch {
    return { taken, isRefused: true };
  }
  return { taken, isRefused: false };
}

/** Since it was asked last. */
async function stepsSoFar(): Promise<number> {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  let steps = 0;
  for (const { url, functions } of result) {
    if (!url.includes("/src/http1/")) continue;
    for (const { ranges } of functions) for (const { count } of ranges) steps += count;
  }
  return steps;
}

/** Keeps nothing. */
class Nobody implements ResponseListener {
  onInformational(): void {}
  onHead(): void {}
  onData(): void {}
  onEnd(): void {}
}
