/**
 * A jar as plain data, to be saved: what is written, and how it is read back. Everything survives that decides where a
 * cookie goes: host-only, absolute expiry, `Secure`, path, and the host that took a cookie without domain.
 *
 * Reading trusts nothing: wrong shapes are a `TypeError`, and so is a field by which another tool says what a field here says;
 * other unknown fields are ignored, names are data also when they are `__proto__`.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import { isObject } from "../core/realm.ts";
import { mustBe, ownFields } from "../core/checks.ts";
import { domainFilter, expiryTime, isAlone, prefixOf, prefixRefusal, sameSiteOf } from "./cookie.ts";
import { CONTROL_CHARACTER } from "./parse.ts";

/** A cookie as it is saved. */
export interface CookieJson extends StoredCookie {
  /** The host that took a cookie whose `domain` is `""`; absent while none has. */
  readonly boundTo?: string;
}

/** All fields of a cookie. */
const FIELDS: ReadonlySet<string> = new Set<keyof CookieJson>([
  "name",
  "value",
  "domain",
  "hostOnly",
  "path",
  "expires",
  "secure",
  "httpOnly",
  "sameSite",
  "createdAt",
  "boundTo",
]);

/** A jar as it is saved. */
export interface CookieJarJson {
  /** The version of this form. */
  readonly version: 1;
  /** The cookies, as they came. */
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
  if (!isFields(data)) throw mustBe("a saved jar", "an object", data);
  const { version, cookies } = ownFields(data);
  if (version === undefined && Array.isArray(cookies))
    throw new TypeError("this is no saved jar: take a browser's list of cookies as new CookieJar(list)");
  if (version !== 1)
    throw new TypeError(`the version of a saved jar must be 1, not ${JSON.stringify(version)}`);
  if (!Array.isArray(cookies)) throw mustBe("the cookies of a saved jar", "a list", cookies);
  return cookies.map((cookie: unknown, at) => readCookie(cookie, `cookies[${at}]`, now));
}

/**
 * A cookie of somebody's data: all of {@link StoredCookie}, of which only name and value must be there.
 *
 * @throws {TypeError} for a field of the wrong kind, naming it.
 */
export function readCookie(data: unknown, where: string, now: number): RestoredCookie {
  if (!isFields(data)) throw mustBe(where, "an object", data);
  const own = ownFields(data);
  checkFieldNames(own, where);
  const field = fieldReader(own, where);
  const domain = readDomain(field("domain", "string", ""), where);
  const cookie: StoredCookie = {
    name: field("name", "string", null),
    value: field("value", "string", null),
    domain,
    hostOnly: field("hostOnly", "boolean", false) || isAlone(domain),
    path: field("path", "string", "/"),
    expires: readExpiry(own, where, now),
    secure: field("secure", "boolean", false),
    httpOnly: field("httpOnly", "boolean", false),
    sameSite: sameSiteOf(own["sameSite"], `${where}.sameSite`),
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
    if (typeof value !== kind || Number.isNaN(value)) throw mustBe(`${where}.${name}`, `a ${kind}`, value);
    // `typeof` has just said so; the compiler does not connect it with `Kind`.
    return value as Kinds[Kind];
  };
}

function readDomain(text: string, where: string): string {
  const domain = domainFilter(text);
  if (domain === null) throw new TypeError(`${where}.domain is no host: ${JSON.stringify(text)}`);
  return domain;
}

/** Browsers' tools have -1 for a cookie that ends with the session: no time, in whatever unit. */
function readExpiry(
  { expires, name }: Readonly<Record<string, unknown>>,
  where: string,
  now: number,
): number | null {
  if (expires === -1) return null;
  const shown = `${where}.expires (of ${JSON.stringify(name)})`;
  if (expires === 0) throw new TypeError(`${shown} is 0: write null for a cookie that ends with the session`);
  return expiryTime(expires, shown, now);
}

