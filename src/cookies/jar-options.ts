/**
 * Limits of a jar, with their defaults and checks.
 */
import { systemClock } from "../core/clock.ts";
import { assertBoolean, assertCount, mustBe, optionsOf } from "../core/checks.ts";

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
 * @throws {TypeError} for an unknown option, and for a value of the wrong kind.
 * @throws {RangeError} for a limit that is no whole number of 1 or more.
 */
export function checkJarOptions(options: CookieJarOptions): CookieJarSettings {
  const given = optionsOf(options, "CookieJar", [...Object.keys(LIMITS), "accept", "now"]);
  const { now = (): number => systemClock.now(), accept = true } = given;
  if (typeof now !== "function") throw mustBe("now", "a function", now);
  assertBoolean(accept, "accept");
  return {
    accept,
    maxCookiesPerDomain: limit(given, "maxCookiesPerDomain"),
    maxCookies: limit(given, "maxCookies"),
    maxHeaderBytes: limit(given, "maxHeaderBytes"),
    now,
  };
}

/** Those of most jars: worked out once. */
export const jarDefaults: CookieJarSettings = checkJarOptions({});

function limit(options: CookieJarOptions, name: keyof typeof LIMITS): number {
  const value = options[name] ?? LIMITS[name];
  assertCount(value, name, 1);
  return value;
}
