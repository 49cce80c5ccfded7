/**
 * Jars of tough-cookie as its versions 4 to 6 serialize them: an object with `cookies`, each of which leaves out what is as it is by
 * default.
 *
 * `expires` is a date in ISO 8601 or `"Infinity"`. `maxAge` is in seconds, counted from `creation`, and goes before it. A cookie
 * without `hostOnly` is for the hosts below its domain too: so that package takes it.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import { sameSiteWord } from "../cookies/parse.ts";
import { dataOf } from "./detect.ts";
import { dateIn, flagIn, nameIn, recordOf, textIn, type Fields } from "./fields.ts";
import { fieldsOf, type FileInput } from "./input.ts";
import { cookiesToWrite, Losses, type CookieSource, type Written } from "./outgoing.ts";
import { notOfFormat, type ReadOptions } from "./problem.ts";
import { placeAt, Reading, Refusal, timeOf, type Draft, type ReadCookies } from "./reading.ts";

/**
 * Reads what tough-cookie's `jar.toJSON()` or `jar.serialize()` gave, or a list of what its `cookie.toJSON()` gave.
 *
 * @param input the data, or the text or bytes of a file with it.
 * @throws {FormatError} for a file of another format, with what it is. {@link TypeError} for what is no file.
 */
export function parseToughCookie(input: FileInput | object, options: ReadOptions = {}): ReadCookies {
  const now = timeOf(options, "parseToughCookie()");
  const reading = new Reading(now);
  const data = dataOf(input, "tough-cookie", "parseToughCookie()");
  const list = Array.isArray(data) ? data : fieldsOf(data)?.["cookies"];
  if (!Array.isArray(list)) throw notOfFormat("tough-cookie", null, "it has no list named cookies");
  const start = Array.isArray(data) ? "" : "cookies";
  for (const [at, item] of list.entries())
    reading.take(placeAt(`${start}[${at}]`), nameIn(item, "key") ?? nameIn(item), () =>
      draftOf(recordOf(item), now),
    );
  return reading.found();
}

/** @throws {Refusal} for a cookie that is not as tough-cookie writes them. */
function draftOf(fields: Fields, now: number): Draft {
  const domain = textIn(fields, "domain", "");
  if (domain === "") throw new Refusal("unbound", "it has no domain, so it does not say whose it is");
  const created = dateIn(fields, "creation");
  const sameSite = textIn(fields, "sameSite", "");
  if (sameSite !== "" && sameSiteWord(sameSite) === null)
    throw new Refusal("kind", 'its sameSite must be "strict", "lax" or "none"');
  return {
    // Left out where it is empty; `name` is the word of others, and can mean nothing else.
    name: textIn(fields, (fields["key"] ?? null) === null ? "name" : "key", ""),
    value: textIn(fields, "value", ""),
    domain,
    hostOnly: flagIn(fields, "hostOnly", false),
    path: textIn(fields, "path", "/"),
    expires: expiryOf(fields, created),
    secure: flagIn(fields, "secure", false),
    httpOnly: flagIn(fields, "httpOnly", false),
    sameSite: sameSiteWord(sameSite),
    createdAt: created ?? now,
  };
}

/** In milliseconds; `null` for the end of the session. */
function expiryOf(fields: Fields, created: number | null): number | null {
  const maxAge = fields["maxAge"] ?? null;
  if (maxAge === "Infinity") return null;
  if (maxAge === "-Infinity") return 0;
  if (maxAge !== null) {
    if (typeof maxAge !== "number" || Number.isNaN(maxAge))
      throw new Refusal("kind", 'its maxAge must be a number of seconds, "Infinity" or "-Infinity"');
    if (maxAge <= 0) return 0;
    if (created === null)
      throw new Refusal("expiry", "it has maxAge and no creation: from when its time counts is not known");
    return maxAge === Number.POSITIVE_INFINITY ? null : created + maxAge * 1000;
  }
  return fields["expires"] === "Infinity" ? null : dateIn(fields, "expires", "expiry");
}

/**
 * Writes a jar as tough-cookie's `CookieJar.fromJSON()` and `CookieJar.deserialize()` read it, in versions 4 to 6.
 *
 * @param source a jar, or a list of cookies.
 * @param options `now`: what has expired by then is not written.
 * @throws {TypeError} for what is neither a jar nor a list.
 */
export function formatToughCookie(source: CookieSource, options: ReadOptions = {}): Written {
  const losses = new Losses();
  const cookies = cookiesToWrite(source, timeOf(options, "formatToughCookie()"), losses);
  const jar = {
    // The first version that wrote what is written here; the later ones read it.
    version: "tough-cookie@4.0.0",
    storeType: "MemoryCookieStore",
    rejectPublicSuffixes: true,
    enableLooseMode: false,
    allowSpecialUseDomain: true,
    prefixSecurity: "silent",
    cookies: cookies.map(serialized),
  };
  return { text: `${JSON.stringify(jar, null, 2)}\n`, lost: losses.list() };
}

/** The latest time that a `Date` can be. */
const LAST_DATE = 8.64e15;

function serialized({ name, expires, createdAt, sameSite, ...cookie }: StoredCookie): object {
  const creation = isoDate(createdAt);
  return {
    key: name,
    value: cookie.value,
    ...(expires === null ? {} : { expires: isoDate(expires) }),
    domain: cookie.domain,
    path: cookie.path,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    hostOnly: cookie.hostOnly,
    creation,
    lastAccessed: creation,
    ...(sameSite === null ? {} : { sameSite }),
  };
}

function isoDate(time: number): string {
  return new Date(Math.min(Math.max(time, -LAST_DATE), LAST_DATE)).toISOString();
}
