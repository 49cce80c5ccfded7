/**
 * Hosts that are this machine, by their name or address alone.
 *
 * `localhost` and what is below it are never asked of a name server (RFC 6761 §6.3): `transport/` gives their addresses
 * itself. Not among them: addresses that lead here by way of something else, such as `0.0.0.0` or `::ffff:127.0.0.1`.
 */
import type { Url } from "./url.ts";

/** `localhost`, or a name below it; in whatever case, with or without the dot that ends a whole name. */
export function isLocalName(host: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(host);
}

/** Is the host of an `http:` or `ws:` URL this machine: a name of it, `127.0.0.0/8` or `::1`? */
export function isThisMachine({ scheme, host }: Url): boolean {
  if (scheme !== "http" && scheme !== "ws") return false;
  return host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host) || isLocalName(host);
}
