/**
 * Cookies of one call on top of a session's: the option `cookies` of a request.
 *
 * They are sent and never stored: what servers set goes into the session's jar. A session's cookie of the same name, of
 * whatever path, gives way; `null` leaves it out and puts nothing in its place.
 */
import type {
  CookieLook,
  CookieStore,
  CookieVerdict,
  SentCookie,
  WithheldCookie,
} from "../core/cookie-store.ts";
import { tells } from "../core/tells.ts";
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

/** A piece of the merged header: a pair, or several of one name. */
interface Merged {
  readonly text: string;
  /** Its place among the pairs of the session; `null`: the call has it. */
  readonly at: number | null;
}

/** The call's own cookies, as a look shows them. */
interface OwnLook {
  readonly pairs: Pairs;
  readonly cookieOf: (pair: string) => SentCookie;
  readonly withheld: readonly WithheldCookie[];
  readonly others: number;
}

/** Why a cookie of the session is not sent. */
const GAVE_WAY = "the request has one of its name, or leaves it out";

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
    if (own === null || own.size === 0) return session;
    const merged = this.#merge(pairsOf(session), own, hostOf(url));
    return merged.length === 0 ? null : merged.map(({ text }) => text).join("; ");
  }

  look(url: Url, now: number, isDirect?: boolean, before?: Url | null): CookieLook | null {
    const lookAt = (store: CookieStore): CookieLook | null =>
      tells(store, "look", "select") ? (store.look?.(url, now, isDirect, before) ?? null) : null;
    const session = lookAt(this.#session);
    const own = this.#lookAtOwn(lookAt, url);
    if (session === null || own === null) return null;
    const pairs = pairsOf(session.header);
    const merged =
      own.pairs.size === 0
        ? pairs.map((text, at): Merged => ({ text, at }))
        : this.#merge(pairs, own.pairs, hostOf(url));
    const stays = new Set(merged.map(({ at }) => at));
    const gaveWay = session.sent
      .filter((_, at) => !stays.has(at))
      .map(({ cookie }) => ({ cookie, reason: "superseded", detail: GAVE_WAY }) as const);
    return {
      header: merged.length === 0 ? null : merged.map(({ text }) => text).join("; "),
      sent: merged.flatMap(({ text, at }) =>
        at === null ? pairsOf(text).map((pair) => own.cookieOf(pair)) : (session.sent[at] ?? []),
      ),
      withheld: [...gaveWay, ...session.withheld, ...own.withheld],
      others: session.others + own.others,
    };
  }

  /** The call's own cookies; `null` when their store does not show them. */
  #lookAtOwn(lookAt: (store: CookieStore) => CookieLook | null, url: Url): OwnLook | null {
    if (!isStore(this.#source)) {
      const pairs: Pairs = this.#isElsewhere(url) ? new Map() : this.#source;
      return { pairs, cookieOf: cookieOfRequest, withheld: [], others: 0 };
    }
    const look = lookAt(this.#source);
    if (look === null) return null;
    // Of those that look alike the first one.
    const known = new Map(
      look.sent.toReversed().map(({ cookie }) => [formatCookie(cookie.name, cookie.value), cookie]),
    );
    const cookieOf = (pair: string): SentCookie => {
      return { cookie: known.get(pair) ?? cookieOfRequest(pair).cookie, from: "request" };
    };
    // Of the session's own jar all has been told.
    const { header, withheld, others } =
      this.#source === this.#session ? { ...look, withheld: [], others: 0 } : look;
    return { pairs: splitHeader(header) ?? new Map(), cookieOf, withheld, others };
  }

  #pairsFor(url: Url, now: number, isDirect: boolean | undefined): Pairs | null {
    if (isStore(this.#source)) return splitHeader(this.#source.select(url, now, isDirect));
    this.#left = this.#isElsewhere(url);
    return this.#left ? null : this.#source;
  }

  /** Has the call gone elsewhere, or would it now? */
  #isElsewhere(url: Url): boolean {
    return this.#left || hostOf(url) !== this.#host || (this.#secure && !isSecure(url));
  }

  /**
   * The session's cookies, those that give way replaced where they stand; then the call's own; then those that answers of
   * this call have set: the order in which they came to be, as in requests.
   */
  #merge(session: readonly string[], own: Pairs, host: string): Merged[] {
    const sent: Merged[] = [];
    const newer: Merged[] = [];
    const left = new Map(own);
    for (const [at, pair] of session.entries()) {
      const name = nameOf(pair);
      const answer = this.#answerTo(host, name);
      const stays = answer?.kind === "stored" || !own.has(name);
      const mine = stays ? pair : left.get(name);
      left.delete(name);
      if (mine != null && (stays || answer === undefined))
        (this.#isNewer(answer) ? newer : sent).push({ text: mine, at: stays ? at : null });
    }
    for (const [name, pair] of left) {
      if (pair !== null && this.#answerTo(host, name)?.kind !== "deleted")
        sent.push({ text: pair, at: null });
    }
    return [...sent, ...newer];
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

/** Of names and values: for the host of the call, on any path. */
function cookieOfRequest(pair: string): SentCookie {
  const name = nameOf(pair);
  const value = pair.slice(pair.startsWith(`${name}=`) ? name.length + 1 : 0);
  return { cookie: { name, value, domain: "", path: "/" }, from: "request" };
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
