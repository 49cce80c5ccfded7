/**
 * Digest credentials (RFC 7616): MD5, SHA-256, SHA-512-256 and SHA-512, each also as `-sess`, with `auth` and `auth-int`.
 *
 * The first request to an origin goes bare, unless a nonce is known; later ones are signed at once. What was learned is
 * kept by origin, so a nonce of one server never goes to another (CVE-2026-11856 in curl). Only a 401 is answered: PARITY
 * DIG-2. Nothing is sent again when there is no challenge that can be answered (DIG-7).
 *
 * May import: `core/`, own folder, `node:crypto` for hashing and random numbers.
 */
import { createHash, randomBytes } from "node:crypto";

import type { Auth, ChallengeResponse } from "../core/auth-scheme.ts";
import type { Body } from "../core/body.ts";
import { describe } from "../core/describe.ts";
import { UnrewindableBodyError } from "../core/errors.ts";
import type { Origin } from "../core/origin.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import { parseChallenges, parseParameters } from "./challenge.ts";
import { chooseDigest, type DigestChallenge } from "./digest-challenge.ts";
import { digestHash, digestHeader, digestKey, type DigestKey } from "./digest-response.ts";

/** A nonce in use. Its count goes up with each signature, also of requests side by side. */
interface Nonce {
  readonly key: DigestKey;
  count: number;
}

/** What an origin has said: the nonce to use, and recent ones, for servers that hand them out in turn. */
interface Space {
  current: Nonce;
  readonly recent: Map<string, Nonce>;
}

/** A program talks to few origins with one auth object, and a server has few nonces at a time. */
const MAX_SPACES = 100;
const MAX_NONCES = 50;

/** Answers Digest challenges, and signs what follows them. */
export class HttpDigestAuth implements Auth {
  readonly #username: string;
  readonly #password: string;
  readonly #spaces = new Map<Origin, Space>();

  /** @throws {TypeError} when a part is no text, or has a control character. */
  constructor(username: string, password: string) {
    this.#username = checkedText("user name", username);
    this.#password = checkedText("password", password);
  }

  /**
   * Signs with the nonce that is known for the request's origin, if there is one.
   *
   * @throws {UnrewindableBodyError} when the server wants the body hashed, and it can be read only once.
   */
  apply(request: PreparedRequest): void | Promise<void> {
    const { origin } = request;
    const nonce = origin === null ? undefined : this.#spaces.get(origin)?.current;
    if (nonce === undefined) return;
    if (nonce.key.challenge.qop !== "auth-int") return sign(request, nonce, "");
    const { payload } = request;
    if (payload !== null && payload.kind === "stream") {
      return hashedStream(nonce.key.challenge, payload, request).then((hash) => sign(request, nonce, hash));
    }
    sign(request, nonce, digestHash(nonce.key.challenge, payload === null ? "" : payload.bytes));
  }

  /** Takes the strongest challenge. A second one for the same request is answered only if the nonce was just too old. */
  onChallenge(response: ChallengeResponse, answered = 0): boolean {
    const { origin } = response.request;
    if (response.status !== 401 || origin === null) return false;
    const challenge = chooseDigest(parseChallenges(response.headers.getAll("www-authenticate")));
    if (challenge === null || (answered > 0 && !challenge.stale)) return false;
    this.#learn(origin, challenge);
    return true;
  }

  /** A server may name the next nonce beforehand (RFC 7616 §3.5). */
  onResponse(response: ChallengeResponse): void {
    const { origin } = response.request;
    const space = origin === null ? undefined : this.#spaces.get(origin);
    if (origin === null || space === undefined) return;
    const about = response.headers.get("authentication-info");
    const nonce = about === null ? undefined : parseParameters(about).get("nextnonce");
    if (nonce !== undefined) this.#learn(origin, { ...space.current.key.challenge, nonce });
  }

  toJSON(): Record<string, unknown> {
    return { scheme: "Digest", credentials: REDACTED };
  }

  static {
    printAs(this, () => `HttpDigestAuth ${REDACTED}`);
  }

  #learn(origin: Origin, challenge: DigestChallenge): void {
    const space = this.#spaces.get(origin);
    const recent = space?.recent ?? new Map<string, Nonce>();
    const key = digestKey(challenge, this.#username, this.#password, newCnonce());
    // A count that began again would look like a replay (RFC 7616 §3.4).
    const nonce: Nonce = { key, count: recent.get(challenge.nonce)?.count ?? 0 };
    remember(recent, challenge.nonce, nonce, MAX_NONCES);
    if (space === undefined) remember(this.#spaces, origin, { current: nonce, recent }, MAX_SPACES);
    else space.current = nonce;
  }
}

function sign(request: PreparedRequest, nonce: Nonce, bodyHash: string): void {
  nonce.count++;
  const { method, pathUrl } = request;
  const header = digestHeader(nonce.key, {
    method,
    uri: pathUrl,
    count: nonce.count,
    cnonce: newCnonce(),
    bodyHash,
  });
  request.headers.set("Authorization", header);
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
  const hash = createHash(challenge.algorithm.hash);
  for await (const chunk of payload.open()) hash.update(chunk);
  return hash.digest("hex");
}

/** Drops what was put in first when there is too much. */
function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, limit: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function newCnonce(): string {
  return randomBytes(16).toString("hex");
}

/** @internal Text that Digest can send. @throws {TypeError} */
export function checkedText(part: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`the ${part} must be text, not ${describe(value)}`);
  // oxlint-disable-next-line no-control-regex -- RFC 7616 §3.4 has no way to send them
  if (/[\x00-\x1f\x7f]/.test(value)) throw new TypeError(`the ${part} must not have control characters`);
  return value;
}
