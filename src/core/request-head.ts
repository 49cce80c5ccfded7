/** A request as it goes out, before its body: decided and checked, and not yet in the manner of a protocol. */

/** How the end of a request's body is told: its length in bytes, in chunks (HTTP/2 has frames), or there is none. */
export type Framing = number | "chunked" | "none";

/**
 * What a request says beside method and target, decided and checked. Requests that say the same have the same object: what a
 * protocol makes of it can be remembered with it.
 */
export interface HeaderSection {
  /**
   * Name, value, name, value ...: all that HTTP/1.1 has of it, in order, `Host` and the field of the framing among them. HTTP/2
   * leaves out what is about the connection, which callers may have said as well.
   */
  readonly fields: readonly string[];
  /** Whom the request is for: the value of `Host`. */
  readonly authority: string;
  readonly framing: Framing;
  /** The caller asked for `Connection: close`. */
  readonly isLast: boolean;
}

/** What goes out of a request before its body. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly section: HeaderSection;
}
