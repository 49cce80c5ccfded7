/**
 * Where in the program a call was made, for warnings that come too late to show it. Costs a stack, and so is known only where
 * Node was told to trace warnings.
 */
import process from "node:process";

/** The stack of the caller of `callee`; `null` unless Node runs with `--trace-warnings`. */
export function callSite(callee: (...args: never[]) => unknown): string | null {
  if (!("traceProcessWarnings" in process) || process.traceProcessWarnings !== true) return null;
  const site = { stack: "" };
  Error.captureStackTrace(site, callee);
  // Text, at once: what a stack holds before it is read may be what holds the response, too.
  return site.stack.slice(site.stack.indexOf("\n") + 1);
}
