/**
 * A Digest client of a few lines (RFC 7616), to answer the challenges of a server under test.
 *
 * Pure.
 */
import { createHash } from "node:crypto";

/** What a client must know to answer a challenge. */
export interface DigestAnswer {
  readonly challenge: string;
  readonly method: string;
  readonly uri: string;
  readonly user: string;
  readonly password: string;
  readonly body?: string;
  /** How often the nonce was used before, plus one. Default: 1. */
  readonly count?: number;
  /** Fields to send instead of the right ones. */
  readonly forged?: Readonly<Record<string, string>>;
}

/** The fields of a challenge, with lower-case names. */
export function challengeFields(challenge: string): ReadonlyMap<string, string> {
  const matches = challenge.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,]*))/g);
  return new Map(
    Array.from(matches, ([, name = "", quoted, token]) => [name.toLowerCase(), quoted ?? token ?? ""]),
  );
}

/** The value of an `Authorization` header that answers the challenge. */
export function answerDigest(answer: DigestAnswer): string {
  const challenge = challengeFields(answer.challenge);
  const algorithm = challenge.get("algorithm") ?? "MD5";
  const hash = (content: string): string =>
    createHash(algorithm.toLowerCase().replace("-", "")).update(content).digest("hex");
  const qop = challenge.get("qop") === "auth-int" ? "auth-int" : "auth";
  const fields: Record<string, string> = {
    username: answer.user,
    realm: challenge.get("realm") ?? "",
    nonce: challenge.get("nonce") ?? "",
    uri: answer.uri,
    algorithm,
    opaque: challenge.get("opaque") ?? "",
    qop,
    nc: (answer.count ?? 1).toString(16).padStart(8, "0"),
    cnonce: "0a4f113b",
    ...answer.forged,
  };
  const secret = hash(`${fields["username"]}:${fields["realm"]}:${answer.password}`);
  const asked = `${answer.method}:${fields["uri"]}`;
  const message = hash(qop === "auth-int" ? `${asked}:${hash(answer.body ?? "")}` : asked);
  const { nonce, nc, cnonce } = fields;
  fields["response"] = hash([secret, nonce, nc, cnonce, fields["qop"], message].join(":"));
  const bare = new Set(["algorithm", "qop", "nc"]);
  const parts = Object.entries(fields).map(
    ([name, value]) => `${name}=${bare.has(name) ? value : `"${value}"`}`,
  );
  return `Digest ${parts.join(", ")}`;
}
