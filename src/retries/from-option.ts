/**
 * What the options `retry` and `maxRetries` mean.
 *
 * Pure, but for a memory of policies.
 */
import type { RetryPolicy } from "../core/adapter.ts";
import { Memo } from "../core/memo.ts";
import { Retry } from "./retry.ts";

/** Policies never change, so one does for all who ask for that number: it is asked for with each request. */
const policies = new Memo<number, Retry>(100);

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
  return typeof option === "number" ? policies.getOrMake(option, (total) => new Retry({ total })) : option;
}
