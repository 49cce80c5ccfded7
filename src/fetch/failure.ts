/**
 * What a call of fetch rejects with.
 */
import { RequestException } from "../core/errors.ts";

/** The body that is to be sent failed, which is the cause. */
export class SourceFailure extends Error {
  override readonly name: string = "SourceFailure";
}

/**
 * What fetch rejects with: no response is a TypeError, and so is a body that could not be read; an abort is its reason, and
 * what a hook threw that.
 */
export function failureOf(message: string, error: unknown): unknown {
  if (error instanceof SourceFailure) return new TypeError(message, { cause: error.cause });
  return error instanceof RequestException ? new TypeError(message, { cause: error }) : error;
}

/** A failure of fetch's own: a TypeError that says why in its message, too. */
export function because(cause: RequestException): TypeError {
  return new TypeError(`fetch failed: ${cause.message}`, { cause });
}
