/**
 * The border of a session with a base URL: its secrets are for that origin. An absolute URL may lead elsewhere, and then goes
 * without them.
 */
import { HeaderMap } from "../core/headers.ts";
import type { CallPlan, RequestOptions, SendInit, Settings } from "../core/options.ts";
import type { Url } from "../core/url.ts";
import { mergeCrossOriginHeaders, mergeTrustedOrigins } from "../options/trusted-origins.ts";
import {
  crossingOf,
  keepsAcrossOrigins,
  settingsAcross,
  tlsAcrossOrigins,
  type Border,
} from "../redirects/border.ts";
import type { Defaults } from "./scopes.ts";

/** What may cross the border of a session: a request says it in place of its session. */
export function borderOf(
  settings: Settings,
  given: { readonly [Name in keyof Border]: RequestOptions[Name] },
): Border {
  return {
    trustedOrigins: mergeTrustedOrigins(settings.trustedOrigins, given.trustedOrigins),
    crossOriginHeaders: mergeCrossOriginHeaders(settings.crossOriginHeaders, given.crossOriginHeaders),
  };
}

/** A session's defaults for `target`: all of them at home, and elsewhere how to send and harmless headers. */
export function defaultsAt(target: Url | string, baseUrl: Url, defaults: Defaults, border: Border): Defaults {
  if (isHome(target, baseUrl, border)) return defaults;
  const { settings, headers, idempotencyKey } = defaults;
  return {
    settings: settingsAbroad(settings),
    headers: new HeaderMap([...headers].filter(([name]) => keepsAcrossOrigins(name.toLowerCase(), border))),
    params: null,
    idempotencyKey,
  };
}

/** Is a target of the origin of a base URL, or of one that is trusted like it? Text is a URL that only its adapter can read. */
function isHome(target: Url | string, baseUrl: Url, border: Border): boolean {
  if (typeof target !== "string") return crossingOf(baseUrl.origin, target.origin, border) !== "foreign";
  const root = `${baseUrl.scheme}://${baseUrl.authority}`;
  return target === root || target.startsWith(`${root}/`);
}

/** What was given for the base URL's origin stays there; elsewhere netrc or the URL's user info may say who asks. */
function settingsAbroad(settings: Settings): Settings {
  const { auth, ...others } = settingsAcross("foreign", settings);
  return { ...others, auth: auth === settings.auth ? auth : undefined };
}

/**
 * The settings for a request that was prepared before. Without a session (`plan` is `null`) nothing is known of it: no auth.
 * Of others the credentials, and the name for the certificate, are those that they were prepared with, or that a redirect
 * left them.
 */
export function settingsAgain(settings: Settings, plan: CallPlan | null, given: SendInit<boolean>): Settings {
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
