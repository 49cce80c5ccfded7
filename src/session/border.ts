/**
 * The border of a session with a base URL: its secrets are for that origin. An absolute URL may lead elsewhere, and then goes
 * without them.
 */
import { HeaderMap } from "../core/headers.ts";
import type { Url } from "../core/url.ts";
import type { CallPlan, Defaults, Settings } from "../options/settings.ts";
import type { Given } from "../options/table.ts";
import { readCrossOriginHeaders, readTrustedOrigins } from "../options/trusted-origins.ts";
import {
  crossingOf,
  keepsAcrossOrigins,
  settingsAcross,
  tlsAcrossOrigins,
  type Border,
} from "../redirects/border.ts";

/**
 * A session's defaults for `target`: all of them at home, and elsewhere how to send and harmless headers.
 *
 * @param given what a request says of the border goes before what its session says.
 */
export function defaultsAt(target: Url | string, baseUrl: Url, defaults: Defaults, given: Given): Defaults {
  const border = borderOf(defaults, given);
  if (isHome(target, baseUrl, border)) return defaults;
  const { auth, headers } = defaults;
  const across = settingsAcross("foreign", defaults);
  return {
    ...across,
    // What was given for the base URL's origin stays there: elsewhere netrc or the URL's user info may say who asks.
    auth: across.auth === auth ? auth : undefined,
    headers: new HeaderMap([...headers].filter(([name]) => keepsAcrossOrigins(name.toLowerCase(), border))),
    params: null,
  };
}

function borderOf(defaults: Defaults, { trustedOrigins, crossOriginHeaders }: Given): Border {
  return {
    trustedOrigins:
      trustedOrigins === undefined ? defaults.trustedOrigins : readTrustedOrigins(trustedOrigins),
    crossOriginHeaders:
      crossOriginHeaders === undefined
        ? defaults.crossOriginHeaders
        : readCrossOriginHeaders(crossOriginHeaders),
  };
}

/** Is a target of the origin of a base URL, or of one that is trusted like it? Text is a URL that only its adapter can read. */
function isHome(target: Url | string, baseUrl: Url, border: Border): boolean {
  if (typeof target !== "string") return crossingOf(baseUrl.origin, target.origin, border) !== "foreign";
  const root = `${baseUrl.scheme}://${baseUrl.authority}`;
  return target === root || target.startsWith(`${root}/`);
}

/**
 * The settings for a request that was prepared before. Without a session (`plan` is `null`) nothing is known of it: no auth.
 * Of others the credentials, and the name for the certificate, are those that they were prepared with, or that a redirect
 * left them.
 */
export function settingsAgain(settings: Settings, plan: CallPlan | null, given: Given): Settings {
  if (plan === null) return { ...settings, auth: null };
  const { auth, cert, tls, journey } = plan.settings;
  return {
    ...settings,
    auth,
    journey,
    cert: given.cert === undefined ? cert : settings.cert,
    tls: given.tls === undefined && tls?.serverName == null ? tlsAcrossOrigins(settings.tls) : settings.tls,
  };
}
