/**
 * `/digest-auth`: asks for Digest credentials and verifies them in full (RFC 7616).
 *
 * Stricter than httpbin: a nonce must be one of this server, its count must be new, and `uri`, `realm`, `opaque`,
 * `qop` and `algorithm` must be those of the request and its challenge. A nonce wears out by its uses here, and also
 * by httpbin's cookies `stale_after` and `last_nonce`, so that clients see `stale` with and without a cookie jar.
 */
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";

import { empty, json, withHeaders } from "./answers.ts";
import { credentialsOf } from "./auth.ts";
import { BoundedMap } from "./bounded-map.ts";
import { cookiesOf, setCookie } from "./cookies.ts";
import { GET, headerOf, paramOf, queryOf } from "./exchange.ts";
import type { Answer, Pair, Route, TestRequest } from "./exchange.ts";

const REALM = "digest@test-server";
const HASHES: ReadonlyMap<string, string> = new Map([
  ["MD5", "md5"],
  ["SHA-256", "sha256"],
  ["SHA-512", "sha512"],
]);

/** What a path under `/digest-auth` asks for. */
interface Demand {
  readonly user: string;
  readonly password: string;
  readonly qops: readonly string[];
  readonly algorithm: string;
  readonly staleAfter: string;
}

/** A nonce that was handed out, with the counts that came back with it. */
interface Nonce {
  readonly opaque: string;
  readonly counts: Set<string>;
}

/** What credentials turn out to be. */
type Verdict = "good" | "wrong" | "stale";

/** The routes for Digest. Each call has nonces of its own. */
export function digestRoutes(): readonly Route[] {
  const nonces = new BoundedMap<string, Nonce>(1000);
  const endpoint = (request: TestRequest): Answer => digestAuth(request, nonces);
  const base = "/digest-auth/:qop/:user/:password";
  return [
    { methods: GET, pattern: base, endpoint },
    { methods: GET, pattern: `${base}/:algorithm`, endpoint },
    { methods: GET, pattern: `${base}/:algorithm/:staleAfter`, endpoint },
  ];
}

function digestAuth(request: TestRequest, nonces: BoundedMap<string, Nonce>): Answer {
  const demand = demandOf(request);
  const cookies = cookiesOf(request);
  const needsCookie = ["1", "t", "true"].includes(queryOf(request, "require-cookie")?.toLowerCase() ?? "");
  const credentials = readCredentials(credentialsOf(request, "digest") ?? "");
  if (credentials.size === 0 || (needsCookie && headerOf(request, "cookie") === null)) {
    return challenge(demand, nonces, { stale: false });
  }
  if (needsCookie && cookies.get("fake") !== "fake_value") {
    return withHeaders(json({ errors: ["missing cookie set on challenge"] }, { status: 403 }), fakeCookie());
  }

  const verdict = judge(request, demand, credentials, nonces);
  if (verdict !== "good") {
    const lastNonce = credentials.get("nonce") ?? "";
    return challenge(demand, nonces, { stale: verdict === "stale", lastNonce });
  }
  const welcome = withHeaders(json({ authenticated: true, user: demand.user }), fakeCookie());
  const staleAfter = cookies.get("stale_after");
  return staleAfter ? withHeaders(welcome, setCookie("stale_after", oneLess(staleAfter))) : welcome;
}

function demandOf(request: TestRequest): Demand {
  const qop = paramOf(request, "qop");
  const algorithm = request.params.get("algorithm") ?? "MD5";
  return {
    user: paramOf(request, "user"),
    password: paramOf(request, "password"),
    // Anything else than the two asks for either, and an unknown algorithm for MD5, as in httpbin.
    qops: qop === "auth" || qop === "auth-int" ? [qop] : ["auth", "auth-int"],
    algorithm: HASHES.has(algorithm) ? algorithm : "MD5",
    staleAfter: request.params.get("staleAfter") ?? "never",
  };
}

