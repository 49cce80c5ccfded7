/**
 * Gate: which requests the inspector answers, and with what. Everything on this machine can reach a port of it: other programs, other users, and
 * each page that is open in a browser, some under a name that leads here only since a moment ago. So a request has to be one that our own page
 * makes, and for data it has to bring the token.
 *
 * Pure, but for the comparison that takes as long for a wrong token as for the right one.
 */
import { createHash, timingSafeEqual } from "node:crypto";

/** What is asked for, or why it is not given. */
export type Verdict =
  | { readonly kind: "page" }
  | { readonly kind: "events" }
  | { readonly kind: "refused"; readonly status: number; readonly reason: string };

/** A request as it came. */
export interface Asked {
  readonly method: string;
  /** The target as it stood on the wire. */
  readonly target: string;
  /** Names and values of fields in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** What is let in. */
export interface Terms {
  /** The port that is listened on. */
  readonly port: number;
  /** {@link digestOf} the token: the token itself is not needed here. */
  readonly tokenDigest: Uint8Array;
}

/** Names of this machine that a browser may have in its address bar. A name that merely leads here is none. */
const HOSTS = ["127.0.0.1", "localhost", "[::1]"] as const;

/** Pages of others cannot have a browser send it: they would have to be allowed to, and nobody is. */
const TOKEN_FIELD = "x-sojourn-token";

/** What tokens are compared by: of one length, whatever was sent. */
export function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(token, "utf8").digest();
}

/** Looks at a request. Targets are compared as they stand: there is nothing to decode, and nothing to climb out of. */
export function judge(asked: Asked, terms: Terms): Verdict {
  const refusal = fromElsewhere(asked, terms.port) ?? otherThanGet(asked);
  if (refusal !== null) return refusal;
  switch (asked.target) {
    case "/":
      // There is no data in it. It has the token from the fragment of its address, which browsers do not send.
      return { kind: "page" };
    case "/events":
      return withoutToken(asked, terms) ?? { kind: "events" };
    default:
      return refused(404, "there is nothing here");
  }
}

/** A request that another page, or another host's page under a rebound name, had the browser make. */
function fromElsewhere({ rawHeaders }: Asked, port: number): Verdict | null {
  const [host, ...otherHosts] = valuesOf(rawHeaders, "host");
  if (host === undefined || otherHosts.length > 0 || !hostsAt(port).includes(host.toLowerCase()))
    return refused(403, "this is for 127.0.0.1 and its own port alone");
  if (valuesOf(rawHeaders, "origin").some((origin) => origin !== `http://${host.toLowerCase()}`))
    return refused(403, "this is for its own page alone: paste the address instead of following a link");
  // "none": somebody typed the address, or followed a link of another program.
  if (valuesOf(rawHeaders, "sec-fetch-site").some((site) => site !== "none" && site !== "same-origin"))
    return refused(403, "this is for its own page alone: paste the address instead of following a link");
  return null;
}

/** Port 80 is left out by browsers. */
function hostsAt(port: number): readonly string[] {
  const hosts = HOSTS.map((host) => `${host}:${port}`);
  return port === 80 ? [...hosts, ...HOSTS] : hosts;
}

function otherThanGet({ method, rawHeaders }: Asked): Verdict | null {
  if (method !== "GET") return refused(405, "there is nothing here but to be looked at");
  const surplus = ["content-length", "transfer-encoding", "upgrade"].some(
    (name) => valuesOf(rawHeaders, name).length > 0,
  );
  return surplus ? refused(400, "a request has no body here, and stays what it is") : null;
}

function withoutToken({ rawHeaders }: Asked, { tokenDigest }: Terms): Verdict | null {
  const [token, ...others] = valuesOf(rawHeaders, TOKEN_FIELD);
  if (token !== undefined && others.length === 0 && timingSafeEqual(digestOf(token), tokenDigest))
    return null;
  return refused(403, "this needs the token, which stands behind the # of the address that the program gave");
}

/** All values of a field. `Host` twice is not the first one of them. */
function valuesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

function refused(status: number, reason: string): Verdict {
  return { kind: "refused", status, reason };
}
