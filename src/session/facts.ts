/** What a session shows of itself: plain data for a log. */
import type { HeaderMap } from "../core/headers.ts";
import { REDACTED, shownUrl } from "../core/redact.ts";

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
