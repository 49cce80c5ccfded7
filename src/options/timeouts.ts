/**
 * Reads `timeout` and `expectContinue`: how long to wait, in milliseconds for each clock.
 */
import type { Timeouts } from "../core/adapter.ts";
import { assertNumber, isRecord, mustBe, optionsOf } from "../core/checks.ts";
import { LONGEST_MS } from "../core/clock.ts";
import type { TimeoutInit } from "../core/options.ts";
import { timeoutElsewhere } from "./elsewhere.ts";
import { insteadOf } from "./slips.ts";

/** What a session waits that says nothing. */
export const defaultTimeouts: Timeouts = { connectMs: 10_000, readMs: 60_000, totalMs: null };

const NEVER: Timeouts = { connectMs: null, readMs: null, totalMs: null, isReadGiven: true };

const ALLOWED = `a number of milliseconds, more than 0 and up to ${LONGEST_MS}, or null to wait for ever`;

/**
 * Reads `timeout`. A number and a pair leave `base`'s total alone; parts that an object does not name stay as in `base`.
 *
 * @throws {RangeError} for a number that is no span of time.
 * @throws {TypeError} for anything else that is no {@link TimeoutInit}.
 */
export function readTimeout(init: TimeoutInit | null, base: Timeouts): Timeouts {
  if (init === null) return NEVER;
  if (typeof init === "number") {
    const ms = span(init, "timeout");
    return { connectMs: ms, readMs: ms, totalMs: base.totalMs, isReadGiven: true };
  }
  if (isPair(init)) {
    const [connect, read, ...more] = init as readonly unknown[];
    if (more.length > 0) throw new TypeError("timeout as a list is [connect, read], and no more");
    return {
      connectMs: span(connect, "timeout[0]"),
      readMs: span(read, "timeout[1]"),
      totalMs: base.totalMs,
      isReadGiven: true,
    };
  }
  if (!isRecord(init)) {
    const allowed = `${ALLOWED}, [connect, read], or { connect, read, total }`;
    throw mustBe("timeout", allowed, init, insteadOf("timeout", init));
  }
  const { connect, read, total } = optionsOf(init, "timeout", ["connect", "read", "total"], timeoutElsewhere);
  return {
    connectMs: part(connect, "timeout.connect", base.connectMs),
    readMs: part(read, "timeout.read", base.readMs),
    totalMs: part(total, "timeout.total", base.totalMs),
    isReadGiven: base.isReadGiven || read !== undefined,
  };
}

/** How long fetch waits where nobody said how long: as Node's. */
export const FETCH_MS = 300_000;

/** What fetch waits: what was given stands, also when it is the default. */
export function fetchTimeouts(timeouts: Timeouts): Timeouts {
  return timeouts.isReadGiven ? timeouts : { ...timeouts, readMs: FETCH_MS };
}

function isPair(init: TimeoutInit): init is readonly [number | null, number | null] {
  return Array.isArray(init);
}

function part(value: unknown, option: string, base: number | null): number | null {
  return value === undefined ? base : span(value, option);
}

function span(value: unknown, option: string): number | null {
  if (value === null) return null;
  if (typeof value !== "number") throw mustBe(option, ALLOWED, value, insteadOf("timeout", value));
  assertNumber(value, option, ALLOWED, isSpan);
  return value;
}

function isSpan(ms: number): boolean {
  return ms > 0 && ms <= LONGEST_MS;
}

/** How long a body waits for `100 Continue` when nothing else is said, in milliseconds: as curl does. */
const CONTINUE_MS = 1000;

/**
 * How long a body waits for `100 Continue`; `null`: not at all.
 *
 * @throws {TypeError | RangeError} for anything but true, false, `null` and a number of milliseconds.
 */
export function readExpectContinue(value: boolean | number | null): number | null {
  if (value === null || value === false) return null;
  if (value === true) return CONTINUE_MS;
  const allowed = `true, false, null or more than 0 and at most ${LONGEST_MS} milliseconds`;
  assertNumber(value, "expectContinue", allowed, isSpan);
  return value;
}
