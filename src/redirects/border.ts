/**
 * The border of an origin: which header fields, and what of TLS, may cross it on a redirect.
 *
 * A list of what is harmless, not of what is secret: nobody can list every `X-Api-Key`.
 */
import type { TlsSettings } from "../core/adapter.ts";
import type { Contract } from "../core/options.ts";
import type { Origin } from "../core/origin.ts";

/** What a caller lets cross the border on purpose, beside what is harmless. */
export interface Border {
  /** Origins that may have what the origin before them has. */
  readonly trustedOrigins: ReadonlySet<Origin>;
  /** Names of fields, in lower case, that may go anywhere. */
  readonly crossOriginHeaders: ReadonlySet<string>;
}

/** What a redirect is decided by, beside the response. */
export interface RedirectTerms extends Border {
  /** Whose rules hold for the next method and body: those of requests, or those of the Fetch standard. Default: the former. */
  readonly contract?: Contract;
}

/** Where a redirect leads: to the same origin, to another one that is trusted like it, or to any other. */
export type Crossing = "none" | "trusted" | "foreign";

/** Which of them it is. */
export function crossingOf(from: Origin, to: Origin, border: Border): Crossing {
  if (from === to) return "none";
  return border.trustedOrigins.has(to) ? "trusted" : "foreign";
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

/** What a connection to another origin is to be: as demanding, but for the name, which is that of one server. */
export function tlsAcrossOrigins(tls: TlsSettings | null): TlsSettings | null {
  return tls === null || tls.serverName === null ? tls : { ...tls, serverName: null };
}
