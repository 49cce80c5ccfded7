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

/** Adapters by prefix. */
export class Mounts {
  /** Longest prefix first; of equal length, the one mounted first. */
  readonly #adapters = new Map<string, Adapter>();
  readonly #prefixes = new Map<string, Address>();
  /** The two that nearly all sessions have, and no others; `null` when more is to be looked at than how a URL begins. */
  #whole: { readonly http: Adapter | undefined; readonly https: Adapter | undefined } | null = null;

  /** Every prefix as it was given, with its adapter, in the order in which they are tried. */
  get adapters(): ReadonlyMap<string, Adapter> {
    return this.#adapters;
  }

  /**
   * Sends URLs that begin with `prefix` to `adapter`. The same prefix again replaces its adapter.
   *
   * @throws {TypeError} for a prefix that no URL begins with, or something that is no adapter.
   */
  mount(prefix: string, adapter: Adapter): void {
    if (typeof adapter?.send !== "function" || typeof adapter.close !== "function")
      throw mustBe("an adapter", "an object with send() and close()", adapter);
    this.#prefixes.set(prefix, parsePrefix(prefix));
    this.#adapters.set(prefix, adapter);
    const shorter = Array.from(this.#adapters).filter(([one]) => one.length < prefix.length);
    for (const [one, its] of shorter) {
      this.#adapters.delete(one);
      this.#adapters.set(one, its);
    }
    const isWhole = [...this.#adapters.keys()].every((one) => one === "http://" || one === "https://");
    this.#whole = isWhole
      ? { http: this.#adapters.get("http://"), https: this.#adapters.get("https://") }
      : null;
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
    return adapter ?? this.#search(url);
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

  #search(url: string): Adapter {
    const scheme = schemeOf(url);
    let address: Address | null = null;
    for (const [prefix, adapter] of this.#adapters) {
      const wanted = this.#prefixes.get(prefix);
      if (wanted === undefined || wanted.scheme !== scheme) continue;
      if (wanted.authority === "") {
        if (url.includes("://")) return adapter;
        continue;
      }
      // Most sessions have nothing but whole schemes mounted: the URL is taken apart only when it matters.
      address ??= addressOf(url, scheme);
      const isThere = wanted.authority === address.authority || wanted.authority === address.host;
      if (isThere && isWithin(address.target, wanted.target)) return adapter;
    }
    throw new InvalidSchema(
      `No connection adapters were found for ${JSON.stringify(bareUrl(url))}${hintFor(url)}`,
    );
  }
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
