/**
 * Cookies of libwww-perl, and of Python's `LWPCookieJar`: a line `Set-Cookie3: name="value"; path="/"; domain=…; expires="…"` for each.
 * Read only.
 *
 * A domain with a dot in front is for the hosts below it too. Times are written out, in UTC.
 */
import { withoutBlanks } from "../core/received-text.ts";
import { sameSiteWord } from "../cookies/parse.ts";
import { see } from "./detect.ts";
import { withoutLocal } from "./python-hosts.ts";
import { assertFileInput, linesOf, type FileInput } from "./input.ts";
import { notOfFormat, type ReadOptions } from "./problem.ts";
import { lineAt, Reading, Refusal, timeOf, type Draft, type ReadCookies } from "./reading.ts";

const FIELD = "Set-Cookie3:";

/**
 * Reads a file of LWP cookies (`#LWP-Cookies-1.0`, `#LWP-Cookies-2.0`).
 *
 * @param input the text of the file, or its bytes.
 * @throws {FormatError} for a file of another format, with what it is. {@link TypeError} for what is no file.
 */
export function parseLwp(input: FileInput, options: ReadOptions = {}): ReadCookies {
  const reading = new Reading(timeOf(options, "parseLwp()"));
  assertFileInput(input, "parseLwp()");
  const { format, isJson } = see(input, "parseLwp()");
  if (format === null ? isJson : format !== "lwp") throw notOfFormat("lwp", format, "it begins as JSON does");
  for (const { number, written, text } of linesOf(input)) {
    if (written.trim() === "" || written.startsWith("#")) continue;
    const place = lineAt(number);
    reading.attempt(place, null, () => {
      if (text === null)
        throw new Refusal("character", "it lost bytes when the file was read as text: give the bytes of the file");
      if (!text.startsWith(FIELD)) throw new Refusal("fields", `it does not begin with ${FIELD}`);
      const [pair, ...attributes] = partsOf(text.slice(FIELD.length));
      if (pair === undefined) throw new Refusal("empty", "it has no cookie");
      // What has no "=" is a value without a name: Python writes such cookies so.
      const cookie = pair.value === null ? { name: "", value: pair.name } : { name: pair.name, value: pair.value };
      reading.take(place, cookie.name, () => draftOf(cookie, attributes));
    });
  }
  return reading.found();
}

/** `name=value`, or a name alone. */
interface Part {
  readonly name: string;
  readonly value: string | null;
}

/** Each character is looked at once. @throws {Refusal} for a quote that is not closed, or goes on. */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < text.length; at++) {
    const start = at;
    while (at < text.length && text[at] !== "=" && text[at] !== ";") at++;
    const name = withoutBlanks(text.slice(start, at));
    if (text[at] !== "=") {
      if (name !== "") parts.push({ name, value: null });
      continue;
    }
    const { value, end } = valueAt(text, at + 1);
    parts.push({ name, value });
    at = end;
  }
  return parts;
}

/** The value that begins here, and where the semicolon behind it is, or the end. */
function valueAt(text: string, from: number): { readonly value: string; readonly end: number } {
  let start = from;
  while (text[start] === " " || text[start] === "\t") start++;
  if (text[start] === '"') return quotedAt(text, start);
  const semicolon = text.indexOf(";", start);
  const end = semicolon === -1 ? text.length : semicolon;
  return { value: withoutBlanks(text.slice(start, end)), end };
}

function quotedAt(text: string, quote: number): { readonly value: string; readonly end: number } {
  const pieces: string[] = [];
  let at = quote + 1;
  let start = at;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== "\\") continue;
    // The backslash goes, and what stands behind it stays, also when that is a quote.
    pieces.push(text.slice(start, at));
    start = at + 1;
    at += 1;
  }
  if (at >= text.length) throw new Refusal("fields", "a quote in it is not closed");
  pieces.push(text.slice(start, at));
  const semicolon = text.indexOf(";", at);
  const end = semicolon === -1 ? text.length : semicolon;
  if (withoutBlanks(text.slice(at + 1, end)) !== "") throw new Refusal("fields", "a quoted value in it goes on");
  return { value: pieces.join(""), end };
}

/** @throws {Refusal} for attributes that a jar does not have, or that say nothing. */
function draftOf({ name, value }: Pick<Draft, "name" | "value">, parts: readonly Part[]): Draft {
  const attributes = new Map(parts.map((part) => [part.name.toLowerCase(), part.value]));
  const domain = attributes.get("domain") ?? "";
  if (domain === "") throw new Refusal("unbound", "it has no domain, so it does not say whose it is");
  if (attributes.has("port")) throw new Refusal("port", "it is for some ports only, and a jar does not know of ports");
  return {
    name,
    value,
    domain: withoutLocal(domain),
    hostOnly: !domain.startsWith("."),
    path: attributes.get("path") ?? "/",
    expires: attributes.has("expires") ? timeOfExpiry(attributes.get("expires") ?? "") : null,
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    sameSite: sameSiteWord(attributes.get("samesite") ?? ""),
  };
}

/** `2026-11-30 02:26:30Z`, in milliseconds. */
function timeOfExpiry(text: string): number {
  const [, date, clock] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)Z$/.exec(text) ?? [];
  const time = date === undefined || clock === undefined ? Number.NaN : Date.parse(`${date}T${clock}Z`);
  if (Number.isNaN(time)) throw new Refusal("expiry", "its expires is no date such as 2026-11-30 02:26:30Z");
  return time;
}
