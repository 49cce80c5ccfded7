/**
 * CookieJar: the cookies of a session. RFC 6265bis with the public suffix list; synchronous; requests' jar with our names.
 * What may be stored is `receive.ts`'s decision, where it lies and what is too much `cookie-index.ts`'s, which ones a request
 * gets `header.ts`'s.
 *
 * Pure for the pipeline (`store`, `select`, `look`): they are told the time. The methods for programs ask the clock that the
 * constructor was given.
 */
import type { CookieLook, CookieStore, CookieVerdict, StoredCookie } from "../core/cookie-store.ts";
import { assertBoolean, mustBe, ownFields } from "../core/checks.ts";
import { CookieConflictError } from "../core/errors.ts";
import type { CookieKey, Kept, KeptCookie } from "../core/session-store.ts";
import { isUrl } from "../core/realm.ts";
import { printAs, REDACTED } from "../core/redact.ts";
import { parseUrl, Url } from "../core/url.ts";
import { comparablePath } from "../core/url-spelling.ts";
import {
  checkPartitions,
  readCookie,
  readCookieJarJson,
  type CookieJarJson,
  type CookieJson,
  type RestoredCookie,
} from "./cookie-json.ts";
import { CookieIndex, type CookieListener, type Entry } from "./cookie-index.ts";
import { createCookie, domainFilter, type CookieAttributes, type SameSiteInit } from "./cookie.ts";
import { CookieHeaders } from "./header.ts";
import {
  checkJarOptions,
  jarDefaults,
  type CookieJarOptions,
  type CookieJarSettings,
} from "./jar-options.ts";
import { lookOf } from "./look.ts";
import { hostOf, isTrustworthy, isWebUrl } from "./match.ts";
import { parseSetCookie } from "./parse.ts";
import { receiveCookie } from "./receive.ts";

/** What a jar can begin with: names and values (for the first host that asks), a jar, or cookies. */
export type CookieJarInit =
  | { readonly [name: string]: string | number | null | undefined }
  | Iterable<CookieLike>;

/**
 * A cookie from elsewhere: only name and value must be there. Without `domain` it is for the first host that asks. `expires`
 * is a date or milliseconds; -1, as browsers' tools have it, is a cookie that ends with the session.
 */
export type CookieLike = Pick<StoredCookie, "name" | "value"> &
  Partial<Omit<StoredCookie, "expires" | "sameSite">> & {
    readonly expires?: Date | number | null;
    readonly sameSite?: SameSiteInit;
  };

/** How a URL is reached, for a program that asks a jar itself. */
export interface CookieWay {
  /**
   * Without a proxy. Then `Secure` cookies come from and go to this very machine over plain HTTP too: `127.0.0.0/8`, `[::1]`,
   * `localhost` and names below it. Default: `true`.
   */
  readonly isDirect?: boolean | undefined;
}

/** Which cookies are meant. `domain: ""` means those that were set without one. Compared as a whole, not matched. */
export interface CookieFilter {
  /** The name. Default: any. */
  readonly name?: string | undefined;
  /** The domain, with or without a leading dot. Default: any. */
  readonly domain?: string | undefined;
  /** The path. Default: any. */
  readonly path?: string | undefined;
}

/**
 * A cookie jar.
 *
 * A cookie that the program sets without a domain is not sent to every host, as requests does: the **first host that a
 * `Cookie` header is asked for takes it** and keeps it, and its `domain` goes on to read `""`.
 * `bind(url)` names that host beforehand, `set(name, value, { domain })` never needs it.
 */
export class CookieJar implements CookieStore, Iterable<StoredCookie> {
  readonly #options: CookieJarSettings;
  readonly #index: CookieIndex;
  readonly #headers: CookieHeaders;

  /**
   * @throws {TypeError} for an unknown option, or cookies of the wrong kind.
   * @throws {RangeError} for a limit that is no whole number of 1 or more.
   */
  constructor(init?: CookieJarInit | null, options?: CookieJarOptions) {
    this.#options = options === undefined ? jarDefaults : checkJarOptions(options);
    this.#index = new CookieIndex(this.#options);
    this.#headers = new CookieHeaders(this.#index, this.#options.maxHeaderBytes);
    if (init !== undefined && init !== null) this.update(init);
  }

