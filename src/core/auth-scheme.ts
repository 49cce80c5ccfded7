/**
 * What signs requests. `auth/` has the schemes; a caller's function is one too.
 */
import type { HeaderMap } from "./headers.ts";
import type { Origin } from "./origin.ts";
import type { PreparedRequest } from "./request.ts";

/** The head of a response, as an auth scheme sees it. One that asks for credentials has status 401, or 407 of a proxy. */
export interface ChallengeResponse {
  /** The status code. */
  readonly status: number;
  /** The header fields, `WWW-Authenticate` among them. */
  readonly headers: HeaderMap;
  /** The request that was answered so. */
  readonly request: PreparedRequest;
}

/**
 * Signs requests of one origin. An auth object is used only for the origin it was given for: after a redirect to another
 * one it is asked no more.
 */
export interface Auth {
  /**
   * Signs a request, once for each attempt, by changing it or returning another one. Runs after the body is there.
   */
  apply(request: PreparedRequest): PreparedRequest | void | Promise<PreparedRequest | void>;
  /**
   * Answers a 401 or 407: `true` says that `apply` would now sign otherwise and the request is to be sent again.
   *
   * @param answered how many challenges of this request were answered before. Asked at most twice, so that a nonce that
   *   went stale meanwhile can be replaced (RFC 7616 §3.3); a scheme without such a thing says `false` unless it is 0.
   */
  onChallenge?(response: ChallengeResponse, answered?: number): boolean | Promise<boolean>;
  /**
   * Of a scheme that has several origins: asked for each hop, in place of the other methods. The scheme that signs there;
   * `null` for none at all; `undefined` when it has nothing to say of that origin, as if no auth were given.
   */
  forOrigin?(origin: Origin): Auth | null | undefined;
  /** Sees each response that is no challenge, for what it says of the next request (`Authentication-Info`, RFC 7615). */
  onResponse?(response: ChallengeResponse): void;
  /**
   * Tells what `apply` would do with a request that answers no challenge, without doing it: for `session.explain()`. It asks nobody,
   * counts nothing and remembers nothing. Absent: what it does is known when it is done.
   */
  preview?(request: PreparedRequest): AuthPreview;
}

/** What an auth scheme would do. */
export interface AuthPreview {
  /** The scheme, such as `"Basic"`. */
  readonly scheme: string;
  /** The header fields that it would set, with their secrets; `null`: an `Authorization` that cannot be known before. */
  readonly fields: readonly (readonly [name: string, value: string])[] | null;
  /** What there is to know beside, such as "would ask for a token"; `null` for nothing. No secret is in it. */
  readonly note: string | null;
}

/** A function in the place of {@link Auth.apply}. */
export type AuthFunction = (
  request: PreparedRequest,
) => PreparedRequest | void | Promise<PreparedRequest | void>;

/**
 * What `auth` takes: `[user, password]` for Basic, an {@link Auth} object, a function; `false` or `null` for none, not even
 * the session's, netrc's or the URL's.
 */
export type AuthOption = readonly [username: string, password: string] | Auth | AuthFunction | false | null;
