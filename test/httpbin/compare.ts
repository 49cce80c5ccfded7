/**
 * Finds what differs between two replies to the same request.
 *
 * What both servers must choose for themselves is made alike first: their host and port, form boundaries, and the
 * nonces, opaques and realms of Digest challenges.
 *
 * Pure.
 */
import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";

import type { Reply, Row } from "./row.ts";

/** A reply and the address that it came from. */
export interface Origin {
  readonly base: string;
  readonly reply: Reply;
}

/** One line for each difference; none when the replies agree. */
export function differences(row: Row, httpbin: Origin, ours: Origin): readonly string[] {
  const expected = viewOf(row, httpbin);
  const actual = viewOf(row, ours);
  return Object.keys(expected).flatMap((key) => compareValues(key, expected[key], actual[key]));
}

function compareValues(path: string, expected: unknown, actual: unknown): readonly string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (isRecord(expected) && isRecord(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) => compareValues(`${path}.${key}`, expected[key], actual[key]));
  }
  return [`${path}: httpbin has ${show(expected)}, we have ${show(actual)}`];
}

/** The compared parts of a reply. */
function viewOf(row: Row, origin: Origin): Readonly<Record<string, unknown>> {
  const { reply } = origin;
  const header = (name: string): readonly string[] =>
    reply.headers.filter(([key]) => key === name).map(([, value]) => normalise(value, origin.base));
  const view: Record<string, unknown> = {
    status: reply.status,
    location: header("location"),
    cookies: header("set-cookie").map(readSetCookie),
    challenge: [...header("www-authenticate"), ...header("proxy-authenticate")].map(readChallenge),
  };
  for (const name of row.headers) view[name] = name === "allow" ? readList(header(name)) : header(name);
  if (row.body === "nothing") return view;
  view["body"] = null;
  if (reply.body.length === 0) return view;
  view["mediaType"] = header("content-type").map((value) => value.split(";", 1)[0]);
  view["body"] = readBody(row, origin);
  return view;
}

function readBody(row: Row, { base, reply }: Origin): unknown {
  const text = Buffer.from(reply.body).toString("utf8");
  switch (row.body) {
    case "json":
      return without(parse(normalise(text, base)), row.without);
    case "lines":
      return normalise(text, base)
        .split("\n")
        .map((line) => (line === "" ? "" : without(parse(line), row.without)));
    case "bytes":
      return Buffer.from(reply.body).toString("latin1");
    case "size":
      return reply.body.length;
    case "links":
      return Array.from(text.matchAll(/href='([^']*)'>([^<]*)</g), ([, href, label]) => [href, label]);
    case "nothing":
      return null;
  }
}

function normalise(content: string, base: string): string {
  return content.replaceAll(new URL(base).host, "HOST").replaceAll(/boundary=-*[\w-]+/g, "boundary=BOUNDARY");
}

/** `value` without the fields at these dotted paths. */
function without(value: unknown, paths: readonly string[]): unknown {
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !paths.includes(key));
  return Object.fromEntries(
    kept.map(([key, inner]) => {
      const inside = paths
        .filter((path) => path.startsWith(`${key}.`))
        .map((path) => path.slice(key.length + 1));
      return [key, without(inner, inside)];
    }),
  );
}

/** A cookie with its attributes in a fixed order. */
function readSetCookie(line: string): readonly string[] {
  const [cookie = "", ...attributes] = line.split(";").map((part) => part.trim());
  // Only Digest sets this one, to the nonce that was used.
  return [cookie.replace(/^last_nonce=.+/, "last_nonce=NONCE"), ...attributes.map(lowerName).toSorted()];
}

function lowerName(attribute: string): string {
  return attribute.replace(/^[^=]*/, (name) => name.toLowerCase());
}

/** The scheme and the fields of a challenge; `stale` is absent where it is false. */
function readChallenge(challenge: string): Readonly<Record<string, string>> {
  const [scheme = ""] = challenge.split(" ", 1);
  const fields = Array.from(
    challenge.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,]*))/g),
    ([, name = "", quoted, token]): [string, string] => [name.toLowerCase(), quoted ?? token ?? ""],
  ).filter(([name, value]) => !(name === "stale" && value.toLowerCase() === "false"));
  const chosen = scheme.toLowerCase() === "digest" ? ["realm", "nonce", "opaque"] : [];
  const settled = fields.map(([name, value]): [string, string] => [
    name,
    chosen.includes(name) ? "CHOSEN" : value,
  ]);
  return { scheme: scheme.toLowerCase(), ...Object.fromEntries(settled) };
}

function readList(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(",").map((item) => item.trim())).toSorted();
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return `not JSON: ${text}`;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
