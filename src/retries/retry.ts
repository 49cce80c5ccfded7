/**
 * Retry: when to send a request again, and how long to wait before. Knows nothing of bodies (the pipeline asks only for
 * those that can be sent again) and never waits itself.
 *
 * The semantics are urllib3's. A `Retry` never changes; each decision brings the one for the next attempt,
 * so one object may serve a whole program.
 *
 * Pure: time and chance are arguments.
 */
import type { AttemptFailure, RetryBudget, RetryDecision, RetryPolicy } from "../core/adapter.ts";
import { describe } from "../core/describe.ts";
import { retrySettings, type RetryOptions, type RetrySettings } from "./options.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** One attempt that failed. */
export interface FailedAttempt {
  /** The method of the request. */
  readonly method: string;
  /** How it ended. */
  readonly failure: AttemptFailure;
}

/** Statuses that may come with a `Retry-After` and promise that trying again is of use. */
const RETRY_AFTER_STATUSES: ReadonlySet<number> = new Set([413, 429, 503]);

const FINAL: RetryDecision = { kind: "final" };

/**
 * Decides about retries, as urllib3's class of that name does.
 *
 * @example new Retry({ total: 3, statusForcelist: [502, 503, 504], backoffFactor: 200 })
 */
export class Retry implements RetryPolicy {
  readonly #settings: RetrySettings;
  /** The attempts that failed, oldest first. */
  readonly history: readonly FailedAttempt[];

  /**
   * @throws {TypeError} for an unknown option, or a value of the wrong kind.
   * @throws {RangeError} for a number outside what is allowed.
   */
  constructor(options: RetryOptions = {}, history: readonly FailedAttempt[] = []) {
    this.#settings = retrySettings(options);
    this.history = history;
  }

  /** `3` for three retries, `false` for none, a `Retry` as it is. @throws {TypeError | RangeError} for anything else. */
  static from(retry: number | false | Retry): Retry {
    if (retry instanceof Retry) return retry;
    if (retry !== false && typeof retry !== "number") {
      throw new TypeError(`retry must be a Retry, a number or false, not ${describe(retry)}`);
    }
    return new Retry({ total: retry });
  }

  /** How many retries an origin gets from a session, within a window of time; a number is the share alone. `null`: no limit. */
  get budget(): RetryBudget | number | null {
    return this.#settings.budget;
  }

  /** All options, each with its value. Counts are what is left of them. */
  get settings(): RetrySettings {
    return this.#settings;
  }

