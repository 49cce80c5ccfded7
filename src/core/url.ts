/**
 * URLs: one parser for every decision (where to connect, cookies, auth, proxy). Spelling follows requests:
 * an explicit default port stays, reserved characters stay, what is illegal is percent-encoded, unreserved escapes are
 * undone. Hosts are canonical as WHATWG writes them, so no two parts can read the same host differently.
 */
import { isUrl } from "./realm.ts";
import { mustBe } from "./checks.ts";
import { InvalidURL, MissingSchema } from "./errors.ts";
import { defaultPort, originOf, type Origin } from "./origin.ts";
import { bareUrl } from "./redact.ts";
import {
  decodeLoosely,
  encodeIllegal,
  prepareFragment,
  preparePath,
  prepareQuery,
  QUERY,
  requote,
  USERINFO,
} from "./url-spelling.ts";

/** The parts of a URL, each in its final spelling. */
export interface UrlParts {
  /** In lower case, without the colon. */
  readonly scheme: string;
  /** `user:password` as written, without the `@`; `null` when there is none. */
  readonly userinfo: string | null;
  /** Lower case; IPv6 addresses in brackets. */
  readonly host: string;
  /** The port as written, also when it is the scheme's default; `null` when not written. */
  readonly port: number | null;
  /** Starts with `/`. */
  readonly path: string;
  /** Without the `?`; `null` when there is none. */
  readonly query: string | null;
  /** Without the `#`; `null` when there is none. */
  readonly fragment: string | null;
}

/** A parsed URL of an http-like scheme. */
export class Url implements UrlParts {
  readonly scheme: string;
  readonly userinfo: string | null;
  readonly host: string;
  readonly port: number | null;
  readonly path: string;
  readonly query: string | null;
  readonly fragment: string | null;
  /** The whole URL, user info and fragment included. */
  readonly href: string;
  /** The scope of credentials. */
  readonly origin: Origin;

  /** @param origin of these parts, where it is known. */
  constructor(parts: UrlParts, origin?: Origin) {
    this.scheme = parts.scheme;
    this.userinfo = parts.userinfo;
    this.host = parts.host;
    this.port = parts.port;
    this.path = parts.path;
    this.query = parts.query;
    this.fragment = parts.fragment;
    this.href = format(this);
    this.origin = origin ?? originOf(this);
  }

  /** `host` or `host:port`: the value of a `Host` header. */
  get authority(): string {
    return this.port === null ? this.host : `${this.host}:${this.port}`;
  }

  /** Path and query: the target of a request in origin-form (RFC 9112 §3.2.1). */
  get target(): string {
    return this.query === null ? this.path : `${this.path}?${this.query}`;
  }

  /** Without user info and fragment: the target in absolute-form (RFC 9112 §3.2.2). */
  get absolute(): string {
    return `${this.scheme}://${this.authority}${this.target}`;
  }

  /** The port to connect to. */
  get effectivePort(): number | null {
    return this.port ?? defaultPort(this.scheme);
  }

  /** Host without the brackets of an IPv6 address: what a resolver takes. */
  get hostname(): string {
    return this.host.startsWith("[") ? this.host.slice(1, -1).replace("%25", "%") : this.host;
  }

  /** A copy with some parts changed. */
  with(parts: Partial<UrlParts>): Url {
    return new Url({ ...this.parts(), ...parts });
  }

  /**
   * User and password, percent-decoded, or `null`. A user without a colon has an empty password.
   *
   * @throws {InvalidURL} for a control character in them, which no scheme can send (RFC 7617 §2).
   */
  get credentials(): { readonly username: string; readonly password: string } | null {
    if (this.userinfo === null || this.userinfo === "") return null;
    const colon = this.userinfo.indexOf(":");
    const username = colon === -1 ? this.userinfo : this.userinfo.slice(0, colon);
    const password = colon === -1 ? "" : this.userinfo.slice(colon + 1);
    // `http://:@host/` says nothing (PARITY PRE-7).
    if (username === "" && password === "") return null;
    const credentials = { username: decodeLoosely(username), password: decodeLoosely(password) };
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\x00-\x1f\x7f]/.test(credentials.username + credentials.password))
      throw new InvalidURL("the user info of the URL has a control character");
    return credentials;
  }

  /** The parts, as a plain object. */
  parts(): UrlParts {
    const { scheme, userinfo, host, port, path, query, fragment } = this;
    return { scheme, userinfo, host, port, path, query, fragment };
  }

  toString(): string {
    return this.href;
  }
}

