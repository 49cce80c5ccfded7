/**
 * Which adapter a URL goes to: adapters are mounted on URL prefixes, the longest that fits wins.
 *
 * A prefix is compared part by part, not letter by letter: `https://example.com` is that host and no other, and `/api` is
 * `/api/x` but not `/apiary`. Nothing depends on upper or lower case.
 */
import { mustBe } from "../core/checks.ts";
import type { Adapter, SendOptions } from "../core/adapter.ts";
import { describe } from "../core/describe.ts";
import { InvalidSchema } from "../core/errors.ts";
import { bareUrl } from "../core/redact.ts";
import { placeOf } from "../core/url-spelling.ts";
import { isHttpLike, parseUrl, type Url } from "../core/url.ts";

/** A URL or prefix, as far as it is compared. */
interface Address {
  readonly scheme: string;
  /** Host and port in one spelling; in a prefix without port and path the host alone, and `""` for any. */
  readonly authority: string;
  /** Host in one spelling. */
  readonly host: string;
  /** Path and query, in lower case. */
  readonly target: string;
}

/** An adapter at its prefix. */
interface Mount {
  readonly prefix: string;
  readonly address: Address;
  /** Of those with prefixes of one length, the one mounted first is tried first. */
  readonly order: number;
  adapter: Adapter;
}

/** The mounts of one authority, by where their targets end: what a URL begins with is looked up, once for each length. */
interface Group {
  readonly lengths: Set<number>;
  readonly byTarget: Map<string, Mount>;
}

/** Adapters by prefix. */
export class Mounts {
  readonly #mounts = new Map<string, Mount>();
  /** By scheme and authority; those of whole schemes by the scheme alone. */
  readonly #groups = new Map<string, Group>();
  /** Schemes of which a part is mounted: their URLs are taken apart. */
  readonly #divided = new Set<string>();
  #adapters: ReadonlyMap<string, Adapter> | null = null;
  /** The two that nearly all sessions have, and no others; `null` when more is to be looked at than how a URL begins. */
  #whole: { readonly http: Adapter | undefined; readonly https: Adapter | undefined } | null = null;

  /** Every prefix as it was given, with its adapter, in the order in which they are tried. */
  get adapters(): ReadonlyMap<string, Adapter> {
    const sorted = (): Mount[] => [...this.#mounts.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
    return (this.#adapters ??= new Map(sorted().map(({ prefix, adapter }) => [prefix, adapter])));
  }

  /** Every adapter, once. */
  get all(): ReadonlySet<Adapter> {
    return new Set([...this.#mounts.values()].map(({ adapter }) => adapter));
  }

  /**
   * Sends URLs that begin with `prefix` to `adapter`. The same prefix again replaces its adapter.
   *
   * @throws {TypeError} for a prefix that no URL begins with, or something that is no adapter.
   */
  mount(prefix: string, adapter: Adapter): void {
    if (typeof adapter?.send !== "function" || typeof adapter.close !== "function")
      throw mustBe("an adapter", "an object with send() and close()", adapter);
    const known = this.#mounts.get(prefix);
    if (known === undefined)
      this.#add({ prefix, address: parsePrefix(prefix), order: this.#mounts.size, adapter });
    else known.adapter = adapter;
    this.#adapters = null;
    const http = this.#mounts.get("http://")?.adapter;
    const https = this.#mounts.get("https://")?.adapter;
    const others = this.#mounts.size - Number(http !== undefined) - Number(https !== undefined);
    this.#whole = others === 0 ? { http, https } : null;
  }

  #add(mount: Mount): void {
    const { scheme, authority, target } = mount.address;
    this.#mounts.set(mount.prefix, mount);
    if (authority !== "") this.#divided.add(scheme);
    const key = keyOf(scheme, authority);
    const group: Group = this.#groups.get(key) ?? { lengths: new Set(), byTarget: new Map() };
    this.#groups.set(key, group);
    group.lengths.add(target.length);
    const other = group.byTarget.get(target);
    if (other === undefined || isBefore(mount, other)) group.byTarget.set(target, mount);
  }

  /** The adapter for `url`. @throws {InvalidSchema} when none is mounted for it, {@link InvalidURL} when it is malformed. */
  find(url: string): Adapter {
    const whole = this.#whole;
    const adapter =
      whole === null
        ? undefined
        : url.startsWith("https://")
          ? whole.https
          : url.startsWith("http://")
            ? whole.http
            : undefined;
    return adapter ?? this.#search(url).adapter;
  }

  /** Does a message to `url` go to its host itself? */
  isDirect(url: Url, options: SendOptions): boolean {
    try {
      return this.find(url.href).isDirect?.(url, options) ?? false;
    } catch {
      // No way there, or a malformed proxy: it is told when the request is sent.
      return false;
    }
  }

  /** The prefix under which the adapter for `url` is mounted. @throws as {@link find}. */
  prefixFor(url: string): string {
    return this.#search(url).prefix;
  }

  #search(url: string): Mount {
    const scheme = schemeOf(url);
    let found: Mount | undefined;
    // Most sessions have nothing but whole schemes mounted: the URL is taken apart only when it matters.
    if (this.#divided.has(scheme)) {
      const { authority, host, target } = addressOf(url, scheme);
      for (const place of new Set([authority, host])) {
        const one = place === "" ? undefined : this.#within(keyOf(scheme, place), target);
        if (one !== undefined && (found === undefined || isBefore(one, found))) found = one;
      }
    }
    if (url.includes("://")) found ??= this.#within(keyOf(scheme, ""), "");
    if (found !== undefined) return found;
    throw new InvalidSchema(
      `No connection adapters were found for ${JSON.stringify(bareUrl(url))}${hintFor(url)}`,
    );
  }

  /** The one of a group that is tried first, of those that `target` is within. */
  #within(key: string, target: string): Mount | undefined {
    const group = this.#groups.get(key);
    let found: Mount | undefined;
    for (const length of group?.lengths ?? []) {
      const one = group?.byTarget.get(target.slice(0, length));
      if (one === undefined || !isWithin(target, one.address.target)) continue;
      if (found === undefined || isBefore(one, found)) found = one;
    }
    return found;
  }
}

function keyOf(scheme: string, authority: string): string {
  return `${scheme} ${authority}`;
}

/** The longest prefix first; of equal length, the one mounted first. */
function isBefore(a: Mount, b: Mount): boolean {
  return a.prefix.length === b.prefix.length ? a.order < b.order : a.prefix.length > b.prefix.length;
}

/** What is meant by schemes that nobody can send, unless an adapter is mounted for them. */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ["ws", "WebSockets are not HTTP: use the WebSocket of Node"],
  ["wss", "WebSockets are not HTTP: use the WebSocket of Node"],
  ["file", "read files with node:fs, or mount an adapter"],
  ["data", "toFetch() answers data: URLs; sessions do not"],
  ["blob", "read the Blob itself"],
  ["ftp", "mount an adapter that speaks FTP"],
  ["unix", "write new HttpAdapter({ socketPath }), and mount it"],
]);

