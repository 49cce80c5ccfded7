/**
 * Hosts that are this machine, by their name or address alone.
 *
 * `localhost` and what is below it are never asked of a name server (RFC 6761 §6.3): `connect/lookup.ts` gives their
 * addresses itself. Not among them: addresses that lead here by way of something else, such as `0.0.0.0` or `::ffff:127.0.0.1`.
 */
import type { Url } from "./url.ts";

const NAME = "localhost";

/** `localhost`, or a name below it; in whatever case, with or without the dot that ends a whole name. */
export function isLocalName(host: string): boolean {
  // Asked with each message, and looked at from its end: hardly any host ends like this.
  const end = host.endsWith(".") ? host.length - 1 : host.length;
  if (host.slice(end - NAME.length, end).toLowerCase() !== NAME) return false;
  return end === NAME.length || (end > NAME.length + 1 && host[end - NAME.length - 1] === ".");
}

/** Is the host of an `http:` or `ws:` URL this machine: a name of it, `127.0.0.0/8` or `::1`? */
export function isThisMachine({ scheme, host }: Url): boolean {
  if (scheme !== "http" && scheme !== "ws") return false;
  if (host.startsWith("127.")) return /^127(?:\.\d{1,3}){3}$/.test(host);
  return host === "[::1]" || isLocalName(host);
}
