/**
 * What a session begins with, and what it shows of itself.
 */
import { noCookies, type CookieStore } from "../core/cookie-store.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import { isIdempotent } from "../core/method.ts";
import type { CookiesInit, TrustEnv } from "../core/options.ts";
import { REDACTED, shownUrl } from "../core/redact.ts";
import { version } from "../core/version.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { StrictTransport } from "../core/strict-transport.ts";
import { isHttpLike, type Url } from "../core/url.ts";
import { CookieJar } from "../cookies/jar.ts";
import { RequestCookies } from "../cookies/overlay.ts";
import { HstsStore } from "../hsts/store.ts";
import { ACCEPT_ENCODING } from "../encoding/content-coding.ts";
import { namesHeader } from "../options/merge.ts";

/** What is told of a session. */
export interface SessionView {
  readonly baseUrl: string | null;
  readonly headers: HeaderMap;
  readonly params?: unknown;
  readonly auth?: unknown;
  readonly cookies: Iterable<{ readonly name: string; readonly domain: string; readonly path: string }>;
  readonly proxies?: Readonly<Record<string, string | null | undefined>> | null | undefined;
  readonly proxy?: string | false | null | undefined;
  readonly verify?: unknown;
  readonly cert?: unknown;
  readonly timeout?: unknown;
  readonly maxRedirects?: number | undefined;
  readonly trustEnv?: unknown;
  readonly adapters: ReadonlyMap<string, unknown>;
}

/** `User-Agent` of a session: `sojourn/VERSION`. */
export function defaultUserAgent(name: string = "sojourn"): string {
  return `${name}/${version}`;
}

const firstHeaders = new HeaderMap([
  ["User-Agent", defaultUserAgent()],
  ["Accept-Encoding", ACCEPT_ENCODING],
  ["Accept", "*/*"],
  ["Connection", "keep-alive"],
]);

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

/** `map["name"] = value`, as for a record, would be a property that nobody reads: now it is a TypeError. */
export function closed<Map extends HeaderMap | CookieJar>(map: Map): Map {
  return Object.preventExtensions(map);
}

/** The headers that a session begins with. */
export function defaultHeaders(): HeaderMap {
  return firstHeaders.clone();
}

/** Settings without secrets: header values that look secret, cookie values, credentials and user info are hidden. */
export function sessionFacts(session: SessionView, closed: boolean): Record<string, unknown> {
  return {
    baseUrl: session.baseUrl === null ? null : shownUrl(session.baseUrl),
    headers: session.headers.toJSON(),
    params: session.params == null ? null : REDACTED,
    auth: session.auth == null || session.auth === false ? null : REDACTED,
    cookies: [...session.cookies].map(
      (cookie) => `${cookie.name}=${REDACTED}; domain=${cookie.domain}; path=${cookie.path}`,
    ),
    proxies: shownProxies(session),
    verify: typeof session.verify === "boolean" ? session.verify : session.verify == null ? true : "custom",
    cert: session.cert == null ? null : REDACTED,
    timeout: session.timeout ?? null,
    maxRedirects: session.maxRedirects ?? null,
    trustEnv: session.trustEnv,
    adapters: [...session.adapters.keys()],
    closed,
  };
}

function shownProxies(session: SessionView): Record<string, string> | null {
  const entries = Object.entries({
    ...session.proxies,
    ...(typeof session.proxy === "string" ? { all: session.proxy } : {}),
  });
  if (entries.length === 0) return null;
  return Object.fromEntries(entries.map(([key, url]) => [key, url == null ? "" : shownUrl(url)]));
}

/** The cookies of a request: its own over the session's; `false` for none at all. */
export function cookiesFor(
  request: PreparedRequest,
  session: CookieStore,
  option: CookiesInit | false | null | undefined,
): CookieStore {
  if (option === false) return noCookies;
  if (option == null || !isHttpLike(request.url)) return session;
  return new RequestCookies(session, option, request.parsed);
}

/** A session's jar: the one given, one of these names and values, or one that takes none from servers. */
export function jarOf(init: CookiesInit | false | null | undefined, baseUrl: Url | null): CookieJar {
  if (init === false) return closed(new CookieJar(null, { accept: false }));
  const jar = init instanceof CookieJar ? init : closed(new CookieJar(recordOf(init ?? {})));
  if (baseUrl !== null) jar.bind(baseUrl);
  return jar;
}

/** A session's list of HSTS hosts: the one given, a new one for `true`, or none. */
export function hstsOf(init: StrictTransport | boolean | null | undefined): StrictTransport | null {
  return typeof init === "object" ? init : init === true ? new HstsStore() : null;
}

/** A jar of another kind may come with a request, but a session's own is looked into, and so must be a CookieJar. */
function recordOf(init: CookiesInit): Exclude<CookiesInit, CookieStore> {
  if ("select" in init && typeof init.select === "function")
    throw new TypeError("cookies must be a CookieJar, or names and values");
  return init as Exclude<CookiesInit, CookieStore>; // a store has select()
}

/** Which parts of the environment are looked at. */
export function trusted(trust: boolean | TrustEnv): { readonly [Part in keyof TrustEnv]-?: boolean } {
  if (typeof trust === "boolean") return { proxies: trust, ca: trust, netrc: trust };
  return { proxies: trust.proxies ?? true, ca: trust.ca ?? true, netrc: trust.netrc ?? true };
}

/** 32 hexadecimal digits that nobody can foresee. */
export function randomBoundary(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The key of a request: a random one where the method needs it, the caller's own with any method; `null` for none. */
export function idempotencyKeyFor(
  method: string,
  option: boolean | string | null | undefined,
): string | null {
  if (typeof option === "string") return option;
  return option === true && !isIdempotent(method.toUpperCase()) ? crypto.randomUUID() : null;
}
