/**
 * Netscape's `cookies.txt`, as curl, wget, yt-dlp, Python's `MozillaCookieJar` and browser extensions write and read it: a cookie a
 * line, seven fields with tabs between them: domain, flag, path, secure, expiry, name, value.
 *
 * Nobody wrote the format down, and its readers differ. What this one does in each case is a row of
 * `test/formats/cookies-txt.test.ts`; a line that cannot be read is a problem, and the lines around it are read.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import { isHttpOnlyLine, see } from "./detect.ts";
import { assertFileInput, linesOf, type FileInput } from "./input.ts";
import { cookiesToWrite, Losses, textOfCookie, type CookieSource, type Written } from "./outgoing.ts";
import { notOfFormat, type ReadOptions } from "./problem.ts";
import { withoutLocal } from "./python-hosts.ts";
import {
  lineAt,
  millisecondsOf,
  Reading,
  Refusal,
  secondsOf,
  timeOf,
  withoutPort,
  type Draft,
  type ReadCookies,
} from "./reading.ts";

/** In front of the domain of a cookie that scripts do not see, as it is written. */
const HTTP_ONLY = "#HttpOnly_";
/** What curl writes for a lifetime that is too long for its clock. */
const NEVER = "9223372036854775807";
/** In the place of {@link NEVER}: the last second of the year 9999. */
const NEVER_MS = 253_402_300_799_000;

/**
 * Reads a `cookies.txt`.
 *
 * A flag that is `TRUE` makes a cookie for the hosts below its domain too, one that is `FALSE` does not, whatever the dot says; with
 * another flag the dot decides. An expiry that is 0 or empty means that the cookie ends with the session; else it is in seconds.
 *
 * @param input the text of the file, or its bytes. With bytes nothing is lost of values that are not UTF-8.
 * @throws {FormatError} for a file of another format, with what it is. {@link TypeError} for what is no file.
 */
export function parseCookiesTxt(input: FileInput, options: ReadOptions = {}): ReadCookies {
  const reading = new Reading(timeOf(options, "parseCookiesTxt()"));
  assertFileInput(input, "parseCookiesTxt()");
  const { format, isJson } = see(input, "parseCookiesTxt()");
  if (format === null ? isJson : format !== "cookies.txt")
    throw notOfFormat("cookies.txt", format, "it begins as JSON does");
  for (const { number, written, text } of linesOf(input)) {
    if (isComment(written)) continue;
    const place = lineAt(number);
    reading.attempt(place, null, () => {
      if (text === null)
        throw new Refusal(
          "character",
          "it lost bytes when the file was read as text: give the bytes of the file",
        );
      const row = rowOf(text);
      reading.take(place, row.name, () => draftOf(row));
    });
  }
  return reading.found();
}

function isComment(line: string): boolean {
  const start = line.trimStart();
  return start === "" || (start.startsWith("#") && !isHttpOnlyLine(line));
}

/** The fields of a line, as they are written. */
interface Row {
  readonly isHttpOnly: boolean;
  readonly domain: string;
  readonly flag: string;
  readonly path: string;
  readonly secure: string;
  readonly expiry: string;
  readonly name: string;
  readonly value: string;
}

/** @throws {Refusal} for a line that does not have the fields. */
function rowOf(line: string): Row {
  const isHttpOnly = isHttpOnlyLine(line);
  // No more than are looked at: a line may be nothing but tabs.
  const fields = (isHttpOnly ? line.slice(line.indexOf("_") + 1) : line).split("\t", 8);
  // Of six one was left out: the path, as curl takes it, or an empty value, whose tab an editor took off.
  if (fields.length === 6 && isWord(fields[2])) fields.splice(2, 0, "/");
  else if (fields.length === 6) fields.push("");
  const [domain, flag, path, secure, expiry, name, value, more] = fields;
  if (domain === undefined || flag === undefined || path === undefined || more !== undefined)
    throw wrongFields(line, fields.length);
  if (secure === undefined || expiry === undefined || name === undefined || value === undefined)
    throw wrongFields(line, fields.length);
  return { isHttpOnly, domain, flag, path, secure, expiry, name, value };
}

