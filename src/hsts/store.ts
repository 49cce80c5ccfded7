/**
 * HSTS (RFC 6797): the hosts that said over TLS that they are to be reached over TLS only, how they say so, and the URL that is
 * asked then. When to ask is `pipeline/hsts.ts`.
 */
import { isIP } from "node:net";

import { assertBoolean, mustBe, ownFields } from "../core/checks.ts";
import { isObject } from "../core/realm.ts";
import { systemClock } from "../core/clock.ts";
import { isToken } from "../core/method.ts";
import type { StrictTransport } from "../core/options.ts";
import { withoutBlanks } from "../core/received-text.ts";
import type { Url } from "../core/url.ts";

/** A host as it is saved. */
export interface HstsHost {
  /** Lower case, without a trailing dot. */
  readonly host: string;
  /** Does it speak for all names below it, too? */
  readonly includeSubDomains: boolean;
  /** Until when it holds, in milliseconds since the epoch. */
  readonly expires: number;
}

/** A store as it is saved. */
export interface HstsJson {
  /** Of this form. */
  readonly version: 1;
  /** The one that was told last stands last. */
  readonly hosts: readonly HstsHost[];
}

/** Hears of hosts; `undefined`: it took back what it said. */
export interface HstsListener {
  onHost(host: string, value: HstsHost | undefined): void;
}

/** A host says the same with each response, for as long again: less than this much longer is no news, in milliseconds. */
const LITTLE_LONGER_MS = 3_600_000;

/** Most hosts that are kept; beyond that the one that was told longest ago goes. */
const MOST_HOSTS = 10_000;

/** Longest name of a host (RFC 1035 §2.3.4). */
const LONGEST_NAME = 253;

/**
 * Hosts that are to be reached over TLS only. A session has one of its own with `hsts: true`; one that is given to several
 * sessions, or saved with `toJSON()` and read again with `fromJSON()`, is shared by them.
 */
export class HstsStore implements StrictTransport {
  /** The one that was told last stands last. */
  readonly #hosts = new Map<string, HstsHost>();
  #listener: HstsListener | null = null;
  /** What who listens knows of a host: many responses that each say the same for a little longer are much longer together. */
  readonly #told = new Map<string, HstsHost>();

  /** Number of hosts, expired ones included until they are met. */
  get size(): number {
    return this.#hosts.size;
  }