/** Fields of other tools that say what ours say under another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  expiry: "expires, in milliseconds",
  expirationdate: "expires, in milliseconds",
  maxage: "expires, in milliseconds",
  url: "domain, path and secure",
  host: "domain",
  hostname: "domain",
  samesite: "sameSite",
  httponly: "httpOnly",
  hostonly: "hostOnly",
  issecure: "secure",
  ishttponly: "httpOnly",
};

/** Left out, such a field would make another cookie of it. @throws {TypeError} naming what to write instead. */
function checkFieldNames(own: Readonly<Record<string, unknown>>, where: string): void {
  for (const name of Object.keys(own)) {
    if (FIELDS.has(name) || own[name] === undefined) continue;
    const bare = name.toLowerCase().replaceAll(/[-_]/g, "");
    const meant = FIELDS.has(bare)
      ? bare
      : Object.hasOwn(OTHER_NAMES, bare)
        ? OTHER_NAMES[bare]
        : bare === "createdat" || bare === "boundto"
          ? "createdAt or boundTo"
          : undefined;
    if (meant !== undefined) throw new TypeError(`${where} has ${JSON.stringify(name)}: write ${meant}`);
  }
}

/**
 * Browsers keep several cookies of one name, host and path apart by the page that they belong to. A program has no page, so
 * one of them would take the place of the other.
 *
 * @throws {TypeError} for a list that has such cookies.
 */
export function checkPartitions(list: readonly unknown[], read: readonly RestoredCookie[]): void {
  const seen = new Map<string, { readonly at: number; readonly partition: string }>();
  for (const [at, { cookie }] of read.entries()) {
    const identity = JSON.stringify([cookie.name, cookie.domain, cookie.hostOnly, cookie.path]);
    const partition = partitionOf(list[at]);
    const before = seen.get(identity);
    if (before !== undefined && before.partition !== partition) {
      throw new TypeError(
        `cookies[${before.at}] and cookies[${at}] (${JSON.stringify(cookie.name)}) differ in their partitionKey alone: give one of them`,
      );
    }
    seen.set(identity, { at, partition });
  }
}

function partitionOf(data: unknown): string {
  return JSON.stringify((isFields(data) ? ownFields(data)["partitionKey"] : null) ?? null);
}

/** What is wrong with the text of a cookie, as a sentence that goes on behind the name of its field. */
interface TextFault {
  /** One word, for programs. */
  readonly reason: "empty" | "character" | "name" | "path" | "prefix";
  /** `""` for the cookie as a whole. */
  readonly field: "name" | "path" | "";
  readonly says: string;
}

/** A file may have been edited: nothing in it may get into a header that a server could not have put there. */
export function textFault(cookie: StoredCookie): TextFault | null {
  const { name, value, path } = cookie;
  if (name === "" && value === "") return { reason: "empty", field: "", says: "has neither name nor value" };
  const pair = name + value;
  // A path may have a semicolon: the default path comes from a URL, where one may stand (`/a;v=1/b`).
  if (CONTROL_CHARACTER.test(pair + path) || /[;\u0100-\uffff]/.test(pair))
    return { reason: "character", field: "", says: "has a character that cannot stand in a cookie" };
  if (name.includes("=")) return { reason: "name", field: "name", says: 'has "=" in it' };
  if (!path.startsWith("/")) return { reason: "path", field: "path", says: 'does not begin with "/"' };
  return prefixRefusal(cookie, prefixOf(name)) === null
    ? null
    : { reason: "prefix", field: "", says: "lacks what its prefix promises" };
}

function checkText(cookie: StoredCookie, where: string): void {
  const fault = textFault(cookie);
  if (fault === null) return;
  throw new TypeError(`${where}${fault.field === "" ? "" : `.${fault.field}`} ${fault.says}`);
}

/** The object may be of a class: packages have some for cookies. */
function isFields(data: unknown): data is Readonly<Record<string, unknown>> {
  return isObject(data) && !Array.isArray(data);
}
