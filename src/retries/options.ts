/**
 * Options of a `Retry`: what they mean, their defaults, and what is refused.
 *
 * Names and meaning are those of urllib3's Retry in camelCase; times are milliseconds. There is no
 * `redirect`: redirects are counted by `maxRedirects`.
 */
import type { RetryBudget } from "../core/adapter.ts";
import { assertBoolean, assertCount, assertWithin, mustBe } from "../core/checks.ts";
import { describe } from "../core/describe.ts";
import { isToken } from "../core/method.ts";
import { isObject } from "../core/realm.ts";
import { suggestion, type Elsewhere } from "../core/suggest.ts";
import { budgetOf } from "./budget.ts";

/** What a `Retry` is made of. What is absent has its default. */
export interface RetryOptions {
  /**
   * Most retries of all kinds together; the other counts cannot lift it. `null`: no limit here. `0`: none, and a status
   * of `statusForcelist` is a `RetryError` at once. `false`: none either, whatever the other counts say. Default: 10.
   */
  readonly total?: number | false | null | undefined;
  /**
   * Most retries of connections that were not made: nothing reached the server, so any method is tried again.
   * `null`: only `total` limits them. `false`: none. Default: `null`.
   */
  readonly connect?: number | false | null | undefined;
  /**
   * Most retries after the request was sent: silence, a reset, a dropped connection. The server may have acted on it, so
   * only `allowedMethods` are tried again. `null`: only `total` limits them. `false`: none. Default: `null`.
   */
  readonly read?: number | false | null | undefined;
  /** Most retries because of a status. `null`: only `total` limits them. Default: `null`. */
  readonly status?: number | null | undefined;
  /** Most retries of all other errors, for `allowedMethods`. `null`: only `total` limits them. Default: `null`. */
  readonly other?: number | null | undefined;
  /**
   * Methods that may be sent again although the server may have seen them, compared without case. `null`: any. Empty:
   * none. Default: the idempotent ones, GET HEAD PUT DELETE OPTIONS TRACE QUERY.
   */
  readonly allowedMethods?: Iterable<string> | null | undefined;
  /** Statuses, 100 to 999, that are tried again. Default: none; see `respectRetryAfterHeader` for three that are. */
  readonly statusForcelist?: Iterable<number> | undefined;
  /**
   * Pause before the n-th retry in a row, in milliseconds: nothing before the first, then `backoffFactor` · 2ⁿ⁻¹, so
   * 200 gives 0, 400, 800, 1600 ... 0 or more. Default: 0.
   */
  readonly backoffFactor?: number | undefined;
  /** Longest of these pauses, in milliseconds. 0 or more. Default: 120 000. */
  readonly backoffMax?: number | undefined;
  /** Up to so many milliseconds are added to a pause, by chance. 0 or more. Default: 0. */
  readonly backoffJitter?: number | undefined;
  /**
   * Wait as long as a `Retry-After` says, and try 413, 429 and 503 again when they have one, also if they are not in
   * `statusForcelist`. A `Retry-After` that cannot be read counts as none. Default: `true`.
   */
  readonly respectRetryAfterHeader?: boolean | undefined;
  /**
   * Longest `Retry-After` that is waited for, in milliseconds. One that asks for more ends the retries, and the response
   * is the result: to ask again earlier than the server wants would only make things worse. (urllib3 waits six hours at
   * most, and then asks early.) 0 or more. Default: 120 000.
   */
  readonly retryAfterMax?: number | undefined;
  /**
   * How many retries an origin gets from a session, all calls together: within a window of ten seconds a fifth of the
   * requests that begin in it, and ten a second beside. When it is used up the outcome is that of a used-up `total`, and
   * says so (`reason`). A number is another share, 0 to 1; an object says what else differs: `ratio` 0 to 1, `perSecond`
   * 0 to 1,000,000, `window` in milliseconds, 1,000 to 3,600,000. `null`: no such limit. Default: 0.2.
   */
  readonly budget?: number | Partial<RetryBudget> | null | undefined;
  /** Throw a `RetryError` when the retries of a status are used up? Else the last response is the result. Default: `true`. */
  readonly raiseOnStatus?: boolean | undefined;
}

/** Options with a value for each: what they mean is said in {@link RetryOptions}. Counts are what is left of them. */
export interface RetrySettings extends Readonly<Required<RetryOptions>> {
  readonly total: number | false | null;
  readonly connect: number | false | null;
  readonly read: number | false | null;
  readonly status: number | null;
  readonly other: number | null;
  readonly allowedMethods: ReadonlySet<string> | null;
  readonly statusForcelist: ReadonlySet<number>;
  readonly backoffFactor: number;
  readonly backoffMax: number;
  readonly backoffJitter: number;
  readonly respectRetryAfterHeader: boolean;
  readonly retryAfterMax: number;
  readonly budget: RetryBudget | number | null;
  readonly raiseOnStatus: boolean;
}

const DEFAULTS: RetrySettings = {
  total: 10,
  connect: null,
  read: null,
  status: null,
  other: null,
  allowedMethods: new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"]),
  statusForcelist: new Set(),
  backoffFactor: 0,
  backoffMax: 120_000,
  backoffJitter: 0,
  respectRetryAfterHeader: true,
  retryAfterMax: 120_000,
  budget: 0.2,
  raiseOnStatus: true,
};