  /** Forgets all of them. */
  clear(): void {
    if (this.#listener !== null)
      for (const host of this.#hosts.keys()) this.#listener.onHost(host, undefined);
    this.#hosts.clear();
    this.#told.clear();
  }

  /**
   * Is this host to be reached over TLS only? The nearest entry upwards need not speak for subdomains for one above it to
   * count (RFC 6797 §8.2).
   *
   * @param now milliseconds since the epoch.
   */
  covers(host: string, now: number = systemClock.now()): boolean {
    return this.#find(host, now, (name) => void this.#hosts.delete(name)) !== null;
  }

  /** @internal As {@link covers}, but it gives the entry that says so, or `null`, and forgets none that has expired. */
  entryFor(host: string, now: number = systemClock.now()): HstsHost | null {
    return this.#find(host, now, () => undefined);
  }

  #find(host: string, now: number, onExpired: (name: string) => void): HstsHost | null {
    if (this.#hosts.size === 0) return null;
    const own = nameOf(host);
    if (own === null) return null;
    for (let name = own; name !== ""; name = parentOf(name)) {
      const found = this.#hosts.get(name);
      if (found === undefined) continue;
      if (found.expires <= now) onExpired(name);
      else if (found.includeSubDomains || name === own) return found;
    }
    return null;
  }

  /**
   * Takes what a host said over TLS. Addresses are never kept (RFC 6797 §8.1.1), malformed fields are ignored.
   *
   * @param header value of `Strict-Transport-Security`.
   * @param now milliseconds since the epoch.
   */
  note(host: string, header: string, now: number = systemClock.now()): void {
    const name = nameOf(host);
    const policy = parseStrictTransport(header);
    if (name === null || policy === null) return;
    const before = this.#hosts.get(name);
    this.#hosts.delete(name);
    const { maxAgeMs, includeSubDomains } = policy;
    const after = maxAgeMs > 0 ? { host: name, includeSubDomains, expires: now + maxAgeMs } : undefined;
    if (after !== undefined) this.#keep(after);
    if (this.#listener !== null) this.#tell(this.#listener, name, before, after);
  }

  #tell(
    listener: HstsListener,
    name: string,
    before: HstsHost | undefined,
    after: HstsHost | undefined,
  ): void {
    const known = this.#told.get(name) ?? before;
    const isToBeTold = isNews(known, after);
    const told = isToBeTold ? after : known;
    if (told === undefined) this.#told.delete(name);
    else this.#told.set(name, told);
    if (isToBeTold) listener.onHost(name, after);
  }

  /**
   * @internal Says who hears of hosts from now on; `null`: nobody.
   *
   * @throws {TypeError} when somebody does already.
   */
  listen(listener: HstsListener | null): void {
    if (listener !== null && this.#listener !== null && this.#listener !== listener)
      throw new TypeError("hsts is the list of another stored session: give each its own");
    if (listener !== this.#listener) this.#told.clear();
    this.#listener = listener;
  }

  /** @internal Takes over what others were told, `undefined` for what was taken back. */
  adopt(hosts: readonly { readonly key: string; readonly value: HstsHost | undefined }[]): void {
    for (const { key, value } of hosts) {
      this.#told.delete(key);
      if (value !== undefined && isSameHost(this.#hosts.get(key), value)) continue;
      this.#hosts.delete(key);
      if (value !== undefined) this.#keep(value);
    }
  }

  /** Plain data, to be saved. No secret in it, but where somebody has been. */
  toJSON(): HstsJson {
    return { version: 1, hosts: [...this.#hosts.values()] };
  }

  /**
   * A store of saved data.
   *
   * @throws {TypeError} when `data` is not what {@link HstsJson} describes.
   */
  static fromJSON(data: HstsJson): HstsStore {
    const store = new HstsStore();
    const { version, hosts }: { version?: unknown; hosts?: unknown } = isObject(data) ? ownFields(data) : {};
    if (version !== 1 || !Array.isArray(hosts))
      throw mustBe("a saved HSTS store", "{ version: 1, hosts: [...] }", data, " with others");
    for (const [at, host] of hosts.entries()) store.#keep(readHost(host, `hosts[${at}]`));
    return store;
  }

  #keep(host: HstsHost): void {
    this.#hosts.set(host.host, host);
    if (this.#hosts.size <= MOST_HOSTS) return;
    const [oldest] = this.#hosts.keys();
    if (oldest === undefined) return;
    this.#hosts.delete(oldest);
    this.#told.delete(oldest);
  }
}

/**
 * The URL that is asked in place of one whose host is to be reached over TLS only; any other stays as it is. Port 80 becomes
 * TLS's own, any other stays (RFC 6797 §8.3).
 */
export function securedUrl(url: Url, hosts: StrictTransport | null, now: number): Url {
  if (hosts === null || url.scheme !== "http" || !hosts.covers(url.host, now)) return url;
  return url.with({ scheme: "https", port: url.port === 80 ? null : url.port });
}

/** Does one say what the other says? */
export function isSameHost(one: HstsHost | undefined, other: HstsHost): boolean {
  return one?.includeSubDomains === other.includeSubDomains && one.expires === other.expires;
}

function isNews(before: HstsHost | undefined, after: HstsHost | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after;
  const longerMs = after.expires - before.expires;
  return before.includeSubDomains !== after.includeSubDomains || longerMs < 0 || longerMs >= LITTLE_LONGER_MS;
}

/** A name in its one spelling, without the dot of the root; `null` for an address, or what is too long for a name. */
function nameOf(host: string): string | null {
  const name = (host.endsWith(".") ? host.slice(0, -1) : host).toLowerCase();
  return name === "" || name.length > LONGEST_NAME || name.startsWith("[") || isIP(name) !== 0 ? null : name;
}

function parentOf(name: string): string {
  const dot = name.indexOf(".");
  return dot === -1 ? "" : name.slice(dot + 1);
}

function readHost(data: unknown, where: string): HstsHost {
  if (!isObject(data)) throw mustBe(where, "an object", data);
  const { host, includeSubDomains, expires } = ownFields(
    data as { readonly [Name in keyof HstsHost]: unknown },
  );
  const name = typeof host === "string" ? nameOf(host) : null;
  if (name === null) throw mustBe(`${where}.host`, "a host name", host);
  assertBoolean(includeSubDomains, `${where}.includeSubDomains`);
  if (typeof expires !== "number" || !Number.isFinite(expires))
    throw mustBe(`${where}.expires`, "milliseconds since the epoch", expires);
  return { host: name, includeSubDomains, expires };
}

/** What a host says of itself. */
interface Policy {
  /** For so many milliseconds from now; 0 takes back what was said. */
  readonly maxAgeMs: number;
  readonly includeSubDomains: boolean;
}

/** Longest age that is kept: a hundred years are for ever, and still a date. */
const MOST_SECONDS = 3_155_760_000;

/** The policy of a field, or `null` when it is malformed: then all of it is ignored (RFC 6797 §6.1, §8.1). */
export function parseStrictTransport(header: string): Policy | null {
  const directives = new Map<string, string | null>();
  for (const directive of directivesIn(header)) {
    const equals = directive.indexOf("=");
    const name = withoutBlanks(equals === -1 ? directive : directive.slice(0, equals)).toLowerCase();
    const value = equals === -1 ? null : valueOf(withoutBlanks(directive.slice(equals + 1)));
    if (!isToken(name) || directives.has(name) || value === undefined) return null;
    directives.set(name, value);
  }
  const age = directives.get("max-age");
  if (age == null || !/^[0-9]+$/.test(age)) return null;
  const maxAgeMs = Math.min(Number(age), MOST_SECONDS) * 1000;
  return { maxAgeMs, includeSubDomains: directives.get("includesubdomains") === null };
}

/** What stands between semicolons, those in quoted strings left out of account (RFC 9110 §5.6.4); not what is empty. */
function* directivesIn(header: string): Generator<string> {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= header.length; at++) {
    const character = header[at];
    if (isQuoted && character === "\\") at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (at >= header.length || (character === ";" && !isQuoted)) {
      const directive = withoutBlanks(header.slice(start, at));
      if (directive !== "") yield directive;
      start = at + 1;
    }
  }
  // A quoted string that ends in a backslash has no end.
  if (start < header.length) yield header.slice(start);
}

/** A token as it is, a quoted string without its quotes; `undefined` for what is neither. */
function valueOf(text: string): string | undefined {
  if (!text.includes('"')) return text;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(text)?.[1];
  return quoted?.replaceAll(/\\(.)/gs, "$1");
}
