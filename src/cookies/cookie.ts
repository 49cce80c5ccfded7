/**
 * Cookies that a program makes, as opposed to a server: defaults of requests' `create_cookie`, and
 * checks that name and value cannot break out of a `Cookie` header.
 */
import { isDate } from "../core/realm.ts";
import type { CookieRefusalReason, StoredCookie } from "../core/cookie-store.ts";
import { InvalidHeader } from "../core/errors.ts";
import { bareUrl, shownName } from "../core/redact.ts";
import { canonicalDomain, isAddress, withoutFinalDot } from "./match.ts";
import { BEYOND_LATIN1, CONTROL_CHARACTER, sameSiteWord } from "./parse.ts";
import { isPublicSuffix } from "./public-suffix.ts";

/** What may be said of a cookie beside its name and value. */
export interface CookieAttributes {
  /**
   * The host that gets it, and all hosts below; a public suffix, a single label and an address: that host alone.
   * Default: none yet. The cookie then belongs to the first host that a `Cookie` header is asked for.
   */
  readonly domain?: string | undefined;
  /** Only the host that `domain` names, none below it. Default: `false`. */
  readonly hostOnly?: boolean | undefined;
  /** Begins with `/`. Default: `"/"`. */
  readonly path?: string | undefined;
  /**
   * When it ends: a date, or milliseconds since the epoch. `null`: never. Default: never. What looks like seconds is an error;
   * 0 is the past.
   */
  readonly expires?: Date | number | null | undefined;
  /** How long it lives, in **seconds** as in `Set-Cookie`; wins over `expires`. 0 or less deletes the cookie. Default: `null`, it is not said. */
  readonly maxAge?: number | null | undefined;
  /** Only over TLS. Default: `false`, and `true` where the name's prefix asks for it (`__Host-`, `__Secure-` ...). */
  readonly secure?: boolean | undefined;
  /** Hidden from scripts, for browsers that get the jar. Default: `false`, and `true` where the name's prefix asks for it. */
  readonly httpOnly?: boolean | undefined;
  /** What is said of requests from other sites, in any case, as browsers' tools write it. Default: `null`, nothing. */
  readonly sameSite?: SameSiteInit | undefined;
}

/** `SameSite` as programs and browsers' tools write it. */
export type SameSiteInit = "strict" | "lax" | "none" | "Strict" | "Lax" | "None" | null;

/** What each attribute is; `null` for those with a check of their own. */
const KINDS: Readonly<Record<keyof CookieAttributes, "string" | "boolean" | "number" | null>> = {
  domain: "string",
  hostOnly: "boolean",
  path: "string",
  expires: null,
  maxAge: "number",
  secure: "boolean",
  httpOnly: "boolean",
  sameSite: null,
};

/**
 * Makes a cookie. `expires` in the past is allowed here: it is how a cookie is deleted.
 *
 * @throws {TypeError} for an argument of the wrong kind, naming it and its value.
 * @throws {InvalidHeader} when name or value has a character that cannot stand in a `Cookie` header.
 */
export function createCookie(
  name: string,
  value: string | number,
  given: CookieAttributes,
  now: number,
): StoredCookie {
  const text = checkPair(name, value);
  const attributes = ownFields(given);
  checkKinds(attributes);
  const prefix = prefixOf(name);
  const { domain, hostOnly } = checkDomain(attributes);
  const cookie: StoredCookie = {
    name,
    value: text,
    domain,
    hostOnly: hostOnly || prefix === "host" || prefix === "host-http",
    path: checkPath(attributes.path),
    expires: checkExpiry(attributes, now),
    secure: attributes.secure ?? prefix !== "none",
    httpOnly: attributes.httpOnly ?? (prefix === "http" || prefix === "host-http"),
    sameSite: sameSiteOf(attributes.sameSite, "cookie attribute sameSite"),
    createdAt: now,
  };
  const refusal = prefixRefusal(cookie, prefix);
  if (refusal !== null) {
    throw new TypeError(`cookie ${shown(name)}: its prefix does not allow these attributes (${refusal})`);
  }
  return cookie;
}

