/**
 * What a session begins with, and what it shows of itself.
 *
 * May import: `core/`, `encoding/`.
 */
import { HeaderMap } from "./core/headers.ts";
import { REDACTED, shownUrl } from "./core/redact.ts";
import { version } from "./core/version.ts";
import { ACCEPT_ENCODING } from "./encoding/content-coding.ts";

/** What is told of a session. */
export interface SessionView {
  readonly baseUrl: string | null;
  readonly headers: HeaderMap;
  readonly params: unknown;
  readonly auth: unknown;
  readonly cookies: Iterable<{ readonly name: string; readonly domain: string; readonly path: string }>;
  readonly proxies: Readonly<Record<string, string | null | undefined>> | null | undefined;
  readonly proxy: string | false | null | undefined;
  readonly verify: unknown;
  readonly cert: unknown;
  readonly timeout: unknown;
  readonly maxRedirects: number | undefined;
  readonly trustEnv: unknown;
  readonly adapters: ReadonlyMap<string, unknown>;
}

/** `User-Agent` of a session: `sojourn/VERSION`. */
export function defaultUserAgent(name: string = "sojourn"): string {
  return `${name}/${version}`;
}

/** The headers that a session begins with (PARITY SES-1). */
export function defaultHeaders(): HeaderMap {
  return new HeaderMap([
    ["User-Agent", defaultUserAgent()],
    ["Accept-Encoding", ACCEPT_ENCODING],
    ["Accept", "*/*"],
    ["Connection", "keep-alive"],
  ]);
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
