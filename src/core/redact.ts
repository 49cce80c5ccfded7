/**
 * What may be shown of a secret: nothing. Used by messages, `util.inspect` and `JSON.stringify` of every public object.
 *
 * May import: `core/`. Pure.
 */

/** Stands where a secret was. */
export const REDACTED = "***";

/** Node calls a method with this key to print an object. */
export const inspectKey: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** What Node hands to a method under {@link inspectKey} for printing the parts of an object. */
export type Inspect = (value: unknown, options?: object) => string;

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
  const start = url.indexOf("?");
  if (start === -1) return hideUserinfo(url);
  const hash = url.indexOf("#", start);
  const end = hash === -1 ? url.length : hash;
  const query = url
    .slice(start + 1, end)
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals > 0 && isSecretName(pair.slice(0, equals)) ? `${pair.slice(0, equals)}=${REDACTED}` : pair;
    })
    .join("&");
  return `${hideUserinfo(url.slice(0, start))}?${query}${url.slice(end)}`;
}

/** The user info ends at the last `@` before the path, as the parser of `core/url.ts` reads it. */
function hideUserinfo(url: string): string {
  const slashes = url.indexOf("://");
  if (slashes === -1) return url;
  const from = slashes + 3;
  const path = url.slice(from).search(/[/\\?#]/);
  const to = path === -1 ? url.length : from + path;
  const at = url.slice(from, to).lastIndexOf("@");
  return at === -1 ? url : url.slice(0, from) + url.slice(from + at + 1);
}
