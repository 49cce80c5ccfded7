/**
 * Where a program asked for a response that it streams: for the warning when it forgets to read it. Only under
 * `node --trace-warnings`: a stack costs more than a request.
 *
 * May import: `core/`.
 */
import { CallPlan } from "./core/options.ts";
import type { PreparedRequest } from "./core/request.ts";

/** Frames that are looked at. Those of the package and of the language are left out. */
const MOST_FRAMES = 30;
const OURS = new URL(".", import.meta.url).href;

/** The frames of the program that calls, one a line; `null` unless warnings are traced. */
export function callSite(): string | null {
  if (process.traceProcessWarnings !== true) return null;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = MOST_FRAMES;
  // Text, not the error: that holds what is on the stack.
  const { stack = "" } = new Error("called");
  Error.stackTraceLimit = limit;
  const frames = stack.split("\n").slice(1);
  return frames.filter((frame) => !frame.includes(OURS) && !frame.endsWith(" (<anonymous>)")).join("\n");
}

/** The request, with this call in place of the one that prepared it. */
export function calledHere(request: PreparedRequest, plan: CallPlan, isStreamed: boolean): PreparedRequest {
  const calledAt = isStreamed ? callSite() : null;
  return calledAt === null
    ? request
    : request.with({ plan: new CallPlan(plan.settings, plan.cookies, calledAt) });
}
