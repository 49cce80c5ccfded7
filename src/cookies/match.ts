/**
 * Does a cookie belong to this host, this path, this connection? RFC 6265bis §5.1.2 to §5.1.4 and §5.8.3.
 *
 * The host is always the URL's, never a `Host` header's.
 */
import { isThisMachine } from "../core/loopback.ts";
import { asUtf8 } from "../core/received-text.ts";
import type { Url } from "../core/url.ts";

/** The host as the jar files it: without the dot that may end it. `a.test.` is the same machine as `a.test`. */
export function hostOf(url: Url): string {
  return withoutFinalDot(url.host);
}

/** `a.test.` becomes `a.test`. */
export function withoutFinalDot(host: string): string {
  return host.charCodeAt(host.length - 1) === 0x2e ? host.slice(0, -1) : host;
}

/** Cookies are for HTTP, WebSocket, and schemes that an adapter made up and that begin with `http`. */
export function isWebUrl(url: Url): boolean {
  return url.scheme.startsWith("http") || url.scheme === "ws" || url.scheme === "wss";
}

/** Is it reached over TLS? */
export function isSecure(url: Url): boolean {
  return url.scheme.startsWith("https") || url.scheme === "wss";
}

/**
 * May `Secure` cookies come from there, and go there (RFC 6265bis §5.7 step 14, §5.8.3)? Over TLS, and on a direct connection
 * to this very machine, where nobody sits in between: browsers and curl do so, too.
 *
 * @param isDirect nothing but the network of this machine is on the way: no proxy, no adapter that sends elsewhere.
 */
export function isTrustworthy(url: Url, isDirect: boolean = true): boolean {
  return isSecure(url) || (isDirect && isThisMachine(url));
}

/** Is a canonical host an IPv4 or IPv6 address? */
export function isAddress(host: string): boolean {
  return host.startsWith("[") || /^[\d.]+$/.test(host);
}

/** §5.1.3: `host` is `domain`, or below it. Addresses are nobody's subdomain. */
export function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  const dot = host.length - domain.length - 1;
  return dot > 0 && host.charCodeAt(dot) === 0x2e && host.endsWith(domain) && !isAddress(host);
}

/** §5.1.4: the cookie's path is the request's, or a folder above it. Both are comparable: see `comparablePath()`. */
export function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (!requestPath.startsWith(cookiePath)) return false;
  return (
    requestPath.length === cookiePath.length ||
    cookiePath.endsWith("/") ||
    requestPath.charCodeAt(cookiePath.length) === 0x2f
  );
}

/** §5.1.4: the folder of the request's path, without the slash at its end. */
export function defaultPath(requestPath: string): string {
  const slash = requestPath.lastIndexOf("/");
  return slash <= 0 ? "/" : requestPath.slice(0, slash);
}

/** The domains whose cookies a host may get: itself, then each one above it. */
export function domainsOf(host: string): string[] {
  const domains = [host];
  if (isAddress(host)) return domains;
  for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1))
    domains.push(host.slice(dot + 1));
  return domains;
}

/** An address, in whatever spelling: in brackets, or its last part is a number. */
const ADDRESS_LIKE = /^\[[\da-f:.]+\]$|^(?:[\da-fx]+\.)*(?:\d+|0x[\da-f]*)\.?$/i;

/**
 * The `Domain` attribute of a server in the spelling of canonical hosts: lower case, addresses as in a URL. `null` when it is
 * not ASCII: such a cookie is ignored (§5.7 step 8). A name is not judged here: one that is no host name matches none.
 */
export function attributeDomain(domain: string): string | null {
  // oxlint-disable-next-line no-control-regex -- "is it all ASCII?" is what is asked
  if (!/^[\x00-\x7f]*$/.test(domain)) return null;
  return ADDRESS_LIKE.test(domain) ? (parsedHost(domain) ?? domain.toLowerCase()) : domain.toLowerCase();
}

/**
 * A domain as a program wrote it, in the spelling of canonical hosts: as {@link attributeDomain}, and A-labels for Unicode.
 * `null` when it cannot be one.
 */
export function canonicalDomain(domain: string): string | null {
  const ascii = attributeDomain(domain);
  if (ascii !== null) return ascii;
  // These would end the host, or be decoded by the parser below: none of them belongs into a name.
  // oxlint-disable-next-line no-control-regex -- control characters are among them
  if (/[\x00-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(domain)) return null;
  return parsedHost(asUtf8(domain));
}

function parsedHost(host: string): string | null {
  return URL.parse(`http://${host}/`)?.hostname ?? null;
}
