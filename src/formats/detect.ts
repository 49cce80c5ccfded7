/**
 * Which format a file is of. It is named only when the file says so, or has what no other format has; never by its file name, and
 * never as the likeliest of several.
 */
import { mustBe } from "../core/checks.ts";
import { isObject } from "../core/realm.ts";
import { fieldsOf, isFileInput, linesOf, parseJson, textOf, type FileInput } from "./input.ts";
import { notOfFormat, type FormatName, type ReadFormat, type RefusedFormat } from "./problem.ts";

/**
 * The format of a file, or `null` when it is none of these, or could be several: a list of cookies without any time, for
 * example. `"pickle"`, `"sqlite"` and `"binarycookies"` are told, and read by nothing here.
 *
 * @param input the text of the file, its bytes, or what `JSON.parse` made of it.
 * @throws {TypeError} for anything else.
 */
export function detectFormat(input: FileInput | object): FormatName | null {
  return see(input, "detectFormat()").format;
}

/** A file, as far as one must look at it to see what it is. */
interface Seen {
  readonly format: FormatName | null;
  /** What it is as JSON; `undefined` when it is none. */
  readonly data: unknown;
  /** Does it begin as JSON does? Then it is JSON, or was meant to be. */
  readonly isJson: boolean;
  /** Why it is no JSON, as a clause; `""` when it is. */
  readonly says: string;
}

/**
 * Looks at a file of whatever format. JSON is parsed once: readers go on with the data.
 *
 * @throws {TypeError} for what is no file.
 */
