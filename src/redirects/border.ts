/**
 * The border of an origin: which header fields, and which settings, may cross it.
 *
 * A list of what is harmless, not of what is secret: nobody can list every `X-Api-Key`.
 */
import type { ClientCertificate, TlsSettings, Verify } from "../core/adapter.ts";
import type { Auth } from "../core/auth-scheme.ts";
import type { Contract, Journey } from "../core/options.ts";
import type { Origin } from "../core/origin.ts";
import type { Url } from "../core/url.ts";

/** What a caller lets cross the border on purpose, beside what is harmless. */
export interface Border {
  /** Origins that may have what the origin before them has. */
  readonly trustedOrigins: ReadonlySet<Origin>;
  /** Names of fields, in lower case, that may go anywhere. */
  readonly crossOriginHeaders: ReadonlySet<string>;
}

/** What a redirect is decided by, beside the response. */
export interface RedirectTerms extends Border {
  /** Whether certificates are checked. */
  readonly verify: Verify;
  /** Where the call has been. */
  readonly journey: Journey;
  /** Whose rules hold for the next method and body: those of requests, or those of the Fetch standard. Default: the former. */
  readonly contract?: Contract;
}

/** Where another URL is: at the same origin, at another one that is trusted like it, or at any other. */
export type Crossing = "none" | "trusted" | "foreign";

/** Which of them it is. */
export function crossingOf(from: Origin, to: Origin, border: Border): Crossing {
  if (from === to) return "none";
  return border.trustedOrigins.has(to) ? "trusted" : "foreign";
}

/**
 * Where a redirect leads. `"upgrade"`: to the same host over TLS, on the ports that both schemes have by themselves. It is the
 * same service, better protected, and so has what was for the origin before it, as in requests and httpx.
 */
export type RedirectCrossing = Crossing | "upgrade";

/** Which of them it is. */
export function redirectCrossingOf(from: Url, to: Url, terms: RedirectTerms): RedirectCrossing {
  const crossing = crossingOf(from.origin, to.origin, terms);
  return crossing === "foreign" && isUpgrade(from, to, terms) ? "upgrade" : crossing;
}

/**
 * Only where the certificate tells that it is the same host; and not once the call has left an origin: what another server
 * leads to is none of the program's.
 */
function isUpgrade(from: Url, to: Url, { verify, journey }: RedirectTerms): boolean {
  return (
    from.scheme === "http" &&
    to.scheme === "https" &&
    from.host === to.host &&
    from.effectivePort === 80 &&
    to.effectivePort === 443 &&
    verify.kind !== "off" &&
    !journey.hasCrossed
  );
}

/** The journey of a call that goes on from one URL to another. */
export function journeyBeyond(journey: Journey, crossing: RedirectCrossing, from: Url, to: Url): Journey {
  const hasCrossed = journey.hasCrossed || crossing === "trusted" || crossing === "foreign";
  const netrc = netrcBeyond(journey.netrc, from, to);
  return hasCrossed === journey.hasCrossed && netrc === journey.netrc ? journey : { hasCrossed, netrc };
}

function netrcBeyond(before: Journey["netrc"], from: Url, to: Url): Journey["netrc"] {
  if (before === "none" || (from.scheme === "https" && to.scheme === "http")) return "none";
  return from.host === to.host ? before : "named";
}

/** Describe the message or the program, never the person. */
const HARMLESS: ReadonlySet<string> = new Set([
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "connection",
  "date",
  "expect",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "max-forwards",
  "pragma",
  "priority",
  "range",
  "te",
  "transfer-encoding",
  "upgrade-insecure-requests",
  "user-agent",
  "via",
]);

/** May a field of this name, in lower case, go to another origin? */
export function keepsAcrossOrigins(name: string, border: Border): boolean {
  return HARMLESS.has(name) || name.startsWith("content-") || border.crossOriginHeaders.has(name);
}

/** What of the settings of a call is for one origin. */
interface Bound {
  readonly auth: Auth | null | undefined;
  readonly cert: ClientCertificate | null;
  readonly tls: TlsSettings | null;
}

/**
 * What of the settings for one origin holds at another one. Credentials are for the origin they were given for, for the same
 * host over TLS, and for those that are trusted like it: elsewhere there are none (`null`). A client certificate is for one
 * origin and those that are trusted like it; the name that a certificate is to have is that of one server.
 */
export function settingsAcross<Kept extends Bound>(crossing: RedirectCrossing, settings: Kept): Kept {
  if (crossing === "none") return settings;
  const auth = crossing === "foreign" ? authAbroad(settings.auth) : settings.auth;
  const cert = crossing === "trusted" ? settings.cert : null;
  const tls = crossing === "upgrade" ? settings.tls : tlsAcrossOrigins(settings.tls);
  const isSame = auth === settings.auth && cert === settings.cert && tls === settings.tls;
  return isSame ? settings : { ...settings, auth, cert, tls };
}

/** A map of origins names the origin of each of its credentials, and so goes along. */
function authAbroad(auth: Bound["auth"]): Bound["auth"] {
  return auth == null || auth.forOrigin !== undefined ? auth : null;
}

/** What a connection to another origin is to be: as demanding, but for the name, which is that of one server. */
export function tlsAcrossOrigins(tls: TlsSettings | null): TlsSettings | null {
  return tls === null || tls.serverName === null ? tls : { ...tls, serverName: null };
}
