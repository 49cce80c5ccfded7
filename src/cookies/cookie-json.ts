/**
 * A jar as plain data, to be saved: what is written, and how it is read back. Everything survives that decides where a
 * cookie goes: host-only, absolute expiry, `Secure`, path, and the host that took a cookie without domain.
 *
 * Reading trusts nothing: wrong shapes are a `TypeError`, unknown fields are ignored, names are data also when they are
 * `__proto__`.
 *
 * May import: `core/`, own folder. Pure.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import { domainFilter, isAlone, ownFields, prefixOf, prefixRefusal } from "./cookie.ts";
import { CONTROL_CHARACTER } from "./parse.ts";

/** A cookie as it is saved. */
export interface CookieJson extends StoredCookie {
  /** The host that took a cookie whose `domain` is `""`; absent while none has. */
  readonly boundTo?: string;
}

/** A jar as it is saved. */
export interface CookieJarJson {
  readonly version: 1;
  readonly cookies: readonly CookieJson[];
}

/** A cookie to put in, and the host it is bound to, if any. */
export interface RestoredCookie {
  readonly cookie: StoredCookie;
  readonly boundTo: string | null;
}

/**
 * The cookies of a saved jar; `now` is the creation time of those that have none.
 *
 * @throws {TypeError} when `data` is not what {@link CookieJarJson} describes.
 */
export function readCookieJarJson(data: unknown, now: number): RestoredCookie[] {
  if (!isRecord(data)) throw new TypeError(`a saved jar is an object, not ${kindOf(data)}`);
  const { version, cookies } = ownFields(data);
  if (version !== 1) throw new TypeError(`a saved jar has version 1, not ${JSON.stringify(version)}`);
  if (!Array.isArray(cookies))
    throw new TypeError(`a saved jar's cookies are an array, not ${kindOf(cookies)}`);
  return cookies.map((cookie: unknown, at) => readCookie(cookie, `cookies[${at}]`, now));
}

/**
 * A cookie of somebody's data: all of {@link StoredCookie}, of which only name and value must be there.
 *
 * @throws {TypeError} for a field of the wrong kind, naming it.
 */
export function readCookie(data: unknown, where: string, now: number): RestoredCookie {
  if (!isRecord(data)) throw new TypeError(`${where} is an object, not ${kindOf(data)}`);
  const own = ownFields(data);
  const field = fieldReader(own, where);
  const domain = readDomain(field("domain", "string", ""), where);
  const cookie: StoredCookie = {
    name: field("name", "string", null),
    value: field("value", "string", null),
    domain,
    hostOnly: field("hostOnly", "boolean", false) || isAlone(domain),
    path: field("path", "string", "/"),
    expires: own["expires"] == null ? null : field("expires", "number", null),
    secure: field("secure", "boolean", false),
    httpOnly: field("httpOnly", "boolean", false),
    sameSite: readSameSite(own["sameSite"], where),
    createdAt: field("createdAt", "number", now),
  };
  checkText(cookie, where);
  const bound = domain === "" ? readDomain(field("boundTo", "string", ""), where) : "";
  return { cookie, boundTo: bound === "" ? null : bound };
}

/** What a field of a kind is. */
interface Kinds {
  readonly string: string;
  readonly boolean: boolean;
  readonly number: number;
}

type FieldReader = <Kind extends keyof Kinds>(
  name: string,
  kind: Kind,
  fallback: Kinds[Kind] | null,
) => Kinds[Kind];

/** Reads fields; an absent one has the fallback, or with `null` must be there. */
function fieldReader(data: Readonly<Record<string, unknown>>, where: string): FieldReader {
  return <Kind extends keyof Kinds>(name: string, kind: Kind, fallback: Kinds[Kind] | null): Kinds[Kind] => {
    const value = data[name];
    if (value === undefined && fallback !== null) return fallback;
    if (typeof value !== kind || Number.isNaN(value)) {
      throw new TypeError(`${where}.${name} is a ${kind}, not ${kindOf(value)}`);
    }
    // `typeof` has just said so; the compiler does not connect it with `Kind`.
    return value as Kinds[Kind];
  };
}

function readDomain(text: string, where: string): string {
  const domain = domainFilter(text);
  if (domain === null) throw new TypeError(`${where}.domain is no host: ${JSON.stringify(text)}`);
  return domain;
}

function readSameSite(value: unknown, where: string): StoredCookie["sameSite"] {
  if (value === undefined || value === null) return null;
  if (value === "strict" || value === "lax" || value === "none") return value;
  throw new TypeError(`${where}.sameSite is "strict", "lax", "none" or null`);
}

/** A file may have been edited: nothing in it may get into a header that a server could not have put there. */
function checkText(cookie: StoredCookie, where: string): void {
  const { name, value, path } = cookie;
  if (name === "" && value === "") throw new TypeError(`${where} has neither name nor value`);
  const pair = name + value;
  // A path may have a semicolon: the default path comes from a URL, where one may stand (`/a;v=1/b`).
  if (CONTROL_CHARACTER.test(pair + path) || /[;\u0100-\uffff]/.test(pair)) {
    throw new TypeError(`${where} has a character that cannot stand in a cookie`);
  }
  if (name.includes("=")) throw new TypeError(`${where}.name has "=" in it`);
  if (!path.startsWith("/")) throw new TypeError(`${where}.path does not begin with "/"`);
  if (prefixRefusal(cookie, prefixOf(name)) !== null)
    throw new TypeError(`${where} lacks what its prefix promises`);
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
