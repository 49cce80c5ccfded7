/**
 * What became of a message or a call.
 */
import { RequestException, type Phase } from "../core/errors.ts";
import type { Outcome } from "../core/records.ts";

/** How something ended. */
export interface End {
  readonly outcome: Outcome;
  /** What it failed with, or the reason that the caller gave up for; `null` for neither. */
  readonly error: unknown;
  /** Where it failed; `null` when it did not. */
  readonly phase: Phase | null;
}

/** It came to its end. */
export const COMPLETE: End = { outcome: "complete", error: null, phase: null };

/** The program gave up the rest of it. */
export const UNREAD: End = { outcome: "unread", error: null, phase: null };

/**
 * How something ended that did not come to its end.
 *
 * @param signal the caller's own; `null` for none.
 */
export function endOf(error: unknown, signal: AbortSignal | null): End {
  // That the caller gave up is no failure, whatever the reason is.
  const isAborted = signal?.aborted === true && signal.reason === error;
  const phase = error instanceof RequestException ? error.phase : null;
  return { outcome: isAborted ? "aborted" : "failed", error, phase };
}
