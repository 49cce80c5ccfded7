/**
 * Digest challenges: what one asks for, and which of several is answered (RFC 7616 §3.3, §3.7).
 *
 * May import: `core/`, own folder. Pure.
 */
import { withoutBlanks } from "../core/received-text.ts";
import type { Challenge } from "./challenge.ts";

/** A hash function, with or without a key for the session. */
interface DigestAlgorithm {
  /** As `node:crypto` calls it. */
  readonly hash: string;
  /** `-sess`: the password is hashed with the first nonce once, and is not needed any more then. */
  readonly session: boolean;
  /** A higher one is preferred. */
  readonly strength: number;
}

/** How much of a request is protected. `null`: the form of RFC 2069, without count. */
type DigestQop = "auth" | "auth-int" | null;

/** A challenge that can be answered. */
export interface DigestChallenge {
  /** As received: one character a byte. */
  readonly realm: string;
  readonly nonce: string;
  /** To be sent back as it is; `null` when there is none. */
  readonly opaque: string | null;
  readonly algorithm: DigestAlgorithm;
  /** As the server spells it; `null` when it says none, which means MD5. */
  readonly algorithmName: string | null;
  readonly qop: DigestQop;
  /** Only the nonce was too old: user and password are right. */
  readonly stale: boolean;
  /** The user name is to be hashed. */
  readonly userhash: boolean;
  /** The server announces UTF-8, and with it `username*`. */
  readonly utf8: boolean;
}

/**
 * By name in lower case: in capitals a letter may become two, and another name. requests knows SHA and SHA-512 too, which
 * RFC 7616 has not (PARITY DIG-7).
 */
const HASHES: readonly (readonly [name: string, hash: string])[] = [
  ["md5", "md5"],
  ["sha", "sha1"],
  ["sha-256", "sha256"],
  ["sha-512-256", "sha512-256"],
  ["sha-512", "sha512"],
];

const ALGORITHMS: ReadonlyMap<string, DigestAlgorithm> = new Map(
  HASHES.flatMap(([name, hash], strength): [string, DigestAlgorithm][] => [
    [name, { hash, session: false, strength }],
    [`${name}-sess`, { hash, session: true, strength }],
  ]),
);

/** The strongest challenge that can be answered, the first of equals; `null` when there is none. */
export function chooseDigest(challenges: readonly Challenge[]): DigestChallenge | null {
  let best: DigestChallenge | null = null;
  for (const challenge of challenges) {
    const digest = challenge.scheme === "digest" ? readDigest(challenge.params) : null;
    if (digest !== null && (best === null || digest.algorithm.strength > best.algorithm.strength))
      best = digest;
  }
  return best;
}

/** `null` without realm or nonce, and for an algorithm or a qop that we do not know. */
function readDigest(params: ReadonlyMap<string, string>): DigestChallenge | null {
  const realm = params.get("realm");
  const nonce = params.get("nonce");
  const algorithmName = params.get("algorithm") ?? null;
  const algorithm = ALGORITHMS.get((algorithmName ?? "md5").toLowerCase());
  const qop = chooseQop(params.get("qop"));
  if (realm === undefined || nonce === undefined || algorithm === undefined || qop === undefined) return null;
  return {
    realm,
    nonce,
    opaque: params.get("opaque") ?? null,
    algorithm,
    algorithmName,
    qop,
    stale: isTrue(params.get("stale")),
    userhash: isTrue(params.get("userhash")),
    utf8: params.get("charset")?.toLowerCase() === "utf-8",
  };
}

/** `auth` before `auth-int`, as in requests: that one needs the whole body before it is sent. */
function chooseQop(offered: string | undefined): DigestQop | undefined {
  const names = (offered ?? "")
    .toLowerCase()
    .split(",")
    .map(withoutBlanks)
    .filter((name) => name !== "");
  if (names.length === 0) return null;
  if (names.includes("auth")) return "auth";
  return names.includes("auth-int") ? "auth-int" : undefined;
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}
