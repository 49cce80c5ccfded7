/**
 * Takes `multipart/form-data` apart (RFC 7578). Lenient: what is no part is left out.
 *
 * Pure.
 */
import { Buffer } from "node:buffer";

/** One part of a form. */
export interface Part {
  /** The name of its field. */
  readonly name: string;
  /** The name of its file; `null` marks an ordinary field. */
  readonly fileName: string | null;
  /** The content type that the part named, if any. */
  readonly contentType: string | null;
  readonly content: Uint8Array;
}

/** The parts of `body`, in order. A content type without a boundary has none. */
export function readMultipart(contentType: string, body: Uint8Array): readonly Part[] {
  const boundary = parametersOf(contentType).get("boundary");
  if (boundary === undefined || boundary === "") return [];
  const parts: Part[] = [];
  for (const section of sectionsOf(Buffer.from(body), boundary)) {
    const part = readPart(section);
    if (part !== null) parts.push(part);
  }
  return parts;
}

/** What stands between the delimiter lines (RFC 2046 §5.1.1). */
function sectionsOf(body: Buffer, boundary: string): readonly Buffer[] {
  // With a line break in front, the first delimiter looks like all others.
  const content = Buffer.concat([Buffer.from("\r\n"), body]);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const sections: Buffer[] = [];
  let at = content.indexOf(delimiter);
  while (at >= 0) {
    const begin = at + delimiter.length;
    if (content.subarray(begin, begin + 2).equals(Buffer.from("--"))) break;
    const end = content.indexOf(delimiter, begin);
    if (end < 0) break;
    sections.push(content.subarray(begin, end));
    at = end;
  }
  return sections;
}

function readPart(section: Buffer): Part | null {
  // The section begins with the rest of its delimiter line.
  const lineEnd = section.indexOf("\r\n");
  const headEnd = section.indexOf("\r\n\r\n", lineEnd);
  if (lineEnd < 0 || headEnd < 0) return null;
  const headers = readHead(section.subarray(lineEnd + 2, headEnd).toString("utf8"));
  const parameters = parametersOf(headers.get("content-disposition") ?? "");
  const name = parameters.get("name");
  if (name === undefined) return null;
  return {
    name,
    fileName: extendedValue(parameters.get("filename*")) ?? parameters.get("filename") ?? null,
    contentType: headers.get("content-type") ?? null,
    content: section.subarray(headEnd + 4),
  };
}

function readHead(head: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** The parameters behind the first semicolon of a header value, with lower-case names. */
function parametersOf(value: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const match of value.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)) {
    const [, name = "", quoted, token = ""] = match;
    parameters.set(
      name.toLowerCase(),
      quoted === undefined ? token.trim() : quoted.replaceAll(/\\(.)/g, "$1"),
    );
  }
  return parameters;
}

/** A file name in the form `UTF-8''na%C3%AFve.txt` (RFC 8187). */
function extendedValue(value: string | undefined): string | null {
  const encoded = value === undefined ? undefined : /^utf-8'[^']*'(.*)$/i.exec(value)?.[1];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
