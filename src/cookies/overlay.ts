/**
 * Cookies of one call on top of a session's: the option `cookies` of a request.
 *
 * They are sent and never stored: what servers set goes into the session's jar. A session's cookie of the same name, of
 * whatever path, gives way; `null` leaves it out and puts nothing in its place.
 */
import type { CookieStore, CookieVerdict } from "../core/cookie-store.ts";
import type { Url } from "../core/url.ts";
import { checkPair } from "./cookie.ts";
import { formatCookie } from "./header.ts";
import { hostOf, isSecure } from "./match.ts";

/** Names and values for this call: `null` leaves a session's cookie out, `undefined` says nothing. */
export type RequestCookiesInit =
  | { readonly [name: string]: string | number | null | undefined }
  | CookieStore;

/** By name: what to send as `name=value`, or `null` for nothing. In the order to be sent. */
type Pairs = ReadonlyMap<string, string | null>;

/**
 * A session's cookies with those of one call on top. It lives as long as the call does, redirects and retries included.
 *
 * Names and values go to the host of the first hop only, on any port as all cookies do; not to plain HTTP when that hop
 * was TLS; and no more once the call went elsewhere: who redirects it back must not choose what they are sent with.
 * Cookies of a jar go where that jar says.
 *
 * When an answer in the same call sets or deletes a cookie of such a name, the server's word is newer, and counts from
 * the next hop on.
 */
export class RequestCookies implements CookieStore {
  readonly #session: CookieStore;
  readonly #source: Pairs | CookieStore;
  readonly #host: string;
  readonly #secure: boolean;
  #left = false;
  /** The session's header of the first hop: what was there before the call. */
  #before: string | null | undefined;
  /** What answers of this call did, by host and name. */
  #answered: Map<string, CookieVerdict> | null = null;

  /**
   * @throws {TypeError} for names or values of the wrong kind.
   * @throws {InvalidHeader} for those that cannot stand in a `Cookie` header.
   */
  constructor(session: CookieStore, cookies: RequestCookiesInit, firstHop: Url) {
    this.#session = session;
    this.#source = isStore(cookies) ? cookies : readPairs(cookies);
    this.#host = hostOf(firstHop);
    this.#secure = isSecure(firstHop);
  }

  store(header: string, url: Url, now: number, isDirect?: boolean): CookieVerdict {
    const verdict = this.#session.store(header, url, now, isDirect);
    if (verdict.kind === "refused") return verdict;
    const name = verdict.kind === "stored" ? verdict.cookie.name : verdict.name;
    this.#answered ??= new Map();
    this.#answered.set(`${hostOf(url)};${name}`, verdict);
    return verdict;
  }

  select(url: Url, now: number, isDirect?: boolean): string | null {
    const session = this.#session.select(url, now, isDirect);
    if (this.#before === undefined) this.#before = session;
    const own = this.#pairsFor(url, now, isDirect);
    return own === null || own.size === 0 ? session : this.#merge(session, own, hostOf(url));
  }

  #pairsFor(url: Url, now: number, isDirect: boolean | undefined): Pairs | null {
    if (isStore(this.#source)) return splitHeader(this.#source.select(url, now, isDirect));
    this.#left ||= hostOf(url) !== this.#host || (this.#secure && !isSecure(url));
    return this.#left ? null : this.#source;
  }

  /**
   * The session's cookies, those that give way replaced where they stand; then the call's own; then those that answers of
   * this call have set: the order in which they came to be, as in requests.
   */
  #merge(session: string | null, own: Pairs, host: string): string | null {
    const sent: string[] = [];
    const newer: string[] = [];
    const left = new Map(own);
    for (const pair of pairsOf(session)) {
      const name = nameOf(pair);
      const answer = this.#answerTo(host, name);
      const stays = answer?.kind === "stored" || !own.has(name);
      const mine = stays ? pair : left.get(name);
      left.delete(name);
      if (mine != null && (stays || answer === undefined)) (this.#isNewer(answer) ? newer : sent).push(mine);
    }
    for (const [name, pair] of left) {
      if (pair !== null && this.#answerTo(host, name)?.kind !== "deleted") sent.push(pair);
    }
    sent.push(...newer);
    return sent.length === 0 ? null : sent.join("; ");
  }

  #answerTo(host: string, name: string): CookieVerdict | undefined {
    return this.#answered?.get(`${host};${name}`);
  }

  /** Came it in this call, for all paths? A longer path goes first whatever its age (RFC 6265bis §5.8.3). */
  #isNewer(answer: CookieVerdict | undefined): boolean {
    if (answer?.kind !== "stored" || answer.cookie.path !== "/") return false;
    const { name } = answer.cookie;
    return !pairsOf(this.#before ?? null).some((pair) => nameOf(pair) === name);
  }
}

function isStore(cookies: RequestCookiesInit | Pairs): cookies is CookieStore {
  return "select" in cookies && typeof cookies.select === "function";
}

function readPairs(cookies: Exclude<RequestCookiesInit, CookieStore>): Pairs {
  const pairs = new Map<string, string | null>();
  for (const [name, value] of Object.entries(cookies)) {
    if (value === undefined) continue;
    pairs.set(name, value === null ? null : formatCookie(name, checkPair(name, value)));
  }
  return pairs;
}

/** A jar's header by name. Of two cookies with one name both stay, as the jar meant it. */
function splitHeader(header: string | null): Pairs | null {
  if (header === null) return null;
  const pairs = new Map<string, string>();
  for (const pair of header.split("; ")) {
    const name = nameOf(pair);
    const before = pairs.get(name);
    pairs.set(name, before === undefined ? pair : `${before}; ${pair}`);
  }
  return pairs;
}

function pairsOf(header: string | null): readonly string[] {
  return header === null ? [] : header.split("; ");
}

function nameOf(pair: string): string {
  const equals = pair.indexOf("=");
  return equals === -1 ? "" : pair.slice(0, equals);
}