  /** A jar from what `toJSON` gave. @throws {TypeError} when it is something else. */
  static fromJSON(data: unknown, options?: CookieJarOptions): CookieJar {
    const jar = new CookieJar(null, options);
    jar.#restore(readCookieJarJson(data, jar.#options.now()));
    return jar;
  }

  store(header: string, url: Url, now: number, isDirect: boolean = true): CookieVerdict {
    const parsed = parseSetCookie(header);
    if (parsed.kind === "refused") return parsed;
    if (!this.#options.accept) return { kind: "refused", reason: "not-accepted", name: parsed.name };
    const isTrusted = isTrustworthy(url, isDirect);
    const cookie = receiveCookie(parsed, url, isTrusted, now);
    if ("reason" in cookie) return cookie;
    const { name } = cookie;
    if (!cookie.secure && !isTrusted) {
      this.#index.removeExpired(now);
      if (this.#index.shadowsSecure(cookie)) return { kind: "refused", reason: "overwrites-secure", name };
    }
    const programs = this.#index.programs(hostOf(url), cookie);
    if (cookie.expires !== null && cookie.expires <= now) {
      this.#index.removeSame(cookie);
      if (programs !== undefined) this.#index.delete(programs);
      return { kind: "deleted", name };
    }
    if (programs !== undefined) this.#index.supersede(programs);
    const entry = this.#index.put(cookie, now);
    if (entry === null) return { kind: "refused", reason: "jar-full", name };
    return { kind: "stored", cookie: entry.cookie };
  }

  select(url: Url, now: number, isDirect: boolean = true): string | null {
    if (this.#index.size === 0 || !isWebUrl(url)) return null;
    const host = hostOf(url);
    if (this.#index.hasUnbound) this.#index.bind(host);
    return this.#headers.select(host, isTrustworthy(url, isDirect), url.path, now);
  }

  look(url: Url, now: number, isDirect: boolean = true, before: Url | null = null): CookieLook {
    const others = this.#index.size;
    if (others === 0 || !isWebUrl(url)) return { header: null, sent: [], withheld: [], others };
    const asking = { host: hostOf(url), isTrusted: isTrustworthy(url, isDirect), path: url.path, now };
    const look = this.#headers.look(asking, before === null ? null : hostOf(before));
    return lookOf(look, this.#options);
  }

  /** Takes a `Set-Cookie` field as if a response from `url` had it, and tells what became of it. */
  setCookie(header: string, url: string | URL | Url, way?: CookieWay): CookieVerdict {
    return this.store(header, urlOf(url), this.#options.now(), isDirectWay(way));
  }

  /** The `Cookie` header of a request to `url`, or `null`. Binds cookies without domain, as the request would. */
  getCookieHeader(url: string | URL | Url, way?: CookieWay): string | null {
    return this.select(urlOf(url), this.#options.now(), isDirectWay(way));
  }

  /** Gives the cookies that were set without a domain to the host of `url`, now. */
  bind(url: string | URL | Url): void {
    this.#index.bind(hostOf(urlOf(url)));
  }

  /**
   * The value of the one cookie of this name, or `null`.
   *
   * @throws {CookieConflictError} when there are several: say `domain` or `path`, or look at all of them.
   */
  get(name: string, filter: CookieFilter = {}): string | null {
    return this.getCookie(name, filter)?.value ?? null;
  }

  /** As {@link get}, but the whole cookie. @throws {CookieConflictError} when there are several. */
  getCookie(name: string, filter: CookieFilter = {}): StoredCookie | null {
    const [found, another] = this.#find({ ...filter, name }).filter((entry) => !entry.superseded);
    if (another !== undefined) {
      throw new CookieConflictError(
        `several cookies are named ${JSON.stringify(name)}: say which domain or path`,
      );
    }
    return found?.cookie ?? null;
  }

  /**
   * Sets a cookie; `null` as value deletes those of this name, and domain and path if given. A time in the past deletes
   * too.
   *
   * @throws {TypeError} for an argument of the wrong kind.
   * @throws {InvalidHeader} when name or value cannot stand in a `Cookie` header.
   */
  set(name: string, value: string | number | null, attributes: CookieAttributes = {}): this {
    if (value === null) {
      const { domain, path } = ownFields(attributes);
      this.delete(name, { domain, path });
      return this;
    }
    const now = this.#options.now();
    const cookie = createCookie(name, value, attributes, now);
    if (cookie.expires !== null && cookie.expires <= now) this.#index.removeSame(cookie);
    else this.#index.put(cookie, now);
    return this;
  }

  /** Deletes the cookies of this name, on all domains and paths that are not ruled out. Was there one? */
  delete(name: string, filter: CookieFilter = {}): boolean {
    return this.clear({ ...filter, name }) > 0;
  }

  /** Is there a cookie of this name, or several? */
  has(name: string, filter: CookieFilter = {}): boolean {
    return this.#find({ ...filter, name }).length > 0;
  }

  /** Removes the cookies that the filter names; without one, all. Returns how many. */
  clear(filter: CookieFilter = {}): number {
    const { name, domain, path } = ownFields(filter);
    if (name === undefined && domain === undefined && path === undefined) {
      const { size } = this;
      this.#index.clear();
      return size;
    }
    return this.#remove(this.#find(filter));
  }

  /** Removes the cookies that have no time of expiry: what a browser does when it is closed. Returns how many. */
  clearSessionCookies(): number {
    return this.#remove(this.#find({}).filter(({ cookie }) => cookie.expires === null));
  }

  /** Removes what has expired; nothing that has is ever sent or shown, so this only frees memory. Returns how many. */
  clearExpired(now: number = this.#options.now()): number {
    return this.#index.removeExpired(now);
  }

  /** Number of cookies. */
  get size(): number {
    this.clearExpired();
    return this.#index.size;
  }

  /** All cookies, by domain in the order in which the domains came. */
  *[Symbol.iterator](): Generator<StoredCookie, void, undefined> {
    for (const { cookie } of this.#find({})) yield cookie;
  }

  /** Names in jar order; a name that several cookies have comes several times. */
  *keys(): Generator<string, void, undefined> {
    for (const { name } of this) yield name;
  }

  /** Values in jar order. */
  *values(): Generator<string, void, undefined> {
    for (const { value } of this) yield value;
  }

  /** Names and values in jar order. */
  *entries(): Generator<[name: string, value: string], void, undefined> {
    for (const { name, value } of this) yield [name, value];
  }

  /** Names and values as a record without prototype; of several cookies of a name the last one counts. */
  getDict(filter: Omit<CookieFilter, "name"> = {}): Record<string, string> {
    // `Object.create` is untyped. Without prototype, a cookie named `__proto__` is a name like any other.
    const record = Object.create(null) as Record<string, string>;
    for (const { cookie, superseded } of this.#find(filter)) {
      if (!superseded) record[cookie.name] = cookie.value;
    }
    return record;
  }

  /** The domains, each once, in jar order; `""` for cookies that were set without one. */
  listDomains(): string[] {
    return [...new Set(this.#find({}).map(({ cookie }) => cookie.domain))];
  }

  /** The paths, each once, in jar order. */
  listPaths(): string[] {
    return [...new Set(this.#find({}).map(({ cookie }) => cookie.path))];
  }

  /** Are there cookies of more than one domain? (requests answers this wrongly.) */
  multipleDomains(): boolean {
    return this.listDomains().length > 1;
  }

  /** Takes in all cookies of a jar, of a list, or of a record, in which `null` deletes. Returns itself. */
  update(init: CookieJarInit): this {
    if (init instanceof CookieJar) {
      this.#restore(init.#live());
    } else if (isIterable(init)) {
      const now = this.#options.now();
      const list = [...init];
      const read = list.map((cookie, at) => readCookie(cookie, `cookies[${at}]`, now));
      checkPartitions(list, read);
      this.#restore(read);
    } else if (typeof init === "object" && init !== null) {
      for (const [name, value] of Object.entries(init)) if (value !== undefined) this.set(name, value);
    } else {
      throw mustBe("cookies", "a record, a jar or a list of cookies", init);
    }
    return this;
  }

  /** A jar of its own with the same cookies and limits. */
  clone(): CookieJar {
    return new CookieJar(this, this.#options);
  }

  /** Everything, with the values: for saving. {@link CookieJar.fromJSON} reads it. */
  toJSON(): CookieJarJson {
    const cookies = this.#live().map(({ cookie, boundTo }): CookieJson => {
      return boundTo === null ? cookie : { ...cookie, boundTo };
    });
    return { version: 1, cookies };
  }

  /**
   * @internal Says who hears of what is set and deleted from now on; `null`: nobody.
   *
   * @throws {TypeError} when somebody does already.
   */
  listen(listener: CookieListener | null): void {
    const { listener: before } = this.#index;
    if (listener !== null && before !== null && before !== listener)
      throw new TypeError(
        "cookies is the jar of another stored session: give each its own, as clone() makes",
      );
    this.#index.listener = listener;
  }

  /** @internal Takes over what others did, `undefined` for what they deleted. Who listens did not do it, and is not told. */
  adopt(cookies: readonly Pick<Kept<CookieKey, KeptCookie>, "key" | "value">[]): void {
    const { listener } = this.#index;
    this.#index.listener = null;
    try {
      for (const { key, value } of cookies) {
        if (value === undefined) this.#index.removeSame(key);
        else if (!this.#index.holds(value, value.boundTo ?? null))
          this.#restore([{ cookie: storedOf(value), boundTo: value.boundTo ?? null }]);
      }
    } finally {
      this.#index.listener = listener;
    }
  }

  /** For `console.log`: which cookies there are, and no value. */
  static {
    printAs(this, (self) => {
      const all = self.#find({});
      const shown = all
        .slice(0, 100)
        .map(({ cookie }) => `${cookie.name}=${REDACTED} (${cookie.domain}${cookie.path})`);
      if (all.length > shown.length) shown.push(`and ${all.length - shown.length} more`);
      return `CookieJar(${all.length}) [${shown.join(", ")}]`;
    });
  }

  /** Cookies that are alive and fit the filter, in jar order. */
  #find(filter: CookieFilter): Entry[] {
    this.clearExpired();
    const { name, domain: host, path } = ownFields(filter);
    const domain = host === undefined ? undefined : domainFilter(host);
    const comparable = path === undefined ? undefined : comparablePath(path);
    const found: Entry[] = [];
    // No cookie is for what cannot be a domain.
    if (domain === null) return found;
    for (const entry of domain === undefined ? this.#index.entries() : this.#index.entriesOf(domain)) {
      if (name !== undefined && entry.cookie.name !== name) continue;
      if (comparable !== undefined && entry.path !== comparable) continue;
      found.push(entry);
    }
    return found;
  }

  #remove(entries: readonly Entry[]): number {
    for (const entry of entries) this.#index.delete(entry);
    return entries.length;
  }

  /** What another jar needs to know of the cookies here, less what gave way to the server's own cookie. */
  #live(): RestoredCookie[] {
    return (
      this.#find({})
        .filter(({ superseded }) => !superseded)
        // As they came, over all domains: those of one response have one time, and their order is that of the header.
        .sort((a, b) => a.order - b.order)
        .map(({ cookie, bucket }) => ({
          cookie,
          boundTo: cookie.domain === "" && bucket.domain !== "" ? bucket.domain : null,
        }))
    );
  }

  #restore(cookies: readonly RestoredCookie[]): void {
    const now = this.#options.now();
    for (const { cookie, boundTo: host } of cookies) {
      if (cookie.expires !== null && cookie.expires <= now) continue;
      const entry = this.#index.put(cookie, now);
      if (host !== null && entry?.bucket.domain === "") this.#index.moveTo(host, entry);
    }
  }
}

function storedOf(kept: KeptCookie): StoredCookie {
  const { boundTo: _, ...cookie } = kept;
  return cookie;
}

function isDirectWay(way: CookieWay = {}): boolean {
  const { isDirect = true } = ownFields(way);
  assertBoolean(isDirect, "isDirect");
  return isDirect;
}

function urlOf(url: string | URL | Url): Url {
  if (url instanceof Url) return url;
  if (typeof url === "string" || isUrl(url)) return parseUrl(String(url));
  throw mustBe("the URL that a cookie is for", "a string or a URL", url);
}

function isIterable(init: CookieJarInit): init is Iterable<CookieLike> {
  return typeof init === "object" && init !== null && Symbol.iterator in init;
}
