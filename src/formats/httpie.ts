/**
 * Session files of HTTPie, in the layout of its versions since 3.1 and 3.2 (lists of cookies and headers) and in the old one (objects).
 * Times are in seconds.
 *
 * A cookie without a domain is sent to any host that is asked, which is how logins leak. Such a cookie is taken for the host that the
 * program names, or not at all.
 */
import { mustBe, optionsOf, oneOf, wrongWord } from "../core/checks.ts";
import type { StoredCookie } from "../core/cookie-store.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import { isObject } from "../core/realm.ts";
import { domainMatches } from "../cookies/match.ts";
import { dataOf } from "./detect.ts";
import { flagIn, headerIn, nameIn, numberIn, recordOf, textIn, type Fields } from "./fields.ts";
import { fieldsOf, textOfBytes, type FileInput } from "./input.ts";
import { cookiesToWrite, Losses, type CookieSource, type Written } from "./outgoing.ts";
import { notOfFormat, type ReadOptions } from "./problem.ts";
import { withLocal, withoutLocal } from "./python-hosts.ts";
import {
  hostOfDomain,
  millisecondsOf,
  placeAt,
  Reading,
  Refusal,
  secondsOf,
  timeOf,
  withoutPort,
  type Draft,
  type ReadCookies,
} from "./reading.ts";

/** Credentials of a session file. */
export type HttpieAuth =
  | {
      /** For `auth: [username, password]`, or `new HttpDigestAuth(username, password)`. */
      readonly kind: "basic" | "digest";
      /** The name of the user. */
      readonly username: string;
      /** The password, as it is. */
      readonly password: string;
    }
  | {
      /** For `new HttpBearerAuth(token)`. */
      readonly kind: "bearer";
      /** The token, as it is. */
      readonly token: string;
    };

/** What a session file has. */
export interface ReadHttpie extends ReadCookies {
  /** Names and values, in the order of the file: what `headers` of a session takes. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The credentials; `null` for none. */
  readonly auth: HttpieAuth | null;
}

/** What the reader may be told. */
export interface HttpieReadOptions extends ReadOptions {
  /** The host that gets the cookies without a domain, and no other does; a port is left out. Default: none, and then they are problems. */
  readonly host?: string | undefined;
}

/** What a session file is written of. A session is one. */
export interface HttpieSource {
  /** The cookies. */
  readonly cookies: CookieSource;
  /** Header fields. Those that each client says of itself are left out. `null`: none. Default: none. */
  readonly headers?: HeadersInit | null | undefined;
  /** A pair of user and password, or what {@link parseHttpie} gave. Of other objects it is told that they are lost. Default: none. */
  readonly auth?: unknown;
}

/** How it is written. */
export interface HttpieWriteOptions extends ReadOptions {
  /** `"new"`: that of HTTPie 3.2. `"old"`: that before 3.1, which holds the cookies of one host. Default: `"new"`. */
  readonly layout?: "new" | "old" | undefined;
  /** The host of the session, for the old layout: cookies of other hosts are not written. Default: none. */
  readonly host?: string | undefined;
}

/**
 * Reads a session file of HTTPie.
 *
 * @param input the text of the file, its bytes, or what `JSON.parse` made of it.
 * @throws {FormatError} for a file of another format, with what it is.
 * @throws {TypeError} for what is no file, and for a `host` that is none.
 */
export function parseHttpie(input: FileInput | object, options: HttpieReadOptions = {}): ReadHttpie {
  const now = timeOf(options, "parseHttpie()", ["host"]);
  const host = hostOption(optionsOf(options, "parseHttpie()", ["now", "host"]).host);
  const reading = new Reading(now);
  const fields = fieldsOf(dataOf(input, "httpie", "parseHttpie()"));
  if (fields === null) throw notOfFormat("httpie", null, "it is no object");
  const { cookies = null, headers = null } = fields;
  for (const [where, cookie, name] of itemsOf(cookies, "cookies", reading))
    reading.take(placeAt(where), name ?? nameIn(cookie), () => draftOf(recordOf(cookie), name, host));
  return { ...reading.found(), headers: headersOf(headers, reading), auth: authOf(fields["auth"], reading) };
}

/** @throws {TypeError} unless it names a host. */
function hostOption(host: unknown): string | null {
  if (host === undefined) return null;
  const found = typeof host === "string" ? hostOfDomain(withoutPort(host)) : null;
  if (found === null) throw wrongWord("host", 'a host, such as "example.com"', host);
  return found;
}

