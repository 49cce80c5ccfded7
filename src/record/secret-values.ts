/**
 * Which values of a message are secret, by the names that they stand under: credentials, cookies, user info and parameters of URLs, members of
 * JSON and fields of forms. As they are, and taken apart: of `Basic` the password, of a cookie what its escapes mean.
 */
import { asBuffer } from "../core/bytes.ts";
import { Memo } from "../core/memo.ts";
import type { CapturedBody } from "../core/records.ts";
import { decoded, isSecretName, mayHoldSecrets, secretsOfUrls } from "../core/redact.ts";
import { isMarkup, secretsOfMarkup } from "../core/secret-markup.ts";
import { isJson, SCHEME, secretFormParts, secretMembers } from "../core/secret-parts.ts";
import { parseSetCookie } from "../cookies/parse.ts";
import { essenceOf, textOfBody } from "./bodies.ts";
import type { KeptMessage } from "./kept.ts";
import type { Secrets } from "./secrets.ts";

/** Takes what is secret. */
type Learn = (value: string) => void;

/** Learns what is secret in the URL and the fields of a message, and where it went. Of most that is nothing, and takes no time. */
export function learnHead(message: KeptMessage, secrets: Secrets): void {
  const learn = learningIn(secrets);
  if (!secrets.knowsPlaceOf(message.url)) learnHost(message.url, secrets);
  learnUrl(message.url, learn);
  const { sent, preparedHeaders, trailers, connection } = message;
  // Most requests of a session have the same fields, and only for a proxy some are added that hold secrets.
  if (secrets.isNewsOf(preparedHeaders.identity)) learnFields(preparedHeaders.toWire(), secrets, learn);
  if (connection?.proxy != null && sent !== null) learnFields(sent.headers.toWire(), secrets, learn);
  learnFields(message.fields, secrets, learn);
  if (trailers !== null) learnFields(trailers.toWire(), secrets, learn);
}

/** Has it bodies, in which there may be secrets? */
export function hasBodies({ shortBody, requestBody, responseBody }: KeptMessage): boolean {
  return shortBody !== null || requestBody !== null || responseBody !== null;
}

function learningIn(secrets: Secrets): Learn {
  return (value) => {
    secrets.learn(value);
    for (const part of partsByLot(value)) secrets.learn(part);
  };
}

/** The one that is kept, or that is kept for its secrets alone. */
function requestBodyOf({ shortBody, requestBody }: KeptMessage): CapturedBody | null {
  return shortBody === null ? requestBody : { bytes: shortBody, isCut: false };
}

/** Learns what is secret in the bodies of a message. */
export function learnBodies(message: KeptMessage, secrets: Secrets): void {
  const learn = learningIn(secrets);
  for (const [body, fields] of [
    [requestBodyOf(message), message.preparedHeaders],
    [message.responseBody, message.headers],
  ] as const) {
    if (body === null || fields === null) continue;
    const { text, bytes } = textOfBody(body, fields);
    const essence = essenceOf(fields);
    if (text !== null) learnText(text, essence, learn);
    else if (bytes !== null && essence === "multipart/form-data")
      learnText(asBuffer(bytes).toString("latin1"), essence, learn);
  }
}

/** @param fields name, value, name, value ... */
function learnFields(fields: readonly string[], secrets: Secrets, learn: Learn): void {
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name, value] = [fields[at] as string, fields[at + 1] as string]; // below the length
    if (mayTell(name, value) && secrets.isNews(`${name}: ${value}`)) learnField(name, value, learn);
  }
}

function learnHost(url: string, secrets: Secrets): void {
  const [place = "", authority = ""] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#\\]*@)?([^/?#\\]*)/i.exec(url) ?? [];
  secrets.learnHost(authority);
  secrets.learnHost(authority.replace(/:\d*$/, ""));
  secrets.lastPlace = `${place}/`;
}

