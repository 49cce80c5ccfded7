/**
 * Calls functions of the caller's from the middle of a message: what they throw must not get into whoever brings the bytes.
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
