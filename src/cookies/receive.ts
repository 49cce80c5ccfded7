/**
 * May a server set this cookie? RFC 6265bis §5.7, all steps that need no jar: what the URL and the field say is enough.
 *
 * `SameSite` is kept and never applied: a program has no page that another site could have sent it from.
 */
import type { CookieRefusal, CookieRefusalReason, StoredCookie } from "../core/cookie-store.ts";
import { escapeBytes } from "../core/received-text.ts";
import type { Url } from "../core/url.ts";
import { prefixOf, prefixRefusal } from "./cookie.ts";
import {
  attributeDomain,
  defaultPath,
  domainMatches,
  hostOf,
  isAddress,
  isWebUrl,
  withoutFinalDot,
} from "./match.ts";
import type { ParsedCookie } from "./parse.ts";
import { isPublicSuffix } from "./public-suffix.ts";

/** Longest life of a cookie from a server, in seconds: 400 days (§5.5). */
const MAX_AGE_LIMIT = 400 * 24 * 60 * 60;

/**
 * The cookie that the field makes at this URL, or why it makes none. One with `expires` in the past is to be deleted.
 *
 * @param isTrusted the connection may bring `Secure` cookies.
 */
export function receiveCookie(
  parsed: ParsedCookie,
  url: Url,
  isTrusted: boolean,
  now: number,
): StoredCookie | CookieRefusal {
  if (!isWebUrl(url)) return refuse("not-a-web-url", parsed);
  const scope = scopeOf(parsed, url);
  if (typeof scope === "string") return refuse(scope, parsed);
  const cookie: StoredCookie = {
    name: parsed.name,
    value: parsed.value,
    domain: scope.domain,
    hostOnly: scope.hostOnly,
    path: parsed.path === null ? defaultPath(url.path) : escapeBytes(parsed.path),
    expires: expiryOf(parsed, now),
    secure: parsed.secure,
    httpOnly: parsed.httpOnly,
    sameSite: parsed.sameSite,
    createdAt: now,
  };
  if (cookie.secure && !isTrusted) return refuse("insecure", parsed);
  if (cookie.sameSite === "none" && !cookie.secure) return refuse("same-site-none-insecure", parsed);
  const reason = refusalByPrefix(cookie, parsed);
  return reason === null ? cookie : refuse(reason, parsed);
}

function refuse(reason: CookieRefusalReason, { name }: ParsedCookie): CookieRefusal {
  return { kind: "refused", reason, name };
}

interface Scope {
  readonly domain: string;
  readonly hostOnly: boolean;
}

/** Steps 7 to 9: which hosts get it. */
function scopeOf({ domain: given }: ParsedCookie, url: Url): Scope | "domain-mismatch" | "public-suffix" {
  const host = hostOf(url);
  // An empty attribute says nothing, as in browsers and in curl; requests drops the cookie (PARITY COO-16).
  if (given === null || given === "") return { domain: host, hostOnly: true };
  const domain = namedDomain(given, url);
  if (domain === null || !domainMatches(host, domain)) return "domain-mismatch";
  if (isAddress(domain)) return { domain, hostOnly: true };
  if (!isPublicSuffix(domain)) return { domain, hostOnly: false };
  return domain === host ? { domain, hostOnly: true } : "public-suffix";
}

/** The attribute's domain, canonical. A dot at its end is only good for a host that was asked for with one. */
function namedDomain(given: string, url: Url): string | null {
  const domain = attributeDomain(given);
  if (domain === null || !domain.endsWith(".")) return domain;
  return url.host.endsWith(".") ? withoutFinalDot(domain) : null;
}

/** Step 6, with the limit of §5.5 for both attributes. */
function expiryOf({ maxAge, expires }: ParsedCookie, now: number): number | null {
  if (maxAge !== null) return maxAge <= 0 ? 0 : now + Math.min(maxAge, MAX_AGE_LIMIT) * 1000;
  return expires === null ? null : Math.min(expires, now + MAX_AGE_LIMIT * 1000);
}

/** Steps 20 to 22, and the same for the `Http` prefixes. */
function refusalByPrefix(cookie: StoredCookie, parsed: ParsedCookie): CookieRefusalReason | null {
  if (parsed.name === "") {
    // Sent as its value alone, it would look like a cookie that has the prefix.
    const prefix = prefixOf(parsed.value);
    if (prefix === "none") return null;
    if (prefix === "secure") return "secure-prefix";
    return prefix === "http" ? "http-prefix" : "host-prefix";
  }
  const prefix = prefixOf(parsed.name);
  // The path must be said, not inherited from the URL: `/` by default is no promise.
  if ((prefix === "host" || prefix === "host-http") && parsed.path === null) return "host-prefix";
  return prefixRefusal(cookie, prefix);
}