/** What urllib3, got, ky, axios-retry, undici and others call them. */
const ELSEWHERE: Elsewhere = new Map(
  Object.entries({
    redirect: "redirects are counted by maxRedirects",
    limit: "total",
    retries: "total",
    maxretries: "total",
    count: "total",
    attempts: "write total, which counts those behind the first",
    maxattempts: "write total, which counts those behind the first",
    methods: "allowedMethods",
    methodwhitelist: "allowedMethods",
    statuscodes: "statusForcelist",
    statuses: "statusForcelist",
    statuslist: "statusForcelist",
    retryon: "statusForcelist",
    retrycondition: "write statusForcelist and allowedMethods, or a policy of your own with next()",
    shouldretry: "write statusForcelist and allowedMethods, or a policy of your own with next()",
    errorcodes: "write connect, read and other: how often errors of that kind are tried again",
    afterstatuscodes: "respectRetryAfterHeader",
    retryafter: "respectRetryAfterHeader",
    maxretryafter: "retryAfterMax",
    maxtimeout: "backoffMax",
    mintimeout: "backoffFactor",
    backofflimit: "backoffMax",
    maxdelay: "backoffMax",
    delay: "write backoffFactor, and see what it means; or a policy of your own with next()",
    retrydelay: "write backoffFactor, and see what it means; or a policy of your own with next()",
    calculatedelay: "write backoffFactor and backoffMax, or a policy of your own with next()",
    timeoutfactor: "backoffFactor",
    factor: "backoffFactor",
    noise: "backoffJitter",
    jitter: "backoffJitter",
    throwonerror: "raiseOnStatus",
    enforceretryrules: "leave it out: its rules always hold",
    retryontimeout: "write read: how often silence is tried again",
  }),
);

/**
 * Checks options and fills the gaps.
 *
 * @throws {TypeError} for an unknown option, or a value of the wrong kind.
 * @throws {RangeError} for a number outside what is allowed.
 */
export function retrySettings(options: RetryOptions): RetrySettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`the options of Retry must be an object, not ${describe(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      const hint = suggestion(name, Object.keys(DEFAULTS), ELSEWHERE);
      throw new TypeError(
        `Retry has no option ${name}${hint === null ? "" : `; ${hint}`}; it has ${Object.keys(DEFAULTS).join(", ")}`,
      );
    }
  }
  // Own properties only: a polluted Object.prototype must not switch retries on.
  const given = Object.setPrototypeOf({ ...options }, null) as RetryOptions; // a copy of options, typed any there
  return {
    total: countOrFalse("total", given.total),
    connect: countOrFalse("connect", given.connect),
    read: countOrFalse("read", given.read),
    status: count("status", given.status),
    other: count("other", given.other),
    allowedMethods: methods(given.allowedMethods),
    statusForcelist: statuses(given.statusForcelist),
    backoffFactor: milliseconds("backoffFactor", given.backoffFactor),
    backoffMax: milliseconds("backoffMax", given.backoffMax),
    backoffJitter: milliseconds("backoffJitter", given.backoffJitter),
    respectRetryAfterHeader: flag("respectRetryAfterHeader", given.respectRetryAfterHeader),
    retryAfterMax: milliseconds("retryAfterMax", given.retryAfterMax),
    budget: budget(given.budget),
    raiseOnStatus: flag("raiseOnStatus", given.raiseOnStatus),
  };
}

function budget(value: number | Partial<RetryBudget> | null | undefined): RetryBudget | number | null {
  if (value === undefined) return DEFAULTS.budget;
  if (value === null) return null;
  const whole = budgetOf(value);
  return typeof value === "number" ? value : whole;
}

function countOrFalse(
  name: "total" | "connect" | "read",
  value: number | false | null | undefined,
): number | false | null {
  if (value === undefined) return DEFAULTS[name];
  return value === false ? false : checkedCount(name, value, "a whole number, 0 or more, false or null");
}

function count(name: "status" | "other", value: number | null | undefined): number | null {
  return value === undefined
    ? DEFAULTS[name]
    : checkedCount(name, value, "a whole number, 0 or more, or null");
}

function checkedCount(name: string, value: number | null, allowed: string): number | null {
  if (value !== null) assertCount(value, `Retry's ${name}`, 0, allowed);
  return value;
}

type Milliseconds = "backoffFactor" | "backoffMax" | "backoffJitter" | "retryAfterMax";

/** `setTimeout` takes no more. */
const LONGEST_MS = 2_147_483_647;

function milliseconds(name: Milliseconds, value: number | undefined): number {
  if (value === undefined) return DEFAULTS[name];
  assertWithin(value, `Retry's ${name}`, [0, LONGEST_MS], "a number of milliseconds");
  return value;
}

function flag(name: "respectRetryAfterHeader" | "raiseOnStatus", value: boolean | undefined): boolean {
  if (value === undefined) return DEFAULTS[name];
  assertBoolean(value, `Retry's ${name}`);
  return value;
}

function methods(value: Iterable<string> | null | undefined): ReadonlySet<string> | null {
  if (value === undefined) return DEFAULTS.allowedMethods;
  if (value === null) return null;
  const list = listOf<string>("allowedMethods", value, "methods");
  for (const method of list) {
    if (typeof method !== "string" || !isToken(method)) {
      throw new TypeError(`Retry's allowedMethods must be names of methods, not ${JSON.stringify(method)}`);
    }
  }
  return new Set(list.map((method) => method.toUpperCase()));
}

function statuses(value: Iterable<number> | undefined): ReadonlySet<number> {
  if (value === undefined) return DEFAULTS.statusForcelist;
  const list = listOf<number>("statusForcelist", value, "statuses");
  for (const status of list) {
    assertWithin(status, "Retry's statusForcelist", [100, 999], "numbers");
    assertCount(status, "Retry's statusForcelist", 100, "numbers from 100 to 999");
  }
  return new Set(list);
}

/** A text is iterable too, but its letters are not what was meant. */
function listOf<Item>(name: string, value: Iterable<Item>, of: string): Item[] {
  if (!isObject(value) || !(Symbol.iterator in value))
    throw mustBe(`Retry's ${name}`, `an array or a Set of ${of}`, value);
  return [...value];
}
