/**
 * What protection spaces have said to one user: their nonces, how often each was used, and which one a message is signed
 * with. Servers and proxies alike (RFC 7616 §3.3 to §3.5, §3.8).
 *
 * A message that was challenged is signed with the nonce of its own challenge, whatever other messages learned meanwhile: that
 * nonce may be good for one use (§5.4). Only when an answer was accepted is its nonce used for further messages.
 */

import { nodeCrypto } from "../core/late.ts";
import { Memo } from "../core/memo.ts";
import { parseChallenges, parseParameters } from "./challenge.ts";
import { chooseDigest, type DigestChallenge } from "./digest-challenge.ts";
import { digestHeader, digestKey, type DigestKey, type DigestRequest } from "./digest-response.ts";

/** A nonce, and what signs with it. */
export interface Nonce {
  readonly key: DigestKey;
  /** Shared by all that was made of the same nonce: a count that began again would look like a replay (RFC 7616 §3.4). */
  readonly uses: { count: number };
}

/** What a space has said. */
interface Space {
  /** Learned last. */
  latest: Nonce;
  /** Of the message that was accepted last, or named in its answer; `null` until then. */
  accepted: Nonce | null;
  /** A server has few nonces at a time. */
  readonly uses: Memo<string, Nonce["uses"]>;
}

/** The nonces of one user, by space: an origin, or a proxy. */
export class DigestNonces {
  readonly #username: string;
  readonly #password: string;
  /** A program talks to few origins with one auth object. */
  readonly #spaces = new Memo<string, Space>(100);
  /** By what stands for a message and its challenge. */
  readonly #answers = new WeakMap<object, Nonce>();

  constructor(username: string, password: string) {
    this.#username = username;
    this.#password = password;
  }

  /**
   * Takes the strongest challenge. `false`: none can be answered, or a second one is not about a nonce that was just too old.
   *
   * @param values of `WWW-Authenticate` or `Proxy-Authenticate`.
   * @param asked what stands for the challenged message; {@link nonceFor} is given it again.
   * @param mayHashBody is `auth-int` to be answered?
   */
  challenged(
    space: string,
    values: readonly string[],
    asked: object,
    { answered, mayHashBody }: { readonly answered: number; readonly mayHashBody: boolean },
  ): boolean {
    const challenge = chooseDigest(parseChallenges(values));
    if (challenge === null || (challenge.qop === "auth-int" && !mayHashBody)) return false;
    // A wrong password stays wrong; only a nonce that was too old is worth another try.
    if (answered > 0 && !challenge.stale) return false;
    this.#answers.set(asked, this.#learn(space, challenge));
    return true;
  }

  /**
   * What to sign a message with; `null` for nothing yet.
   *
   * @param asked `null`: it was not challenged; `undefined`: it is not known whether it was.
   */
  nonceFor(name: string, asked: object | null | undefined): Nonce | null {
    const own = asked == null ? undefined : this.#answers.get(asked);
    const space = this.#spaces.get(name);
    if (own !== undefined || space === undefined) return own ?? null;
    // What was learned last may be for another message alone, which is on its way.
    return asked === undefined ? space.latest : (space.accepted ?? space.latest);
  }

  /**
   * A message was accepted. Its answer may name the next nonce beforehand (RFC 7616 §3.5).
   *
   * @param info value of `Authentication-Info` or `Proxy-Authentication-Info`; `null` for none.
   */
  accepted(name: string, info: string | null, asked: object | null | undefined): void {
    const space = this.#spaces.get(name);
    if (space === undefined) return;
    const own = asked == null ? undefined : this.#answers.get(asked);
    space.accepted = own ?? space.accepted;
    const next = info === null ? undefined : parseParameters(info).get("nextnonce");
    if (next === undefined) return;
    const { challenge } = (space.accepted ?? space.latest).key;
    space.accepted = this.#learn(name, { ...challenge, nonce: next });
  }

  #learn(name: string, challenge: DigestChallenge): Nonce {
    const space = this.#spaces.get(name);
    const uses = space?.uses ?? new Memo(50);
    const nonce = {
      key: digestKey(challenge, this.#username, this.#password, newCnonce()),
      uses: uses.getOrMake(challenge.nonce, () => ({ count: 0 })),
    };
    if (space === undefined) this.#spaces.set(name, { latest: nonce, accepted: null, uses });
    else space.latest = nonce;
    return nonce;
  }
}

/** The value of the field that signs a message. Each call is a use of the nonce. */
export function signedWith(
  { key, uses }: Nonce,
  message: Pick<DigestRequest, "method" | "uri" | "bodyHash">,
): string {
  uses.count++;
  return digestHeader(key, { ...message, count: uses.count, cnonce: newCnonce() });
}

function newCnonce(): string {
  return nodeCrypto().randomBytes(16).toString("hex");
}
