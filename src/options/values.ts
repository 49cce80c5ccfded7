/** Checks of single values, for the rows of `table.ts`. */
import { assertBoolean, assertCount, isRecord, mustBe, optionsOf } from "../core/checks.ts";
import { isAbortSignal, isBlob, isObject, isUint8Array, isUrl } from "../core/realm.ts";
import type { ParamsInit } from "../core/options.ts";
import { encodeParams } from "../prepare/query.ts";
import { insteadOf } from "./slips.ts";

/** Throws unless the option takes the value. Never called with `undefined`: that is "not given". */
export type Check = (value: unknown, option: string) => void;

/** Reads a value as it stands, once it is checked. */
export function asIs<Value>(check: Check): (value: Value, base: unknown, option: string) => Value {
  return (value, _base, option) => {
    check(value, option);
    return value;
  };
}

/** `null`, or what `fits`. */
function orNull(fits: (value: unknown) => boolean, allowed: string): Check {
  return (value, option) => {
    if (value !== null && !fits(value)) throw wrongKind(value, option, allowed);
  };
}

/** `true` or `false`. */
export const flag: Check = (value, option) => {
  if (typeof value !== "boolean") throw wrongKind(value, option, "true or false");
};

/** A whole number, 0 or more. */
export const count: Check = (value, option) => assertCount(value, option);

/** A count, or `null` for no limit. */
export const limit: Check = (value, option) => {
  if (value === null) return;
  if (typeof value !== "number") throw wrongKind(value, option, LIMIT);
  assertCount(value, option, 0, LIMIT);
};

const LIMIT = "a whole number, 0 or more, or null for no limit";

/** A function, or `null` for none. */
export const functionOrNull: Check = orNull((value) => typeof value === "function", "a function or null");

/** What makes a body is checked where it is made, which knows more. */
export const body: Check = () => undefined;

/** What `headers` takes. A promise or a date has no names of its own: its headers would silently be none. */
export const headers: Check = orNull(
  (value) =>
    isObject(value) && (Symbol.iterator in value || isRecord(value) || Object.keys(value).length > 0),
  "a record, pairs, Headers, a HeaderMap or null",
);

/** What `params` takes. */
export const params: Check = orNull(
  (value) => isObject(value) || typeof value === "string",
  "fields, an encoded query or null",
);

/** Params that are defaults: what a query cannot hold is refused when they are set, not when they are sent. */
export const wholeParams: Check = (value, option) => {
  params(value, option);
  if (value !== null) encodeParams(value as ParamsInit); // as was just seen
};

/** What `files` takes. */
export const files: Check = orNull(
  (value) => isObject(value) && !isBlob(value),
  "a record or pairs of files, or null",
);

/** What `auth` takes. */
export const auth: Check = (value, option) => {
  if (value === null || value === false || typeof value === "function") return;
  const isPair = Array.isArray(value) && value.length === 2 && value.every(isCredential);
  if (!isPair && !has(value, "apply"))
    throw wrongKind(value, option, "[user, password], an auth object, a function, false or null");
};

/** What `proxyAuth` takes. */
export const proxyAuth: Check = orNull(
  (value) => has(value, "authorize", "onChallenge"),
  "an object with authorize() and onChallenge(), or null",
);

/** What `retry` takes. */
export const retry: Check = (value, option) => {
  if (value === null || value === false || has(value, "next")) return;
  if (typeof value !== "number") throw wrongKind(value, option, "a policy, a number, false or null");
  assertCount(value, option);
};

/** What `cookies` takes. */
export const cookies: Check = (value, option) => {
  if (value === null || value === false || has(value, "select")) return;
  if (Array.isArray(value))
    throw new TypeError(`${option} must be a jar, not a list: make one with new CookieJar(list)`);
  if (!isRecord(value)) throw wrongKind(value, option, "a record of names and values, a jar, false or null");
  for (const [name, cookie] of Object.entries(value)) {
    if (cookie === undefined || cookie === null || typeof cookie === "string" || typeof cookie === "number")
      continue;
    const place = `${option}[${JSON.stringify(name)}]`;
    throw wrongKind(cookie, place, "a string, a number, or null to leave it out");
  }
};

/** What `idempotencyKey` takes of a request. What may stand in a field's value is checked where the field is made. */
export const idempotencyKey: Check = orNull(
  (value) => typeof value === "boolean" || (typeof value === "string" && value !== ""),
  "true, false, a key or null",
);

/** What `signal` takes. */
export const signal: Check = orNull(isAbortSignal, "an AbortSignal or null");

/** What `baseUrl` takes. */
export const baseUrl: Check = orNull(
  (value) => isUrl(value) || (typeof value === "string" && value !== ""),
  "a URL or null",
);

/** What `hsts` takes. */
export const hsts: Check = orNull(
  (value) => typeof value === "boolean" || (has(value, "covers") && "note" in (value as object)), // as was just seen
  "true, false, an HstsStore or null",
);

/** What `trustEnv` takes. */
export const trustEnv: Check = (value, option) => {
  if (typeof value === "boolean") return;
  if (!isRecord(value)) throw wrongKind(value, option, "true, false or { proxies, ca, netrc }");
  const parts = optionsOf(value, option, ["proxies", "ca", "netrc"]);
  for (const [name, part] of Object.entries(parts)) {
    if (part !== undefined) assertBoolean(part, `${option}.${name}`);
  }
};

function isCredential(value: unknown): boolean {
  return typeof value === "string" || isUint8Array(value);
}

/** An object with these methods. */
function has(value: unknown, ...methods: readonly string[]): boolean {
  return isObject(value) && methods.every((name) => typeof Reflect.get(value, name) === "function");
}

function wrongKind(value: unknown, option: string, allowed: string): TypeError {
  const advice = insteadOf(option, value);
  return Array.isArray(value)
    ? new TypeError(`${option} must be ${allowed}, not such a list${advice}`)
    : mustBe(option, allowed, value, advice);
}
