/**
 * What the options `retry` and `maxRetries` mean.
 *
 * Pure, but for a memory of policies.
 */
import type { RetryPolicy } from "../core/adapter.ts";
import { Retry } from "./retry.ts";

/** Policies never change, so one does for all who ask for that number: it is asked for with each request. */
const policies = new Map<number, Retry>();
const MOST_REMEMBERED = 100;

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
  return typeof option === "number" ? policyOf(option) : option;
}

function policyOf(count: number): Retry {
  const known = policies.get(count);
  if (known !== undefined) return known;
  const policy = Retry.from(count);
  if (policies.size < MOST_REMEMBERED) policies.set(count, policy);
  return policy;
}
