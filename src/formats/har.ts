/**
 * HAR 1.2, the log of requests that browsers and proxies export: which cookies there are after its responses, and its requests,
 * ready to be sent again. Read only.
 *
 * Cookies are taken as a session would have taken them: by the `Set-Cookie` fields, in the order of time, from the URL of the request;
 * a lifetime counts from the request, not from now.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import { parseUrl, type Url } from "../core/url.ts";
import { comparablePath } from "../core/url-spelling.ts";
import { CookieJar } from "../cookies/jar.ts";
import { parseCookieDate } from "../cookies/date.ts";
import { isTrustworthy } from "../cookies/match.ts";
import { parseSetCookie } from "../cookies/parse.ts";
import { receiveCookie } from "../cookies/receive.ts";
import { dataOf } from "./detect.ts";
import { bytesIn, dateIn, flagIn, nameIn, recordOf, textIn, timeOfIso, type Fields } from "./fields.ts";
import { requestOf, type HarRequest } from "./har-request.ts";
import { bytesOf, fieldsOf, type FileInput } from "./input.ts";
import { notOfFormat, type ReadOptions } from "./problem.ts";
import { placeAt, Reading, Refusal, timeOf, type Place, type ReadCookies } from "./reading.ts";

/** What a HAR file has. */
export interface ReadHar extends ReadCookies {
  /** The requests, in the order of time. */
  readonly requests: readonly HarRequest[];
}

/** An entry of the log. */
interface Entry {
  readonly where: string;
  readonly fields: Fields;
  /** Milliseconds since the epoch; `null` where that is not told. */
  readonly startedAt: number | null;
}

/**
 * Reads a HAR file.
 *
 * Browsers leave cookies out unless one asks for the export "with sensitive data": a log without any is told as a problem whose reason
 * is `"sanitized"`.
 *
 * @param input the text of the file, its bytes, or what `JSON.parse` made of it.
 * @throws {FormatError} for a file of another format, with what it is. {@link TypeError} for what is no file.
 */
export function parseHar(input: FileInput | object, options: ReadOptions = {}): ReadHar {
  const reading = new Reading(timeOf(options, "parseHar()"));
  const data = dataOf(input, "har", "parseHar()");
  const list = fieldsOf(fieldsOf(data)?.["log"])?.["entries"];
  if (!Array.isArray(list)) throw notOfFormat("har", null, "it has no log with entries");
  const entries = inOrderOfTime(list, reading);
  const isOurs = isWrittenByUs(fieldsOf(data)?.["log"]);
  const requests: HarRequest[] = [];
  for (const { where, fields, startedAt } of entries) {
    reading.attempt(placeAt(`${where}.request`), null, () => {
      requests.push(requestOf(recordOf(fields["request"]), startedAt, isOurs));
    });
  }
  const replay = new Replay(reading, isOurs);
  for (const entry of entries) replay.take(entry);
  replay.end();
  if (entries.length > 0 && !entries.some(hasCookies)) {
    const says =
      "no entry has a cookie, neither one that was sent nor one that was set: browsers leave them out, unless one exports the log with sensitive data";
    reading.refuse(placeAt("log"), null, new Refusal("sanitized", says));
  }
  return { ...reading.found(), requests };
}

/** Then `***` stands in the place of each secret. */
function isWrittenByUs(log: unknown): boolean {
  return fieldsOf(fieldsOf(log)?.["creator"])?.["name"] === "sojourn";
}

/** Those whose time is not known stand last. */
function inOrderOfTime(list: readonly unknown[], reading: Reading): Entry[] {
  const entries: Entry[] = [];
  for (const [at, item] of list.entries()) {
    const where = `log.entries[${at}]`;
    reading.attempt(placeAt(where), null, () => {
      const fields = recordOf(item);
      const started = fields["startedDateTime"];
      entries.push({ where, fields, startedAt: typeof started === "string" ? timeOfIso(started) : null });
    });
  }
  const time = ({ startedAt }: Entry): number => startedAt ?? Number.MAX_VALUE;
  return entries.sort((a, b) => time(a) - time(b));
}

