/**
 * Which proxy a request goes through, if any. Decided anew for each hop, so a redirect never keeps the proxy of another
 * host. It does not connect: `connect/` does, which has a case for each scheme.
 *
 * Order: the caller's rules, then the environment's. A caller's list of exceptions applies to the caller's
 * proxies and replaces the environment's list.
 *
 * Pure, but for a memory of parsed URLs.
 */
import type { ProxySettings } from "../core/adapter.ts";
import type { ProxyRules } from "../core/environment.ts";
import { InvalidProxyURL, InvalidSchema, InvalidURL } from "../core/errors.ts";
import { Memo } from "../core/memo.ts";
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
    this.#credentials = url.credentials;
  }

  /** User and password, or `null`: read as those of a server's URL. */
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
    const key = keyFor(url, explicit);
    if (key !== null) return targetFor(url, explicit.byKey.get(key), explicit.noProxy, () => optionOf(key));
  }
  if (environment.byKey.size === 0) return null;
  const key = keyFor(url, environment);
  if (key === null) return null;
  const noProxy = explicit.noProxy ?? environment.noProxy;
  return targetFor(url, environment.byKey.get(key), noProxy, () => variableOf(key, environment));
}

/** The variable of the environment that says which proxy `url` goes through, for a message; `null`: the program says so. */
export function proxyVariable(url: Url, settings: ProxySettings): string | null {
  const { explicit, environment } = settings;
  if (keyFor(url, explicit) !== null || selectProxy(url, settings) === null) return null;
  const key = keyFor(url, environment);
  return key === null ? null : variableOf(key, environment);
}

function variableOf(key: string, { variables }: ProxyRules): string {
  return `${variables?.get(key) ?? `${key}_proxy`} of the environment`;
}

/** The most specific rule first; `null` for none. Keys are in lower case. */
function keyFor(url: Url, { byKey }: ProxyRules): string | null {
  const ofHost = `${url.scheme}://${url.host}`;
  if (byKey.has(ofHost)) return ofHost;
  if (byKey.has(url.scheme)) return url.scheme;
  const anyOfHost = `all://${url.host}`;
  if (byKey.has(anyOfHost)) return anyOfHost;
  return byKey.has("all") ? "all" : null;
}

/** `proxy` is the same as `all` alone. */
function optionOf(key: string): string {
  const option = `proxies[${JSON.stringify(key)}]`;
  return key === "all" ? `proxy or ${option}` : option;
}

function targetFor(
  url: Url,
  value: string | undefined,
  noProxy: string | null,
  option: () => string,
): ProxyTarget | null {
  const text = (value ?? "").trim();
  if (text === "") return null;
  if (noProxy !== null && bypassesProxy(url, noProxy)) return null;
  return parseProxy(text, option);
}

/** A session has one or two proxies, a rotating scraper some hundred. */
const targets = new Memo<string, ProxyTarget>(1000);

/**
 * Reads the URL of a proxy; without a scheme it is `http://`. Path and query mean nothing and are dropped.
 *
 * @param option names where it stands, for a message.
 * @throws {InvalidProxyURL | InvalidURL | InvalidSchema} as {@link selectProxy}.
 */
export function parseProxy(text: string, option: () => string = () => "proxy"): ProxyTarget {
  return targets.getOrMake(text, () => readProxy(text, option));
}

function readProxy(text: string, option: () => string): ProxyTarget {
  const withScheme = schemed(text);
  const url = withScheme === null ? null : urlIn(withScheme);
  if (url === null) throw wrong(text, option(), "is malformed or has no host");
  // Where a path means nothing, it is the rest of a password: the host is another one than was meant.
  if ([url.path, url.query, url.fragment].some((part) => part?.includes("@") === true))
    throw wrong(text, option(), "has user info with a character that must be percent-encoded (/, ? or #)");
  const scheme = proxyScheme(url.scheme, option);
  try {
    return new ProxyTarget(scheme, url);
  } catch {
    // The reader's own message may be about a password, so it is not even the cause.
    throw wrong(text, option(), "has user info with a control character (RFC 7617 §2)");
  }
}

/** `null` for a scheme that lost a slash. */
function schemed(text: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  // `http:/host` lost a slash: guessing that a host is called "http" would send the request to somewhere else.
  if (/^(?:https?|socks\w*):(?!\d+(?:\/|$))/i.test(text)) return null;
  return `http://${text.replace(/^\/\//, "")}`;
}

function urlIn(text: string): Url | null {
  try {
    return parseUrl(text);
  } catch {
    // The parser's own message may quote a piece of a badly written password.
    return null;
  }
}

function wrong(text: string, option: string, problem: string): InvalidProxyURL {
  return new InvalidProxyURL(`proxy URL ${shown(text)}, given as ${option}, ${problem}`);
}

function proxyScheme(scheme: string, option: () => string): ProxyScheme {
  if (Object.hasOwn(DEFAULT_PORTS, scheme)) return scheme as ProxyScheme; // these keys are the schemes
  const given = `given as ${option()},`;
  if (scheme === "socks4" || scheme === "socks4a") {
    throw new InvalidSchema(`proxy scheme ${scheme}, ${given} is not supported; use socks5 or socks5h`);
  }
  if (scheme === "socks")
    throw new InvalidSchema(`proxy scheme socks, ${given} is ambiguous; use socks5 or socks5h`);
  throw new InvalidURL(
    `proxy scheme ${JSON.stringify(scheme)}, ${given} is unknown; allowed are http, https, socks5, socks5h`,
  );
}

/** What comes after the user info, however broken the rest is. */
function shown(text: string): string {
  const [scheme = ""] = /^[a-z][a-z0-9+.-]*:\/*/i.exec(text) ?? [];
  const at = text.lastIndexOf("@");
  return JSON.stringify(at === -1 ? text : scheme + text.slice(at + 1));
}
