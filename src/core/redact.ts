/**
 * What may be shown of a secret: nothing. Used by messages, `util.inspect` and `JSON.stringify` of every public object.
 */

/** Stands where a secret was. */
export const REDACTED = "***";

/** What Node hands over for printing the parts of an object. */
type Inspect = (value: unknown, options?: object) => string;

/** Says how `util.inspect` prints instances of a class. Called once, in a static block of it. */
export function printAs<Printed>(
  type: abstract new (...parts: never[]) => Printed,
  print: (value: Printed, options: object, inspect: Inspect) => string,
): void {
  // Node calls a method under this key. It is put on here and not written in the class: a computed name cannot stand in
  // declarations that are made file by file.
  Object.defineProperty(type.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: Printed, _depth: number, options: object, inspect: Inspect): string {
      return print(this, options, inspect);
    },
  });
}

const SECRET_NAME =
  /auth|token|secret|passw|passphrase|pwd|api-?_?key|access-?_?key|cookie|session|sessid|signature|credential|jwt|csrf|xsrf|(^|[-_.])(key|sig|code|pass|otp|sid)$/i;

/** Most texts have no such name in them, which is seen at once. */
const SOME_SECRET_NAME = new RegExp(
  SECRET_NAME.source.replace("(^|[-_.])", String.raw`(?<![a-z\d])`).replace(/\$$/, String.raw`(?![a-z\d])`),
  "i",
);

