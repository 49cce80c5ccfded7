/**
 * The border of a session with a base URL: its secrets are for that origin. An absolute URL, or one that begins with `//`,
 * may lead elsewhere, and then goes without them.
 *
 * May import: `core/`, `redirects/`. Pure.
 */
import { HeaderMap } from "./core/headers.ts";
import type { CallPlan, SendInit, Settings } from "./core/options.ts";
import type { Url } from "./core/url.ts";
import { keepsAcrossOrigins, tlsAcrossOrigins } from "./redirects/border.ts";

/** Is a target of the origin of a base URL? Text is a URL that only its adapter can read. */
export function isWithin(baseUrl: Url, target: Url | string): boolean {
  if (typeof target !== "string") return target.origin === baseUrl.origin;
  const root = `${baseUrl.scheme}://${baseUrl.authority}`;
  return target === root || target.startsWith(`${root}/`);
}

/** The headers of a session that may go to any origin. */
export function headersAbroad(headers: HeaderMap): HeaderMap {
  return new HeaderMap([...headers].filter(([name]) => keepsAcrossOrigins(name.toLowerCase())));
}

/**
 * The settings of a session without its credentials. That there are to be none stays (`auth: null`), and so does a map of
 * origins, which says itself where each of them goes.
 */
export function settingsAbroad(settings: Settings): Settings {
  const { auth } = settings;
  const stays = auth === null || auth?.forOrigin !== undefined;
  return {
    ...settings,
    auth: stays ? auth : undefined,
    cert: null,
    tls: tlsAcrossOrigins(settings.tls),
  };
}

/**
 * The settings for a request that was prepared before. Without a session (`plan` is `null`) nothing is known of it: no auth.
 * Of others the credentials, and the name for the certificate, are those that they were prepared with, or that a redirect
 * left them.
 */
export function settingsAgain(settings: Settings, plan: CallPlan | null, given: SendInit): Settings {
  if (plan === null) return { ...settings, auth: null };
  const { auth, cert, tls } = plan.settings;
  return {
    ...settings,
    auth,
    cert: given.cert === undefined ? cert : settings.cert,
    tls: given.tls === undefined && tls?.serverName == null ? tlsAcrossOrigins(settings.tls) : settings.tls,
  };
}
