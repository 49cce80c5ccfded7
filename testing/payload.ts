/**
 * Reads request bodies as httpbin does: forms into `form`, uploads into `files`, all else into `data` and `json`.
 *
 * Pure.
 */
import { Buffer } from "node:buffer";

import type { Pair } from "./exchange.ts";
import { readMultipart } from "./multipart.ts";
import type { Part } from "./multipart.ts";

/** Names with their values; a name that came more than once has a list. */
export type Grouped = Readonly<Record<string, string | readonly string[]>>;

/** A body, sorted into the four places where httpbin shows it. */
export interface Payload {
  /** The body as text, unless it was a form. Bytes that are not UTF-8 become a `data:` URL. */
  readonly data: string;
  /** Uploaded files, under the names of their fields. */
  readonly files: Grouped;
  /** Form fields. */
  readonly form: Grouped;
  /** `data` as JSON, or `null` when it is none. */
  readonly json: unknown;
}

/** Sorts `body` by its content type, which is `null` when the request named none. */
export function readPayload(contentType: string | null, body: Uint8Array): Payload {
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType === "application/x-www-form-urlencoded") {
    return {
      data: "",
      files: {},
      form: groupPairs(readQuery(Buffer.from(body).toString("utf8"))),
      json: null,
    };
  }
  if (mediaType === "multipart/form-data") return sortParts(readMultipart(contentType ?? "", body));
  const data = showBytes(body, "application/octet-stream");
  return { data, files: {}, form: {}, json: parseJson(data) };
}

/** The decoded pairs of a query or a urlencoded form. */
export function readQuery(encoded: string): readonly Pair[] {
  // URLSearchParams would drop a question mark at the beginning; an empty pair in front of it protects it.
  return [...new URLSearchParams(`&${encoded}`)];
}

/** Puts pairs under their names, repeated ones into a list. */
export function groupPairs(pairs: readonly Pair[]): Grouped {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  // fromEntries makes own properties even of names such as "__proto__".
  return Object.fromEntries(
    Array.from(groups, ([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}

function sortParts(parts: readonly Part[]): Payload {
  const form: Pair[] = [];
  const files: Pair[] = [];
  for (const part of parts) {
    if (part.fileName === null) form.push([part.name, Buffer.from(part.content).toString("utf8")]);
    else files.push([part.name, showBytes(part.content, part.contentType ?? "application/octet-stream")]);
  }
  return { data: "", files: groupPairs(files), form: groupPairs(form), json: null };
}

/** UTF-8 as the text that it is, anything else as a `data:` URL (RFC 2397). */
function showBytes(bytes: Uint8Array, contentType: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return `data:${contentType};base64,${Buffer.from(bytes).toString("base64")}`;
  }
}

function parseJson(source: string): unknown {
  try {
    const value: unknown = JSON.parse(source);
    return value;
  } catch {
    return null;
  }
}
