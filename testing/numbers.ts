/**
 * Numbers out of paths and queries. What is no number, or a negative one, is refused with status 400.
 *
 * Pure.
 */
import { RefusedRequest } from "./answers.ts";
import { queryOf } from "./exchange.ts";
import type { TestRequest } from "./exchange.ts";

/** The query parameter `name` as a number, 0 or more; `fallback` when it is absent. */
export function numberOf(request: TestRequest, name: string, fallback: number): number {
  const value = queryOf(request, name);
  return value === null ? fallback : readNumber(value, name);
}

/** The query parameter `name` as a whole number, 0 or more; `fallback` when it is absent. */
export function integerOf(request: TestRequest, name: string, fallback: number): number {
  const value = numberOf(request, name, fallback);
  if (!Number.isSafeInteger(value)) throw new RefusedRequest(400, `${name} must be a whole number`);
  return value;
}

/** `value` as a number, 0 or more. `what` is what a refusal calls it. */
export function readNumber(value: string, what: string): number {
  if (!/^(?:\d+\.?\d*|\.\d+)$/.test(value))
    throw new RefusedRequest(400, `${what} must be a number, 0 or more`);
  return Number(value);
}