function wrongFields(line: string, count: number): Refusal {
  if (/^Set-Cookie:/i.test(line))
    return new Refusal(
      "set-cookie-line",
      "it is a Set-Cookie field, which does not say whose it is: jar.setCookie(header, url) takes it",
    );
  if (count > 7) return new Refusal("fields", "it has more than seven fields: there is a tab in one of them");
  const hint = count === 1 ? ", which tabs separate, and no tab" : ", which tabs separate";
  return new Refusal("fields", `it has ${count} of the seven fields${hint}`);
}

/** Is it one of the two words of the format? */
function isWord(field: string | undefined): boolean {
  return field !== undefined && /^(?:TRUE|FALSE)$/i.test(field);
}

/** @throws {Refusal} for fields that say nothing. */
function draftOf({ isHttpOnly, domain, flag, path, secure, expiry, name, value }: Row): Draft {
  if (!isWord(secure)) throw new Refusal("flag", "its fourth field, secure, is neither TRUE nor FALSE");
  return {
    name,
    value,
    domain: withoutLocal(withoutPort(domain)),
    hostOnly: isWord(flag) ? isFalse(flag) : !domain.startsWith("."),
    path,
    expires: timeOfExpiry(expiry),
    secure: !isFalse(secure),
    httpOnly: isHttpOnly,
    sameSite: null,
  };
}

function isFalse(word: string): boolean {
  return word.toUpperCase() === "FALSE";
}

/** In milliseconds; `null` for the end of the session. @throws {Refusal} for what is no time in seconds. */
function timeOfExpiry(expiry: string): number | null {
  if (expiry === "") return null;
  if (expiry === NEVER) return NEVER_MS;
  if (!/^\d{1,40}(?:\.\d{0,40})?$/.test(expiry)) {
    // What is no number may be the value, in the wrong place.
    const shown = /^[-+.\dEe]{1,40}$/.test(expiry) ? `, ${expiry},` : "";
    throw new Refusal("expiry", `its fifth field${shown} is no number of seconds`);
  }
  const seconds = Number(expiry);
  return seconds === 0 ? null : millisecondsOf(seconds);
}

const HEAD = "# Netscape HTTP Cookie File\n# There may be logins in it: keep it private.\n\n";

/**
 * Writes a `cookies.txt`, the cookies in the order in which they came.
 *
 * @param source a jar, or a list of cookies.
 * @param options `now`: what has expired by then is not written.
 * @throws {TypeError} for what is neither a jar nor a list.
 */
export function formatCookiesTxt(source: CookieSource, options: ReadOptions = {}): Written {
  const losses = new Losses();
  const rows = cookiesToWrite(source, timeOf(options, "formatCookiesTxt()"), losses).flatMap((cookie) => {
    const texts = textOfCookie(cookie);
    if (texts === null) {
      losses.add("cookie", "it has bytes that are not UTF-8, and so no text", cookie);
      return [];
    }
    const { name, value, path } = texts;
    if (/[\t\r\n]/.test(name + value + path)) {
      losses.add("cookie", "it has a tab, which separates the fields of a line", cookie);
      return [];
    }
    losses.add("createdAt", "a cookies.txt does not say when a cookie was made", cookie);
    if (cookie.sameSite !== null) losses.add("sameSite", "a cookies.txt has no SameSite", cookie);
    const { hostOnly, secure, expires } = cookie;
    const seconds = expires === null ? 0 : secondsOf(expires);
    const fields = [domainOf(cookie), wordOf(!hostOnly), path, wordOf(secure), seconds, name, value];
    return [`${fields.join("\t")}\n`];
  });
  return { text: HEAD + rows.join(""), lost: losses.list() };
}

function wordOf(is: boolean): "TRUE" | "FALSE" {
  return is ? "TRUE" : "FALSE";
}

/** Python wants a dot where the flag is TRUE, and nowhere else; curl has addresses in IPv6 without brackets. */
function domainOf({ domain, hostOnly, httpOnly }: StoredCookie): string {
  const bare = domain.startsWith("[") ? domain.slice(1, -1) : domain;
  return `${httpOnly ? HTTP_ONLY : ""}${hostOnly ? "" : "."}${bare}`;
}
