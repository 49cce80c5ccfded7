/**
 * A `Set-Cookie` field value, taken apart: RFC 6265bis §5.6. Whether the cookie may be stored is `receive.ts`'s matter.
 *
 * Hand-written and linear: the field is the server's, and a regular expression over it was a way to stall clients
 * (CVE-2016-1000232, CVE-2017-15010 of tough-cookie). Nothing is unquoted or percent-decoded: values are kept as sent.
 */
import { isBlank } from "../core/received-text.ts";
import type { CookieRefusal, CookieRefusalReason, StoredCookie } from "../core/cookie-store.ts";
import { parseCookieDate } from "./date.ts";

/** What a `Set-Cookie` field says, before anybody asked whether it may. */
export interface ParsedCookie {
  /** Tells it from a refusal. */
  readonly kind: "parsed";
  /** `""` for a nameless cookie. */
  readonly name: string;
  /** As sent, without the blanks around it. */
  readonly value: string;
  /** `Max-Age` in seconds, 0 for everything that is not positive; `null` when not given, or not a number. */
  readonly maxAge: number | null;
  /** `Expires` in milliseconds since the epoch; `null` when not given, or not a date. */
  readonly expires: number | null;
  /** As sent, without the one leading dot; `""` when given empty, `null` when not given. */
  readonly domain: string | null;
  /** `null` means the default path of the URL. */
  readonly path: string | null;
  /** Is it for secure connections only? */
  readonly secure: boolean;
  /** Is it hidden from scripts? */
  readonly httpOnly: boolean;
  /** What it says of requests from other sites; `null` for nothing. */
  readonly sameSite: StoredCookie["sameSite"];
}

/** Most bytes that name and value have together (§5.6). */
const MAX_PAIR_BYTES = 4096;
/** An attribute with a longer value is left out (§5.6). */
const MAX_ATTRIBUTE_BYTES = 1024;

/** Every control character but the tab: one of them, wherever it is, and the whole field is dropped (§5.6). */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
export const CONTROL_CHARACTER: RegExp = /[\x00-\x08\x0a-\x1f\x7f]/;

/** A character that is no byte. */
export const BEYOND_LATIN1: RegExp = /[\u0100-\uffff]/;

/**
 * Reads a `Set-Cookie` field value. Never throws.
 *
 * A string has one character for each byte, as headers are read; text beyond latin-1 is taken as its UTF-8 bytes.
 */
export function parseSetCookie(header: string): ParsedCookie | CookieRefusal {
  if (CONTROL_CHARACTER.test(header)) return refuse("control-character", "");
  const text = BEYOND_LATIN1.test(header) ? Buffer.from(header, "utf8").toString("latin1") : header;

  const end = endOfPart(text, 0);
  const equals = text.indexOf("=");
  const named = equals !== -1 && equals < end;
  // Without `=` it is all value: a cookie with no name (§5.6 step 3).
  const name = named ? trimmed(text, 0, equals) : "";
  const value = trimmed(text, named ? equals + 1 : 0, end);
  if (name === "" && value === "") return refuse("empty", "");
  if (name.length + value.length > MAX_PAIR_BYTES) return refuse("too-long", name.slice(0, 64));
  return readAttributes(text, end, name, value);
}

function refuse(reason: CookieRefusalReason, name: string): CookieRefusal {
  return { kind: "refused", reason, name };
}

/** A cookie while its attributes are read: the last of each kind wins, also when it is empty (§5.7). */
type Draft = { -readonly [Field in keyof ParsedCookie]: ParsedCookie[Field] };

function readAttributes(text: string, from: number, name: string, value: string): ParsedCookie {
  const cookie: Draft = {
    kind: "parsed",
    name,
    value,
    maxAge: null,
    expires: null,
    domain: null,
    path: null,
    secure: false,
    httpOnly: false,
    sameSite: null,
  };
  let equals = from;
  for (let start = from + 1; start < text.length;) {
    const end = endOfPart(text, start);
    // Looked up only when passed: a field of nothing but semicolons is read once, not once for each of them.
    if (equals !== -1 && equals < start) equals = text.indexOf("=", start);
    const split = equals === -1 || equals > end ? end : equals;
    takeAttribute(cookie, text, { start, split, end });
    start = end + 1;
  }
  return cookie;
}

/** Where in the field an attribute stands: its name up to `split`, its value behind it. */
interface Part {
  readonly start: number;
  readonly split: number;
  readonly end: number;
}

function takeAttribute(cookie: Draft, text: string, { start, split, end }: Part): void {
  const value = split < end ? trimmed(text, split + 1, end) : "";
  if (value.length > MAX_ATTRIBUTE_BYTES) return;
  switch (trimmed(text, start, split).toLowerCase()) {
    case "expires":
      cookie.expires = parseCookieDate(value) ?? cookie.expires;
      break;
    case "max-age":
      cookie.maxAge = parseMaxAge(value) ?? cookie.maxAge;
      break;
    case "domain":
      cookie.domain = value.startsWith(".") ? value.slice(1) : value;
      break;
    case "path":
      cookie.path = value.startsWith("/") ? value : null;
      break;
    case "secure":
      cookie.secure = true;
      break;
    case "httponly":
      cookie.httpOnly = true;
      break;
    case "samesite":
      cookie.sameSite = sameSiteWord(value);
      break;
    default:
  }
}

/** Seconds; `null` for what is no number: the attribute is left out, the cookie stays (§5.6.2). */
function parseMaxAge(value: string): number | null {
  if (!/^-?[0-9]+$/.test(value)) return null;
  return value.startsWith("-") ? 0 : Number(value);
}

/** `null` for another word. */
export function sameSiteWord(value: string): StoredCookie["sameSite"] {
  const lower = value.toLowerCase();
  return lower === "strict" || lower === "lax" || lower === "none" ? lower : null;
}

function endOfPart(text: string, start: number): number {
  const end = text.indexOf(";", start);
  return end === -1 ? text.length : end;
}

/** Without blanks and tabs around it. Not `trim()`: that takes 0xA0 too, which is a byte of the value. */
function trimmed(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}
