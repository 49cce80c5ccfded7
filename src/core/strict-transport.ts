/**
 * What a store of HSTS hosts offers the pipeline. `hsts/` implements it.
 */
import type { Url } from "./url.ts";

/** Knows the hosts that said they are to be reached over TLS only (RFC 6797). */
export interface StrictTransport {
  /** Is `host` one of them, or below one that spoke for its subdomains too? Canonical, as in a parsed URL. */
  covers(host: string, now: number): boolean;
  /** Takes the `Strict-Transport-Security` of a response that `host` sent over TLS. What it cannot read it ignores. */
  note(host: string, header: string, now: number): void;
}

/**
 * The URL that is asked in place of one whose host is to be reached over TLS only; any other stays as it is. Port 80 becomes
 * TLS's own, any other stays (RFC 6797 §8.3).
 */
export function securedUrl(url: Url, hosts: StrictTransport | null, now: number): Url {
  if (hosts === null || url.scheme !== "http" || !hosts.covers(url.host, now)) return url;
  return url.with({ scheme: "https", port: url.port === 80 ? null : url.port });
}
