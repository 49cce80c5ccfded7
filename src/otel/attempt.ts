/**
 * What runs within a message that is not ours: samplers, processors, propagators, meters, functions of the program. What they throw is
 * told to OpenTelemetry's own log; it neither ends the program nor loses the span.
 */
import { diag } from "@opentelemetry/api";

import { isError } from "../core/realm.ts";

/**
 * Runs it. @param what is told of in the log. Of the error only the name is: its text may be anything.
 * @returns what it gives, or `otherwise` when it throws.
 */
export function attempt<Result>(what: string, run: () => Result, otherwise: Result): Result {
  try {
    return run();
  } catch (error) {
    diag.error(`sojourn goes on without what was thrown by ${what}`, isError(error) ? error.name : "");
    return otherwise;
  }
}
