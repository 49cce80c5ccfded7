/**
 * The answer to a Digest challenge: the hashes of RFC 7616 §3.4, and the header that carries them.
 *
 * Realm, nonce and opaque are bytes that come back as they came; user name and password are UTF-8.
 */

import { nodeCrypto } from "../core/late.ts";
import type { DigestChallenge } from "./digest-challenge.ts";

/** What is secret, or was made up, for one nonce. */
export interface DigestKey {
  readonly challenge: DigestChallenge;
  readonly username: string;
  /** H(A1) of RFC 7616 §3.4.2: as good as the password, for this realm. */
  readonly secret: string;
  /** The cnonce in the secret of a `-sess` algorithm, which all its answers have to name; `null` for the others. */
  readonly sessionCnonce: string | null;
}

/** One request to be signed. */
export interface DigestRequest {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  /** How often the nonce has been used, this time included. */
  readonly count: number;
  readonly cnonce: string;
  /** Hash of the body: looked at for `auth-int` only. */
  readonly bodyHash: string;
}

/** Prepares the answers to a challenge. The password is not needed afterwards. */
export function digestKey(
  challenge: DigestChallenge,
  username: string,
  password: string,
  cnonce: string,
): DigestKey {
  const user = spelled(username, challenge);
  const pair = [Buffer.from(user), bytesOf(challenge.realm), Buffer.from(spelled(password, challenge))];
  const secret = digestHash(challenge, joined(pair));
  if (!challenge.algorithm.session) return { challenge, username: user, secret, sessionCnonce: null };
  const session = joined([Buffer.from(secret), bytesOf(challenge.nonce), Buffer.from(cnonce)]);
  return { challenge, username: user, secret: digestHash(challenge, session), sessionCnonce: cnonce };
}

/** The hash function of a challenge, in hexadecimal. */
export function digestHash(challenge: DigestChallenge, data: string | Uint8Array): string {
  return nodeCrypto().createHash(challenge.algorithm.hash).update(data).digest("hex");
}

/** The value of the `Authorization` header. */
export function digestHeader(key: DigestKey, request: DigestRequest): string {
  const { challenge } = key;
  const { qop } = challenge;
  const cnonce = key.sessionCnonce ?? request.cnonce;
  const count = request.count.toString(16).padStart(8, "0");
  const fields = [
    ...usernameFields(key),
    `realm=${quoted(bytesOf(challenge.realm))}`,
    `nonce=${quoted(bytesOf(challenge.nonce))}`,
    `uri=${quoted(bytesOf(request.uri))}`,
    `response="${responseOf(key, request, { cnonce, count })}"`,
  ];
  // Without quotes, as RFC 7616 §3.4 wants them (requests quotes them: PARITY DIG-9).
  if (challenge.algorithmName !== null) fields.push(`algorithm=${challenge.algorithmName}`);
  if (challenge.opaque !== null) fields.push(`opaque=${quoted(bytesOf(challenge.opaque))}`);
  if (qop !== null) fields.push(`qop=${qop}`, `nc=${count}`);
  if (qop !== null || key.sessionCnonce !== null) fields.push(`cnonce="${cnonce}"`);
  return `Digest ${fields.join(", ")}`;
}

/** RFC 7616 §3.4.1; without qop that of RFC 2069. */
function responseOf(
  key: DigestKey,
  request: DigestRequest,
  used: { readonly cnonce: string; readonly count: string },
): string {
  const { challenge } = key;
  const body = challenge.qop === "auth-int" ? `:${request.bodyHash}` : "";
  const asked = digestHash(challenge, joined([Buffer.from(request.method), bytesOf(request.uri + body)]));
  const middle = challenge.qop === null ? [] : [used.count, used.cnonce, challenge.qop];
  return digestHash(
    challenge,
    joined([
      Buffer.from(key.secret),
      bytesOf(challenge.nonce),
      ...[...middle, asked].map((part) => Buffer.from(part)),
    ]),
  );
}

/**
 * RFC 7616 §3.4.4: a hash where the server wants one; `username*` for a name beyond ASCII, if the server announces UTF-8.
 * To others such a name goes as UTF-8 between quotes, as browsers send it.
 */
function usernameFields({ challenge, username }: DigestKey): readonly string[] {
  if (challenge.userhash) {
    const hash = digestHash(challenge, joined([Buffer.from(username), bytesOf(challenge.realm)]));
    return [`username="${hash}"`, "userhash=true"];
  }
  const isAscii = /^[\x20-\x7e]*$/.test(username);
  if (!isAscii && challenge.utf8) return [`username*=UTF-8''${percentEncoded(username)}`];
  return [`username=${quoted(Buffer.from(username))}`];
}

/** With UTF-8 comes one spelling of letters with accents (RFC 7616 §4). */
function spelled(text: string, challenge: DigestChallenge): string {
  return challenge.utf8 ? text.normalize("NFC") : text;
}

/** The bytes of a received text. Node gives one character a byte; another adapter may have decoded UTF-8. */
function bytesOf(text: string): Buffer {
  // oxlint-disable-next-line no-control-regex -- everything that latin-1 has
  return Buffer.from(text, /^[\x00-\xff]*$/.test(text) ? "latin1" : "utf8");
}

function joined(parts: readonly Uint8Array[]): Buffer {
  const colon = Buffer.from(":");
  return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [colon, part])));
}

/** A quoted string (RFC 9110 §5.6.4), one character a byte. */
function quoted(bytes: Buffer): string {
  return `"${bytes.toString("latin1").replace(/["\\]/g, "\\$&")}"`;
}

/** What RFC 8187 §3.2.1 allows in an extended value; `encodeURIComponent` leaves four more as they are. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
