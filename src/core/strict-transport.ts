/**
 * What a store of HSTS hosts offers the pipeline. `hsts/` implements it.
 */
/** Knows the hosts that said they are to be reached over TLS only (RFC 6797). */
export interface StrictTransport {
  /** Is `host` one of them, or below one that spoke for its subdomains too? Canonical, as in a parsed URL. */
  covers(host: string, now: number): boolean;
  /** Takes the `Strict-Transport-Security` of a response that `host` sent over TLS. What it cannot read it ignores. */
  note(host: string, header: string, now: number): void;
}
