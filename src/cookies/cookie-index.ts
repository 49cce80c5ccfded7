/**
 * A jar's cookies, filed by domain: what a host may get is found without looking at anything else, so a look-up costs
 * the same in a jar of ten and of a hundred thousand. Which ones go when there are too many is decided here; which one may go
 * in, before.
 *
 * Cookies that the program set for no host yet lie under the domain `""`. The first host to ask takes them: they move into its
 * bucket, and keep `""` as their visible domain.
 *
 * Pure: time is an argument.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import type { CookieKey } from "../core/session-store.ts";
import { Queue, type Place } from "../core/queue.ts";
import { comparablePath } from "../core/url-spelling.ts";
import { Expiries } from "./expiries.ts";
import { domainsOf, pathMatches } from "./match.ts";
import { SecureNames, type Named } from "./secure-names.ts";

/** How many cookies there may be. */
interface Limits {
  readonly maxCookies: number;
  readonly maxCookiesPerDomain: number;
}

/** A cookie in the jar. Mutable, unlike the cookie it holds: a jar is state, and this is where it has it. */
export interface Entry {
  cookie: StoredCookie;
  readonly bucket: Bucket;
  readonly key: string;
  /** The cookie's path as paths are compared. */
  readonly path: string;
  /** Place among those of the same millisecond. */
  readonly order: number;
  /** When it was last stored or sent, about: eviction begins with the oldest (§5.7). */
  accessedAt: number;
  /** A program's cookie that the server set anew since: it stays visible, as in requests, and is not sent any more. */
  superseded: boolean;
  /** Kept by `expiries.ts`. */
  due: number;
  /** Among all, the one that was not used for longest comes first. */
  place: Place<Entry> | null;
}

/** All cookies of one domain. */
export interface Bucket {
  readonly domain: string;
  readonly entries: Map<string, Entry>;
  /** Place among the others. */
  readonly order: number;
  /** Of the index, when something here changed that can be seen in a header. */
  version: number;
}

/** Hears what is set and deleted. That a cookie expired, or gave way to others, is not told: it is no change of anybody's. */
export interface CookieListener {
  /** @param boundTo the host that took a cookie without domain. */
  onSet(cookie: StoredCookie, boundTo: string | null): void;
  onDelete(cookie: CookieKey): void;
  /** What is not there was deleted: others who share the cookies may have it. */
  onMiss(cookie: CookieKey): void;
}

/** What happens when a host takes the cookies that wait for one. */
interface Binding {
  /** Those that it takes. */
  readonly waiting: ReadonlySet<Entry>;
  /** Those that are not there any more then: the server's own of the same name and path, and what is too much. */
  readonly gone: ReadonlyMap<Entry, "superseded" | "jar-full">;
}

/** A cookie's identity inside its domain (§5.7 step 23): `kind` tells host-only, domain and program's cookies apart. */
function keyOf(kind: "h" | "d" | "p", name: string, path: string): string {
  // No name has a semicolon in it, so no two identities are spelled alike.
  return `${kind}${name};${comparablePath(path)}`;
}

/** The cookies by domain. */
export class CookieIndex {
  /** Number of cookies, with those that expired unnoticed. */
  size = 0;
  /** Changes with every change that a header can show. */
  version = 0;
  /** Changes when a bucket goes away: the greatest version of some buckets is then no witness any more. */
  generation = 0;
  /** `null`: nobody listens. */
  listener: CookieListener | null = null;
  readonly #limits: Limits;
  readonly #buckets = new Map<string, Bucket>();
  /** Where the program's cookies without a domain are, by key: there is one of a name and path in the whole jar. */
  readonly #homes = new Map<string, Bucket>();
  readonly #expiries = new Expiries<Entry>();
  readonly #byUse = new Queue<Entry>();
  readonly #secure = new SecureNames();
  #order = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Are there cookies that wait for a host? */
  get hasUnbound(): boolean {
    return this.#homes.size > 0 && this.#buckets.has("");
  }

  bucket(domain: string): Bucket | undefined {
    return this.#buckets.get(domain);
  }

