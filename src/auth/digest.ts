/**
 * Digest credentials (RFC 7616): MD5, SHA-256, SHA-512-256 and SHA-512, each also as `-sess`, with `auth` and `auth-int`;
 * for servers, which ask with 401, and for proxies, which ask with 407.
 *
 * The first request to an origin goes bare, unless a nonce is known; later ones are signed at once. What was learned is
 * kept by origin, so a nonce of one server never goes to another (CVE-2026-11856 in curl). Nothing is
 * sent again when there is no challenge that can be answered.
 */

import type { ProxyAuth, ProxyMessage } from "../core/adapter.ts";
import type { Auth, AuthPreview, ChallengeResponse } from "../core/auth-scheme.ts";
import type { Body } from "../core/body.ts";
import { mustBe } from "../core/checks.ts";
import { UnrewindableBodyError } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { nodeCrypto } from "../core/late.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { DigestChallenge } from "./digest-challenge.ts";
import { DigestNonces, signedWith, type Nonce } from "./digest-nonces.ts";
import { digestHash } from "./digest-response.ts";

/** Answers Digest challenges, and signs what follows them. */
export class HttpDigestAuth implements Auth {
  readonly #nonces: DigestNonces;

  /** @throws {TypeError} when a part is no text, or has a control character. */
  constructor(username: string, password: string) {
    this.#nonces = new DigestNonces(checkedText("user name", username), checkedText("password", password));
  }

  /**
   * Signs with the nonce of the challenge that the request answers, or with the one that is known for its origin.
   *
   * @throws {UnrewindableBodyError} when the server wants the body hashed, and it can be read only once.
   */
  apply(request: PreparedRequest): void | Promise<void> {
    const { origin, payload } = request;
    const nonce = origin === null ? null : this.#nonces.nonceFor(origin, request.challenge);
    if (nonce === null) return;
    const { challenge } = nonce.key;
    if (challenge.qop !== "auth-int") return sign(request, nonce, "");
    if (payload !== null && payload.kind === "stream")
      return hashedStream(challenge, payload, request).then((hash) => sign(request, nonce, hash));
    sign(request, nonce, digestHash(challenge, payload === null ? "" : payload.bytes));
  }

  preview(request: PreparedRequest): AuthPreview {
    const { origin } = request;
    const isKnown = origin !== null && this.#nonces.nonceFor(origin, null) !== null;
    return isKnown
      ? {
          scheme: "Digest",
          fields: null,
          note: "would sign with the nonce that is known, otherwise each time",
        }
      : { scheme: "Digest", fields: [], note: "sends nothing before the server asks" };
  }

  /** Takes the strongest challenge. A second one for the same request is answered only if the nonce was just too old. */
  onChallenge(response: ChallengeResponse, answered = 0): boolean {
    const { origin } = response.request;
    if (response.status !== 401 || origin === null) return false;
    const values = response.headers.getAll("www-authenticate");
    return this.#nonces.challenged(origin, values, response, { answered, mayHashBody: true });
  }

  /** The nonce was good, and a server may name the next one beforehand (RFC 7616 §3.5). */
  onResponse({ request, headers }: ChallengeResponse): void {
    if (request.origin !== null)
      this.#nonces.accepted(request.origin, headers.get("authentication-info"), request.challenge);
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return { scheme: "Digest", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpDigestAuth ${REDACTED}`);
  }
}

/**
 * For the option `proxyAuth`: answers the Digest challenges of proxies (RFC 7616 §3.8), to CONNECT and to requests that they
 * forward. The first message to a proxy goes without credentials; later ones are signed at once. Of the body nothing is hashed:
 * `auth-int` alone is not answered.
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

function sign(request: PreparedRequest, nonce: Nonce, bodyHash: string): void {
  const { method, pathUrl } = request;
  request.headers.set("Authorization", signedWith(nonce, { method, uri: pathUrl, bodyHash }));
}

async function hashedStream(
  challenge: DigestChallenge,
  payload: Extract<Body, { readonly kind: "stream" }>,
  request: PreparedRequest,
): Promise<string> {
  if (!payload.replayable) {
    const message =
      "the server wants a hash of the body (Digest, auth-int), and a stream can be read only once; give a function";
    throw new UnrewindableBodyError(message, { request });
  }
  const hash = nodeCrypto().createHash(challenge.algorithm.hash);
  for await (const chunk of payload.open()) hash.update(chunk);
  return hash.digest("hex");
}

/** @throws {TypeError} for what Digest cannot send. */
function checkedText(part: string, value: unknown): string {
  if (typeof value !== "string") throw mustBe(`the ${part}`, "text", value);
  // oxlint-disable-next-line no-control-regex -- RFC 7616 §3.4 has no way to send them
  if (/[\x00-\x1f\x7f]/.test(value)) throw new TypeError(`the ${part} must not have control characters`);
  return value;
}