/** Does a header, parameter or field of this name usually hold a secret? */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** `url` without user, password, query and fragment: an error message may end up in a log. */
export function bareUrl(url: string): string {
  const end = url.search(/[?#]/);
  return shownPath(end === -1 ? hideUserinfo(url, "") : hideUserinfo(url.slice(0, end), url.slice(end)));
}

/** `url` as a person needs to see it: whole, but for the user info and the values of parameters that look secret. */
export function shownUrl(url: string): string {
  const end = url.search(/[?#]/);
  if (end === -1) return shownPath(hideUserinfo(url, ""));
  const start = shownPath(hideUserinfo(url.slice(0, end), url.slice(end)));
  // The password goes on.
  if (start.endsWith(REDACTED)) return start;
  // A fragment may hold parameters too: a token, after some logins.
  return start + url.slice(end).split("#").map(shownFields).join("#");
}

/** Without the values of parameters in it that look secret. */
function shownPath(path: string): string {
  if (!path.includes(";")) return path;
  return path.replaceAll(PATH_PARAMETER, (whole: string, start: string, name: string) =>
    isSecretName(decoded(name)) ? start + REDACTED : whole,
  );
}

/**
 * `name=value&name=value`: a query, be it with its `?`, or a form. Values are hidden whose names look secret, and those in which there is a
 * URL with a secret.
 */
export function shownFields(parameters: string): string {
  return parameters
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = pair.slice(0, Math.max(equals, 0));
      const isSecret =
        isSecretName(decoded(name.startsWith("?") ? name.slice(1) : name)) ||
        holdsSecret(pair.slice(equals + 1));
      return equals > -1 && isSecret ? `${name}=${REDACTED}` : pair;
    })
    .join("&");
}

/** A URL may be the parameter of another one, and that of a third. */
const MOST_NESTED = 3;

/**
 * Is there a URL in the value of a parameter, be it escaped, with user info or with a parameter that looks secret? Or JSON with a member of
 * such a name?
 */
export function holdsSecret(value: string): boolean {
  let text = value;
  for (let depth = 0; depth < MOST_NESTED && /[?&#@%;"']/.test(text); depth++) {
    if (new RegExp(USER_INFO, "").test(text) || quotedSecrets(text).length > 0) return true;
    for (const [, name = ""] of text.matchAll(PARAMETER_NAME)) if (isSecretName(decoded(name))) return true;
    text = decoded(text);
  }
  return false;
}

/** The name of a parameter: it may be written with escapes that it does not need. */
export function decoded(name: string): string {
  return name.replaceAll(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Fields whose value is a URL, and nothing else. */
const URL_FIELD = /^(?:location|content-location|referer)$/i;

/** The value of a header field: nothing of a secret one, others without what is secret in the URLs in them. */
export function shownField(name: string, value: string): string {
  if (isSecretName(name)) return REDACTED;
  return URL_FIELD.test(name) ? shownUrl(value) : shownUrls(value);
}

const USER_INFO = /:\/\/[^/\\?#\s<>"]*@/g;
/** The value goes on behind an escaped quote: the text may be JSON. */
const PARAMETER = /([?&#]([^=&#?\s<>"]+)=)[^&#\\\s<>"]*(?:\\.[^&#\\\s<>"]*)*/g;

const PARAMETER_NAME = /[?&#;]([^=&#?;\s<>"]+)=/g;

/** A parameter of a segment of a path (RFC 3986 §3.3), such as `;jsessionid=`. */
const PATH_PARAMETER = /(;(?<=\/[\w.~%,;=-]{0,256};)([\w~%-]{1,64})=)[^/?&#;\\\s<>"']*/g;

/** May there be anything in this text that {@link shownUrls} hides? */
export function mayHoldSecrets(text: string): boolean {
  return /[?&#@;"'`]/.test(text);
}

/** Text in which there may be URLs, and members of JSON or of programs: each without what {@link secretsOfUrls} finds, and without user info. */
export function shownUrls(text: string): string {
  if (!mayHoldSecrets(text)) return text;
  let shown = "";
  let at = 0;
  for (const { from, to, name } of secretsOfUrls(text)) {
    // With the `@`.
    const isUserInfo = name === USER_INFO_NAME && text[to] === "@";
    shown += text.slice(at, from) + (isUserInfo ? "" : REDACTED);
    at = isUserInfo ? to + 1 : to;
  }
  return shown + text.slice(at);
}

/** A part of a text that usually is a secret. */
export interface SecretPart {
  readonly from: number;
  readonly to: number;
  /** What it is called: the name of its parameter, or `userinfo`. */
  readonly name: string;
}

const USER_INFO_NAME = "userinfo";

/**
 * What {@link shownUrls} hides of a text, in order: user info of URLs, and what stands under a name that looks secret, be it a parameter or,
 * in quotes, a member.
 */
export function secretsOfUrls(text: string): SecretPart[] {
  if (!mayHoldSecrets(text)) return [];
  const found: SecretPart[] = quotedSecrets(text);
  for (const { 0: whole, index } of text.matchAll(USER_INFO))
    found.push({ from: index + 3, to: index + whole.length - 1, name: USER_INFO_NAME });
  for (const pattern of [PARAMETER, PATH_PARAMETER])
    for (const { 0: whole, 1: start = "", 2: name = "", index } of text.matchAll(pattern)) {
      const part = { from: index + start.length, to: index + whole.length, name: decoded(name) };
      const isSecret = isSecretName(part.name) || holdsSecret(text.slice(part.from, part.to));
      if (isSecret && part.from < part.to) found.push(part);
    }
  const all: SecretPart[] = [];
  for (const part of found.sort((one, other) => one.from - other.from)) {
    const last = all.at(-1);
    if (last === undefined || part.from >= last.to) all.push(part);
    else if (part.to > last.to) all[all.length - 1] = { from: last.from, to: part.to, name: part.name };
  }
  return all;
}

/** A name, in quotes or not, and the quote behind which its value begins. Both may be escaped: the text may stand in JSON. */
const MEMBER = /(?<![\w$.-])([\w$.-]{1,64})(?:\\*["'`])?\s*[:=]\s*(\\*)(["'`])/g;

/** Is it no name of an author, and no `key` or `code` alone, of which programs are full? */
function isTellingName(name: string): boolean {
  return isSecretName(name.replaceAll(/author(?!i[sz])|(?:^|[-_.])(?:code|key)$/gi, ""));
}

/**
 * The values in quotes under names that look secret, as in JSON and in programs: `"token":"…"`, `token: '…'`. The text around them may be
 * anything: a page, a stream of events, a query of GraphQL.
 */
function quotedSecrets(text: string): SecretPart[] {
  const found: SecretPart[] = [];
  if (!/["'`]/.test(text) || !SOME_SECRET_NAME.test(text)) return found;
  const members = new RegExp(MEMBER);
  for (let match = members.exec(text); match !== null; match = members.exec(text)) {
    const [, name = "", escapes = "", quote = ""] = match;
    if (!isTellingName(name)) continue;
    const from = members.lastIndex;
    const to = quotedEnd(text, from, escapes.length, quote);
    if (from < to) found.push({ from, to, name });
    members.lastIndex = to;
  }
  return found;
}

/** The end of what is in quotes: its line may break off. @param depth backslashes before its first quote. */
function quotedEnd(text: string, from: number, depth: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\n" && quote !== "`") return at;
    if (sign !== quote) continue;
    let start = at;
    while (start > from && text[start - 1] === "\\") start--;
    const escapes = at - start;
    if (depth === 0 ? escapes % 2 === 0 : escapes <= depth) return at - Math.min(escapes, depth);
  }
  return text.length;
}

/** The name of a field or a cookie, in quotes. Behind a sign that no name has there may be the value, in the wrong place. */
export function shownName(name: string): string {
  const end = name.search(/[:=;,\s]/);
  return JSON.stringify(end === -1 ? name : `${name.slice(0, end)}…`);
}

/** What was given as the method: maybe the URL, in the wrong place. */
export function shownMethod(method: unknown): string {
  return typeof method === "string" ? bareUrl(method) : typeof method;
}

/** `scheme:` and slashes, also too few, too many or turned ones: behind them the authority begins. */
const BEFORE_AUTHORITY = /^\s*(?:(?:[a-z][a-z0-9+.-]*:[/\\]+)|[/\\]{2,}|https?:)/i;
/** A "port" that is no number. */
const LIKE_PASSWORD = /^[^:[\]]*:.*[^0-9]/s;

/**
 * The user info ends at the last `@` before the path, as the parser of `core/url.ts` reads it. A "port" that is no number
 * may be a password with a `/`, `?` or `#` in it: of such a URL only the scheme is shown.
 *
 * @param rest query and fragment, which are not shown here.
 */
function hideUserinfo(url: string, rest: string): string {
  const from = BEFORE_AUTHORITY.exec(url)?.[0].length;
  if (from === undefined) return hideAnywhere(url, rest);
  const path = url.slice(from).search(/[/\\]/);
  const to = path === -1 ? url.length : from + path;
  const authority = url.slice(from, to);
  const at = authority.lastIndexOf("@");
  if (at === -1 && LIKE_PASSWORD.test(authority)) return url.slice(0, from) + REDACTED;
  // A path may have another URL in it.
  return url.slice(0, from) + authority.slice(at + 1) + url.slice(to).replaceAll(USER_INFO, "://");
}

/**
 * Text that does not begin as a URL: a path, or a URL with a slip in it (`https//`, a quote before it, a path in front). There the
 * user info may be in any segment that has `user:password@`, at the beginning, and behind two slashes.
 */
function hideAnywhere(text: string, rest: string): string {
  const isPath = /^[/\\.]/.test(text);
  const lastAt = (text + rest).lastIndexOf("@");
  let shown = "";
  let place = 0;
  let slashes = "";
  for (const part of text.split(/([/\\]+)/)) {
    const isSlashes = /^[/\\]/.test(part);
    const isAuthority = place === 0 ? !isPath : slashes.length > 1;
    const colon = part.indexOf(":");
    const at = part.lastIndexOf("@");
    place += part.length;
    if (isSlashes) shown += part;
    else if (at !== -1 && (isAuthority || (colon !== -1 && colon < at))) shown += part.slice(at + 1);
    else if (at === -1 && LIKE_PASSWORD.test(part) && (slashes.length > 1 || (!isPath && place <= lastAt)))
      return shown + REDACTED;
    else shown += part;
    slashes = isSlashes ? part : "";
  }
  return shown;
}
