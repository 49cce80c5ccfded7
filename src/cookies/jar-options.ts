/**
 * Limits of a jar, with their defaults and checks.
 */
import { systemClock } from "../core/clock.ts";
import { ownFields } from "./cookie.ts";

/** Limits of a jar. */
export interface CookieJarOptions {
  /** Most cookies of one domain. 1 or more. Default: 180, as in Chromium and Firefox. */
  readonly maxCookiesPerDomain?: number | undefined;
  /** Most cookies in all. 1 or more. Default: 10,000. A jar that is full makes room for a twentieth of them. */
  readonly maxCookies?: number | undefined;
  /** Most bytes of a `Cookie` header; what does not fit is left out from the end. Default: 16,384, as servers take. */
  readonly maxHeaderBytes?: number | undefined;
  /** Take what servers set? `false`: the jar holds only what the program puts into it. Default: `true`. */
  readonly accept?: boolean | undefined;
  /** The time in milliseconds since the epoch. Default: the machine's clock. */
  readonly now?: (() => number) | undefined;
}

/** Options after checking: every one has a value. */
export type CookieJarSettings = {
  readonly [Name in keyof CookieJarOptions]-?: NonNullable<CookieJarOptions[Name]>;
};

const LIMITS = { maxCookiesPerDomain: 180, maxCookies: 10_000, maxHeaderBytes: 16_384 } as const;

/**
 * Options with defaults for what is not given.
 *
 * @throws {TypeError} for an unknown option, and for `now` that is no function.
 * @throws {RangeError} for a limit that is no whole number of 1 or more.
 */
export function checkJarOptions(options: CookieJarOptions): CookieJarSettings {
  for (const name of Object.keys(options)) {
    if (name !== "now" && name !== "accept" && !Object.hasOwn(LIMITS, name)) {
      throw new TypeError(`unknown option ${JSON.stringify(name)} of a cookie jar`);
    }
  }
  const { now = (): number => systemClock.now(), accept = true, ...limits } = ownFields(options);
  if (typeof now !== "function") throw new TypeError(`option now is a function, not ${typeof now}`);
  if (typeof accept !== "boolean")
    throw new TypeError(`option accept is true or false, not ${typeof accept}`);
  return {
    accept,
    maxCookiesPerDomain: limit(limits, "maxCookiesPerDomain"),
    maxCookies: limit(limits, "maxCookies"),
    maxHeaderBytes: limit(limits, "maxHeaderBytes"),
    now,
  };
}

function limit(options: CookieJarOptions, name: keyof typeof LIMITS): number {
  const value = options[name] ?? LIMITS[name];
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`option ${name} is a whole number of 1 or more, not ${String(value)}`);
  }
  return value;
}
