/**
 * How the parts of a URL are spelled: what is illegal is encoded, escapes of unreserved characters are
 * undone, dot segments are resolved.
 */

/** Every character that may not stand in user info as it is (RFC 3986 §3); `%` is handled apart. */
export const USERINFO: RegExp = /[^A-Za-z0-9\-._~!$&'()*+,;=:%]/gu;
const PATH = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu;
/** The same of queries and fragments. */
export const QUERY: RegExp = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]/gu;

/** A path as it is sent: it begins with `/`. */
export function preparePath(path: string): string {
  return path === "" ? "/" : removeDotSegments(requote(path.startsWith("/") ? path : `/${path}`, PATH));
}

/** A query as it is sent; `null` for none. An empty one is one: `/x?` and `/x` are two resources (RFC 3986 §6.2.3). */
export function prepareQuery(query: string | undefined): string | null {
  return query === undefined ? null : requote(query, QUERY);
}

/** A fragment; `null` for none, and for an empty one. */
export function prepareFragment(fragment: string | undefined): string | null {
  return fragment === undefined || fragment === "" ? null : encodeIllegal(fragment, QUERY);
}

/** Nothing in it needs a look, in whatever part it stands: true of nearly all URLs, and cheap to see. */
const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:/]*$/;

/** Undoes escapes of unreserved characters, writes the others in capitals, encodes what is illegal. */
export function requote(part: string, illegal: RegExp): string {
  if (PLAIN.test(part)) return part;
  const encoded = encodeIllegal(part, illegal);
  if (!encoded.includes("%")) return encoded;
  return encoded.replace(/%([0-9a-fA-F]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase();
  });
}

/** Encodes what must not stand there as it is. */
export function encodeIllegal(part: string, illegal: RegExp): string {
  // A percent sign that starts no escape is data: only that one is encoded, the valid ones stay (PARITY URL-15).
  return part
    .replace(illegal, (character) => encodeURIComponent(character.isWellFormed() ? character : "\ufffd"))
    .replace(/%(?![0-9a-fA-F]{2})/g, "%25");
}

/** Text with its escapes undone; as it stands when they are no UTF-8. */
export function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What needs no escape in a path (RFC 3986 §3.3): it is spelled in one way. */
const PLAIN_PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;

/**
 * A path in the spelling in which paths are compared (RFC 3986 §6.2.2): escapes of letters, digits and `-._~` are those
 * characters, all other escapes have capitals, and what must not stand in a path is escaped. So it does not matter whether a
 * path was respelled, as a request's is, or not, as that of a raw URL or a server's `Path` attribute. `%2F` never becomes a
 * slash. Dot segments stay: see {@link placeOf}.
 *
 * Text of one character for each byte, as from a header, was made ASCII before: see `escapeBytes()`.
 */
export function comparablePath(path: string): string {
  if (PLAIN_PATH.test(path)) return path;
  return path.toWellFormed().replaceAll(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/gu, (found) => {
    if (found.length !== 3 || !found.startsWith("%")) return encodeURIComponent(found);
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : found.toUpperCase();
  });
}

/** The place that a path leads to, in the one spelling of it: {@link comparablePath}, without dot segments. */
export function placeOf(path: string): string {
  return removeDotSegments(comparablePath(path));
}

/** A path without its dot segments (RFC 3986 §5.2.4). */
export function removeDotSegments(path: string): string {
  if (!path.includes("/.")) return path;
  const output: string[] = [];
  const segments = path.slice(1).split("/");
  for (const [at, segment] of segments.entries()) {
    const last = at === segments.length - 1;
    if (segment === "..") output.pop();
    if (segment !== "." && segment !== "..") output.push(segment);
    else if (last) output.push("");
  }
  return `/${output.join("/")}`;
}
