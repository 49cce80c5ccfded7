/**
 * Digest credentials for proxies (RFC 7616 §3.8): those that answer 407, be it to CONNECT or to a request that they forward.
 *
 * May import: `core/`, own folder, `node:crypto` for random numbers.
 */
import { randomBytes } from "node:crypto";

import type { ProxyAuth, ProxyMessage } from "../core/adapter.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import { parseChallenges } from "./challenge.ts";
import { chooseDigest } from "./digest-challenge.ts";
import { digestHeader, digestKey, type DigestKey } from "./digest-response.ts";
import { checkedText } from "./digest.ts";

/** A program has few proxies. */
const MAX_PROXIES = 100;

/**
 * For the option `proxyAuth`. The first message to a proxy goes without credentials; later ones are signed at once. Of the
 * body nothing is hashed: `auth-int` alone is not answered.
 */
export class HttpProxyDigestAuth implements ProxyAuth {
  readonly #username: string;
  readonly #password: string;
  readonly #nonces = new Map<string, { readonly key: DigestKey; count: number }>();

  /** @throws {TypeError} when a part is no text, or has a control character. */
  constructor(username: string, password: string) {
    this.#username = checkedText("user name", username);
    this.#password = checkedText("password", password);
  }

  authorize({ method, uri, proxy }: ProxyMessage): string | null {
    const nonce = this.#nonces.get(proxy);
    if (nonce === undefined) return null;
    nonce.count++;
    return digestHeader(nonce.key, { method, uri, count: nonce.count, cnonce: newCnonce(), bodyHash: "" });
  }

  onChallenge(challenges: readonly string[], { proxy }: ProxyMessage, answered: number): boolean {
    const challenge = chooseDigest(parseChallenges(challenges));
    if (challenge === null || challenge.qop === "auth-int") return false;
    // A wrong password stays wrong; only a nonce that was too old is worth another try.
    if (answered > 0 && !challenge.stale) return false;
    if (this.#nonces.size >= MAX_PROXIES) this.#nonces.clear();
    this.#nonces.set(proxy, {
      key: digestKey(challenge, this.#username, this.#password, newCnonce()),
      count: 0,
    });
    return true;
  }

  toJSON(): Record<string, unknown> {
    return { scheme: "Digest", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpProxyDigestAuth ${REDACTED}`);
  }
}

function newCnonce(): string {
  return randomBytes(16).toString("hex");
}
