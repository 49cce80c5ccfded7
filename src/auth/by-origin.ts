/**
 * A map of origins to credentials: one session, several servers, each with its own (requests-toolbelt's `AuthHandler`).
 */
import type { Auth, AuthOption } from "../core/auth-scheme.ts";
import { isRecord, mustBe } from "../core/checks.ts";
import type { Origin } from "../core/origin.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import { parseOrigin } from "../core/url.ts";
import { toAuth } from "./from-option.ts";

/**
 * Credentials by origin: `new AuthByOrigin({ "https://api.example.com": ["user", "password"] })`.
 *
 * It is asked for each hop, so each origin gets its own, also after a redirect or beyond a session's base URL. Of an origin
 * that is not in it, it says nothing: netrc or the URL's user may.
 */
export class AuthByOrigin implements Auth {
  readonly #schemes = new Map<Origin, Auth | null>();

  /**
   * @param map what `auth` takes, by origin: scheme, host and maybe a port. `false` or `null`: no credentials there at all.
   * @throws {TypeError} for a key that is no origin, and for a value that is no auth.
   */
  constructor(map: Readonly<Record<string, AuthOption>>) {
    if (!isRecord(map)) throw mustBe("what AuthByOrigin takes", "a record of credentials by origin", map);
    for (const [origin, option] of Object.entries(map))
      this.#schemes.set(parseOrigin(origin, "each key of AuthByOrigin"), toAuth(option));
  }

  /** The scheme for an origin; `null` for none at all, `undefined` when the map does not say. */
  forOrigin(origin: Origin): Auth | null | undefined {
    return this.#schemes.get(origin);
  }

  /** Signs a request when it is used outside of a session. */
  apply(request: PreparedRequest): ReturnType<Auth["apply"]> {
    return request.origin === null ? undefined : this.#schemes.get(request.origin)?.apply(request);
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return { scheme: "by origin", origins: [...this.#schemes.keys()], credentials: REDACTED };
  }

  static {
    printAs(this, (self) => `AuthByOrigin ${[...self.#schemes.keys()].join(", ")}`);
  }
}
