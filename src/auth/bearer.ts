/**
 * Bearer tokens (RFC 6750), with one refresh at a time when the server refuses one.
 */
import { misuse } from "../core/caller.ts";
import { AsyncLocalStorage } from "node:async_hooks";

import type { Auth, AuthPreview, ChallengeResponse } from "../core/auth-scheme.ts";
import { mustBe, optionsOf } from "../core/checks.ts";
import { isObject } from "../core/realm.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";

/** A token that can be replaced. */
export interface BearerInit {
  /** The token to begin with. Default: `null`, and then `refresh` is called before the first request. */
  readonly token?: string | null | undefined;
  /**
   * Gets a new token, after a 401. Called once however many requests were refused; they all wait for it, and fail with
   * its error if it fails. Requests that it makes must not use this auth: give them `auth: false`.
   */
  readonly refresh: () => string | Promise<string>;
}

/** The auth objects whose `refresh` is being run by whoever asks. */
const refreshing = new AsyncLocalStorage<object>();

/** Sends `Authorization: Bearer ...` with each request. */
export class HttpBearerAuth implements Auth {
  #token: string | null;
  readonly #refresh: (() => string | Promise<string>) | null;
  #pending: Promise<string> | null = null;
  /** Requests on their way when a refresh failed are not to start another one. */
  #failed: { readonly token: string; readonly error: unknown } | null = null;

  /** @throws {TypeError} when the token is no visible ASCII text, or an option is unknown or of the wrong kind. */
  constructor(init: string | BearerInit) {
    const given: BearerInit | { token: string; refresh?: undefined } =
      typeof init === "string" ? { token: init } : init;
    if (!isObject(given)) throw mustBe("a bearer", "a token or { token, refresh }", given);
    const { token, refresh } = optionsOf(given, "a bearer", ["token", "refresh"]);
    if (typeof init !== "string" && typeof refresh !== "function")
      throw mustBe("refresh", "a function that returns a token", refresh);
    this.#token = token === undefined || token === null ? null : checkedToken(token);
    this.#refresh = refresh ?? null;
  }

  apply(request: PreparedRequest): void | Promise<void> {
    this.#failed = null;
    if (this.#token === null) return this.#freshToken().then((token) => sign(request, token));
    sign(request, this.#token);
  }

  preview(): AuthPreview {
    return this.#token === null
      ? { scheme: "Bearer", fields: null, note: "would ask refresh() for a token" }
      : { scheme: "Bearer", fields: [["Authorization", valueOf(this.#token)]], note: null };
  }

  onChallenge(response: ChallengeResponse, answered = 0): boolean | Promise<boolean> {
    if (response.status !== 401 || this.#refresh === null || answered > 0) return false;
    const refused = response.request.headers.get("authorization");
    // Another request was refused before, and there is a new token already.
    if (this.#token !== null && refused !== valueOf(this.#token)) return true;
    if (this.#failed !== null && refused === valueOf(this.#failed.token)) throw this.#failed.error;
    return this.#freshToken().then(() => true);
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return { scheme: "Bearer", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpBearerAuth ${REDACTED}`);
  }

  /** All who ask while one refresh runs get its token, or its error. */
  #freshToken(): Promise<string> {
    if (refreshing.getStore() === this) {
      throw new Error(
        "refresh made a request with the auth that it refreshes; give that request auth: false",
      );
    }
    this.#pending ??= this.#runRefresh().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #runRefresh(): Promise<string> {
    const refresh = this.#refresh;
    if (refresh === null) throw new Error("there is no token, and no way to get one");
    try {
      const token = checkedToken(await refreshing.run(this, refresh));
      this.#token = token;
      return token;
    } catch (error) {
      if (this.#token !== null) this.#failed = { token: this.#token, error };
      throw error;
    }
  }
}

function sign(request: PreparedRequest, token: string): void {
  request.headers.set("Authorization", valueOf(token));
}

function valueOf(token: string): string {
  return `Bearer ${token}`;
}

/** RFC 6750 §2.1 allows fewer characters, but tokens with `|` or `:` are in use. */
function checkedToken(token: unknown): string {
  if (typeof token !== "string") throw misuse(mustBe("a bearer token", "text", token));
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw misuse(
      new TypeError("a bearer token must be visible ASCII characters, without blanks and line ends"),
    );
  }
  return token;
}