function hasCookies({ fields }: Entry): boolean {
  return [fields["request"], fields["response"]].some((message) => {
    const { headers, cookies } = fieldsOf(message) ?? {};
    if (Array.isArray(cookies) && cookies.length > 0) return true;
    return (
      Array.isArray(headers) && headers.some((header) => /^(?:set-)?cookie$/i.test(nameIn(header) ?? ""))
    );
  });
}

/** More than any file has: what is too much for a jar is seen when it gets the cookies. */
const LIMITS = { maxCookies: Number.MAX_SAFE_INTEGER, maxCookiesPerDomain: Number.MAX_SAFE_INTEGER } as const;

/** The responses, one after the other, at the times at which they came. */
class Replay {
  readonly #reading: Reading;
  readonly #hasHidden: boolean;
  readonly #jar = new CookieJar(null, LIMITS);
  /** What was set and not deleted, by what the jar tells cookies apart by: one that expired meanwhile is still seen. */
  readonly #kept = new Map<string, { readonly cookie: StoredCookie; readonly place: Place }>();

  /** @param hasHidden are secrets hidden in it? */
  constructor(reading: Reading, hasHidden: boolean) {
    this.#reading = reading;
    this.#hasHidden = hasHidden;
  }

  take({ where, fields, startedAt }: Entry): void {
    const place = placeAt(`${where}.response`);
    this.#reading.attempt(place, null, () => {
      const headers = setCookiesOf(fieldsOf(fields["response"]) ?? {});
      if (headers.length === 0) return;
      if (startedAt === null)
        throw new Refusal(
          "time",
          "its entry does not say when it began, so it is not known when its cookies end",
        );
      const url = urlOf(fieldsOf(fields["request"]) ?? {});
      for (const header of headers) this.#store(place, header, url, startedAt);
    });
  }

  #store(place: Place, header: SetCookie, url: Url, time: number): void {
    this.#reading.attempt(place, header.name, () => {
      const text = header.text();
      const [, hidden = null] = (this.#hasHidden && /^([^=;]*)=\*{3}(?:;|$)/.exec(text)) || [];
      if (hidden !== null) {
        const says = "its value was hidden when the log was written";
        return this.#reading.refuse(place, hidden.trim(), new Refusal("sanitized", says));
      }
      const verdict = this.#jar.store(text, url, time);
      if (verdict.kind === "refused") {
        const says = `its response could not set it (${verdict.reason})`;
        this.#reading.refuse(place, verdict.name, new Refusal(verdict.reason, says));
      } else if (verdict.kind === "stored") {
        this.#kept.set(identityOf(verdict.cookie), { cookie: verdict.cookie, place });
      } else {
        const cookie = deletedBy(text, url, time);
        if (cookie !== null) this.#kept.delete(identityOf(cookie));
      }
    });
  }

  /** Hands over what is left. */
  end(): void {
    for (const { cookie, place } of this.#kept.values()) this.#reading.take(place, cookie.name, () => cookie);
  }
}

/** The cookie that a field which deletes speaks of. */
function deletedBy(header: string, url: Url, time: number): StoredCookie | null {
  const parsed = parseSetCookie(header);
  const cookie = parsed.kind === "parsed" ? receiveCookie(parsed, url, isTrustworthy(url), time) : parsed;
  return "reason" in cookie ? null : cookie;
}

function identityOf({ domain, hostOnly, name, path }: StoredCookie): string {
  return JSON.stringify([domain, hostOnly, name, comparablePath(path)]);
}

/** @throws {Refusal} for what is no URL. */
function urlOf(request: Fields): Url {
  try {
    return parseUrl(textIn(request, "url"));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("url", "the URL of its request is none");
  }
}

/** A `Set-Cookie` field. */
interface SetCookie {
  /** The name of the cookie, where the log has it apart. */
  readonly name: string | null;
  /** One character for each byte. @throws {Refusal} for one that cannot be written. */
  readonly text: () => string;
}

