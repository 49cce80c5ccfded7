/**
 * Waiting for code that knows no signal (a hook, a refresh of a token), and not waiting.
 */
import { isPromise } from "./realm.ts";

/**
 * What `result` comes to, unless `signal` aborts first. What is no promise is handed back as it is.
 *
 * @throws `signal.reason`, as it is, when it aborts first. What becomes of `result` then is nobody's business any more.
 */
export function unlessAborted<Result>(
  result: Result | Promise<Result>,
  signal: AbortSignal | null,
): Result | Promise<Result> {
  if (signal === null || !isPromise(result)) return result;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    Promise.resolve(result)
      .finally(() => signal.removeEventListener("abort", onAbort))
      .then(resolve, reject);
    if (signal.aborted) onAbort();
  });
}

/** Lets `answer` be. If it is a promise, what it comes to is nobody's business, and its rejection does not end the process. */
export function unawaited(answer: unknown): void {
  if (isPromise(answer)) answer.then(undefined, () => undefined);
}
