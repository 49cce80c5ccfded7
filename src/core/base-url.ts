/**
 * A base URL: a place to go on from. What is given is appended to its path, and stays below it; only what begins with
 * `scheme://` leads elsewhere. Pure.
 */
import { InvalidURL } from "./errors.ts";
import { bareUrl } from "./redact.ts";
import { parseUrl, type Url } from "./url.ts";

/**
 * Reads the option `baseUrl`.
 *
 * @throws {TypeError} for one with a query or a fragment: nothing can be appended to those.
 * @throws {InvalidURL} for what is no URL, {@link MissingSchema} among it.
 */
export function parseBaseUrl(given: string | URL): Url {
  const text = String(given);
  const url = parseUrl(text);
  if (url.query !== null || text.includes("#")) {
    const part = text.includes("#") ? "a fragment" : "a query";
    throw new TypeError(
      `baseUrl must be a URL without query and fragment, for requests go on from its path: ${JSON.stringify(bareUrl(text))} has ${part}`,
    );
  }
  return url;
}

/** Does it stand for itself, whatever the base URL is? */
export function isAbsolute(reference: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(reference);
}

/** What browsers read as another host: `//host`, also with turned slashes, and also behind a scheme. */
const HOST_WITHOUT_SCHEME = /^(?:(?:[a-z][a-z0-9+.-]*:)?[/\\]{2}|\\)/i;
/** Is there a segment of two dots at all? Each may be escaped, and some servers take `\` for `/`. */
const TWO_DOTS = /(?:^|[/\\])(?:\.|%2e){2}(?:[/\\]|$)/i;
/**
 * One or two dots that are a segment only once an escaped slash, plain or turned, ends one, or what follows a `;` is cut off.
 * Many servers and proxies do that (nginx, Tomcat), and resolve dot segments afterwards.
 */
const HIDDEN_DOTS =
  /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:;|%3b|%2f|%5c)|(?:%2f|%5c)(?:\.|%2e){1,2}(?:[/\\]|$)/i;
/** A segment that leads nowhere: empty or one dot, as it is or to servers that read it so. Some of them drop such ones. */
const STANDING = /^(?:%2f|%5c)*(?:\.|%2e)?(?:(?:;|%3b).*)?$/is;

/**
 * The URL of what is given below `base`: its path without the last slashes, `/`, and what is given without its first one.
 * Nothing, a query or a fragment alone add no slash. Without user info.
 *
 * @param reference what is not {@link isAbsolute}.
 * @throws {InvalidURL} for what names a host without a scheme, or whose dot segments lead above the base's path, or are hidden
 * behind `%2F`, `%5C` or before `;`, wherever those lead.
 */
export function joinBase(base: Url, reference: string): string {
  if (HOST_WITHOUT_SCHEME.test(reference)) {
    throw new InvalidURL(
      `${shown(reference)} is no path below the base URL: for another host write its scheme, as in "https://host/path"; for a path, one slash or none`,
    );
  }
  const end = reference.search(/[?#]/);
  const path = end === -1 ? reference : reference.slice(0, end);
  const root = `${base.scheme}://${base.authority}`;
  if (path === "") return root + base.path + reference;
  if (TWO_DOTS.test(path) && (leaves(path, /\//) || leaves(path, /[/\\]/)))
    throw new InvalidURL(`the dot segments of ${shown(reference)} lead out of the base URL's path`);
  if (HIDDEN_DOTS.test(path)) {
    throw new InvalidURL(
      `${shown(reference)} has a segment that is "." or ".." to servers which decode %2F and %5C or cut ";" off, and may lead out of the base URL's path: resolve it first, or send it as a parameter`,
    );
  }
  const rest = path.startsWith("/") ? reference.slice(1) : reference;
  return `${root}${withoutLastSlashes(base.path)}/${rest}`;
}

/** Does a path lead above its beginning, on the way or in the end? {@link STANDING} segments count for none. */
function leaves(path: string, separator: RegExp): boolean {
  let depth = 0;
  for (const segment of path.split(separator)) {
    if (/^(?:\.|%2e){2}$/i.test(segment)) depth--;
    else if (!STANDING.test(segment)) depth++;
    if (depth < 0) return true;
  }
  return false;
}

function withoutLastSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}

function shown(reference: string): string {
  return JSON.stringify(bareUrl(reference));
}