/** The `Set-Cookie` fields of a response; where there are none, its list of cookies, as fields. */
function setCookiesOf(response: Fields): SetCookie[] {
  const list = listIn(response, "cookies");
  const names = new Set(list.map((cookie) => nameIn(cookie)));
  const headers = listIn(response, "headers").flatMap((header) => {
    if (!/^set-cookie$/i.test(nameIn(header) ?? "")) return [];
    // Some tools put all fields of a name into one: a line each, or with commas between them.
    const lines = textIn(recordOf(header), "value").split(/\r?\n/);
    const fields = lines.length === 1 ? lines : lines.filter((line) => line.trim() !== "");
    return fields
      .flatMap((line) => fieldsOfLine(line, names))
      .map((value): SetCookie => ({ name: null, text: () => bytesOfField(value) }));
  });
  if (headers.length > 0) return headers;
  return list.map((cookie) => ({
    name: nameIn(cookie),
    text: () => fieldOfCookie(recordOf(cookie)),
  }));
}

/** A comma, and what looks like the next cookie. */
const NEXT_COOKIE = /,[ \t]*([^\s;,="]+)=/g;

/**
 * The fields that were joined with commas. A comma may be a part of a value: there it ends a field only when the log names a cookie
 * that begins behind it. Among the attributes nothing but a date has a comma, with no name behind it.
 */
function fieldsOfLine(line: string, names: ReadonlySet<string | null>): string[] {
  const fields: string[] = [];
  let start = 0;
  let attributes = line.indexOf(";");
  for (const { index, 1: name = "" } of line.matchAll(NEXT_COOKIE)) {
    const isInValue = attributes === -1 || index < attributes;
    if (isInValue && !names.has(name)) continue;
    fields.push(line.slice(start, index));
    start = index + 1;
    if (!isInValue) attributes = line.indexOf(";", start);
  }
  return [...fields, line.slice(start)];
}

/** @throws {Refusal} for what is no list. */
function listIn(fields: Fields, name: string): readonly unknown[] {
  const list: unknown = fields[name] ?? [];
  if (!Array.isArray(list)) throw new Refusal("kind", `its ${name} are no list`);
  return list;
}

function bytesOfField(value: string): string {
  const bytes = bytesOf(value);
  if (bytes === null)
    throw new Refusal("character", "its Set-Cookie lost bytes when the log was written or read");
  return bytes;
}

/** A date in ISO 8601, as the format has it, or one of a `Set-Cookie` field, in milliseconds; `null` for the end of the session. */
function expiryOf(fields: Fields): number | null {
  const { expires } = fields;
  if (expires === "") return null;
  const time = typeof expires === "string" && /\bGMT$/.test(expires) ? parseCookieDate(expires) : null;
  return time ?? dateIn(fields, "expires", "expiry");
}

/** Later dates are none in a field. */
const LAST_DATE = Date.UTC(9999, 11, 31, 23, 59, 59);

/** A cookie of the list, as the field that set it. @throws {Refusal} for one that would be another cookie as a field. */
function fieldOfCookie(fields: Fields): string {
  const name = bytesIn(fields, "name");
  const value = bytesIn(fields, "value");
  const domain = textIn(fields, "domain", "");
  const path = bytesIn(fields, "path", "");
  const sameSite = textIn(fields, "sameSite", "");
  if (/[;\r\n]/.test(name + value + domain + path + sameSite))
    throw new Refusal("character", "it has a character that cannot stand in a cookie");
  if (name.includes("=")) throw new Refusal("name", 'its name has "=" in it');
  const expires = expiryOf(fields);
  return [
    `${name}=${value}`,
    domain === "" ? "" : `Domain=${domain}`,
    path === "" ? "" : `Path=${path}`,
    expires === null ? "" : `Expires=${new Date(Math.min(expires, LAST_DATE)).toUTCString()}`,
    flagIn(fields, "secure", false) ? "Secure" : "",
    flagIn(fields, "httpOnly", false) ? "HttpOnly" : "",
    sameSite === "" ? "" : `SameSite=${sameSite}`,
  ]
    .filter((part) => part !== "")
    .join("; ");
}
