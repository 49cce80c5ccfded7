/**
 * Reads `Cookie`, writes `Set-Cookie`, and the endpoints under `/cookies`.
 *
 * Values that do not fit a cookie are quoted as httpbin quotes them: `a b` travels as `"a b"`.
 *
 * Pure. May import: `exchange.ts`, `answers.ts`.
 */
import { Buffer } from "node:buffer";

import { json, redirect, RefusedRequest } from "./answers.ts";
import { GET, headerOf, paramOf } from "./exchange.ts";
import type { Answer, Pair, Route, TestRequest } from "./exchange.ts";

/** The routes that show, set and delete cookies. */
export const cookieRoutes: readonly Route[] = [
  { methods: GET, pattern: "/cookies", endpoint: showCookies },
  { methods: GET, pattern: "/cookies/set", endpoint: setFromQuery },
  { methods: GET, pattern: "/cookies/set/:name/:value", endpoint: setFromPath },
  { methods: GET, pattern: "/cookies/delete", endpoint: deleteFromQuery },
];

/** The cookies of a request. When a name came twice, the first one counts: it has the longer path. */
export function cookiesOf(request: TestRequest): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (headerOf(request, "cookie") ?? "").split(";")) {
    const equals = pair.indexOf("=");
    const name = readBytes(equals < 0 ? pair : pair.slice(0, equals)).trim();
    if (name !== "" && !cookies.has(name))
      cookies.set(name, equals < 0 ? "" : unquote(pair.slice(equals + 1).replace(/^[ \t]+|[ \t]+$/g, "")));
  }
  return cookies;
}

/**
 * A `Set-Cookie` line. `attributes` follow the value as they are.
 *
 * @throws {RefusedRequest} when a cookie cannot have this name.
 */
export function setCookie(name: string, value: string, attributes = "Path=/"): Pair {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new RefusedRequest(400, "a cookie's name must be a token");
  return ["Set-Cookie", `${name}=${quote(value)}; ${attributes}`];
}

/** A `Set-Cookie` line that deletes a cookie. */
export function expireCookie(name: string, attributes = "Path=/"): Pair {
  return setCookie(name, "", `Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; ${attributes}`);
}

function showCookies(request: TestRequest): Answer {
  return json({ cookies: Object.fromEntries(cookiesOf(request)) });
}

function setFromQuery(request: TestRequest): Answer {
  return toCookies(Array.from(firstOfEach(request.query), ([name, value]) => setCookie(name, value)));
}

function setFromPath(request: TestRequest): Answer {
  return toCookies([setCookie(paramOf(request, "name"), paramOf(request, "value"))]);
}

function deleteFromQuery(request: TestRequest): Answer {
  return toCookies(Array.from(firstOfEach(request.query).keys(), (name) => expireCookie(name)));
}

function toCookies(lines: readonly Pair[]): Answer {
  return redirect("/cookies", 302, lines);
}

function firstOfEach(pairs: readonly Pair[]): ReadonlyMap<string, string> {
  const firsts = new Map<string, string>();
  for (const [name, value] of pairs) if (!firsts.has(name)) firsts.set(name, value);
  return firsts;
}

/** Octal escapes for control characters and bytes beyond ASCII, a backslash before quotes and backslashes. */
function quote(value: string): string {
  if (/^[\w/=!#$%&'*+.^`|~:-]*$/.test(value)) return value;
  const escaped = Array.from(Buffer.from(value, "utf8"), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") return `\\${character}`;
    const fits = byte >= 0x20 && byte < 0x7f && character !== "," && character !== ";";
    return fits ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

function unquote(value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  if (quoted === undefined) return readBytes(value);
  return readBytes(
    quoted.replaceAll(/\\([0-3][0-7][0-7]|.)/g, (_escape, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : code,
    ),
  );
}

/** Node hands on header bytes as Latin-1; those of a cookie are UTF-8. */
function readBytes(characters: string): string {
  return Buffer.from(characters, "latin1").toString("utf8");
}
