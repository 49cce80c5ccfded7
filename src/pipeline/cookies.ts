/**
 * Stage: `Cookie` from the jar into each message, `Set-Cookie` of each response into the jar: redirects, challenges and
 * retried responses too.
 */
import { unlessAborted } from "../core/abort.ts";
import { withoutBlanks } from "../core/received-text.ts";
import type { CookieRefusal, CookieVerdict, StoredCookie } from "../core/cookie-store.ts";
import { HeaderMap } from "../core/headers.ts";
import { isThisMachine } from "../core/loopback.ts";
import type { PreparedRequest } from "../core/request.ts";
import { isHttpLike, type Url } from "../core/url.ts";
import type { Exchange, Reply, Stage, Surroundings } from "./stage.ts";

/** What the stage needs of the world. */
export type CookieSurroundings = Pick<Surroundings, "clock" | "isDirect">;

/** Is it a direct connection to this machine? Everywhere else the URL alone tells what may go there. */
export function isDirect(url: Url, { settings }: Exchange, world: CookieSurroundings): boolean {
  return isThisMachine(url) && world.isDirect(url, settings);
}

/** Takes cookies from the jar and brings them there. A `Cookie` header that the caller wrote stands: the jar is not asked. */
export function cookies(world: CookieSurroundings): Stage {
  const memo = new HeadersMemo();
  return {
    down(exchange: Exchange) {
      if (!isHttpLike(exchange.request.url)) return exchange;
      const request = withCookies(exchange, world, memo);
      return request === exchange.request ? exchange : { ...exchange, request };
    },
    up(response: Reply, exchange: Exchange) {
      return response.headers.has("set-cookie") && isHttpLike(exchange.request.url)
        ? storeCookies(exchange, response, world)
        : response;
    },
  };
}

/** The headers with a cookie that were made last: most requests of a session differ in their URL only. */
export class HeadersMemo {
  #fields: object | null = null;
  #value: string | null = null;
  #made: HeaderMap = new HeaderMap();

  /** A copy of `headers` with `value` as their `Cookie`; `null` for none. */
  get(headers: HeaderMap, value: string | null): HeaderMap {
    const fields = headers.identity;
    if (fields !== this.#fields || value !== this.#value) {
      this.#made = headers.clone().set("Cookie", value);
      this.#fields = fields;
      this.#value = value;
    }
    return this.#made.clone();
  }
}

/** The request with the cookies that belong to it, or itself when none do. */
export function withCookies(
  exchange: Exchange,
  world: CookieSurroundings,
  memo: HeadersMemo = new HeadersMemo(),
): PreparedRequest {
  const { request } = exchange;
  if (request.dress !== "bare" && request.dress !== "jar") return request;
  const url = request.parsed;
  const value = exchange.cookies.select(url, world.clock.now(), isDirect(url, exchange, world));
  if (value === null && request.dress === "bare") return request;
  return request.withHeaders(memo.get(request.headers, value), value === null ? "bare" : "jar");
}

async function storeCookies(exchange: Exchange, response: Reply, world: CookieSurroundings): Promise<Reply> {
  const now = world.clock.now();
  const { request, settings } = exchange;
  const url = request.parsed;
  const direct = isDirect(url, exchange, world);
  // A later field of the same response replaces an earlier one.
  const stored = new Map<string, StoredCookie>();
  const refused: CookieRefusal[] = [];
  const verdicts: CookieVerdict[] | null = settings.watch === null ? null : [];
  let left = settings.maxSetCookies;
  for (const header of response.headers.getSetCookie()) {
    const verdict = left-- > 0 ? exchange.cookies.store(header, url, now, direct) : refusedAsTooMany(header);
    if (verdict.kind === "stored") stored.set(identityOf(verdict.cookie), verdict.cookie);
    if (verdict.kind === "refused") refused.push(verdict);
    verdicts?.push(verdict);
  }
  if (verdicts !== null) settings.watch?.onCookies(request, verdicts);
  for (const hook of settings.hooks.cookieRefused)
    for (const refusal of refused) await unlessAborted(hook(refusal, request), exchange.signal);
  return stored.size === 0 ? response : response.withCookies([...stored.values()]);
}

/** Not parsed: there may be any number of them. Without `=` all of it is the value. */
function refusedAsTooMany(header: string): CookieRefusal {
  const [pair = ""] = header.split(";", 1);
  return {
    kind: "refused",
    reason: "too-many",
    name: withoutBlanks(pair.slice(0, Math.max(pair.indexOf("="), 0))),
  };
}

/** What makes a cookie this one and no other (RFC 6265bis §5.7). */
function identityOf({ name, domain, path }: StoredCookie): string {
  return `${name};${domain};${path}`;
}
