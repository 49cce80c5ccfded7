/**
 * Reads `proxyHeaders`: fields for a proxy, on a connection that is the transport's.
 */
import { InvalidHeader } from "../core/errors.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";

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
