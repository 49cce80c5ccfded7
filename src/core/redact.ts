/**
 * What may be shown of a secret: nothing. Used by messages, `util.inspect` and `JSON.stringify` of every public object.
 *
 * May import: `core/`. Pure.
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
  // A fragment may hold parameters too: a token, after some logins.
  const parts = url.slice(end).split("#").map(hideValues);
  return hideUserinfo(url.slice(0, end)) + parts.join("#");
}

function hideValues(parameters: string): string {
  return parameters
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = pair.slice(0, Math.max(equals, 0));
      return isSecretName(name.startsWith("?") ? name.slice(1) : name) ? `${name}=${REDACTED}` : pair;
    })
    .join("&");
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
