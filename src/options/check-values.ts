/**
 * Checks of single values, for `check.ts`. Messages name the option and what it takes; of what may be a secret they name the
 * kind only.
 */
import { isUint8Array } from "../core/realm.ts";
import { describe } from "../core/describe.ts";
import { checkNames, isRecord } from "./record.ts";
import { insteadOf } from "./slips.ts";

/** Throws unless the option takes the value. Never called with `undefined`: that is "not given". */
export type Check = (value: unknown, option: string) => void;

/** `null`, or what `fits`. */
export function orNull(fits: (value: unknown) => boolean, allowed: string): Check {
  return (value, option) => {
    if (value !== null && !fits(value)) throw wrongKind(value, option, allowed);
  };
}

/** `true` or `false`. */
export function checkBoolean(value: unknown, option: string): void {
  if (typeof value !== "boolean") throw wrongKind(value, option, "true or false");
}

/** A whole number, 0 or more. */
export function checkCount(
  value: unknown,
  option: string,
  allowed: string = "a whole number, 0 or more",
): void {
  if (typeof value !== "number") throw wrongKind(value, option, allowed);
  if (!(Number.isSafeInteger(value) && value >= 0))
    throw new RangeError(`${option} must be ${allowed}, not ${value}`);
}

/** What `auth` takes. */
export function checkAuth(value: unknown, option: string): void {
  if (value === null || value === false || typeof value === "function") return;
  if (
    Array.isArray(value)
      ? value.length === 2 && value.every(isCredential)
      : isObject(value) && "apply" in value && typeof value.apply === "function"
  )
    return;
  throw wrongKind(value, option, "[user, password], an auth object, a function, false or null");
}

/** What `proxyAuth` takes, but `null`. */
export function isProxyAuth(value: unknown): boolean {
  return (
    isObject(value) &&
    "authorize" in value &&
    typeof value.authorize === "function" &&
    "onChallenge" in value &&
    typeof value.onChallenge === "function"
  );
}

/** What `retry` takes. */
export function checkRetry(value: unknown, option: string): void {
  if (value === null || value === false) return;
  if (typeof value === "number") return checkCount(value, option);
  if (isObject(value) && "next" in value && typeof value.next === "function") return;
  throw wrongKind(value, option, "a policy, a number, false or null");
}

/** What `cookies` takes. */
export function checkCookies(value: unknown, option: string): void {
  if (value === null || value === false) return;
  if (isObject(value) && "select" in value && typeof value.select === "function") return;
  if (Array.isArray(value))
    throw new TypeError(`${option} must be a jar, not a list: make one with new CookieJar(list)`);
  if (!isRecord(value)) throw wrongKind(value, option, "a record of names and values, a jar, false or null");
  for (const name of Object.keys(value)) {
    const cookie = value[name];
    if (cookie === undefined || cookie === null || typeof cookie === "string" || typeof cookie === "number")
      continue;
    throw wrongKind(
      cookie,
      `${option}[${JSON.stringify(name)}]`,
      "a string, a number, or null to leave it out",
    );
  }
}

/** What may stand in a field's value is checked where the field is made. */
export function checkIdempotencyKey(value: unknown, option: string): void {
  if (value === null || typeof value === "boolean" || (typeof value === "string" && value !== "")) return;
  throw wrongKind(value, option, "true, false, a key or null");
}

/** What `hsts` takes. */
export function checkHsts(value: unknown, option: string): void {
  if (value === null || typeof value === "boolean") return;
  if (isObject(value) && "covers" in value && typeof value.covers === "function" && "note" in value) return;
  throw wrongKind(value, option, "true, false, an HstsStore or null");
}

/** What `trustEnv` takes. */
export function checkTrustEnv(value: unknown, option: string): void {
  if (typeof value === "boolean") return;
  if (!isRecord(value)) throw wrongKind(value, option, "true, false or { proxies, ca, netrc }");
  checkNames(value, ["proxies", "ca", "netrc"], option);
  for (const name of Object.keys(value)) {
    if (value[name] !== undefined) checkBoolean(value[name], `${option}.${name}`);
  }
}

/** A promise or a date has no names of its own: its headers would silently be none. */
export function isHeaders(value: unknown): boolean {
  return isObject(value) && (Symbol.iterator in value || isRecord(value) || Object.keys(value).length > 0);
}

function isCredential(value: unknown): boolean {
  return typeof value === "string" || isUint8Array(value);
}

/** An object, no function. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function kindOf(value: unknown): string {
  return value === "" ? "empty" : describe(value);
}

function wrongKind(value: unknown, option: string, allowed: string): TypeError {
  return new TypeError(
    `${option} must be ${allowed}, not ${Array.isArray(value) ? "such a list" : kindOf(value)}${insteadOf(option, value)}`,
  );
}
