/** The options of a session as they are stored, and what a session makes of them. */
import type { AuthOption } from "../core/auth-scheme.ts";
import { isRecord, mustBe } from "../core/checks.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import { SessionFileError, type Json, type Stored } from "../core/session-store.ts";
import { parseBaseUrl } from "../core/base-url.ts";
import { HttpBearerAuth } from "../auth/bearer.ts";
import { firstHeaders } from "../options/headers.ts";
import { initial, over } from "../options/table.ts";
import { take } from "../options/take.ts";
import { isKept } from "./kept-settings.ts";
import { isReference, mayRefer, type Variables } from "./references.ts";

/**
 * Headers are stored one by one, in the order of their names: processes that each set one do not undo one another's. So stands the key of
 * each, with its name in lower case behind.
 */
const HEADER = "headers.";

/** A header as it is stored: its name, and a value, several, a reference, or `null` for none. */
export type HeaderPair = readonly [name: string, value: Json];

/** Where a header of this name is stored. */
export function headerKeyOf(name: string): string {
  return HEADER + name.toLowerCase();
}

/** Is it the key of a header? */
export function isHeaderKey(key: string): boolean {
  return key.startsWith(HEADER);
}

/** The option of which something is stored under this key. */
export function optionOf(key: string): string {
  return isHeaderKey(key) ? "headers" : key;
}

/**
 * The options that are stored, with their references to the environment. Those that this version does not know are left to those that do.
 *
 * @throws {SessionFileError} for a value that the option cannot have.
 * @throws {TypeError} for a variable that is not set.
 */
export function settingsIn(stored: Stored | null, place: string, variables: Variables): Map<string, Json> {
  const settings = new Map<string, Json>();
  for (const { key, value } of (stored?.state.settings ?? []).toSorted(byTime)) {
    const option = optionOf(key);
    if (value === undefined || !isKept(option)) continue;
    const stored = isHeaderKey(key) ? [value] : value;
    const meant = mayRefer(option) ? variables.resolved(stored, option) : stored;
    try {
      if (isHeaderKey(key)) assertHeader(key, value);
      if (option !== "auth" || !isReferred(value)) assertValue(option, meant);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new SessionFileError(place, "malformed", `settings[${JSON.stringify(key)}]: ${why}`, error);
    }
    const rival = RIVALS.get(key);
    if (rival !== undefined && contradict(key, value, settings)) settings.delete(rival);
    settings.set(key, value);
  }
  return settings;
}

/** Options that say the same in two ways. Of two that contradict each other the one that was set later counts. */
export const RIVALS: ReadonlyMap<string, string> = new Map([
  ["proxy", "proxies"],
  ["proxies", "proxy"],
]);

/** Does an option contradict its rival among others? Each of them is right by itself. */
export function contradict(name: string, value: unknown, others: ReadonlyMap<string, unknown>): boolean {
  const rival = RIVALS.get(name);
  if (rival === undefined || !others.has(rival)) return false;
  try {
    over(
      initial,
      take({ [name]: withoutReferences(value), [rival]: withoutReferences(others.get(rival)) }, "session"),
    );
    return false;
  } catch {
    return true;
  }
}

/** As a text whatever the variable has: which one it is does not matter. */
function withoutReferences(value: unknown): unknown {
  if (isReference(value)) return "http://reference.invalid";
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutReferences(part)]));
}

function assertHeader(key: string, value: Json): void {
  const [name] = Array.isArray(value) ? (value as readonly Json[]) : [];
  if (typeof name !== "string" || headerKeyOf(name) !== key)
    throw mustBe("it", "a pair [name, value] of that name", value);
}

/** @throws {TypeError | RangeError | RequestException} for a value that the option cannot have. */
function assertValue(name: string, value: unknown): void {
  const given = take({ [name]: value }, "session");
  over(initial, given);
  if (given.baseUrl != null) parseBaseUrl(given.baseUrl);
}

/** Headers as they are stored: those that are not as every session begins with them; `null` for one that is not there. */
export function headersBeside(headers: HeaderMap): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (const name of firstHeaders.keys()) if (!headers.has(name)) pairs.push([name, null]);
  for (const name of headers.keys()) {
    const values = headers.getAll(name);
    if (values.join("\n") !== firstHeaders.getAll(name).join("\n"))
      pairs.push([name, values.length === 1 ? (values[0] ?? "") : values]);
  }
  return pairs;
}

/** The headers that are stored, each by itself or all of them by hand. */
export function headersIn(settings: ReadonlyMap<string, Json>): Json[] {
  const whole = settings.get("headers") ?? [];
  const all = isRecord(whole) ? Object.entries(whole) : (whole as readonly HeaderPair[]); // it was checked
  const pairs: Json[] = all.filter(([name]) => !settings.has(headerKeyOf(name)));
  for (const [key, value] of settings) if (isHeaderKey(key)) pairs.push(value);
  return pairs;
}

/** The headers of a session of which these were stored. @throws {TypeError} for a variable that is not set. */
export function storedHeaders(settings: ReadonlyMap<string, Json>, variables: Variables): HeaderMap {
  return headersOver(firstHeaders, headersIn(settings), variables);
}

/** Puts a header in place as it is stored under its key; as every session begins with it when it was deleted. */
export function putHeader(
  headers: HeaderMap,
  key: string,
  value: Json | undefined,
  variables: Variables,
): void {
  const name = key.slice(HEADER.length);
  if (value !== undefined) headers.update(headersOver(new HeaderMap(), [value], variables));
  if (value === undefined || (value as HeaderPair)[1] === null) headers.delete(name);
  if (value !== undefined) return;
  const first = firstHeaders.getAll(name);
  const spelled = [...firstHeaders.keys()].find((one) => one.toLowerCase() === name) ?? name;
  if (first.length > 0) headers.set(spelled, first);
}

/** Headers over others, which stay as they are. @throws {TypeError} for a variable that is not set. */
export function headersOver(base: HeaderMap, init: unknown, variables: Variables): HeaderMap {
  const headers = base.clone();
  if (init == null) return headers;
  return headers.update(variables.resolved(init, "headers") as HeadersInit); // they check it
}

/** Is the same stored? */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Does `auth` refer to the environment? */
export function isReferred(auth: unknown): auth is Json {
  return isReference(auth) || (Array.isArray(auth) && auth.some(isReference));
}

/** What `auth` is by reference: one alone is a bearer token. @throws {TypeError} for a variable that is not set. */
export function authOf(kept: unknown, variables: Variables): AuthOption | undefined {
  const auth = variables.resolved(kept, "auth");
  if (isReference(kept)) return new HttpBearerAuth(String(auth));
  if (isReferred(kept) && (!Array.isArray(auth) || auth.length !== 2 || !auth.every(isText)))
    throw mustBe("auth", '["user", { env: "NAME" }]', kept);
  return auth as AuthOption | undefined; // as it was given, or two texts
}

/** In the order in which they were set. */
export function byTime({ at }: { readonly at: number }, other: { readonly at: number }): number {
  return at - other.at;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
