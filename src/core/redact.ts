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
  /auth|token|secret|passw|pwd|api-?_?key|(^|[-_])key$|cookie|session|signature|(^|[-_])sig$|credential|(^|[-_])code$|jwt|csrf|xsrf/i;

/** Does a header, parameter or field of this name usually hold a secret? */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** `url` without user, password, query and fragment: an error message may end up in a log. */
export function bareUrl(url: string): string {
  const end = url.search(/[?#]/);
  return hideUserinfo(end === -1 ? url : url.slice(0, end));
}

/** `url` as a person needs to see it: whole, but for the user info and the values of parameters that look secret. */
export function shownUrl(url: string): string {
  const end = url.search(/[?#]/);
  if (end === -1) return hideUserinfo(url);
  const start = hideUserinfo(url.slice(0, end));
  // The password goes on.
  if (start.endsWith(REDACTED)) return start;
  // A fragment may hold parameters too: a token, after some logins.
  return start + url.slice(end).split("#").map(shownFields).join("#");
}

/** `name=value&name=value`: a query, be it with its `?`, or a form. Values are hidden whose names look secret. */
export function shownFields(parameters: string): string {
  return parameters
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = pair.slice(0, Math.max(equals, 0));
      return isSecretName(decoded(name.startsWith("?") ? name.slice(1) : name))
        ? `${name}=${REDACTED}`
        : pair;
    })
    .join("&");
}

/** A name may be written with escapes that it does not need. */
function decoded(name: string): string {
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

/** Text in which there may be URLs: each without user info, and without the values of parameters that look secret. */
export function shownUrls(text: string): string {
  if (!/[?&#@]/.test(text)) return text;
  return text
    .replaceAll(USER_INFO, "://")
    .replaceAll(PARAMETER, (whole, start: string, name: string) =>
      isSecretName(decoded(name)) ? start + REDACTED : whole,
    );
}

/** `scheme:` and slashes; also too few, too many or turned ones, since what is shown may be a mistake. */
const BEFORE_AUTHORITY = /^\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]*/i;

/**
 * The user info ends at the last `@` before the path, as the parser of `core/url.ts` reads it. A "port" that is no number
 * may be a password with a `/`, `?` or `#` in it: of such a URL only the scheme is shown.
 */
function hideUserinfo(url: string): string {
  const from = BEFORE_AUTHORITY.exec(url)?.[0].length ?? 0;
  const path = url.slice(from).search(/[/\\?#]/);
  const to = path === -1 ? url.length : from + path;
  const authority = url.slice(from, to);
  const at = authority.lastIndexOf("@");
  if (at === -1 && from > 1 && /^[^:[\]]*:.*[^0-9]/s.test(authority)) return url.slice(0, from) + REDACTED;
  return at === -1 ? url : url.slice(0, from) + url.slice(from + at + 1);
}