  /** The greatest version of the buckets of these domains, 0 for none. */
  latestVersion(domains: readonly string[]): number {
    let latest = 0;
    for (const domain of domains) latest = Math.max(latest, this.#buckets.get(domain)?.version ?? 0);
    return latest;
  }

  /** All entries: by domain in the order in which domains came, inside in the order in which cookies came. */
  *entries(): Generator<Entry, void, undefined> {
    for (const bucket of this.#buckets.values()) yield* bucket.entries.values();
  }

  /** Those whose cookies have this domain, in the same order; `""`: those that the program set without one, wherever they are now. */
  *entriesOf(domain: string): Generator<Entry, void, undefined> {
    const buckets = domain === "" ? new Set(this.#homes.values()) : [this.#buckets.get(domain)];
    for (const bucket of [...buckets].sort(byOrder)) {
      for (const entry of bucket?.entries.values() ?? []) if (entry.cookie.domain === domain) yield entry;
    }
  }

  /**
   * Files a cookie, or replaces the one with its identity; that keeps its creation time and place (§5.7 step 23). Others go
   * when there are too many then: `null` when it is itself one of them.
   */
  put(cookie: StoredCookie, now: number): Entry | null {
    const key = keyOf(cookie.domain === "" ? "p" : cookie.hostOnly ? "h" : "d", cookie.name, cookie.path);
    const domain = cookie.domain === "" ? (this.#homes.get(key)?.domain ?? "") : cookie.domain;
    const found = this.#buckets.get(domain)?.entries.get(key);
    const entry = found ?? this.#add(this.#open(domain), key, cookie, now);
    if (cookie.domain === "" && domain !== "") this.#replaceServers(entry);
    const isNews = this.listener !== null && !isAs(found, cookie);
    if (found === undefined) {
      if (!this.#makeRoom(entry, now)) return null;
    } else {
      this.#replace(found, cookie);
      this.noteUse(found, now);
    }
    if (isNews) this.#tellSet(entry);
    return entry;
  }

  /** Is it there, as it is? @param boundTo the host that took it; `null`: it waits for one, or has a domain. */
  holds(cookie: StoredCookie, boundTo: string | null): boolean {
    const key = keyOf(cookie.domain === "" ? "p" : cookie.hostOnly ? "h" : "d", cookie.name, cookie.path);
    const domain = cookie.domain === "" ? (boundTo ?? "") : cookie.domain;
    const found = this.#buckets.get(domain)?.entries.get(key);
    return isAs(found, cookie);
  }

  #add(bucket: Bucket, key: string, cookie: StoredCookie, now: number): Entry {
    const entry: Entry = {
      cookie,
      bucket,
      key,
      path: comparablePath(cookie.path),
      order: this.#order++,
      accessedAt: now,
      superseded: false,
      due: Number.POSITIVE_INFINITY,
      place: null,
    };
    return this.#file(entry);
  }

  /** Puts an entry into its bucket, and notes what is found without it. */
  #file(entry: Entry): Entry {
    const { cookie, bucket, key } = entry;
    bucket.entries.set(key, entry);
    if (cookie.domain === "") this.#homes.set(key, bucket);
    entry.place = this.#byUse.join(entry);
    this.#noteTerms(entry);
    this.size += 1;
    this.#touch(bucket);
    return entry;
  }

  /** Notes what its cookie says of its end, and of plain HTTP. */
  #noteTerms(entry: Entry): void {
    const { expires, secure } = entry.cookie;
    if (expires !== null) this.#expiries.add(entry, expires);
    if (secure) this.#secure.add(namedAs(entry));
  }

  /** It was set or sent. */
  noteUse(entry: Entry, now: number): void {
    entry.accessedAt = now;
    if (entry.place !== null) this.#byUse.rejoin(entry.place);
  }

  /** Lets go what is too much with an entry (§5.7, "remove excess cookies"), first what has expired. Does it stay itself? */
  #makeRoom({ bucket, key }: Entry, now: number): boolean {
    const { maxCookies, maxCookiesPerDomain } = this.#limits;
    if (this.size <= maxCookies && bucket.entries.size <= maxCookiesPerDomain) return true;
    this.removeExpired(now);
    this.#limitDomain(bucket);
    if (this.size > maxCookies) {
      // For a twentieth at once, so that not each new cookie makes headers be written anew.
      const most = maxCookies + 1 - Math.max(1, Math.floor(maxCookies / 20));
      for (let place = this.#byUse.first; place !== null && this.size > most; place = this.#byUse.first)
        this.remove(place.value);
    }
    return bucket.entries.has(key);
  }

  #limitDomain({ entries }: Bucket): void {
    while (entries.size > this.#limits.maxCookiesPerDomain) {
      let worst: Entry | undefined;
      for (const entry of entries.values())
        if (worst === undefined || goesBefore(entry, worst)) worst = entry;
      if (worst !== undefined) this.remove(worst);
    }
  }

  #replace(entry: Entry, cookie: StoredCookie): void {
    const before = entry.cookie;
    if (before.secure) this.#secure.remove(namedAs(entry));
    entry.cookie = { ...cookie, createdAt: before.createdAt };
    this.#noteTerms(entry);
    const sameHeader =
      !entry.superseded &&
      before.value === cookie.value &&
      before.secure === cookie.secure &&
      (cookie.expires ?? Number.POSITIVE_INFINITY) >= (before.expires ?? Number.POSITIVE_INFINITY);
    if (sameHeader) return;
    entry.superseded = false;
    this.#touch(entry.bucket);
  }

