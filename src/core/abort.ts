/**
 * Signals: who hears of an abort, and waiting for code that knows no signal (a hook, a refresh of a token), and not waiting.
 */
import { isPromise } from "./realm.ts";

/** Is told that a signal aborted. Throws nothing: others wait to be told, too. */
export interface AbortListener {
  onAbort(reason: unknown): void;
}

/** Those who listen to one signal. */
class Audience {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<AbortListener>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(listener: AbortListener): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener("abort", this);
    this.#listeners.add(listener);
  }

  remove(listener: AbortListener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#dissolve();
  }

  /** The signal aborts, which it does once. Who leaves meanwhile is not told any more. */
  handleEvent(): void {
    for (const listener of this.#listeners) listener.onAbort(this.#signal.reason);
    this.#dissolve();
  }

  #dissolve(): void {
    this.#signal.removeEventListener("abort", this);
    audiences.delete(this.#signal);
  }
}

const audiences = new WeakMap<AbortSignal, Audience>();

/**
 * Tells `listener` when `signal` aborts, until {@link unlisten}; never when it has aborted already. However many listen to a signal, it
 * has one listener: Node looks through all of them when one comes or goes, and warns of many.
 */
export function listen(signal: AbortSignal | null, listener: AbortListener): void {
  if (signal === null || signal.aborted) return;
  let audience = audiences.get(signal);
  if (audience === undefined) audiences.set(signal, (audience = new Audience(signal)));
  audience.add(listener);
}

/** Tells `listener` no more. */
export function unlisten(signal: AbortSignal | null, listener: AbortListener): void {
  if (signal !== null) audiences.get(signal)?.remove(listener);
}

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
    const listener: AbortListener = { onAbort: reject };
    listen(signal, listener);
    Promise.resolve(result)
      .finally(() => unlisten(signal, listener))
      .then(resolve, reject);
    if (signal.aborted) reject(signal.reason);
  });
}

/** Lets `answer` be. If it is a promise, what it comes to is nobody's business, and its rejection does not end the process. */
export function unawaited(answer: unknown): void {
  if (isPromise(answer)) answer.then(undefined, () => undefined);
}
