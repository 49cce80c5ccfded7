/**
 * What the options `retry` and `maxRetries` mean.
 *
 * May import: `core/`, `retries/`. Pure.
 */
import type { RetryPolicy } from "../core/adapter.ts";
import { Retry } from "./retry.ts";

/**
 * The policy for an option: so many retries, a policy as it is, `null` for none; `undefined` stays "not given".
 *
 * @throws {TypeError | RangeError} for a number of retries that is none.
 */
export function toPolicy(
  option: RetryPolicy | number | false | null | undefined,
): RetryPolicy | null | undefined {
  if (option === undefined || option === null) return option;
  if (option === false) return null;
  return typeof option === "number" ? Retry.from(option) : option;
}
