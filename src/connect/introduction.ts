/**
 * Introduction: one message's way past a proxy that wants credentials: asks the program's `proxyAuth` what to say, and what a
 * challenge is answered with. The messages go out elsewhere: CONNECT in `connect.ts`, forwarded requests in `transport/http-adapter.ts`.
 */
import { mustReturn } from "../core/checks.ts";
import { unlessAborted } from "../core/abort.ts";
import type { ProxyAuth, ProxyMessage } from "../core/adapter.ts";
import { codes } from "../core/status.ts";
import type { ProxyAnswer } from "./failures.ts";

/** So often a challenge is answered: once, and again for nonces that went stale while others were answered beside. */
const MOST_ANSWERS = 4;

/** What the program's own code threw, on a way on which other errors are translated: it comes back as it is. */
export class CallersError extends Error {
  override readonly name: string = "CallersError";
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super("proxyAuth failed", { cause: thrown });
    this.thrown = thrown;
  }
}

/** One message, as often as it is sent. */
export class Introduction {
  readonly #auth: ProxyAuth;
  readonly #message: ProxyMessage;
  readonly #signal: AbortSignal | null;
  #answered = 0;

  /** @param message of this one alone: it is known again by its identity. */
  constructor(auth: ProxyAuth, message: ProxyMessage, signal: AbortSignal | null) {
    this.#auth = auth;
    this.#message = message;
    this.#signal = signal;
  }

  /** The value of `Proxy-Authorization`; `null` for none. @throws {CallersError} */
  async authorization(): Promise<string | null> {
    return await this.#asked(async () => {
      const value: unknown = await unlessAborted(this.#auth.authorize(this.#message), this.#signal);
      if (typeof value === "string" || value == null) return value ?? null;
      throw mustReturn("authorize() of proxyAuth", "text or null", value);
    });
  }

  /**
   * The proxy answered, or whom it forwarded the message to: is it to be sent again, with other credentials?
   *
   * @throws {CallersError}
   */
  async asksAgain({ status, headers }: ProxyAnswer): Promise<boolean> {
    return await this.#asked(async () => {
      if (status !== codes.proxyAuthenticationRequired) {
        // An asynchronous one fits the type, too: what goes wrong in it is not to be lost.
        await unlessAborted(this.#auth.onResponse?.(headers, this.#message), this.#signal);
        return false;
      }
      if (this.#answered >= MOST_ANSWERS) return false;
      const challenges = headers.getAll("proxy-authenticate");
      const answer = this.#auth.onChallenge(challenges, this.#message, this.#answered++);
      const value: unknown = await unlessAborted(answer, this.#signal);
      if (typeof value === "boolean") return value;
      throw mustReturn("onChallenge() of proxyAuth", "true or false", value);
    });
  }

  async #asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      throw new CallersError(error);
    }
  }
}
