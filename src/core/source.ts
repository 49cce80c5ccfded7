/**
 * Where something that is sent comes from: what `session.explain()` tells of each option, header and cookie.
 */

/**
 * A layer of what holds for a request. The first six stand over one another, the weakest first:
 *
 * - `"default"`: nobody said anything.
 * - `"environment"`: a variable of the environment; `name` is the variable, in the case in which it is written.
 * - `"session-file"`: an option that was stored with a session that {@link Session.open} opened; `at` is where it is stored.
 * - `"session"`: an option or a field of the session.
 * - `"scope"`: {@link Session.scope}; `name` is its prefix.
 * - `"request"`: an option of the call; for a header that follows from another option, `name` is that option.
 *
 * The others are what is put on, or taken off, on the way:
 *
 * - `"base-url"`: the border around the session's `baseUrl` left something of the session out.
 * - `"redirect"`: the call before, for a message that a redirect leads to; or the border between the two.
 * - `"url"`: the URL itself: its user info, its query, its host.
 * - `"netrc"`: the netrc file; `name` is the entry, `at` the path of the file.
 * - `"auth"`: the auth scheme that signs; `name` is the scheme.
 * - `"jar"`: the session's cookie jar; `at` is where it is stored, for a session that is.
 * - `"adapter"`: the adapter that the message travels through; `name` is the prefix on which it is mounted.
 */
export type SourceLayer =
  | "default"
  | "environment"
  | "session-file"
  | "session"
  | "scope"
  | "request"
  | "base-url"
  | "redirect"
  | "url"
  | "netrc"
  | "auth"
  | "jar"
  | "adapter";

/** Who said something. No secret is in it. */
export interface Source {
  /** The kind of place. */
  readonly layer: SourceLayer;
  /** Which of that kind, as the layer tells; `null` where there is one only. */
  readonly name: string | null;
  /** The path of the file that it stands in; `null` for what is in none. */
  readonly at: string | null;
}

/** A source. */
export function sourceOf(layer: SourceLayer, name: string | null = null, at: string | null = null): Source {
  return { layer, name, at };
}

/** Nobody said anything. */
export const byDefault: Source = sourceOf("default");
