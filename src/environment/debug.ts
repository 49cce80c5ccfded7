/**
 * Reads `NODE_DEBUG`, the variable by which Node's own modules and packages are told to write what they do. Once in a process, as Node does.
 */
import process from "node:process";

import type { DebugOutput } from "../core/environment.ts";
import type { Variables } from "./variables.ts";

/**
 * What `NODE_DEBUG` asks of us; `null` for nothing. `sojourn`, also with `*` in it: a line a message. `sojourn-full`: all of it but the
 * bodies.
 */
export function readDebug(env: Variables = process.env): DebugOutput | null {
  const wanted = (env["NODE_DEBUG"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const isFull = wanted.includes("sojourn-full");
  if (!isFull && !wanted.some(names)) return null;
  return {
    format: isFull ? "full" : "line",
    prefix: `SOJOURN ${process.pid}: `,
    write: (text) => void process.stderr.write(text),
  };
}

/** Does a name of the list, in which `*` stands for anything, name us? */
function names(pattern: string): boolean {
  const source = pattern.replaceAll(/[$()+.?[\\\]^{|}]/g, "\\$&").replaceAll(/\*+/g, ".*");
  return new RegExp(`^${source}$`).test("sojourn");
}

/** `undefined` until the first session asks. */
let known: DebugOutput | null | undefined;

/** What `NODE_DEBUG` said when it was asked for first. */
export function debugOutput(): DebugOutput | null {
  if (known === undefined) known = readDebug();
  return known;
}
