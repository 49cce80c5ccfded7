/**
 * Reads `headers`, those of a session with those of a request over them; and `proxyHeaders`, fields for a proxy.
 */
import { InvalidHeader } from "../core/errors.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import { version } from "../core/version.ts";
import { ACCEPT_ENCODING } from "../encoding/content-coding.ts";

/** `User-Agent` of a session: `sojourn/VERSION`. */
export function defaultUserAgent(name: string = "sojourn"): string {
  return `${name}/${version}`;
}

/** What {@link defaultHeaders} are made of. */
export const firstHeaders: HeaderMap = new HeaderMap([
  ["User-Agent", defaultUserAgent()],
  ["Accept-Encoding", ACCEPT_ENCODING],
  ["Accept", "*/*"],
  ["Connection", "keep-alive"],
]);

/** The headers that a session begins with. */
export function defaultHeaders(): HeaderMap {
  return firstHeaders.clone();
}

/**
 * `base` with `init` over it, as a new map. A header that is overridden keeps the place of `base` and takes the spelling of
 * `init`; `null` removes one, and `null` for all leaves none of `base`.
 *
 * @throws {InvalidHeader} for a name or value that must not go on the wire.
 */
export function readHeaders(init: HeadersInit | null, base: HeaderMap): HeaderMap {
  return init === null ? new HeaderMap() : base.clone().update(init);
}

/** Do a request's own headers name this one? `name` in lower case. */
export function namesHeader(init: HeadersInit | null | undefined, name: string): boolean {
  if (init == null) return false;
  // Pairs that could be read once were read by merging.
  return "next" in init || new HeaderMap(init).has(name);
}

/**
 * Offers no content coding beside a `Range`, unless somebody wrote an `Accept-Encoding`: the request, or the session one of its
 * own. A range is of the bytes of a file. A server that compresses as it sends has none to count, and answers with all of it,
 * when a coding is on offer (Fetch, HTTP-network-or-cache fetch; nginx).
 *
 * @param given the request's own.
 */
export function offerBytesOnly(headers: HeaderMap, given: HeadersInit | null | undefined): void {
  if (headers.get("accept-encoding") === ACCEPT_ENCODING && !namesHeader(given, "accept-encoding"))
    headers.set("Accept-Encoding", "identity");
}

/** They frame the message, or are about the connection: the transport writes them (RFC 9110 §7.6.1, RFC 9112 §6). */
const TRANSPORTS: readonly string[] = [
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "expect",
];

/**
 * The fields; `null` for none.
 *
 * @throws {InvalidHeader} for a field that is the transport's, or that must not go on the wire.
 */
export function readProxyHeaders(init: HeadersInit | null): HeaderMap | null {
  if (init === null) return null;
  const headers = new HeaderMap(init);
  const wrong = TRANSPORTS.find((name) => headers.has(name));
  if (wrong !== undefined)
    throw new InvalidHeader(`proxyHeaders must not have ${wrong}: the transport writes it`);
  return headers.size === 0 ? null : headers;
}
