/**
 * The border of an origin: which header fields, and what of TLS, may cross it on a redirect.
 *
 * A list of what is harmless, not of what is secret: nobody can list every `X-Api-Key` (PARITY RED-6, SEC-8).
 *
 * May import: `core/`. Pure.
 */
import type { TlsSettings } from "../core/adapter.ts";

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
export function keepsAcrossOrigins(name: string): boolean {
  return HARMLESS.has(name) || name.startsWith("content-");
}

/** What a connection to another origin is to be: as demanding, but for the name, which is that of one server. */
export function tlsAcrossOrigins(tls: TlsSettings | null): TlsSettings | null {
  return tls === null || tls.serverName === null ? tls : { ...tls, serverName: null };
}
