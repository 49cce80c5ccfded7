/**
 * Decides how long to wait: `timeout` of a session or a request becomes milliseconds for each clock.
 */
import type { Timeouts } from "../core/adapter.ts";
import { describe } from "../core/describe.ts";
import type { Contract, Settings, TimeoutInit } from "../core/options.ts";
import { timeoutElsewhere } from "./elsewhere.ts";
import { checkNames, isRecord, own } from "./record.ts";
import { insteadOf } from "./slips.ts";

/** What a session waits that says nothing. */
export const defaultTimeouts: Timeouts = { connectMs: 10_000, readMs: 60_000, totalMs: null };

const NEVER: Timeouts = { connectMs: null, readMs: null, totalMs: null };

/** Node's timers count in a signed 32-bit number; a longer wait would end at once. */
const LONGEST_MS = 2_147_483_647;

const ALLOWED = "a number of milliseconds, more than 0 and up to 2147483647, or null to wait for ever";

/**
 * Reads `timeout`. A number and a pair leave `base`'s total alone; parts that an object does not name stay as in `base`.
 *
 * @throws {RangeError} for a number that is no span of time.
 * @throws {TypeError} for anything else that is no {@link TimeoutInit}.
 */
export function parseTimeout(init: TimeoutInit | null | undefined, base: Timeouts): Timeouts {
  if (init === undefined) return base;
  if (init === null) return NEVER;
  if (typeof init === "number") {
    const ms = span(init, "timeout");
    return { connectMs: ms, readMs: ms, totalMs: base.totalMs };
  }
  if (isPair(init)) {
    const [connect, read, ...more] = init as readonly unknown[];
    if (more.length > 0) throw new TypeError("timeout as a list is [connect, read], and no more");
    return {
      connectMs: span(connect, "timeout[0]"),
      readMs: span(read, "timeout[1]"),
      totalMs: base.totalMs,
    };
  }
  if (!isRecord(init)) {
    throw new TypeError(
      `timeout must be ${ALLOWED}, [connect, read], or { connect, read, total }, not ${describe(init)}${insteadOf("timeout", init)}`,
    );
  }
  checkNames(init, ["connect", "read", "total"], "timeout", timeoutElsewhere);
  return {
    connectMs: part(own(init, "connect"), "timeout.connect", base.connectMs),
    readMs: part(own(init, "read"), "timeout.read", base.readMs),
    totalMs: part(own(init, "total"), "timeout.total", base.totalMs),
  };
}

/** What a session waits for under fetch's contract, where nobody said how long: as Node's fetch. */
const FETCH_MS = 300_000;

/** Does `init` say how long silence may last? */
export function saysRead(init: TimeoutInit | null | undefined): true | undefined {
  if (init === undefined) return undefined;
  const isSaid = init === null || typeof init === "number" || isPair(init) || own(init, "read") !== undefined;
  return isSaid || undefined;
}

/** The settings that a contract has a say in. */
export type Terms = Pick<Settings, "contract" | "timeouts" | "isReadGiven" | "turnMs" | "returnsEarly">;

/** Settings under a contract: what was given stands, also when it is the default. */
export function termsOf(contract: Contract, base: Terms, init: TimeoutInit | null | undefined): Terms {
  const timeouts = parseTimeout(init, base.timeouts);
  const isReadGiven = base.isReadGiven ?? saysRead(init);
  if (contract !== "fetch")
    return { contract, timeouts, isReadGiven, turnMs: undefined, returnsEarly: undefined };
  const readMs = isReadGiven === true ? timeouts.readMs : FETCH_MS;
  return { contract, timeouts: { ...timeouts, readMs }, isReadGiven, turnMs: FETCH_MS, returnsEarly: true };
}

function isPair(init: TimeoutInit): init is readonly [number | null, number | null] {
  return Array.isArray(init);
}

function part(value: unknown, option: string, base: number | null): number | null {
  return value === undefined ? base : span(value, option);
}

function span(value: unknown, option: string): number | null {
  if (value === null) return null;
  if (typeof value !== "number")
    throw new TypeError(`${option} must be ${ALLOWED}, not ${describe(value)}${insteadOf("timeout", value)}`);
  if (!(value > 0 && value <= LONGEST_MS)) throw new RangeError(`${option} must be ${ALLOWED}, not ${value}`);
  return value;
}

/** How long a body waits for `100 Continue` when nothing else is said, in milliseconds: as curl does. */
const CONTINUE_MS = 1000;

/**
 * How long a body waits for `100 Continue`; `null`: not at all.
 *
 * @throws {TypeError | RangeError} for anything but true, false, `null` and a number of milliseconds.
 */
export function parseExpectContinue(value: boolean | number | null): number | null {
  if (value === null || value === false) return null;
  if (value === true) return CONTINUE_MS;
  const allowed = `true, false, null or more than 0 and at most ${LONGEST_MS} milliseconds`;
  if (typeof value !== "number")
    throw new TypeError(`expectContinue must be ${allowed}, not ${describe(value)}`);
  if (value > 0 && value <= LONGEST_MS) return value;
  throw new RangeError(`expectContinue must be ${allowed}, not ${value}`);
}
