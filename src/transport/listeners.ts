/**
 * Calls functions of the caller's from the middle of an exchange: what they throw must not get into undici.
 */
import { isPromise } from "../core/realm.ts";

/** Calls `listener`; what it throws, now or later, goes to `fail`. An asynchronous listener fits the type of any other. */
export function inform<Told>(
  listener: (told: Told) => void,
  told: Told,
  fail: (error: unknown) => void,
): void {
  try {
    const answer: unknown = listener(told);
    if (isPromise(answer)) answer.then(undefined, fail);
  } catch (error) {
    fail(error);
  }
}