  /** A copy with some options changed; the history stays. A subclass stays one. */
  with(options: RetryOptions): Retry {
    // A subclass takes the same arguments, or overrides this method.
    const Class = this.constructor as new (options: RetryOptions, history: readonly FailedAttempt[]) => Retry;
    return new Class({ ...this.#settings, ...options }, this.history);
  }

  /**
   * What to do after an attempt failed: again after a pause, nothing (`final`), or an error since the retries are used up.
   *
   * @param context `now` in milliseconds since the epoch; `random` from 0 to 1.
   */
  next(
    method: string,
    failure: AttemptFailure,
    context: { readonly now: number; readonly random: number },
  ): RetryDecision {
    const retryAfterMs = this.#retryAfterMs(failure, context.now);
    if (!this.isRetry(method, failure, retryAfterMs !== null)) return FINAL;
    // Asking before the server wants us back would be no help, and waiting for ever none either.
    if (retryAfterMs !== null && retryAfterMs > this.#settings.retryAfterMax) return FINAL;

    const policy = this.increment(method, failure);
    if (policy === null) {
      return { kind: "exhausted", raise: failure.kind !== "status" || this.#settings.raiseOnStatus };
    }
    // "Now" in a Retry-After is no answer to how long: then the back-off counts, as in urllib3.
    const delayMs =
      retryAfterMs === null || retryAfterMs === 0 ? policy.backoffMs(context.random) : retryAfterMs;
    return { kind: "again", delayMs, policy, raise: this.#raises(method, failure, retryAfterMs !== null) };
  }

  /** What comes of a failure when no retry is left: an error, or the response? The same whatever they were used up by. */
  #raises(method: string, failure: AttemptFailure, hasRetryAfter: boolean): boolean {
    if (failure.kind !== "status") return true;
    return this.#settings.raiseOnStatus && this.with({ total: 0 }).isRetry(method, failure, hasRetryAfter);
  }

  /**
   * Is the failure of a kind that is retried at all, however many are left? May be overridden.
   *
   * @param hasRetryAfter the response has a `Retry-After` that can be read, and it is respected.
   */
  isRetry(method: string, failure: AttemptFailure, hasRetryAfter: boolean): boolean {
    const { total, connect, read, statusForcelist } = this.#settings;
    switch (failure.kind) {
      case "connect":
        return total !== false && connect !== false;
      case "read":
        return total !== false && read !== false && this.#allows(method);
      case "other":
        // urllib3 does not look at the method here. Ours are errors after which the server may have acted.
        return total !== false && this.#allows(method);
      case "status":
        if (!this.#allows(method)) return false;
        if (statusForcelist.has(failure.status)) return true;
        // Without a total there would be no end; with none left the response is the result (PARITY RTY-9).
        return Boolean(total) && hasRetryAfter && RETRY_AFTER_STATUSES.has(failure.status);
    }
  }

  /** The policy after one more failure; `null` when that was one more than a count allows. */
  increment(method: string, failure: AttemptFailure): Retry | null {
    const { total } = this.#settings;
    const kind = failure.kind;
    const own = this.#settings[kind];
    // `false` stands for fewer than none: a listed status is then exhausted at once.
    if (total === false || total === 0 || own === false || own === 0) return null;
    const left = { total: total === null ? null : total - 1, [kind]: own === null ? null : own - 1 };
    const Class = this.constructor as new (options: RetryOptions, history: readonly FailedAttempt[]) => Retry; // as in with()
    return new Class({ ...this.#settings, ...left }, [...this.history, { method, failure }]);
  }

  /**
   * The pause before the next attempt, in milliseconds, when the server does not say. As in urllib3: none after the first
   * failure, which is mostly a connection that had died unnoticed; then `backoffFactor` doubled each time, plus jitter, and no
   * more than `backoffMax`. May be overridden.
   *
   * @param random from 0 to 1.
   */
  backoffMs(random: number): number {
    const failures = this.history.length;
    if (failures <= 1) return 0;
    const { backoffFactor, backoffMax, backoffJitter } = this.#settings;
    // After a thousand failures 2ⁿ is infinite, and zero times that is no number.
    const pause = backoffFactor === 0 ? 0 : backoffFactor * 2 ** (failures - 1);
    return Math.min(backoffMax, pause + backoffJitter * random);
  }

  /** Plain data for a log. */
  toJSON(): Record<string, unknown> {
    const { allowedMethods, statusForcelist, ...others } = this.#settings;
    return {
      ...others,
      allowedMethods: allowedMethods === null ? null : [...allowedMethods],
      statusForcelist: [...statusForcelist],
      failures: this.history.length,
    };
  }

  /** What is left of the counts, for people. */
  toString(): string {
    const { total, connect, read, status, other } = this.#settings;
    return `Retry(total=${total}, connect=${connect}, read=${read}, status=${status}, other=${other})`;
  }

  #allows(method: string): boolean {
    const { allowedMethods } = this.#settings;
    return allowedMethods === null || allowedMethods.has(method.toUpperCase());
  }

  #retryAfterMs(failure: AttemptFailure, now: number): number | null {
    if (failure.kind !== "status" || failure.retryAfter === null || !this.#settings.respectRetryAfterHeader)
      return null;
    return parseRetryAfter(failure.retryAfter, now);
  }
}