/** scheme, authority, path, query, fragment: the expression of RFC 3986 appendix B, with the scheme's own alphabet. */
const SPLIT = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/\\?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

/** Is it a URL that is prepared at all? Others (`mailto:`, `data:`) go to their adapter as they are. */
export function isHttpLike(url: string): boolean {
  // Nearly all are written like this, and it is asked for several times a request.
  return url.startsWith("http") || !url.includes(":") || /^\s*http/i.test(url);
}

/** Scheme and authority as they were written, and what they mean. */
interface Site {
  readonly written: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number | null;
  readonly origin: Origin;
}

/** The last one: most URLs of a program differ behind it only. Never one with user info: that may be a password. */
let lastSite: Site | null = null;
/** The last URL: many ask for it again and again, in one request. One of each is kept and no memo: a comparison costs less. */
let lastText = "";
let lastUrl: Url | null = null;

/**
 * Parses and prepares the URL of a request.
 *
 * @throws {MissingSchema} without a scheme.
 * @throws {InvalidURL} without a host, or when a part is malformed.
 */
export function parseUrl(text: string): Url {
  if (lastUrl !== null && text === lastText) return lastUrl;
  const url = parseOnSite(text) ?? parse(text);
  if (url.userinfo === null) {
    lastText = text;
    lastUrl = url;
  }
  return url;
}

/** A URL that begins as the last one did; `null` for any other. Path, query and fragment end where `SPLIT` ends them. */
function parseOnSite(text: string): Url | null {
  const site = lastSite;
  if (site === null || !text.startsWith(site.written)) return null;
  const start = site.written.length;
  if (start < text.length && !"/?#".includes(text.charAt(start))) return null;
  const hash = text.indexOf("#", start);
  const end = hash === -1 ? text.length : hash;
  const mark = text.indexOf("?", start);
  const pathEnd = mark === -1 || mark > end ? end : mark;
  const { scheme, host, port, origin } = site;
  const parts = {
    scheme,
    userinfo: null,
    host,
    port,
    path: preparePath(text.slice(start, pathEnd)),
    query: prepareQuery(pathEnd === end ? undefined : text.slice(pathEnd + 1, end)),
    fragment: prepareFragment(hash === -1 ? undefined : text.slice(hash + 1)),
  };
  return new Url(parts, origin);
}

/**
 * Parses the URL of a request whose path and query are to be sent as they were typed: dot segments, escapes and all. Scheme
 * and host are as ever.
 *
 * @throws {InvalidURL} for a character that cannot stand in a request line, too.
 */
export function parseRawUrl(text: string): Url {
  return parse(text, asTyped);
}

/** Parses a URL that WHATWG's parser wrote: path, query and fragment are as they are to be. @throws {InvalidURL} */
export function parseWebUrl(text: string): Url {
  return parse(text, asWritten);
}

/** How path, query and fragment are spelled. */
interface Spelling {
  readonly path: (path: string) => string;
  readonly query: (query: string | undefined) => string | null;
  readonly fragment: (fragment: string | undefined) => string | null;
}