/** `localhost:3128` looks like a scheme and what is in it, and seldom is. */
function hintFor(url: string): string {
  if (/^\s*[a-z0-9.-]+:\d{1,5}(?:[/?#]|$)/i.test(url))
    return `; perhaps you meant http://${bareUrl(url).trim()}?`;
  const scheme = schemeOf(url);
  const advice = SCHEMES.get(scheme);
  if (advice !== undefined) return `; ${advice}`;
  // One finger beside: htp, hhttp, htpps, ttps ...
  return /^h?h?t{1,3}p{1,2}s{0,2}$/.test(scheme) && url.includes("://")
    ? `; perhaps you meant ${scheme.endsWith("s") ? "https" : "http"}:${bareUrl(url)
        .trim()
        .slice(scheme.length + 1)}?`
    : "";
}

function schemeOf(url: string): string {
  if (url.startsWith("https://")) return "https";
  if (url.startsWith("http://")) return "http";
  return /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? "";
}

function parsePrefix(prefix: string): Address {
  const [, scheme = "", rest = ""] =
    (typeof prefix === "string" && /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(prefix)) || [];
  const hint =
    typeof prefix === "string" && /^[a-z0-9.-]+(?::\d+)?(?:\/|$)/i.test(prefix)
      ? `; perhaps you meant "https://${bareUrl(prefix)}"?`
      : "";
  if (scheme === "")
    throw new TypeError(
      `prefix ${typeof prefix === "string" ? JSON.stringify(bareUrl(prefix)) : describe(prefix)} is not of the form scheme://host/path, or a part of it${hint}`,
    );
  const lower = scheme.toLowerCase();
  if (rest === "") return { scheme: lower, authority: "", host: "", target: "" };
  const address = addressOf(prefix, lower);
  // A host alone is the host on every port, as in requests; with a path the port counts.
  const isHostAlone = /^[^/?#:]+$|^\[[^\]]*\]$/.test(rest);
  return isHostAlone ? { ...address, authority: address.host, target: "" } : address;
}

function addressOf(url: string, scheme: string): Address {
  if (isHttpLike(url)) {
    const { origin, host, target } = parseUrl(url);
    return { scheme, authority: origin, host, target: target.toLowerCase() };
  }
  const [, authority = "", path = "", query = ""] =
    /^[^:]*:(?:\/\/([^/?#]*))?([^?#]*)([^#]*)/s.exec(url) ?? [];
  const lower = authority.toLowerCase();
  const target = (placeOf(path) + query).toLowerCase();
  return { scheme, authority: lower, host: lower.replace(/:\d*$/, ""), target };
}

/** Does `target` begin with `prefix`, and does a part of it end there? */
function isWithin(target: string, prefix: string): boolean {
  if (!target.startsWith(prefix)) return false;
  const next = target.charAt(prefix.length);
  return next === "" || "/?&".includes(next) || prefix === "" || "/?&=".includes(prefix.slice(-1));
}
