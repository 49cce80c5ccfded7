/**
 * What readers could not take and writers could not say: the words that all formats share. No value of a cookie is in them.
 */
import type { CookieRefusalReason } from "../core/cookie-store.ts";

/**
 * The formats that are known, by name. `"sojourn"` is what `JSON.stringify(jar)` writes. Known to be refused are `"pickle"`,
 * `"sqlite"` (the file in which Chrome and Firefox keep their own cookies) and `"binarycookies"` (that of Safari).
 */
export type FormatName =
  | "binarycookies"
  | "browser"
  | "cookies.txt"
  | "extension"
  | "har"
  | "httpie"
  | "lwp"
  | "pickle"
  | "sojourn"
  | "sqlite"
  | "tough-cookie";

/** Those that nothing here reads. */
export type RefusedFormat = Extract<FormatName, "binarycookies" | "pickle" | "sqlite">;

/** Those that can be read. */
export type ReadFormat = Exclude<FormatName, RefusedFormat>;

/** Why something of a file was not taken: one word, for programs. For cookies of responses, those of the jar as well. */
export type ProblemReason =
  | CookieRefusalReason
  | "auth"
  | "body"
  | "character"
  | "expired"
  | "expiry"
  | "fields"
  | "flag"
  | "header"
  | "host"
  | "kind"
  | "method"
  | "name"
  | "partition"
  | "path"
  | "port"
  | "prefix"
  | "sanitized"
  | "set-cookie-line"
  | "storage"
  | "time"
  | "unbound"
  | "url";

/** Something of a file that is not in what its reader gives: a line, a cookie, a request. */
export interface Problem {
  /** Where it stands: `"line 3"`, `"cookies[2]"`, `"log.entries[4].response"`. */
  readonly where: string;
  /** Number of the line in a text, from 1; `null` in JSON. */
  readonly line: number | null;
  /** Name of the cookie or the header field; `null` where none could be read. */
  readonly name: string | null;
  /** Why it was not taken: one word, for programs. */
  readonly reason: ProblemReason;
  /** The same for people: a sentence with the place in it. No value of a cookie is in it. */
  readonly message: string;
}

/** A cookie, by what tells it from others. */
export interface CookieIdentity {
  /** Its name. */
  readonly name: string;
  /** Its domain, without a leading dot; `""` for none. */
  readonly domain: string;
  /** Its path. */
  readonly path: string;
}

/** What a format has no place for. */
export interface Loss {
  /**
   * `"cookie"`: the cookies are not in the text at all. Else the one field that is missing of them: they are in the text
   * without it. `"auth"` and `"headers"`: the same of a session.
   */
  readonly what: "cookie" | "createdAt" | "domain" | "httpOnly" | "sameSite" | "auth" | "headers";
  /** Why, for people. */
  readonly reason: string;
  /** The cookies that it is about; empty when it is about none. */
  readonly cookies: readonly CookieIdentity[];
}

/** What readers may be told. */
export interface ReadOptions {
  /** The time in milliseconds since the epoch: what has expired by then is not taken. Default: the machine's clock. */
  readonly now?: number | undefined;
}

/**
 * The file as a whole is not of the format, so nothing of it was read. Single lines and cookies that cannot be taken are no
 * error: a reader lists them as problems.
 */
export class FormatError extends Error {
  /** The name of the class. */
  override readonly name: string = "FormatError";
  /** Says which error it is, whatever realm or copy of the package its class is from. */
  readonly code: string = "ERR_FORMAT";
  /** What the file is instead, where that could be seen; else `null`. */
  readonly found: FormatName | null;

  constructor(message: string, found: FormatName | null) {
    super(message);
    this.found = found;
  }
}

/** What a format is called, and what reads it. */
const FORMATS: Readonly<Record<ReadFormat, { readonly title: string; readonly reader: string }>> = {
  browser: { title: "a browser's list of cookies", reader: "parseBrowserCookies()" },
  "cookies.txt": { title: "a cookies.txt", reader: "parseCookiesTxt()" },
  extension: { title: "a cookie list of a browser extension", reader: "parseExtensionCookies()" },
  har: { title: "a HAR file", reader: "parseHar()" },
  httpie: { title: "a session file of HTTPie", reader: "parseHttpie()" },
  lwp: { title: "a file of LWP cookies", reader: "parseLwp()" },
  sojourn: { title: "a saved jar", reader: "CookieJar.fromJSON(data), or new CookieJar(list)," },
  "tough-cookie": { title: "a jar of tough-cookie", reader: "parseToughCookie()" },
};

const EXPORT =
  "an extension of the browser exports them as a cookies.txt, which parseCookiesTxt() reads, or as a list, which parseExtensionCookies() reads";

/** Why a file is refused, and how to go on. */
const REFUSED: Readonly<Record<RefusedFormat, string>> = {
  pickle:
    "this is a Python pickle, which can run any program when it is read: nothing but Python may read one. There, write it as text: " +
    'jar = http.cookiejar.MozillaCookieJar("cookies.txt"), jar.set_cookie(cookie) for each cookie of the pickle, ' +
    "jar.save(ignore_discard=True, ignore_expires=True); then parseCookiesTxt()",
  sqlite: `this is a database of SQLite, such as Chrome and Firefox keep their own cookies in, and nothing here opens one: ${EXPORT}`,
  binarycookies: `this is the file in which Safari keeps its own cookies, and nothing here opens one: ${EXPORT}`,
};

/**
 * The error for a file that is of another format than its reader reads.
 *
 * @param found what it is; `null` when that could not be seen.
 * @param why what is missing, as a clause; `""` for nothing to say.
 */
export function notOfFormat(wanted: ReadFormat, found: FormatName | null, why: string = ""): FormatError {
  if (found !== null && isRefused(found)) return new FormatError(REFUSED[found], found);
  const start = `this is not ${FORMATS[wanted].title}`;
  if (found === null || found === wanted)
    return new FormatError(why === "" ? start : `${start}: ${why}`, null);
  const { title, reader } = FORMATS[found];
  return new FormatError(`${start}, but ${title}: ${reader} reads it`, found);
}

function isRefused(format: FormatName): format is RefusedFormat {
  return Object.hasOwn(REFUSED, format);
}
