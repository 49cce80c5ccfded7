/**
 * Stage: `Cookie` from the jar into each message, `Set-Cookie` of each response into the jar: redirects, challenges and
 * retried responses too.
 *
 * May import: `core/`, `response/`, `pipeline/stage.ts`.
 */
import type { Clock } from "../core/clock.ts";
import type { CookieRefusal, StoredCookie } from "../core/cookie-store.ts";
import type { PreparedRequest } from "../core/request.ts";
import { isHttpLike } from "../core/url.ts";
import type { Exchange, Reply, Send, Stage } from "./stage.ts";

/** What the stage needs of the world. */
export interface CookieSurroundings {
  readonly clock: Clock;
}

/** A `Cookie` header that the caller wrote stands for itself: the jar is not asked (PARITY PRE-6). */
export function cookies(world: CookieSurroundings): Stage {
  return (next: Send): Send =>
    async (exchange) => {
      const { request } = exchange;
      if (!isHttpLike(request.url)) return next(exchange);
      const outgoing = withCookies(exchange, world.clock.now());
      const response = await next(outgoing === request ? exchange : { ...exchange, request: outgoing });
      return response.headers.has("set-cookie")
        ? storeCookies(exchange, response, world.clock.now())
        : response;
    };
}

/** The request with the cookies that belong to it, or itself when none do. */
export function withCookies(exchange: Exchange, now: number): PreparedRequest {
  const { request } = exchange;
  if (request.dressed || request.cookieSource === "caller") return request;
  const value = exchange.cookies.select(request.parsed, now);
  if (value === null && request.cookieSource === "none") return request;
  const headers = request.headers.clone();
  headers.set("Cookie", value);
  return request.with({ headers, cookieSource: value === null ? "none" : "jar" });
}

async function storeCookies(exchange: Exchange, response: Reply, now: number): Promise<Reply> {
  const { request, settings } = exchange;
  // A later field of the same response replaces an earlier one.
  const stored = new Map<string, StoredCookie>();
  const refused: CookieRefusal[] = [];
  for (const header of response.headers.getSetCookie()) {
    const verdict = exchange.cookies.store(header, request.parsed, now);
    if (verdict.kind === "stored") stored.set(identityOf(verdict.cookie), verdict.cookie);
    if (verdict.kind === "refused") refused.push(verdict);
  }
  for (const hook of settings.hooks.cookieRefused)
    for (const refusal of refused) await hook(refusal, request);
  return stored.size === 0 ? response : response.withCookies([...stored.values()]);
}

/** What makes a cookie this one and no other (RFC 6265bis §5.7). */
function identityOf({ name, domain, path }: StoredCookie): string {
  return `${name};${domain};${path}`;
}
