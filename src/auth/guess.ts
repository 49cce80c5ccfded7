/**
 * Credentials without a scheme: the server's challenge says which one it takes (requests-toolbelt's `GuessAuth`).
 */
import type { Auth, AuthPreview, ChallengeResponse } from "../core/auth-scheme.ts";
import { Memo } from "../core/memo.ts";
import type { Origin } from "../core/origin.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import { HttpBasicAuth } from "./basic.ts";
import { parseChallenges } from "./challenge.ts";
import { HttpDigestAuth } from "./digest.ts";

/**
 * Sends nothing until the server asks; then Digest if it is offered, else Basic if that is. What an origin took is remembered
 * for its later requests.
 */
export class HttpGuessAuth implements Auth {
  readonly #basic: HttpBasicAuth;
  readonly #digest: HttpDigestAuth;
  /** A program talks to few origins with one auth object. */
  readonly #chosen = new Memo<Origin, HttpBasicAuth | HttpDigestAuth>(100);

  /** @throws {TypeError} when a part is no text, or has what one of the schemes cannot send. */
  constructor(username: string, password: string) {
    this.#digest = new HttpDigestAuth(username, password);
    this.#basic = new HttpBasicAuth(username, password);
  }

  apply(request: PreparedRequest): ReturnType<Auth["apply"]> {
    return request.origin === null ? undefined : this.#chosen.get(request.origin)?.apply(request);
  }

  preview(request: PreparedRequest): AuthPreview {
    const chosen = request.origin === null ? undefined : this.#chosen.get(request.origin);
    return (
      chosen?.preview(request) ?? {
        scheme: "Digest or Basic",
        fields: [],
        note: "sends nothing before the server asks",
      }
    );
  }

  onChallenge(response: ChallengeResponse, answered = 0): boolean {
    const { origin } = response.request;
    if (response.status !== 401 || origin === null) return false;
    // The stronger one first: whoever can read the line must not choose the weaker one for both.
    if (this.#digest.onChallenge(response, answered)) return this.#choose(origin, this.#digest);
    // Others may have been challenged meanwhile: what counts is what this request was sent with.
    const wasBasic = answered > 0 || isBasic(response.request);
    return !wasBasic && offersBasic(response) && this.#choose(origin, this.#basic);
  }

  onResponse(response: ChallengeResponse): void {
    this.#digest.onResponse(response);
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return { scheme: "Digest or Basic", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpGuessAuth ${REDACTED}`);
  }

  #choose(origin: Origin, scheme: HttpBasicAuth | HttpDigestAuth): true {
    this.#chosen.set(origin, scheme);
    return true;
  }
}

function isBasic({ headers }: PreparedRequest): boolean {
  return headers.get("authorization")?.startsWith("Basic ") === true;
}

function offersBasic({ headers }: ChallengeResponse): boolean {
  return parseChallenges(headers.getAll("www-authenticate")).some(({ scheme }) => scheme === "basic");
}
