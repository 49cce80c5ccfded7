/**
 * How a wrong value is named in an error message: by its kind, never by itself, since it may be a secret.
 *
 * Pure.
 */
import { unawaited } from "./abort.ts";

/** Names the kind of a value: `null`, `number`, `Map`; `NaN` and the infinities, which are no secrets, by their names. */
export function describe(value: unknown): string {
  if (value === null || (typeof value === "number" && !Number.isFinite(value))) return String(value);
  if (typeof value !== "object") return typeof value;
  return value.constructor?.name || "an object without a class";
}

/**
 * Names what a function of the caller's gave where it was asked for something else. An asynchronous function, where a plain
 * one is asked for, gives a promise: the error tells of it, so a rejection of it is not to end the process as well.
 */
export function describeAnswer(answer: unknown): string {
  unawaited(answer);
  return describe(answer);
}