/** Does text without a scheme begin as a path, which can be no host? */
export function isPath(text: string): boolean {
  return /^(?:$|[?#.]|\/(?!\/))/.test(text);
}

function parse(text: string, spelling: Spelling = prepared): Url {
  const trimmed = text.trimStart();
  // By index: an array pattern would go through an iterator, on the path of every request.
  const parts = SPLIT.exec(trimmed) ?? [];
  const scheme = parts[1]?.toLowerCase();
  const authority = parts[2];
  if (scheme === undefined) {
    const shown = bareUrl(trimmed);
    const advice = isPath(trimmed)
      ? ': it must be absolute, as "https://host/path" is'
      : `; perhaps you meant https://${shown.replace(/^\/+/, "")}?`;
    throw new MissingSchema(`no scheme in URL ${JSON.stringify(shown)}${advice}`);
  }
  if (authority === undefined || authority === "") {
    throw new InvalidURL(`no host in URL ${JSON.stringify(bareUrl(trimmed))}`);
  }
  const { userinfo, host, port } = parseAuthority(scheme, authority, trimmed);
  const url = new Url({
    scheme,
    userinfo,
    host,
    port,
    path: spelling.path(parts[3] ?? ""),
    query: spelling.query(parts[4]),
    fragment: spelling.fragment(parts[5]),
  });
  if (userinfo === null)
    lastSite = { written: `${parts[1]}://${authority}`, scheme, host, port, origin: url.origin };
  return url;
}

/**
 * The origin that `text` names: scheme, host and maybe a port, nothing else. Options that are about origins take such a text.
 *
 * @throws {TypeError} naming `option`, for anything else; user info in it is not shown.
 */
export function parseOrigin(text: unknown, option: string): Origin {
  const allowed = 'an origin such as "https://example.com"';
  if (typeof text !== "string" && !isUrl(text)) throw mustBe(option, allowed, text);
  const written = String(text);
  const shown = JSON.stringify(bareUrl(written));
  try {
    const { scheme, userinfo, path, query, fragment, origin } = parseUrl(written);
    const isBare = userinfo === null && path === "/" && query === null && fragment === null;
    if (isBare && (scheme === "http" || scheme === "https")) return origin;
  } catch (cause) {
    throw new TypeError(`${option} must be ${allowed}, not ${shown}`, { cause });
  }
  throw new TypeError(`${option} must be ${allowed}, without more, not ${shown}`);
}

/** What is a host and maybe a port, and nothing else, as a URL; `null` for any other text. IPv6 addresses may lack their brackets. */
export function urlOfHost(text: string): Url | null {
  const isAddress = text.split(":").length > 2 && !text.startsWith("[");
  try {
    const url = parseUrl(`http://${isAddress ? `[${text}]` : text}/`);
    return url.userinfo === null && url.target === "/" && url.fragment === null ? url : null;
  } catch {
    return null;
  }
}

function format(url: UrlParts): string {
  const userinfo = url.userinfo === null ? "" : `${url.userinfo}@`;
  const port = url.port === null ? "" : `:${url.port}`;
  const query = url.query === null ? "" : `?${url.query}`;
  const fragment = url.fragment === null ? "" : `#${url.fragment}`;
  return `${url.scheme}://${userinfo}${url.host}${port}${url.path}${query}${fragment}`;
}

const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/s;

function parseAuthority(
  scheme: string,
  authority: string,
  whole: string,
): Pick<UrlParts, "userinfo" | "host" | "port"> {
  const at = authority.lastIndexOf("@");
  const userinfo = at === -1 ? "" : encodeIllegal(authority.slice(0, at), USERINFO);
  const parts = HOST_AND_PORT.exec(at === -1 ? authority : authority.slice(at + 1));
  const host = parts?.[1] ?? "";
  if (host === "") throw new InvalidURL(`no valid host in URL ${JSON.stringify(bareUrl(whole))}`);
  return {
    userinfo: userinfo === "" ? null : userinfo,
    host: scheme === "http" || scheme === "https" ? canonicalHost(host) : opaqueHost(host),
    port: parsePort(parts?.[2], whole),
  };
}

/** The text of a wrong port is not shown: in `http://user:pass#word@host` it is half of a password. */
function parsePort(port: string | undefined, whole: string): number | null {
  if (port === undefined || port === "") return null;
  const number = /^[0-9]{1,10}$/.test(port) ? Number(port) : Number.NaN;
  if (!(number <= 65_535)) {
    throw new InvalidURL(`the port in URL ${JSON.stringify(bareUrl(whole))} is not a number from 0 to 65535`);
  }
  return number;
}

/** Host of `http+unix:` and the like: what it means is its adapter's business. */
function opaqueHost(host: string): string {
  return /^(?:[\w\-.~!$&'()*+,;=]|%[0-9a-fA-F]{2})+$/.test(host) && host.includes("%")
    ? host
    : canonicalHost(host);
}

const PLAIN_NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z_](?:[a-z0-9_-]*[a-z0-9_])?\.?$/;
const DOTTED_QUAD = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** The one spelling of a host: lower case, IDNA as A-labels (UTS 46), IPv4 as a dotted quad, IPv6 compressed. */
function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  if (PLAIN_NAME.test(lower) && !lower.includes("xn--")) return checkLabels(lower);
  if (DOTTED_QUAD.test(host)) return host;
  if (lower.startsWith("*") || lower.startsWith(".")) {
    throw new InvalidURL(`host ${JSON.stringify(host)} starts with ${JSON.stringify(lower[0])}`);
  }
  // A zone is written with %25 (RFC 6874); urllib3 and many people write a bare % before it.
  const zone = /^\[(.*?)%(?:25)?([a-z0-9._~-]+)\]$/i.exec(host);
  const canonical = whatwgHost(zone === null ? host : `[${zone[1]}]`, host);
  return zone === null ? checkLabels(canonical) : `${canonical.slice(0, -1)}%25${zone[2]}]`;
}

function whatwgHost(host: string, shown: string): string {
  // A percent sign, a blank or a delimiter would be decoded, dropped or end the host: none of them belongs into a name.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\x00-\x20"#%/<>?@\\^`{|}\x7f]/.test(host))
    throw new InvalidURL(`host ${JSON.stringify(shown)} has a forbidden character`);
  try {
    return new URL(`http://${host}/`).hostname;
  } catch (cause) {
    throw new InvalidURL(`host ${JSON.stringify(shown)} is not a name or an address`, { cause });
  }
}

function checkLabels(host: string): string {
  if (host.length > 63 && !host.startsWith("[") && host.split(".").some((label) => label.length > 63)) {
    throw new InvalidURL(`host ${JSON.stringify(host)} has a label of more than 63 characters`);
  }
  return host;
}

const prepared: Spelling = { path: preparePath, query: prepareQuery, fragment: prepareFragment };

const asTyped: Spelling = {
  path: (path) => typed(path === "" ? "/" : path, "path"),
  query: (query) => (query === undefined ? null : typed(query, "query")),
  fragment: prepareFragment,
};

const asWritten: Spelling = {
  path: (path) => (path === "" ? "/" : path),
  query: (query) => query ?? null,
  fragment: (fragment) => fragment ?? null,
};

/** @throws {InvalidURL} for what would end the request line, or cannot be written in it (RFC 9112 §3). */
function typed(part: string, name: "path" | "query"): string {
  const at = part.search(/[^\x21-\x7e]/);
  if (at !== -1) {
    const character = JSON.stringify(String.fromCodePoint(part.codePointAt(at) ?? 0));
    throw new InvalidURL(`the ${name} of a raw URL has ${character} at ${at}: it must be encoded`);
  }
  if (name === "path" && !part.startsWith("/"))
    throw new InvalidURL("the path of a raw URL must begin with /");
  return part;
}

/** Adds encoded parameters to a URL's query. */
export function appendQuery(url: Url, query: string): Url {
  if (query === "") return url;
  const added = requote(query, QUERY);
  // A raw URL may end with its question mark.
  const isFirst = url.query === null || url.query === "";
  return url.with({ query: isFirst ? added : `${url.query}&${added}` });
}