  /** The server set the cookie anew that the program began: from now on, the server's own is sent. */
  supersede(entry: Entry): void {
    if (entry.superseded) return;
    entry.superseded = true;
    this.listener?.onDelete(entry.cookie);
    this.#touch(entry.bucket);
  }

  #open(domain: string): Bucket {
    const found = this.#buckets.get(domain);
    if (found !== undefined) return found;
    const bucket: Bucket = { domain, entries: new Map(), order: this.#order++, version: 0 };
    this.#buckets.set(domain, bucket);
    return bucket;
  }

  /** Notes that headers with cookies of this bucket are to be written anew. */
  #touch(bucket: Bucket): void {
    this.version += 1;
    bucket.version = this.version;
  }

  remove(entry: Entry): void {
    const { bucket, key } = entry;
    bucket.entries.delete(key);
    if (entry.cookie.domain === "") this.#homes.delete(key);
    if (entry.cookie.secure) this.#secure.remove(namedAs(entry));
    this.#expiries.remove(entry);
    if (entry.place !== null) this.#byUse.leave(entry.place);
    entry.place = null;
    this.size -= 1;
    this.#touch(bucket);
    if (bucket.entries.size > 0) return;
    this.generation += 1;
    this.#buckets.delete(bucket.domain);
  }

  /** Removes a cookie that is not wanted any more. */
  delete(entry: Entry): void {
    this.listener?.onDelete(entry.cookie);
    this.remove(entry);
  }

  clear(): void {
    if (this.listener !== null) for (const { cookie } of this.entries()) this.listener.onDelete(cookie);
    this.#buckets.clear();
    this.#homes.clear();
    this.#expiries.clear();
    this.#byUse.clear();
    this.#secure.clear();
    this.size = 0;
    this.version += 1;
    this.generation += 1;
  }

  /** Removes the cookie of this identity, if there is one. That it is gone is told also when it was not here: others may have it. */
  removeSame(cookie: CookieKey): void {
    const { domain, hostOnly, name, path } = cookie;
    const key = keyOf(domain === "" ? "p" : hostOnly ? "h" : "d", name, path);
    const bucket = domain === "" ? this.#homes.get(key) : this.#buckets.get(domain);
    const entry = bucket?.entries.get(key);
    if (entry === undefined) this.listener?.onMiss(cookie);
    else this.delete(entry);
  }

  /** Removes what has expired. Costs nothing before the first one does. Returns how many went. */
  removeExpired(now: number): number {
    if (now < this.#expiries.next) return 0;
    const before = this.size;
    for (let entry = this.#expiries.take(now); entry !== undefined; entry = this.#expiries.take(now)) {
      const { expires } = entry.cookie;
      if (expires === null) continue;
      // It may have been prolonged since.
      if (expires <= now) this.remove(entry);
      else this.#expiries.add(entry, expires);
    }
    return before - this.size;
  }

  /** Gives the cookies that wait for a host to this one. They replace its host-only cookies of that name and path. */
  bind(host: string): void {
    for (const entry of this.#buckets.get("")?.entries.values() ?? []) this.#move(host, entry);
    const bucket = this.#buckets.get(host);
    if (bucket !== undefined) this.#limitDomain(bucket);
  }

  /** What {@link bind} would do, without doing it: for who wants to know what this host would get. */
  ifBound(host: string): Binding {
    const waiting = new Set(this.#buckets.get("")?.entries.values() ?? []);
    const gone = new Map<Entry, "superseded" | "jar-full">();
    if (waiting.size === 0) return { waiting, gone };
    const own = this.#buckets.get(host)?.entries;
    for (const { cookie } of waiting) {
      const older = own?.get(keyOf("h", cookie.name, cookie.path));
      if (older !== undefined) gone.set(older, "superseded");
    }
    const held = [...(own?.values() ?? []), ...waiting].filter((entry) => !gone.has(entry));
    const tooMany = held.length - this.#limits.maxCookiesPerDomain;
    if (tooMany > 0) {
      const sorted = held.sort((a, b) => (goesBefore(a, b) ? -1 : 1));
      for (const entry of sorted.slice(0, tooMany)) gone.set(entry, "jar-full");
    }
    return { waiting, gone };
  }

  /** Gives one of them to this host. */
  moveTo(host: string, entry: Entry): void {
    this.#limitDomain(this.#move(host, entry));
  }

  #move(host: string, entry: Entry): Bucket {
    this.remove(entry);
    const bucket = this.#open(host);
    const moved = this.#file({ ...entry, bucket });
    this.#replaceServers(moved);
    if (this.listener !== null) this.#tellSet(moved);
    return bucket;
  }

  /** A program's cookie was set after the server's of the same name, host and path: that one is gone. */
  #replaceServers({ bucket, cookie }: Entry): void {
    const older = bucket.entries.get(keyOf("h", cookie.name, cookie.path));
    if (older !== undefined) this.delete(older);
  }

  #tellSet({ cookie, bucket }: Entry): void {
    this.listener?.onSet(cookie, cookie.domain === "" && bucket.domain !== "" ? bucket.domain : null);
  }

  /** The program's cookie that this host took and that has this name and path. */
  programs(host: string, cookie: StoredCookie): Entry | undefined {
    if (this.#homes.size === 0) return undefined;
    return this.#buckets.get(host)?.entries.get(keyOf("p", cookie.name, cookie.path));
  }

  /** Would this cookie overwrite or shadow a `Secure` one, above or below its domain (§5.7 step 16)? */
  shadowsSecure({ domain, name, path }: StoredCookie): boolean {
    const named = { domain, name, path: comparablePath(path) };
    if (this.#secure.has(named)) return true;
    return domainsOf(domain).some((one) => {
      const bucket = this.#buckets.get(one);
      return bucket !== undefined && hasSecureTwin(bucket, named);
    });
  }
}

/** Is what is there such a cookie? */
function isAs(found: Entry | undefined, cookie: StoredCookie): boolean {
  return found !== undefined && !found.superseded && isSameCookie(found.cookie, cookie);
}

/** Of two cookies of one identity: is one as the other, whenever they were made? */
export function isSameCookie(cookie: StoredCookie, other: StoredCookie): boolean {
  return (
    cookie.value === other.value &&
    cookie.expires === other.expires &&
    cookie.secure === other.secure &&
    cookie.httpOnly === other.httpOnly &&
    cookie.sameSite === other.sameSite
  );
}

/** Those without `Secure` go first, then the one that was not used for longest. */
function goesBefore(a: Entry, b: Entry): boolean {
  return a.cookie.secure === b.cookie.secure ? byAccess(a, b) < 0 : !a.cookie.secure;
}

function byAccess(a: Entry, b: Entry): number {
  return a.accessedAt - b.accessedAt || a.order - b.order;
}

function hasSecureTwin(bucket: Bucket, { name, path: asked }: Named): boolean {
  for (const { cookie: existing, path } of bucket.entries.values()) {
    const secure = existing.secure && existing.name === name;
    if (secure && pathMatches(asked, path)) return true;
  }
  return false;
}

function namedAs({ bucket, cookie, path }: Entry): Named {
  return { domain: bucket.domain, name: cookie.name, path };
}

function byOrder(a: Bucket | undefined, b: Bucket | undefined): number {
  return (a?.order ?? 0) - (b?.order ?? 0);
}