type Item = readonly [where: string, item: unknown, name: string | null];

/** The items of a list, or those of an object with their names. */
function itemsOf(items: unknown, what: string, reading: Reading): Item[] {
  if (items === null) return [];
  if (Array.isArray(items)) return items.map((item: unknown, at): Item => [`${what}[${at}]`, item, null]);
  const fields = fieldsOf(items);
  if (fields !== null)
    return Object.entries(fields).map(([name, item], at): Item => [`${what}[${at}]`, item, name]);
  reading.refuse(placeAt(what), null, new Refusal("kind", "it is neither a list nor an object"));
  return [];
}

/** @param key the name, where the cookies are an object. */
function draftOf(fields: Fields, key: string | null, host: string | null): Draft {
  const domain = textIn(fields, "domain", "");
  if (domain === "" && host === null) {
    const advice = 'parseHttpie(file, { host: "example.com" }) gives it to one host';
    throw new Refusal("unbound", `it has no domain, so HTTPie would send it to any host: ${advice}`);
  }
  const seconds = numberIn(fields, "expires");
  return {
    name: key ?? textIn(fields, "name"),
    value: textIn(fields, "value"),
    domain: domain === "" && host !== null ? host : withoutLocal(withoutPort(domain)),
    hostOnly: !domain.startsWith("."),
    path: textIn(fields, "path", "/"),
    expires: seconds === null ? null : millisecondsOf(seconds),
    secure: flagIn(fields, "secure", false),
    httpOnly: false,
    sameSite: null,
  };
}

function headersOf(headers: unknown, reading: Reading): [name: string, value: string][] {
  const found: [name: string, value: string][] = [];
  for (const [where, item, key] of itemsOf(headers, "headers", reading)) {
    reading.attempt(placeAt(where), key ?? nameIn(item), () => {
      const field = headerIn(key === null ? recordOf(item) : { name: key, value: item });
      if (field[0].toLowerCase() === "cookie")
        throw new Refusal("header", "as a header it would hide the cookies of the session for ever");
      found.push(field);
    });
  }
  return found;
}

function authOf(given: unknown, reading: Reading): HttpieAuth | null {
  let auth: HttpieAuth | null = null;
  reading.attempt(placeAt("auth"), null, () => {
    if ((given ?? null) !== null) auth = readAuth(recordOf(given));
  });
  return auth;
}

/** @throws {Refusal} for credentials of a plugin, or that are not whole. */
function readAuth(fields: Fields): HttpieAuth | null {
  const kind = textIn(fields, "type", "");
  if (kind === "") return null;
  const raw = textIn(fields, "raw_auth", "");
  if (kind === "bearer") {
    if (raw === "") throw new Refusal("auth", "it has no token");
    return { kind, token: raw };
  }
  if (kind !== "basic" && kind !== "digest")
    throw new Refusal("auth", "its type is neither basic, digest nor bearer");
  if (raw !== "") return { kind, ...pairOf(raw) };
  if ((fields["password"] ?? null) === null) throw noPassword();
  return { kind, username: textIn(fields, "username", ""), password: textIn(fields, "password") };
}

function noPassword(): Refusal {
  return new Refusal("auth", "it has no password: HTTPie would ask for it");
}

/** `user:password`, in which `\:` is a colon of the name. @throws {Refusal} without a colon between them. */
function pairOf(raw: string): { readonly username: string; readonly password: string } {
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] === "\\") at += 1;
    else if (raw[at] === ":")
      return { username: unescaped(raw.slice(0, at)), password: unescaped(raw.slice(at + 1)) };
  }
  throw noPassword();
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, (pair, character: string) => (character === ":" ? ":" : pair));
}

/** Fields that each client says of itself, or of one request, as HTTPie leaves them out. */
const OWN_FIELDS = /^(?:accept-encoding|connection|cookie|host|transfer-encoding|content-.*|if-.*)$/i;

/**
 * Writes a session file of HTTPie.
 *
 * @param source cookies, headers and credentials; a session is such an object.
 * @throws {TypeError} for an option that there is not, for cookies that are neither a jar nor a list, and without a `host` for the
 *   old layout. {@link InvalidHeader} for headers that cannot be sent.
 */