/**
 * Checks name and value as a program gave them, and returns the value as text.
 *
 * @throws {TypeError} when the name is no string, or the value neither string nor number.
 * @throws {InvalidHeader} for control characters, `;`, text beyond latin-1, and `=` in the name.
 */
export function checkPair(name: unknown, value: unknown): string {
  if (typeof name !== "string") throw new TypeError(`a cookie's name is a string, not ${typeof name}`);
  if (typeof value !== "string" && typeof value !== "number") {
    throw new TypeError(
      `cookie ${shown(name)}: its value is a string, a number or null, not ${typeof value}`,
    );
  }
  if (typeof value === "number" && !Number.isFinite(value))
    throw new TypeError(`cookie ${quoted(name)}: its value is a finite number, not ${value}`);
  const text = String(value);
  checkCharacters(name, name, "name");
  checkCharacters(name, text, "value");
  // A nameless cookie is sent as its value alone: with `=` in it, it would be another cookie.
  if (name.includes("=") || (name === "" && (text === "" || text.includes("=")))) {
    throw new InvalidHeader(
      `cookie ${shown(name)}: name and value cannot be told apart by a server${wholeHint(name)}`,
    );
  }
  return text;
}

function checkCharacters(name: string, text: string, what: string): void {
  if (CONTROL_CHARACTER.test(text)) {
    throw new InvalidHeader(`cookie ${shown(name)}: its ${what} has a control character`);
  }
  if (text.includes(";")) {
    throw new InvalidHeader(
      `cookie ${shown(name)}: its ${what} has a semicolon, which would begin another cookie${wholeHint(name)}`,
    );
  }
  if (BEYOND_LATIN1.test(text)) {
    throw new InvalidHeader(
      `cookie ${shown(name)}: its ${what} has a character beyond latin-1; encode it, for example with encodeURIComponent`,
    );
  }
}

/** For messages: the name of a cookie, or what was given in its place. Values are never shown. */
function shown(name: string): string {
  return shownName(name.slice(0, 64));
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}

function checkKinds(attributes: CookieAttributes): void {
  for (const [name, value] of Object.entries(attributes) as [string, unknown][]) {
    if (!isAttribute(name)) throw new TypeError(`unknown cookie attribute ${shown(name)}`);
    const kind = KINDS[name];
    if (value === undefined || kind === null || (value === null && name === "maxAge")) continue;
    if (typeof value !== kind) {
      throw new TypeError(`cookie attribute ${name} is a ${kind}, not ${typeof value}`);
    }
  }
}

/** @throws {TypeError} for another word, naming `where`. */
export function sameSiteOf(value: unknown, where: string): StoredCookie["sameSite"] {
  if (value === undefined || value === null) return null;
  const word = typeof value === "string" ? sameSiteWord(value) : null;
  if (word !== null) return word;
  throw new TypeError(
    `${where} is "strict", "lax", "none" or null, not ${typeof value === "string" ? quoted(value) : typeof value}`,
  );
}

/** From 1973 on, a time in milliseconds has twelve digits: what has fewer is in seconds, or was meant from now on. */
const LEAST_MILLISECONDS = 100_000_000_000;
/** The second in which time begins: how programs say "long ago". */
const LONG_AGO = 1000;

/**
 * A time of expiry, or `null` for none: a date, or milliseconds since the epoch. Units are not guessed: a time in seconds,
 * taken for milliseconds, would make the cookie vanish.
 *
 * @param now of the jar's clock: a clock that began anew has small times of its own.
 * @throws {TypeError} for something else, and for what looks like seconds, naming `where`.
 */
export function expiryTime(value: unknown, where: string, now: number): number | null {
  if (value === undefined || value === null) return null;
  const at = isDate(value) ? value.getTime() : value;
  if (typeof at !== "number" || Number.isNaN(at)) {
    throw new TypeError(`${where} is a valid Date, milliseconds since the epoch, or null`);
  }
  if (isDate(value) || now < LEAST_MILLISECONDS || at >= LEAST_MILLISECONDS || (at >= 0 && at <= LONG_AGO))
    return at === Number.POSITIVE_INFINITY ? null : at;
  throw new TypeError(
    at < 0
      ? `${where} is ${at}, which is no time of a cookie: write null for one that ends with the session`
      : `${where} is ${at}, which looks like seconds: it is milliseconds since the epoch (write ${at} * 1000), or a Date`,
  );
}