function challenge(
  demand: Demand,
  nonces: BoundedMap<string, Nonce>,
  reason: { readonly stale: boolean; readonly lastNonce?: string },
): Answer {
  const nonce = randomBytes(16).toString("hex");
  const opaque = randomBytes(16).toString("hex");
  nonces.set(nonce, { opaque, counts: new Set() });
  const fields = [
    `realm="${REALM}"`,
    `nonce="${nonce}"`,
    `qop="${demand.qops.join(", ")}"`,
    `opaque="${opaque}"`,
    `algorithm=${demand.algorithm}`,
    reason.stale ? "stale=TRUE" : "stale=FALSE",
  ];
  const cookies: Pair[] = [setCookie("stale_after", demand.staleAfter)];
  if (reason.lastNonce !== undefined) cookies.push(setCookie("last_nonce", reason.lastNonce));
  return empty(401, [["WWW-Authenticate", `Digest ${fields.join(", ")}`], ...cookies, fakeCookie()]);
}

function judge(
  request: TestRequest,
  demand: Demand,
  credentials: ReadonlyMap<string, string>,
  nonces: BoundedMap<string, Nonce>,
): Verdict {
  const nonceName = credentials.get("nonce") ?? "";
  const cookies = cookiesOf(request);
  if (cookies.get("stale_after") === "0" || cookies.get("last_nonce") === nonceName) return "stale";
  if (!answersChallenge(request, demand, credentials)) return "wrong";
  if (credentials.get("response") !== expectedResponse(request, demand, credentials)) return "wrong";

  const nonce = nonces.get(nonceName);
  if (nonce === undefined || nonce.counts.size >= Number.parseInt(demand.staleAfter, 10)) return "stale";
  const count = credentials.get("nc") ?? "";
  // Counts may overtake each other on the way, so each must be new, not higher (RFC 7616 §3.4).
  if (credentials.get("opaque") !== nonce.opaque || nonce.counts.has(count)) return "wrong";
  nonce.counts.add(count);
  return "good";
}

/** Whether the credentials repeat what the request and its challenge say. */
function answersChallenge(
  request: TestRequest,
  demand: Demand,
  credentials: ReadonlyMap<string, string>,
): boolean {
  const uri = credentials.get("uri") ?? "";
  return (
    credentials.get("realm") === REALM &&
    (uri === request.target || uri === pathAndQuery(request)) &&
    demand.qops.includes(credentials.get("qop") ?? "") &&
    (credentials.get("algorithm") ?? "MD5") === demand.algorithm &&
    /^[0-9a-f]{8}$/i.test(credentials.get("nc") ?? "")
  );
}

/** The `response` that only a client with the password can know (RFC 7616 §3.4.1). */
function expectedResponse(
  request: TestRequest,
  demand: Demand,
  credentials: ReadonlyMap<string, string>,
): string {
  const hash = (content: string | Uint8Array): string =>
    createHash(HASHES.get(demand.algorithm) ?? "md5")
      .update(content)
      .digest("hex");
  const field = (name: string): string => credentials.get(name) ?? "";
  const qop = field("qop");
  const secret = hash(`${demand.user}:${REALM}:${demand.password}`);
  const asked = `${request.method}:${field("uri")}`;
  const message = hash(qop === "auth-int" ? `${asked}:${hash(request.body)}` : asked);
  return hash([secret, field("nonce"), field("nc"), field("cnonce"), qop, message].join(":"));
}

/** The fields of Digest credentials; empty when one is missing that every answer must have. */
function readCredentials(credentials: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const match of credentials.matchAll(/([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/g)) {
    const [, name = "", quoted, token = ""] = match;
    // The name of a user may have letters beyond ASCII: UTF-8, which Node hands on as Latin-1.
    const value = quoted === undefined ? token : Buffer.from(quoted, "latin1").toString("utf8");
    fields.set(name.toLowerCase(), value.replaceAll(/\\(.)/g, "$1"));
  }
  const needed = ["username", "realm", "nonce", "uri", "response"];
  return needed.every((name) => fields.has(name)) ? fields : new Map();
}

function pathAndQuery(request: TestRequest): string {
  return request.rawQuery === "" ? request.path : `${request.path}?${request.rawQuery}`;
}

function fakeCookie(): Pair {
  return setCookie("fake", "fake_value");
}

function oneLess(staleAfter: string): string {
  const left = Number.parseInt(staleAfter, 10);
  return Number.isNaN(left) ? "never" : String(left - 1);
}
