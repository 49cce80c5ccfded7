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
import { isEnvironment, isKept, valueOf } from "./kept-settings.ts";

/**
 * The options that are stored. Those that this version does not know are left to those that do.
 *
 * @throws {SessionFileError} for a value that the option cannot have.
 */
export function settingsIn(stored: Stored | null, place: string): Map<string, Json> {
  const settings = new Map<string, Json>();
  for (const { key, value } of stored?.state.settings ?? []) {
    if (value === undefined || !isKept(key)) continue;
    try {
      assertValue(key, value);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new SessionFileError(place, "malformed", `settings[${JSON.stringify(key)}]: ${why}`, error);
    }
    settings.set(key, value);
  }
  return settings;
}

/** @throws {TypeError | RangeError | RequestException} for a value that the option cannot have. */
function assertValue(name: string, value: Json): void {
  if (name === "auth" && isReferred(value)) return;
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

/** The headers of a session of which these were stored. */
export function storedHeaders(stored: Json | undefined): HeaderMap {
  return headersOver(firstHeaders, stored);
}

/** Headers over others, which stay as they are. */
export function headersOver(base: HeaderMap, init: Json | HeadersInit | undefined): HeaderMap {
  const headers = base.clone();
  if (init !== undefined && init !== null) headers.update(init as HeadersInit);
  return headers;
}

/** Is the same stored? */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Does `auth` refer to the environment? */
export function isReferred(auth: unknown): auth is Json {
  return isEnvironment(auth) || (Array.isArray(auth) && auth.some(isEnvironment));
}

/** What `auth` is by reference. @throws {TypeError} for a variable that is not set. */
export function authOf(kept: unknown, where: string): AuthOption | undefined {
  if (isEnvironment(kept)) return new HttpBearerAuth(valueOf(kept, process.env, where));
  if (!Array.isArray(kept) || !kept.some(isEnvironment)) return kept as AuthOption | undefined; // as it was given
  const [user, password] = (kept as readonly unknown[]).map((part) =>
    isEnvironment(part) ? valueOf(part, process.env, where) : part,
  );
  if (typeof user !== "string" || typeof password !== "string")
    throw mustBe(where, '["user", { env: "NAME" }]', kept);
  return [user, password];
}
