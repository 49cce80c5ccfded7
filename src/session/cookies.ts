/** The jar of a session, and the cookies of one request over it. */
import { noCookies, type CookieStore } from "../core/cookie-store.ts";
import type { CookiesInit } from "../core/options.ts";
import type { PreparedRequest } from "../core/request.ts";
import { isHttpLike, type Url } from "../core/url.ts";
import { CookieJar } from "../cookies/jar.ts";
import { RequestCookies } from "../cookies/overlay.ts";
import { inextensible } from "./defaults.ts";

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
  if (init === false) return inextensible(new CookieJar(null, { accept: false }));
  const jar = init instanceof CookieJar ? init : inextensible(new CookieJar(recordOf(init ?? {})));
  if (baseUrl !== null) jar.bind(baseUrl);
  return jar;
}

/** A jar of another kind may come with a request, but a session's own is looked into, and so must be a CookieJar. */
function recordOf(init: CookiesInit): Exclude<CookiesInit, CookieStore> {
  if ("select" in init && typeof init.select === "function")
    throw new TypeError("cookies must be a CookieJar, or names and values");
  return init as Exclude<CookiesInit, CookieStore>; // a store has select()
}
