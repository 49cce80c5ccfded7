/**
 * Which proxy a request goes through, if any. Decided anew for each hop, so a redirect never keeps the proxy of another
 * host (PARITY ENV-15). It does not connect: `transport/` does.
 *
 * Order: the caller's rules, then the environment's (ENV-3). A caller's list of exceptions applies to the caller's
 * proxies and replaces the environment's list (ENV-5, ENV-6).
 *
 * May import: `core/`, own folder. Pure, but for a memory of parsed URLs.
 */
import type { ProxySettings } from "../core/adapter.ts";
import type { ProxyRules } from "../core/environment.ts";
import { InvalidProxyURL, InvalidSchema, InvalidURL } from "../core/errors.ts";
import { printAs } from "../core/redact.ts";
import { parseUrl, type Url } from "../core/url.ts";
import { bypassesProxy } from "./no-proxy.ts";

/** How to talk to a proxy. `socks5` resolves names here, `socks5h` at the proxy. */
export type ProxyScheme = "http" | "https" | "socks5" | "socks5h";

/** User and password for a proxy, percent-decoded. */
export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
}

/** A proxy: where it is and who we are to it. */
export class ProxyTarget {
  readonly scheme: ProxyScheme;
  /** As in a URL: lower case, IPv6 addresses in brackets. */
  readonly host: string;
  /** As a resolver takes it: without brackets. */
  readonly hostname: string;
  /** The scheme's default where none was written. */
  readonly port: number;
  #userinfo: string | null;
  #credentials: ProxyCredentials | null;

  constructor(scheme: ProxyScheme, url: Url) {
    this.scheme = scheme;
    this.host = url.host;
    this.hostname = url.hostname;
    this.port = url.port ?? DEFAULT_PORTS[scheme];
    this.#userinfo = url.userinfo;
    this.#credentials = credentialsOf(url);
  }

  /** User and password, or `null`: only a user name with a colon after it counts (PARITY PRX-7). */
  get credentials(): ProxyCredentials | null {
    return this.#credentials;
  }

  /** `scheme://host:port`: may be shown. */
  get origin(): string {
    return `${this.scheme}://${this.host}:${this.port}`;
  }

  /** With the user info: tells connections of different users apart. Holds a secret; never to be shown. */
  get href(): string {
    return this.#userinfo === null
      ? this.origin
      : `${this.scheme}://${this.#userinfo}@${this.host}:${this.port}`;
  }

  /** Plain data for a log, without the credentials. */
  toJSON(): string {
    return this.origin;
  }

  static {
    printAs(this, (self, options, inspect) => `ProxyTarget ${inspect(self.origin, options)}`);
  }
}

const DEFAULT_PORTS: Readonly<Record<ProxyScheme, number>> = {
  http: 80,
  https: 443,
  socks5: 1080,
  socks5h: 1080,
};

/**
 * The proxy for `url`, or `null` to connect directly. An empty string in the rules means "no proxy".
 *
 * @throws {InvalidProxyURL} when the value of the rule that applies is malformed or has no host.
 * @throws {InvalidURL} when its scheme is unknown, and {@link InvalidSchema} for SOCKS 4.
 */
export function selectProxy(url: Url, settings: ProxySettings): ProxyTarget | null {
  const { explicit, environment } = settings;
  if (explicit.byKey.size > 0) {
    const value = lookUp(url, explicit);
    if (value !== undefined) return targetFor(url, value, explicit.noProxy);
  }
  if (environment.byKey.size === 0) return null;
  const value = lookUp(url, environment);
  return value === undefined ? null : targetFor(url, value, explicit.noProxy ?? environment.noProxy);
}

/** The most specific rule first (PARITY PRX-1). Keys are in lower case. */
function lookUp(url: Url, rules: ProxyRules): string | undefined {
  const { byKey } = rules;
  return (
    byKey.get(`${url.scheme}://${url.host}`) ??
    byKey.get(url.scheme) ??
    byKey.get(`all://${url.host}`) ??
    byKey.get("all")
  );
}

function targetFor(url: Url, value: string, noProxy: string | null): ProxyTarget | null {
  const text = value.trim();
  if (text === "") return null;
  if (noProxy !== null && bypassesProxy(url, noProxy)) return null;
  return parseProxy(text);
}

/** A session has one or two proxies, a rotating scraper some hundred. */
const PARSED_LIMIT = 1000;
const parsed = new Map<string, ProxyTarget>();

/**
 * Reads the URL of a proxy; without a scheme it is `http://` (PARITY PRX-2). Path and query mean nothing and are dropped.
 *
 * @throws {InvalidProxyURL | InvalidURL | InvalidSchema} as {@link selectProxy}.
 */
export function parseProxy(text: string): ProxyTarget {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const url = parseProxyUrl(withScheme(text));
  const target = new ProxyTarget(proxyScheme(url.scheme), url);
  if (parsed.size >= PARSED_LIMIT) parsed.clear();
  parsed.set(text, target);
  return target;
}

function withScheme(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  // `http:/host` lost a slash: guessing that a host is called "http" would send the request to somewhere else.
  if (/^(?:https?|socks\w*):(?!\d+(?:\/|$))/i.test(text)) throw malformed(text);
  return `http://${text.replace(/^\/\//, "")}`;
}

function parseProxyUrl(text: string): Url {
  try {
    return parseUrl(text);
  } catch {
    // The parser's own message may quote a piece of a badly written password, so it is not even the cause.
    throw malformed(text);
  }
}

function malformed(text: string): InvalidProxyURL {
  return new InvalidProxyURL(`proxy URL ${shown(text)} is malformed or has no host`);
}

function proxyScheme(scheme: string): ProxyScheme {
  if (Object.hasOwn(DEFAULT_PORTS, scheme)) return scheme as ProxyScheme; // these keys are the schemes
  if (scheme === "socks4" || scheme === "socks4a") {
    throw new InvalidSchema(`proxy scheme ${scheme} is not supported; use socks5 or socks5h`);
  }
  if (scheme === "socks") throw new InvalidSchema("proxy scheme socks is ambiguous; use socks5 or socks5h");
  throw new InvalidURL(
    `proxy scheme ${JSON.stringify(scheme)} is unknown; allowed are http, https, socks5, socks5h`,
  );
}

/** What comes after the user info, however broken the rest is. */
function shown(text: string): string {
  const [scheme = ""] = /^[a-z][a-z0-9+.-]*:\/*/i.exec(text) ?? [];
  const at = text.lastIndexOf("@");
  return JSON.stringify(at === -1 ? text : scheme + text.slice(at + 1));
}

function credentialsOf(url: Url): ProxyCredentials | null {
  if (url.userinfo === null || !url.userinfo.includes(":")) return null;
  const { credentials } = url;
  return credentials === null || credentials.username === "" ? null : credentials;
}
