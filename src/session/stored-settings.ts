/** The options of a session as they are stored, and what a session makes of them. */
import type { AuthOption } from "../core/auth-scheme.ts";
import { mustBe } from "../core/checks.ts";
import type { HeaderMap, HeadersInit } from "../core/headers.ts";
import { SessionFileError, type Json, type Stored } from "../core/session-store.ts";
import { parseBaseUrl } from "../core/base-url.ts";
import { HttpBearerAuth } from "../auth/bearer.ts";
import { firstHeaders } from "../options/headers.ts";
import { initial, over } from "../options/table.ts";
import { take } from "../options/take.ts";
import { isKept } from "./kept-settings.ts";
import { isReference, mayRefer, type Variables } from "./references.ts";

/**
 * The options that are stored, with their references to the environment. Those that this version does not know are left to those that do.
 *
 * @throws {SessionFileError} for a value that the option cannot have.
 * @throws {TypeError} for a variable that is not set.
 */
export function settingsIn(stored: Stored | null, place: string, variables: Variables): Map<string, Json> {
  const settings = new Map<string, Json>();
  for (const { key, value } of stored?.state.settings ?? []) {
    if (value === undefined || !isKept(key)) continue;
    const meant = mayRefer(key) ? variables.resolved(value, key) : value;
    try {
      if (key !== "auth" || !isReferred(value)) assertValue(key, meant);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new SessionFileError(place, "malformed", `settings[${JSON.stringify(key)}]: ${why}`, error);
    }
    settings.set(key, value);
  }
  return settings;
}

/** @throws {TypeError | RangeError | RequestException} for a value that the option cannot have. */
function assertValue(name: string, value: unknown): void {
  const given = take({ [name]: value }, "session");
  over(initial, given);
  if (given.baseUrl != null) parseBaseUrl(given.baseUrl);
}

/** Headers as they are stored: those that are not as every session begins with them; `null` for one that is not there. */
export function headersBeside(headers: HeaderMap): Json | undefined {
  const pairs: Json[] = [];
  for (const name of firstHeaders.keys()) if (!headers.has(name)) pairs.push([name, null]);
  for (const name of headers.keys()) {
    const values = headers.getAll(name);
    if (values.join("\n") !== firstHeaders.getAll(name).join("\n"))
      pairs.push([name, values.length === 1 ? (values[0] ?? "") : values]);
  }
  return pairs.length === 0 ? undefined : pairs;
}

/** The headers of a session of which these were stored. @throws {TypeError} for a variable that is not set. */
export function storedHeaders(stored: Json | undefined, variables: Variables): HeaderMap {
  return headersOver(firstHeaders, stored, variables);
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

function isText(value: unknown): boolean {
  return typeof value === "string";
}