export function see(input: unknown, taker: string): Seen {
  if (!isFileInput(input)) {
    if (!isObject(input))
      throw mustBe(`what ${taker} reads`, "the text of a file, its bytes, or parsed JSON", input);
    return { format: formatOfData(input), data: input, isJson: true, says: "" };
  }
  const refused = refusedFormatOf(input);
  if (refused !== null) return { format: refused, data: undefined, isJson: false, says: "" };
  const { text } = textOf(input);
  if (!/^[\t\n\r ]*[[{]/.test(text)) {
    const says = text.trim() === "" ? "it is empty" : "it is no JSON";
    return { format: formatOfText(input), data: undefined, isJson: false, says };
  }
  const parsed = parseJson(input);
  // The domain of a cookie may begin with a bracket.
  if (parsed.kind === "fault")
    return { format: formatOfText(input), data: undefined, isJson: true, says: parsed.says };
  return { format: formatOfData(parsed.value), data: parsed.value, isJson: true, says: "" };
}

/**
 * The data of a file in JSON.
 *
 * @throws {FormatError} when it is of another format, or no JSON.
 * @throws {TypeError} for what is no file.
 */
export function dataOf(input: unknown, wanted: ReadFormat, taker: string): unknown {
  const { format, data, says } = see(input, taker);
  if (data === undefined || (format !== null && format !== wanted)) throw notOfFormat(wanted, format, says);
  return data;
}

/** As protocols 2 to 5 begin: in bytes, in a text of bytes, and in one that was read as UTF-8. */
// oxlint-disable-next-line no-control-regex -- the number of the protocol is one
const PICKLE = /^[\x80\ufffd][\x02-\x05]/;
/** As protocols 0 and 1 begin: with the name of what is called, or with a list or a dictionary that is put into the memo. */
const OLD_PICKLE = /^(?:\(?c[A-Za-z_][\w.]{0,200}\r?\n[A-Za-z_]\w{0,200}\r?\n|\([dl]p\d{1,9}\r?\n|[\]}]q\0)/;

/** A format that is known, and read by nothing here. */
function refusedFormatOf(input: FileInput): RefusedFormat | null {
  const start = textOf(typeof input === "string" ? input.slice(0, 500) : input.subarray(0, 500)).text;
  if (PICKLE.test(start) || OLD_PICKLE.test(start)) return "pickle";
  if (start.startsWith("SQLite format 3\0")) return "sqlite";
  return /^cook\0[^]{3}/.test(start) ? "binarycookies" : null;
}

/**
 * Does a cookie begin here that scripts do not see? Tools differ in case and blanks: a comment with the same word would lose a
 * login.
 */
export function isHttpOnlyLine(line: string): boolean {
  return /^[ \t]*#[ \t]*HttpOnly_/i.test(line);
}

function formatOfText(input: FileInput): FormatName | null {
  for (const { written: text } of linesOf(input)) {
    if (/^#(?: Netscape)? HTTP Cookie File/i.test(text)) return "cookies.txt";
    if (/^#LWP-Cookies-\d/.test(text) || text.startsWith("Set-Cookie3:")) return "lwp";
    const isComment = text.startsWith("#") && !isHttpOnlyLine(text);
    if (isComment || text.trim() === "") continue;
    return isNetscapeRow(text) ? "cookies.txt" : null;
  }
  return null;
}

function isNetscapeRow(row: string): boolean {
  const [, flag = "", path = "", secure = "", expiry = "", ...pair] = row.split("\t", 9);
  if (pair.length !== 1 && pair.length !== 2) return false;
  const areFlags = [flag, secure].every((word) => /^(?:TRUE|FALSE)$/i.test(word));
  return areFlags && path.startsWith("/") && /^\d*(?:\.\d*)?$/.test(expiry);
}

function formatOfData(data: unknown): FormatName | null {
  if (Array.isArray(data)) return formatOfList(data);
  const fields = fieldsOf(data);
  if (fields === null) return null;
  if (Array.isArray(fieldsOf(fields["log"])?.["entries"])) return "har";
  const { version, cookies } = fields;
  if (isHttpie(fields)) return "httpie";
  if (!Array.isArray(cookies)) return null;
  // Playwright's, which has no cookie yet.
  if (cookies.length === 0 && Array.isArray(fields["origins"])) return "browser";
  if (typeof version === "string" && version.startsWith("tough-cookie@")) return "tough-cookie";
  if ("storeType" in fields && "rejectPublicSuffixes" in fields) return "tough-cookie";
  return version === 1 ? "sojourn" : formatOfList(cookies);
}

/** The first versions wrote no `__meta__`, and HTTPie reads files without it. */
function isHttpie(fields: Readonly<Record<string, unknown>>): boolean {
  const meta = fieldsOf(fields["__meta__"]);
  if (meta !== null) return meta["about"] === "HTTPie session file" || typeof meta["httpie"] === "string";
  const { cookies, headers, auth } = fields;
  return isObject(cookies) && isObject(headers) && fieldsOf(auth) !== null;
}

/** All cookies that say anything of their format must say the same. */
function formatOfList(list: readonly unknown[]): FormatName | null {
  const formats = new Set<FormatName>();
  for (const item of list) {
    const fields = fieldsOf(item);
    if (fields === null) return null;
    for (const format of formatsOfCookie(fields)) formats.add(format);
  }
  const [format = null, another] = formats;
  return another === undefined ? format : null;
}

/** What the fields of a cookie say of its format: each of them is one format's own. */
function formatsOfCookie(fields: Readonly<Record<string, unknown>>): FormatName[] {
  if (!("name" in fields)) return "key" in fields && "value" in fields ? ["tough-cookie"] : [];
  const formats: FormatName[] = [];
  if ("createdAt" in fields) formats.push("sojourn");
  else if ("expires" in fields || "expiry" in fields) formats.push("browser");
  const sameSite = typeof fields["sameSite"] === "string" ? fields["sameSite"].toLowerCase() : "";
  const isWordOfExtensions = sameSite === "no_restriction" || sameSite === "unspecified";
  const isOfExtension = "expirationDate" in fields || "storeId" in fields || isWordOfExtensions;
  if (isOfExtension || ("hostOnly" in fields && formats.length === 0)) formats.push("extension");
  return formats;
}
