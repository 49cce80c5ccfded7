/**
 * The only idea of time: stages and adapters get it as an argument, so that tests can hold it still.
 */
import { listen, unlisten, type AbortListener } from "./abort.ts";

/**
 * The longest wait of Node's timers, in milliseconds: 24.8 days. They count in a signed 32-bit number, and a longer one would end
 * at once.
 */
export const LONGEST_MS = 2_147_483_647;

/** Tells the time and waits. */
export interface Clock {
  /** Milliseconds since the epoch: for cookies' expiry and `Retry-After` dates. */
  now(): number;
  /** Milliseconds of a clock that never jumps: for measuring. */
  monotonic(): number;
  /**
   * Waits `ms` milliseconds.
   *
   * @throws `signal.reason`, as it is, when `signal` aborts first.
   */
  sleep(ms: number, signal: AbortSignal | null): Promise<void>;
}

/** Goes off once. Costs nothing as long as nobody sleeps. */
export class Alarm {
  /** Has it gone off? */
  isOver = false;
  #controller: AbortController | null = null;

  /** Aborts when it goes off. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.isOver) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Wakes everybody up. */
  ring(): void {
    this.isOver = true;
    this.#controller?.abort();
  }
}

/** `clock`, but who sleeps wakes up when `alarm` goes off. */
export function alarmed(clock: Clock, alarm: Alarm): Clock {
  return {
    ...clock,
    sleep: async (ms, signal) => {
      const morning = alarm.signal;
      const either = new AbortController();
      const listener: AbortListener = { onAbort: (reason) => either.abort(reason) };
      if (morning.aborted) either.abort();
      if (signal?.aborted === true) either.abort(signal.reason);
      // Not AbortSignal.any(), which takes no signals of other realms.
      listen(morning, listener);
      listen(signal, listener);
      try {
        await clock.sleep(ms, either.signal);
      } catch (error) {
        if (!morning.aborted || signal?.aborted === true) throw error;
      } finally {
        unlisten(morning, listener);
        unlisten(signal, listener);
      }
    },
  };
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const listener: AbortListener = {
        onAbort: (reason) => {
          unlisten(signal, listener);
          clearTimeout(timer);
          reject(reason);
        },
      };
      const timer = setTimeout(() => {
        unlisten(signal, listener);
        resolve();
      }, ms);
      listen(signal, listener);
    }),
};
