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
import { exceptionFor } from "./no-proxy.ts";

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

/** The rule that decides for a URL. The value is the URL of a proxy as it is written, and `""` for none; it holds a secret. */
export interface ProxyRule {
  readonly by: "explicit" | "environment";
  readonly key: string;
  readonly value: string;
  /** The exceptions that hold for it; `null` for none. */
  readonly noProxy: string | null;
}

/** The most specific rule, the caller's before those of the environment; `null`: none fits. */
export function ruleFor(url: Url, { explicit, environment }: ProxySettings): ProxyRule | null {
  const ours = keyFor(url, explicit);
  if (ours !== null)
    return {
      by: "explicit",
      key: ours,
      value: explicit.byKey.get(ours) ?? "",
      noProxy: explicit.noProxy,
    };
  const key = keyFor(url, environment);
  if (key === null) return null;
  return {
    by: "environment",
    key,
    value: environment.byKey.get(key) ?? "",
    noProxy: explicit.noProxy ?? environment.noProxy,
  };
}

/**
 * The proxy for `url`, or `null` to connect directly. An empty string in the rules means "no proxy".
 *
 * @throws {InvalidProxyURL} when the value of the rule that applies is malformed or has no host.
 * @throws {InvalidURL} when its scheme is unknown, and {@link InvalidSchema} for SOCKS 4.
 */
export function selectProxy(url: Url, settings: ProxySettings): ProxyTarget | null {
  if (settings.explicit.byKey.size === 0 && settings.environment.byKey.size === 0) return null;
  const rule = ruleFor(url, settings);
  if (rule === null) return null;
  const text = rule.value.trim();
  if (text === "" || exceptionTo(rule, url) !== null) return null;
  return parseProxy(text, () => nameOf(rule, settings));
}

/** The entry of the exceptions that lets `url` go without the proxy of a rule; `null` for none. */
function exceptionTo({ noProxy }: ProxyRule, url: Url): string | null {
  return noProxy === null ? null : exceptionFor(url, noProxy);
}

function nameOf({ by, key }: ProxyRule, { environment }: ProxySettings): string {
  return by === "explicit" ? optionOf(key) : variableOf(key, environment);
}

/** Which rule decides about a proxy, and what it comes to. */
export interface ProxyChoice {
  /** The proxy; `null`: none. */
  readonly target: ProxyTarget | null;
  /** Who has the rule: the caller, or the environment. */
  readonly by: "explicit" | "environment";
  /** The key of the rule. */
  readonly key: string;
  /** The value of the rule: the URL of a proxy, as it is written; `""`: none is to be used. Holds a secret. */
  readonly value: string;
  /** The entry of the exceptions that lets the URL go without; `null` for none. */
  readonly exception: string | null;
  /** Who has those exceptions. */
  readonly exceptionBy: "explicit" | "environment";
}

/** How {@link selectProxy} comes to its answer; `null`: no rule fits the URL. @throws as it does. */
export function proxyChoice(url: Url, settings: ProxySettings): ProxyChoice | null {
  const rule = ruleFor(url, settings);
  if (rule === null) return null;
  const { by, key, value } = rule;
  const isOff = value.trim() === "";
  return {
    target: selectProxy(url, settings),
    by,
    key,
    value: isOff ? "" : value,
    exception: isOff ? null : exceptionTo(rule, url),
    exceptionBy: by === "explicit" || settings.explicit.noProxy !== null ? "explicit" : "environment",
  };
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
