/**
 * HstsStore: the hosts that said over TLS that they are to be reached over TLS only (RFC 6797).
 *
 * Whom to ask and what to do then is `pipeline/hsts.ts`.
 */
import { isIP } from "node:net";

import { systemClock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import type { StrictTransport } from "../core/strict-transport.ts";
import { parseStrictTransport } from "./header.ts";

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

  /** Number of hosts, expired ones included until they are met. */
  get size(): number {
    return this.#hosts.size;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#hosts.clear();
  }

  /**
   * Is this host to be reached over TLS only? The nearest entry upwards need not speak for subdomains for one above it to
   * count (RFC 6797 §8.2).
   *
   * @param now milliseconds since the epoch.
   */
  covers(host: string, now: number = systemClock.now()): boolean {
    if (this.#hosts.size === 0) return false;
    const own = nameOf(host);
    if (own === null) return false;
    for (let name = own; name !== ""; name = parentOf(name)) {
      const found = this.#hosts.get(name);
      if (found === undefined) continue;
      if (found.expires <= now) this.#hosts.delete(name);
      else if (found.includeSubDomains || name === own) return true;
    }
    return false;
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
    this.#hosts.delete(name);
    const { maxAgeMs, includeSubDomains } = policy;
    if (maxAgeMs > 0) this.#keep({ host: name, includeSubDomains, expires: now + maxAgeMs });
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
    const { version, hosts }: { version?: unknown; hosts?: unknown } = data ?? {};
    if (version !== 1 || !Array.isArray(hosts))
      throw new TypeError(`a saved HSTS store is { version: 1, hosts: [...] }, not such ${describe(data)}`);
    for (const [at, host] of hosts.entries()) store.#keep(readHost(host, `hosts[${at}]`));
    return store;
  }

  #keep(host: HstsHost): void {
    this.#hosts.set(host.host, host);
    const [oldest] = this.#hosts.keys();
    if (this.#hosts.size > MOST_HOSTS && oldest !== undefined) this.#hosts.delete(oldest);
  }
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
  const { host, includeSubDomains, expires } = (data ?? {}) as { readonly [Name in keyof HstsHost]: unknown };
  const name = typeof host === "string" ? nameOf(host) : null;
  if (name === null) throw new TypeError(`${where}.host is a host name, not ${describe(host)}`);
  if (typeof includeSubDomains !== "boolean")
    throw new TypeError(`${where}.includeSubDomains is true or false, not ${describe(includeSubDomains)}`);
  if (typeof expires !== "number" || !Number.isFinite(expires))
    throw new TypeError(`${where}.expires is milliseconds since the epoch, not ${describe(expires)}`);
  return { host: name, includeSubDomains, expires };
}
