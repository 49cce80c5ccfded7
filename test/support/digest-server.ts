/**
 * Servers and proxies that ask for Digest (RFC 7616) and are strict about nonces: how often one is good, and that its count
 * never comes twice.
 */
import { createHash } from "node:crypto";

/** The user and the password that get in. */
export const USER = "ann";
export const PASSWORD = "a";

/** How a server hands out nonces. */
export interface NoncePolicy {
  /** A new one for each challenge, or one for all. */
  readonly isShared: boolean;
  /** So often it may be used. */
  readonly uses: number;
  /** Is a count only good when it is higher than the last one, or also when it is new? */
  readonly isOrdered: boolean;
}

/** What was decided of one message. */
export type Verdict =
  | { readonly kind: "in"; readonly nextNonce: string }
  | { readonly kind: "challenge"; readonly value: string };

interface Issued {
  readonly counts: Set<number>;
  highest: number;
}

/** Decides who gets in. */
export class DigestGate {
  readonly #policy: NoncePolicy;
  readonly #issued = new Map<string, Issued>();
  /** Counts that came a second time with their nonce: a replay, to whoever sees it. */
  readonly replays: string[] = [];
  challenges = 0;

  constructor(policy: NoncePolicy) {
    this.#policy = policy;
  }

  /** @param credentials value of `Authorization` or `Proxy-Authorization`. */
  judge(method: string, credentials: string | undefined): Verdict {
    const part = (name: string): string =>
      new RegExp(`\\b${name}="?([^",]*)`).exec(credentials ?? "")?.[1] ?? "";
    const issued = this.#issued.get(part("nonce"));
    const count = Number.parseInt(part("nc"), 16);
    if (issued?.counts.has(count) === true) this.replays.push(`${part("nonce")} ${count}`);
    if (issued !== undefined && isRight(method, part) && this.#isGood(issued, count)) {
      issued.counts.add(count);
      issued.highest = Math.max(issued.highest, count);
      return { kind: "in", nextNonce: this.#issue() };
    }
    const stale = credentials === undefined ? "" : ", stale=true";
    this.challenges++;
    return { kind: "challenge", value: `Digest realm="r", nonce="${this.#issue()}", qop="auth"${stale}` };
  }

  #isGood({ counts, highest }: Issued, count: number): boolean {
    const { uses, isOrdered } = this.#policy;
    return counts.size < uses && (isOrdered ? count > highest : !counts.has(count));
  }

  #issue(): string {
    const nonce = this.#policy.isShared ? "shared" : `n${this.#issued.size}`;
    if (!this.#issued.has(nonce)) this.#issued.set(nonce, { counts: new Set(), highest: 0 });
    return nonce;
  }
}

/** RFC 7616 §3.4.1, for MD5 and qop "auth". */
function isRight(method: string, part: (name: string) => string): boolean {
  const secret = md5(`${USER}:r:${PASSWORD}`);
  const asked = md5(`${method}:${part("uri")}`);
  const expected = md5(`${secret}:${part("nonce")}:${part("nc")}:${part("cnonce")}:auth:${asked}`);
  return part("response") === expected;
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
