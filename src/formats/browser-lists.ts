/**
 * Lists of cookies as browsers give them: to the programs that drive them (Playwright, Puppeteer, the DevTools protocol,
 * WebDriver), and to extensions (`chrome.cookies`, and what exports it: EditThisCookie, Cookie-Editor).
 *
 * Times are in seconds, with fractions. What belongs to a browser alone is left out: sizes, priorities, ports.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import { sameSiteWord } from "../cookies/parse.ts";
import { dataOf } from "./detect.ts";
import { bytesIn, flagIn, nameIn, numberIn, recordOf, textIn, type Fields } from "./fields.ts";
import { fieldsOf, type FileInput } from "./input.ts";
import { notOfFormat, type FormatName, type ReadOptions } from "./problem.ts";
import { millisecondsOf, placeAt, Reading, Refusal, timeOf, type Draft, type ReadCookies } from "./reading.ts";

/** What one kind of lists has. */
interface Layout {
  readonly format: Extract<FormatName, "browser" | "extension">;
  readonly taker: string;
  /** Fields with the time of expiry, in seconds. */
  readonly times: readonly string[];
}

const BROWSER: Layout = { format: "browser", taker: "parseBrowserCookies()", times: ["expires", "expiry"] };
const EXTENSION: Layout = { format: "extension", taker: "parseExtensionCookies()", times: ["expirationDate"] };
/** A time under a name that the list does not have would be a cookie that ends with the session. */
const TIMES = ["expires", "expiry", "expirationDate", "maxAge", "max-age", "Expires"];

/**
 * Reads a browser's list of cookies: of Playwright (`context.cookies()`, `storageState()`), Puppeteer, the DevTools protocol
 * (`expires` in seconds, -1 for a cookie that ends with the session) or WebDriver (`expiry`). A domain without a dot in front is that
 * host alone.
 *
 * @param input the list, an object that has it as `cookies`, or the text or bytes of a file with one of them.
 * @throws {FormatError} for a file of another format, with what it is. {@link TypeError} for what is no file.
 */
export function parseBrowserCookies(input: FileInput | object, options: ReadOptions = {}): ReadCookies {
  return parseList(input, options, BROWSER);
}

/**
 * Reads what extensions of browsers export: a list with `expirationDate` in seconds, absent for a cookie that ends with the session,
 * `hostOnly`, and `"no_restriction"` or `"unspecified"` as `sameSite`.
 *
 * @param input the list, an object that has it as `cookies`, or the text or bytes of a file with one of them.
 * @throws {FormatError} for a file of another format, with what it is. {@link TypeError} for what is no file.
 */
export function parseExtensionCookies(input: FileInput | object, options: ReadOptions = {}): ReadCookies {
  return parseList(input, options, EXTENSION);
}

function parseList(input: FileInput | object, options: ReadOptions, layout: Layout): ReadCookies {
  const reading = new Reading(timeOf(options, layout.taker));
  const data = dataOf(input, layout.format, layout.taker);
  const list = Array.isArray(data) ? data : fieldsOf(data)?.["cookies"];
  if (!Array.isArray(list)) throw notOfFormat(layout.format, null, "it is no list, and has no list named cookies");
  const start = Array.isArray(data) ? "" : "cookies";
  for (const [at, item] of list.entries())
    reading.take(placeAt(`${start}[${at}]`), nameIn(item), () => draftOf(recordOf(item), layout));
  if (!Array.isArray(data)) refuseStorage(data, reading);
  return reading.found();
}

/** A login may be in the local storage of a page, too: it is not lost in silence. */
function refuseStorage(data: unknown, reading: Reading): void {
  for (const name of ["origins", "credentials"]) {
    const list = fieldsOf(data)?.[name];
    if (!Array.isArray(list) || list.length === 0) continue;
    const says = "what pages and browsers keep beside cookies is not read";
    reading.refuse(placeAt(name), null, new Refusal("storage", says));
  }
}

/** @throws {Refusal} for a cookie that is not as such lists have them. */
function draftOf(fields: Fields, layout: Layout): Draft {
  const domain = textIn(fields, "domain", "");
  if (domain === "") throw new Refusal("unbound", "it has no domain, so it does not say whose it is");
  return {
    name: bytesIn(fields, "name"),
    value: bytesIn(fields, "value"),
    domain,
    hostOnly: flagIn(fields, "hostOnly", !domain.startsWith(".")),
    path: bytesIn(fields, "path", "/"),
    expires: expiryOf(fields, layout),
    secure: flagIn(fields, "secure", false),
    httpOnly: flagIn(fields, "httpOnly", false),
    sameSite: sameSiteIn(fields),
    partition: partitionOf(fields),
  };
}

/** In milliseconds; `null` for the end of the session. */
function expiryOf(fields: Fields, { times }: Layout): number | null {
  const given = TIMES.filter((name) => (fields[name] ?? null) !== null);
  const foreign = given.find((name) => !times.includes(name));
  if (foreign !== undefined)
    throw new Refusal("fields", `it has ${foreign}, and the time of such a list is ${times.join(" or ")}`);
  const [name, another] = given;
  if (another !== undefined) throw new Refusal("expiry", `it has both ${name} and ${another}`);
  const seconds = name === undefined ? null : numberIn(fields, name);
  const isSession = flagIn(fields, "session", seconds === null || seconds === -1);
  if (seconds === null || seconds === -1 || (isSession && seconds === 0)) return null;
  if (isSession) throw new Refusal("expiry", "it has a time of expiry, and says that it ends with the session");
  return millisecondsOf(seconds);
}

/** Words for a cookie whose server said nothing. */
const UNSAID: ReadonlySet<string> = new Set(["", "unspecified", "default"]);

function sameSiteIn(fields: Fields): StoredCookie["sameSite"] {
  const word = textIn(fields, "sameSite", "").toLowerCase();
  if (UNSAID.has(word)) return null;
  const sameSite = word === "no_restriction" ? "none" : sameSiteWord(word);
  if (sameSite === null) throw new Refusal("kind", `its sameSite is no such word: ${JSON.stringify(word.slice(0, 40))}`);
  return sameSite;
}

/** What tells cookies of one name, host and path apart in a browser: the page, the profile, the container. */
function partitionOf({ partitionKey, firstPartyDomain, storeId }: Fields): string {
  return [partitionKey, firstPartyDomain, storeId].map(partOf).join("\n");
}

/** A text, a number, or an object of them. */
function partOf(part: unknown): string {
  const fields = fieldsOf(part);
  if (fields === null) return scalarOf(part);
  const names = Object.keys(fields).toSorted();
  return names.map((name) => `${name}=${scalarOf(fields[name])}`).join("&");
}

function scalarOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
