/**
 * What to write in the place of a wrong value, where it is known what such a value is meant to be. Nothing is shown of what may
 * be a secret. Pure.
 */
import { isAbortSignal, isBlob, isHeaders, isPromise, isUrl } from "../core/realm.ts";
import { HeaderMap } from "../core/headers.ts";
import { isRecord } from "../core/checks.ts";

/** Names that others have for a user and a password beside each other. */
const USERS = ["username", "user", "login"] as const;

/** By option: a clause for the end of the message, or `null` when nothing is known of such a value. */
const SLIPS: { readonly [option: string]: (value: unknown) => string | null } = {
  auth: (value) => {
    if (isRecord(value) && USERS.some((name) => Object.hasOwn(value, name)))
      return "write auth: [user, password]";
    if (isRecord(value) && (Object.hasOwn(value, "bearer") || Object.hasOwn(value, "token")))
      return "write auth: new HttpBearerAuth(token)";
    if (typeof value !== "string" && !Array.isArray(value)) return null;
    return "write auth: [user, password], or auth: new HttpBearerAuth(token)";
  },
  timeout: (value) => (typeof value === "string" ? `write ${millisecondsIn(value) ?? "milliseconds"}` : null),
  headers: (value) => (typeof value === "string" ? "write headers: { Name: value }" : null),
  cookies: (value) =>
    typeof value === "string"
      ? "write cookies: { name: value }, or headers: { Cookie: … } for a whole field"
      : null,
  params: (value) => (typeof value === "string" ? null : "write params: { name: value }"),
  files: (value) => {
    if (typeof value === "string") return "write files: { field: createReadStream(path) }";
    return isBlob(value) ? "write files: { field: blob }" : null;
  },
  hooks: (value) => (typeof value === "function" ? "write hooks: { response: function }" : null),
  signal: (value) =>
    typeof value === "object" && value !== null && "signal" in value && "abort" in value
      ? "write signal: controller.signal"
      : typeof value === "number"
        ? "write timeout: { total } in milliseconds, or signal: AbortSignal.timeout(ms)"
        : null,
  proxy: (value) => {
    if (isUrl(value)) return "write proxy: url.href";
    return isRecord(value) ? 'write proxy: "http://user:password@host:port"' : null;
  },
  proxies: (value) =>
    typeof value === "string" || isUrl(value) ? "one proxy for everything is proxy" : null,
  retry: (value) =>
    isRecord(value)
      ? "write retry: 3, or retry: new Retry({ total: 3, statusForcelist: [503], backoffFactor: 200 })"
      : value === true
        ? "write how many"
        : null,
  allowRedirects: (value) => {
    if (typeof value === "number") return "the most redirects are maxRedirects of the session";
    if (value === "follow") return "write true";
    return value === "manual" || value === "error" ? "write false" : null;
  },
  maxBodyBytes: (value) => (typeof value === "string" ? "write bytes as a number" : null),
  verify: (value) => (Array.isArray(value) ? "write the certificates as one PEM text" : null),
  baseUrl: (value) => (value === "" ? "write null for none" : null),
};

/** `"; write …"`, or `""`. */
export function insteadOf(option: string, value: unknown): string {
  const clause = Object.hasOwn(SLIPS, option) ? SLIPS[option]?.(value) : null;
  return clause == null ? "" : `; ${clause}`;
}

/** Who takes options. */
export type OptionsOf = "request" | "send" | "session" | "scope" | "fetch";

/** `"; write …"` for a value in the place of all options, or `""`. */
export function optionsInsteadOf(of: OptionsOf, value: unknown): string {
  if (of === "fetch")
    return "; what is of one request (body, headers, signal) is said in each call of the fetch that it gives";
  const ofCall = of === "request" || of === "send";
  if (isAbortSignal(value) && ofCall) return "; a signal is written as { signal: … }";
  if (value instanceof AbortController && ofCall)
    return "; a signal is written as { signal: controller.signal }";
  if ((isHeaders(value) || value instanceof HeaderMap) && of !== "send")
    return "; headers are written as { headers: … }";
  if ((typeof value === "string" || isUrl(value)) && of === "session")
    return "; a base URL is written as { baseUrl: … }";
  return of === "request" && isBodyLike(value) ? "; a body is written as { data: … } or { json: … }" : "";
}

/** A model of the program's is meant to be JSON. A promise of options is none. */
function isBodyLike(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "string";
  return !isPromise(value) && value.constructor !== Object;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["sec", 1000],
  ["m", 60_000],
  ["min", 60_000],
]);

/** Of `"5s"` what it is in milliseconds. */
function millisecondsIn(text: string): number | null {
  const [, digits, unit = "ms"] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|sec|m|min)?\s*$/i.exec(text) ?? [];
  const factor = UNITS.get(unit.toLowerCase());
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}