export function formatHttpie(source: HttpieSource, options: HttpieWriteOptions = {}): Written {
  if (!isObject(source)) throw mustBe("what is written", "an object with cookies, such as a session", source);
  const now = timeOf(options, "formatHttpie()", ["layout", "host"]);
  const { layout: given = "new", host: named } = optionsOf(options, "formatHttpie()", [
    "now",
    "layout",
    "host",
  ]);
  const layout = oneOf(given, "layout", ["new", "old"]);
  const host = hostOption(named);
  if (layout === "old" && host === null)
    throw wrongWord("host", 'a host, such as "example.com": the old layout has no other place for it', named);
  const losses = new Losses();
  const cookies = cookiesToWrite(source.cookies, now, losses);
  const headers = headersToWrite(source.headers ?? null, losses);
  const auth = authToWrite(source.auth ?? null, losses);
  for (const cookie of cookies) noteFields(cookie, losses);
  const file = {
    __meta__: {
      about: "HTTPie session file",
      help: "https://httpie.io/docs#sessions",
      // The versions that brought these layouts, or were the last to write them.
      httpie: layout === "new" ? "3.2.0" : "3.0.2",
    },
    auth,
    cookies: host !== null && layout === "old" ? oldCookies(cookies, host, losses) : cookies.map(newCookie),
    headers:
      layout === "old"
        ? Object.fromEntries([...headers.keys()].map((name) => [name, headerText(headers.get(name) ?? "")]))
        : [...headers].map(([name, value]) => ({ name, value: headerText(value) })),
  };
  return { text: `${JSON.stringify(file, null, 4)}\n`, lost: losses.list() };
}

/** HTTPie sends fields in UTF-8: of what is not, each byte becomes two. */
function headerText(value: string): string {
  return textOfBytes(value) ?? value;
}

function noteFields(cookie: StoredCookie, losses: Losses): void {
  losses.add("createdAt", "a session file of HTTPie does not say when a cookie was made", cookie);
  if (cookie.httpOnly) losses.add("httpOnly", "a session file of HTTPie has no HttpOnly", cookie);
  if (cookie.sameSite !== null) losses.add("sameSite", "a session file of HTTPie has no SameSite", cookie);
}

/** A dot in front says that it is for the hosts below, too. */
function newCookie({ name, value, domain, hostOnly, path, expires, secure }: StoredCookie): object {
  return {
    domain: withLocal(hostOnly ? domain : `.${domain}`),
    expires: expires === null ? null : secondsOf(expires),
    name,
    path,
    secure,
    value,
  };
}

function oldCookies(cookies: readonly StoredCookie[], host: string, losses: Losses): object {
  const byName = new Map<string, object>();
  for (const cookie of cookies) {
    const { name, value, domain, hostOnly, path, expires, secure } = cookie;
    if (hostOnly ? domain !== host : !domainMatches(host, domain))
      losses.add("cookie", "the old layout holds the cookies of one host, and this is for another", cookie);
    else if (byName.has(name)) losses.add("cookie", "the old layout holds one cookie of a name", cookie);
    else {
      losses.add("domain", "the old layout has no domains: HTTPie sends the cookie to any host", cookie);
      byName.set(name, { expires: expires === null ? null : secondsOf(expires), path, secure, value });
    }
  }
  return Object.fromEntries(byName);
}

function headersToWrite(given: HeadersInit | null, losses: Losses): HeaderMap {
  const headers = new HeaderMap(given);
  for (const name of Array.from(headers.keys())) {
    const isOwn = name.toLowerCase() === "user-agent" && headers.get(name)?.startsWith("sojourn/") === true;
    if (!isOwn && !OWN_FIELDS.test(name)) continue;
    losses.add("headers", `${name} is what each client says of itself, or of one request`, null);
    headers.delete(name);
  }
  return headers;
}

/** Name and password stand in fields of their own: as one text, a name with a colon or a backslash could be read in two ways. */
function authToWrite(given: unknown, losses: Losses): object {
  const none = { type: null, username: null, password: null };
  if (given === null || given === false) return none;
  if (Array.isArray(given)) {
    const [username, password] = given as readonly unknown[]; // any pair
    if (typeof username === "string" && typeof password === "string")
      return { type: "basic", username, password };
  }
  const { kind, username, password, token } = fieldsOf(given) ?? {};
  if (kind === "bearer" && typeof token === "string") return { type: "bearer", raw_auth: token };
  if ((kind === "basic" || kind === "digest") && typeof username === "string" && typeof password === "string")
    return { type: kind, username, password };
  losses.add("auth", "it is no pair of user and password, nor what parseHttpie() gives", null);
  return none;
}
