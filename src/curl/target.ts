/** Where a transfer goes: its URL as curl reads it, in a spelling in which the same path and query go out here. */
import { InvalidURL } from "../core/errors.ts";
import { defaultPort } from "../core/origin.ts";
import { escapeBytes } from "../core/received-text.ts";
import { parseRawUrl, parseUrl, type Url } from "../core/url.ts";
import { removeDotSegments } from "../core/url-spelling.ts";
import { escapedBytes } from "./data.ts";
import type { Draft, Route, World } from "./draft.ts";
import { bytesOf, textOf, type Word } from "./source.ts";
import { urlsOf } from "./glob.ts";

/** Where a request goes. */
export interface Target {
  /** Absolute, without user info. */
  readonly url: string;
  /** Would path or query be spelled otherwise if they were prepared? */
  readonly isRaw: boolean;
  /** The value of `Host` where it is not that of the URL; `null` where it is. */
  readonly host: string | null;
  /** Whose cookies go there: the URL before it was led elsewhere. */
  readonly cookieUrl: string;
  /** The name that TLS is about, where it is not that of the URL. */
  readonly serverName: string | null;
  /** User and password in the URL. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

/** The targets of a URL as it was written: several, where it has braces or brackets. @throws {SyntaxError} */
export function targetsOf(word: Word, draft: Draft, world: World): Target[] {
  const written = textOf(word.bytes) ?? world.fail(word, "a URL must be UTF-8");
  if (written.startsWith("@")) world.fail(word, "a file of URLs is not read");
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\0- \x7f]/.test(written))
    world.fail(
      word,
      "a URL has a blank or a control character in it, which curl refuses: write %20 for a blank",
    );
  if (written === "" || written === "-") world.fail(word, "a URL must stand here");
  const urls = draft.isGlobOff ? [written] : urlsOf(written, (problem) => world.fail(word, problem));
  return urls.map((url) => targetOf(url, word, draft, world));
}

/** curl takes one slash, and three, for two. */
const SCHEME = /^([a-z][a-z\d+.-]*):\/{1,3}/i;
/** Authority, path, query with its mark, fragment with its sign. */
const PARTS = /^[^:]+:\/\/([^/\\?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s;

function targetOf(written: string, word: Word, draft: Draft, world: World): Target {
  const [start = "", named] = SCHEME.exec(written) ?? [];
  const scheme = named?.toLowerCase() ?? null;
  if (scheme !== null && scheme !== "http" && scheme !== "https")
    world.fail(word, `a URL must be of http: or https:, not ${scheme}:`);
  const whole = `${named ?? draft.defaultScheme}://${written.slice(start.length)}`;
  try {
    return located(whole, word, draft, world);
  } catch (error) {
    if (!(error instanceof InvalidURL)) throw error;
    world.fail(word, error.message, error);
  }
}

function located(whole: string, word: Word, draft: Draft, world: World): Target {
  const parsed = parseUrl(whole);
  const { credentials, scheme } = parsed;
  const [, authority = "", path = "", query = "", fragment = ""] = PARTS.exec(whole) ?? [];
  const target =
    requestTarget(draft, world) ??
    escaped(pathOf(path, query, draft) + withQueries(query, draft, word, world), world);
  const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d*$/, "");
  const named = `${scheme}://${withPort(host, parsed.port, scheme)}${target}${fragment}`;
  const site = { host: parsed.host, port: parsed.effectivePort };
  const reached = routed(site, draft);
  if (reached === site)
    return {
      url: named,
      isRaw: isSpelledOtherwise(named),
      host: null,
      cookieUrl: named,
      serverName: null,
      credentials,
    };
  const url = `${scheme}://${withPort(reached.host, reached.port, scheme)}${target}${fragment}`;
  return {
    url,
    isRaw: isSpelledOtherwise(url),
    host: withPort(parsed.host, parsed.port, scheme),
    cookieUrl: named,
    serverName: isAddress(parsed) || scheme === "http" ? null : parsed.host,
    credentials,
  };
}

/** Host and port, as curl writes them into `Host`: without a port that need not be said. */
function withPort(host: string, port: number | null, scheme: string): string {
  return port === null || port === defaultPort(scheme) ? host : `${host}:${port}`;
}

/** @throws {InvalidURL} for what cannot stand in a request line. */
function isSpelledOtherwise(url: string): boolean {
  return parseRawUrl(url).target !== parseUrl(url).target;
}

function isAddress({ host }: Url): boolean {
  return host.startsWith("[") || /^[\d.]+$/.test(host);
}

/** `--request-target`. */
function requestTarget({ requestTarget: given }: Draft, world: World): string | null {
  if (given === null) return null;
  if (given.value.startsWith("/")) return given.value.replace(/#.*/s, "");
  world.ignore(given, "a target is a path and a query here");
  return null;
}

/** The path; an uploaded file has its name behind that of a folder. */
function pathOf(path: string, query: string, { isPathAsIs, upload }: Draft): string {
  const whole = path === "" ? "/" : isPathAsIs ? path : removeDotSegments(path);
  if (upload === null || upload.path === "-" || query !== "" || !whole.endsWith("/")) return whole;
  return whole + escapedBytes(upload.path.slice(upload.path.lastIndexOf("/") + 1));
}

/** The query with what options add to it: what makes a query of a body, then `--url-query`. */
function withQueries(query: string, draft: Draft, word: Word, world: World): string {
  const added = [...(draft.isGet && draft.data !== null ? [draft.data] : []), ...draft.queries].filter(
    (part) => part !== "",
  );
  if (added.length === 0) return query;
  const text = textOf(added.join("&")) ?? world.fail(word, "a query must be UTF-8");
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\0- \x7f]/.test(text))
    world.fail(
      word,
      "the query has a blank or a control character in it, which curl refuses: --data-urlencode encodes it",
    );
  const before = query === "" || query === "?" ? "?" : query.endsWith("&") ? query : `${query}&`;
  // What would end a query is a part of it.
  return before + text.replaceAll("#", "%23");
}

/** curl sends what is not ASCII as it stands; here it is encoded, as browsers do. */
function escaped(target: string, world: World): string {
  const bytes = bytesOf(target);
  const ascii = escapeBytes(bytes);
  if (ascii !== bytes)
    world.note("URL", "characters that are not ASCII are sent as escapes; curl sends their bytes");
  return ascii;
}

interface Site {
  readonly host: string;
  readonly port: number | null;
}

/** Where the connection is made: `site` itself, when no option says otherwise. */
function routed(site: Site, { routes, usedRoutes }: Draft): Site {
  const route = routes.find((one) => fits(one, site));
  if (route === undefined) return site;
  usedRoutes.add(route);
  return { host: route.toHost ?? site.host, port: route.toPort ?? site.port };
}

function fits({ host, port }: Route, site: Site): boolean {
  return (host === "*" || host.toLowerCase() === site.host) && (port === null || port === site.port);
}