/** User info, and the parameters of query and fragment. */
function learnUrl(url: string, learn: Learn): void {
  if (!mayHoldSecrets(url) || hasNone(url)) return;
  const userinfo = /^[^/]*\/\/([^/?#\\]*)@/.exec(url)?.[1];
  if (userinfo !== undefined) learnUserinfo(userinfo, learn);
  for (const pair of url.slice(url.search(/[?#]|$/)).split(/[?&#]/)) learnParameter(pair, learn);
  learnUrls(url, learn);
}

/** A URL without user info and path parameters, whose values are as they stand: nothing is escaped, quoted or nested in them. */
const PLAIN_URL = /^https?:\/\/[\w.:[\]-]+\/[\w/.~+-]*\?([\w.~=&+-]*)$/;

/** Most URLs are plain, and no name of a parameter looks secret: that is seen at once. */
function hasNone(url: string): boolean {
  const query = PLAIN_URL.exec(url)?.[1];
  if (query === undefined) return false;
  return query.split("&").every((pair) => !secretNames.getOrMake(nameOf(pair), isSecretName));
}

function nameOf(pair: string): string {
  const equals = pair.indexOf("=");
  return equals === -1 ? "" : pair.slice(0, equals);
}

/** A user without a password is a token. Of others the name alone is one if it is none that a person would have. */
function learnUserinfo(userinfo: string, learn: Learn): void {
  const colon = userinfo.indexOf(":");
  const user = colon === -1 ? userinfo : userinfo.slice(0, colon);
  const password = colon === -1 ? "" : userinfo.slice(colon + 1);
  for (const value of [userinfo, password, ...(password === "" || !isWord(decoded(user)) ? [user] : [])])
    learnEscaped(value, learn);
}

function isWord(user: string): boolean {
  return /^[a-z]*$/i.test(user);
}

/** `name=value` as it stands in a URL or a form. */
function learnParameter(pair: string, learn: Learn): void {
  const equals = pair.indexOf("=");
  if (equals < 1) return;
  // Some separate them so.
  if (pair.includes(";")) for (const one of pair.split(";").slice(1)) learnParameter(one, learn);
  const value = unescaped(pair.slice(equals + 1));
  if (isTelling(unescaped(pair.slice(0, equals)), value)) learnEscaped(pair.slice(equals + 1), learn);
  // It may be JSON, or a URL, in which there are parameters again.
  else if (isJson(value, "")) learnJson(value, learn);
  else if (value !== pair.slice(equals + 1)) learnUrls(value, learn);
}

/** What is secret in URLs that stand in a text. */
function learnUrls(text: string, learn: Learn): void {
  for (const { from, to, name } of secretsOfUrls(text)) {
    const value = text.slice(from, to);
    if (name === "userinfo") learnUserinfo(value, learn);
    // A text of several words is none that would stand elsewhere: it may be a label.
    else if (isTelling(name, value) && !/\s/.test(value)) learnEscaped(value, learn);
  }
}

/** A value as it is written, and what its escapes mean. */
function learnEscaped(value: string, learn: Learn): void {
  learn(value);
  // Of a URL all parts that may be drawn by lot: a link that lets in whoever has it.
  if (/:\/\/|%3A%2F%2F/i.test(value))
    for (const part of unescaped(value).split(/[/?#&=]/)) if (isByLot(part)) learn(part);
  const meant = unescaped(value);
  if (meant !== value) learn(meant);
  const percents = value.includes("+") ? unescaped(value.replaceAll("+", "%2B")) : meant;
  if (percents !== meant) learn(percents);
}

/** Values of several parts are longer, and have no more of them. */
const LEAST_WITH_PARTS = 24;
const MOST_PARTS = 64;
const LEAST_PART = 12;

/**
 * The parts of a value that look as if they were drawn by lot: those of a JWT, an id and the signature behind it, lines of a key. One alone
 * may let in as well.
 */
function partsByLot(value: string): string[] {
  if (value.length < LEAST_WITH_PARTS || !/[^\w-]/.test(value)) return [];
  return value
    .split(/[^\w-]+/, MOST_PARTS)
    .filter((part) => part.length >= LEAST_PART && isByLot(part) && !/^\d{4}-\d\d-\d\d/.test(part));
}

function isByLot(part: string): boolean {
  return part.length >= 10 && /\d/.test(part) && /[a-z]/i.test(part) && !part.includes(".");
}

function unescaped(value: string): string {
  if (!/[%+]/.test(value)) return value;
  const spaced = value.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decoded(spaced);
  }
}

/**
 * Is a value under this name one that is to be hidden wherever it stands? Not the names of authors; and `key`, `code` and the like have
 * many a word for a value.
 */
function isTelling(name: string, value: string): boolean {
  if (!isSecretName(name.replaceAll(/author(?!i[sz])/gi, ""))) return false;
  return !/(?:^|[-_.])(?:key|code)$/i.test(name) || isStrongName(name) || !WORDS.test(value);
}

/** Words, such as `not_found`. */
const WORDS = /^(?:[a-z]+(?:[-_.:/ ]+[a-z]+)*)?$/i;

function isStrongName(name: string): boolean {
  return isSecretName(name.replace(/(?:^|[-_.])(?:key|code)$/i, ""));
}

/** Names that were looked at before: a program sends and gets the same few all day. */
const secretNames = new Memo<string, boolean>(1000);

/** Most fields have nothing to hide. */
function mayTell(name: string, value: string): boolean {
  return secretNames.getOrMake(name, isSecretName) || mayHoldSecrets(value);
}

function learnField(name: string, value: string, learn: Learn): void {
  switch (name.toLowerCase()) {
    case "authorization":
    case "proxy-authorization":
      return learnCredentials(value, learn);
    case "cookie":
      for (const pair of value.split(";")) learnCookie(pair.slice(pair.indexOf("=") + 1), learn);
      return;
    case "set-cookie":
      return learnSetCookie(value, learn);
    case "www-authenticate":
    case "proxy-authenticate":
      for (const [, token = ""] of value.matchAll(/\b(?:Negotiate|NTLM) +([^\s,]+)/gi)) learn(token);
      return;
    default:
      if (isTelling(name, value)) {
        learn(value);
        learn(value.replace(SCHEME, ""));
      }
      learnUrls(value, learn);
  }
}

/** What a scheme says openly. */
const OPEN_PARAMETER =
  /^(?:realm|uri|algorithm|qop|nc|nonce|opaque|charset|userhash|username\*?|SignedHeaders)$/i;

function learnCredentials(value: string, learn: Learn): void {
  const scheme = SCHEME.exec(value)?.[0] ?? "";
  const credentials = value.slice(scheme.length);
  learn(credentials);
  // Of a scheme that is not known.
  learn(credentials.replace(/^[\w-]+ +/, ""));
  if (/^basic/i.test(scheme)) learnUserinfoOf(Buffer.from(credentials, "base64"), learn);
  for (const [, name = "", quoted, bare] of credentials.matchAll(
    /(?<![\w*-])([\w*-]+)=(?:"([^"]*)"|([^\s,"]+))/g,
  ))
    if (!OPEN_PARAMETER.test(name)) learn(quoted ?? bare ?? "");
}

/** User and password are UTF-8, or latin-1. */
function learnUserinfoOf(bytes: Buffer, learn: Learn): void {
  const text = bytes.toString();
  const userinfo = text.includes("\ufffd") ? bytes.toString("latin1") : text;
  const colon = userinfo.indexOf(":");
  if (colon === -1) return learn(userinfo);
  const user = userinfo.slice(0, colon);
  const password = userinfo.slice(colon + 1);
  learn(userinfo);
  learn(password);
  if (password === "" || !isWord(user)) learn(user);
}

function learnSetCookie(value: string, learn: Learn): void {
  const parsed = parseSetCookie(value);
  if (parsed.kind === "parsed") return learnCookie(parsed.value, learn);
  const [pair = ""] = value.split(";");
  learnCookie(pair.slice(pair.indexOf("=") + 1), learn);
}

/** The value of a cookie: maybe in quotes, escaped, and JSON. */
function learnCookie(value: string, learn: Learn): void {
  const bare = value.trim().replace(/^"(.*)"$/s, "$1");
  learnEscaped(bare, learn);
  const meant = unescaped(bare);
  if (isJson(meant, "")) learnJson(meant, learn);
}

/** What is secret in a body. */
function learnText(text: string, essence: string, learn: Learn): void {
  if (isJson(text, essence)) learnJson(text, learn);
  else if (essence === "application/x-www-form-urlencoded" || /^[^\s=&<>"]+=[^\s<>"]*$/.test(text)) {
    for (const pair of text.split("&")) learnParameter(pair, learn);
  } else if (isMarkup(text, essence)) {
    for (const { from, to } of secretsOfMarkup(text)) learnHtml(text.slice(from, to).trim(), learn);
  } else if (essence === "multipart/form-data") {
    for (const { from, to, name } of secretFormParts(text))
      if (isTelling(name, text.slice(from, to))) learn(text.slice(from, to));
  }
  learnUrls(text, learn);
}

/** As it is written, and what its escapes mean. */
function learnHtml(value: string, learn: Learn): void {
  learn(value);
  const meant = value.replaceAll(/&(#\d{1,6}|#x[\da-f]{1,5}|\w{2,4});/gi, (escape, code: string) => {
    if (!code.startsWith("#")) return ENTITIES[code.toLowerCase()] ?? escape;
    const point = /^#x/i.test(code) ? Number.parseInt(code.slice(2), 16) : Number(code.slice(1));
    return point <= 0x10_ffff ? String.fromCodePoint(point) : escape;
  });
  if (meant !== value) learn(meant);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A text, or a number, in JSON. */
const JSON_LEAF = /"(?:[^"\\]|\\.)*"?(?=\s*(:?))|-?\d[\d.eE+-]*/gs;

/** A text in JSON that is JSON itself. */
const JSON_TEXT = /"(?:\s|\\[nrt])*[[{](?:[^"\\]|\\.)*"?/gs;

function learnJson(text: string, learn: Learn): void {
  if (text.includes(String.raw`\"`))
    for (const [inner] of text.matchAll(JSON_TEXT)) learnJson(stringOf(inner), learn);
  for (const { from, to, name, isText } of secretMembers(text)) {
    const value = text.slice(from, to);
    for (const leaf of isText ? [stringOf(`"${value}"`)] : leavesOf(value)) {
      if (isTelling(name, leaf)) learn(leaf);
      if (isText && isJson(leaf, "")) learnJson(leaf, learn);
    }
  }
}

/** The texts and numbers in a value, without the names of members. */
function leavesOf(value: string): string[] {
  return [...value.matchAll(JSON_LEAF)]
    .filter(({ 1: colon }) => colon !== ":")
    .map(([leaf]) => (leaf.startsWith('"') ? stringOf(leaf) : leaf));
}

/** What a text of JSON means; one that breaks off: as it is written. */
function stringOf(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token.replace(/^"/, "").replace(/"$/, "");
  }
}
