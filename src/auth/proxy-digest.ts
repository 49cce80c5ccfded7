/**
 * Digest credentials for proxies (RFC 7616 §3.8): those that answer 407, be it to CONNECT or to a request that they forward.
 */
import type { ProxyAuth, ProxyMessage } from "../core/adapter.ts";
import type { HeaderMap } from "../core/headers.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import { DigestNonces, signedWith } from "./digest-nonces.ts";
import { checkedText } from "./digest.ts";

/**
 * For the option `proxyAuth`. The first message to a proxy goes without credentials; later ones are signed at once. Of the
 * body nothing is hashed: `auth-int` alone is not answered.
 */
export class HttpProxyDigestAuth implements ProxyAuth {
  readonly #nonces: DigestNonces;

  /** @throws {TypeError} when a part is no text, or has a control character. */
  constructor(username: string, password: string) {
    this.#nonces = new DigestNonces(checkedText("user name", username), checkedText("password", password));
  }

  /** Signs with the nonce of the challenge that the message answers, or with the one that is known for its proxy. */
  authorize(message: ProxyMessage): string | null {
    const { method, uri, proxy } = message;
    const nonce = this.#nonces.nonceFor(proxy, message);
    return nonce === null ? null : signedWith(nonce, { method, uri, bodyHash: "" });
  }

  /** Takes the strongest challenge. A second one for the same message is answered only if the nonce was just too old. */
  onChallenge(challenges: readonly string[], message: ProxyMessage, answered: number): boolean {
    return this.#nonces.challenged(message.proxy, challenges, message, { answered, mayHashBody: false });
  }

  /** The nonce was good, and a proxy may name the next one beforehand (RFC 7616 §3.5). */
  onResponse(headers: HeaderMap, message: ProxyMessage): void {
    this.#nonces.accepted(message.proxy, headers.get("proxy-authentication-info"), message);
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return { scheme: "Digest", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpProxyDigestAuth ${REDACTED}`);
  }
}