function isAttribute(name: string): name is keyof CookieAttributes {
  return Object.hasOwn(KINDS, name);
}

function checkDomain(attributes: CookieAttributes): { readonly domain: string; readonly hostOnly: boolean } {
  const { domain: given = "", hostOnly = false } = attributes;
  const domain = domainFilter(given);
  if (domain === null || !/^(?:[^\s;,:/@[\]]*|\[[\da-f:.]+\])$/.test(domain)) {
    throw new TypeError(`cookie attribute domain: ${quoted(bareUrl(given))} is no host`);
  }
  return { domain, hostOnly: hostOnly || isAlone(domain) };
}

/** Can a cookie of this domain be for one host only: none yet, an address, or a suffix under which strangers live? */
export function isAlone(domain: string): boolean {
  return domain === "" || isAddress(domain) || isPublicSuffix(domain);
}

/** A domain as a program writes it, spelled as the jar has it; `null` when it cannot be one. */
export function domainFilter(domain: string): string | null {
  const canonical = canonicalDomain(domain.startsWith(".") ? domain.slice(1) : domain);
  return canonical === null ? null : withoutFinalDot(canonical);
}

function checkPath(path = "/"): string {
  if (!path.startsWith("/") || path.includes(";") || CONTROL_CHARACTER.test(path)) {
    throw new TypeError(`cookie attribute path: ${quoted(path)} does not begin with "/", or has ";" in it`);
  }
  return path;
}

function checkExpiry({ expires, maxAge }: CookieAttributes, now: number): number | null {
  if (maxAge != null) {
    if (Number.isNaN(maxAge)) throw new TypeError("cookie attribute maxAge is not a number");
    return maxAge === Number.POSITIVE_INFINITY ? null : now + maxAge * 1000;
  }
  return expiryTime(expires, "cookie attribute expires", now);
}

/** A copy without prototype: what somebody put on `Object.prototype` is no option of the caller's. */
export function ownFields<Shape extends object>(options: Shape): Shape {
  // `Object.create` is untyped; the copy has the fields of `options`, and nothing else.
  return Object.assign(Object.create(null), options) as Shape;
}

/** What a name's prefix promises about the cookie (RFC 6265bis §4.1.3; the `Http` ones: its successor draft). */
export type CookiePrefix = "none" | "secure" | "host" | "http" | "host-http";

/** The prefix of a name, whatever its case: servers compare without (§5.7). */
export function prefixOf(name: string): CookiePrefix {
  if (name.charCodeAt(0) !== 0x5f || name.charCodeAt(1) !== 0x5f) return "none";
  const lower = name.slice(0, 12).toLowerCase();
  if (lower === "__host-http-") return "host-http";
  if (lower.startsWith("__host-")) return "host";
  if (lower.startsWith("__http-")) return "http";
  return lower.startsWith("__secure-") ? "secure" : "none";
}

/** Does the cookie keep what its prefix promises? Why not, or `null`. The caller sees to an explicit `Path=/`. */
export function prefixRefusal(cookie: StoredCookie, prefix: CookiePrefix): CookieRefusalReason | null {
  if (prefix === "none") return null;
  const host = prefix === "host" || prefix === "host-http";
  if (host && !(cookie.secure && cookie.hostOnly && cookie.path === "/")) return "host-prefix";
  if ((prefix === "http" || prefix === "host-http") && !(cookie.secure && cookie.httpOnly))
    return "http-prefix";
  return cookie.secure ? null : "secure-prefix";
}

/** It looks as a server writes it. */
function wholeHint(name: string): string {
  return name.includes("=") ? "; setCookie(header, url) takes a whole Set-Cookie" : "";
}
