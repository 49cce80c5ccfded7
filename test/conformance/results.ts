/**
 * From what sojourn gives to what the harness compares (section 6): cookies, bytes, headers, errors.
 */
import { createHash } from "node:crypto";

import { RequestException, type HeaderMap } from "../../src/index.ts";
import { Unsupported, type Result } from "./job.ts";

/** The least that is asked of a cookie, in a jar or in a response. */
interface CookieLike {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly secure: boolean;
  readonly expires: number | null;
}

const MAX_INLINE = 65_536;

/** Cookies of a jar or of a response. The harness puts them in order. */
export function cookieRows(cookies: Iterable<CookieLike>): Result[] {
  return Array.from(cookies, ({ name, value, domain, path, secure, expires }) => ({
    name,
    value,
    domain,
    path,
    secure,
    persistent: expires !== null,
  }));
}

/** A BLOB: long ones by their hash. */
export function blob(bytes: Uint8Array): Result {
  if (bytes.byteLength > MAX_INLINE) {
    return { length: bytes.byteLength, sha256: createHash("sha256").update(bytes).digest("hex") };
  }
  return { base64: Buffer.from(bytes).toString("base64") };
}

/** A PIECE of an iteration. */
export function piece(item: string | Uint8Array): Result {
  return typeof item === "string" ? { text: item } : { base64: Buffer.from(item).toString("base64") };
}

/** One entry for each name; repeated headers are joined. */
export function headerRows(headers: HeaderMap): [name: string, value: string | null][] {
  const names = new Map<string, string>();
  for (const [name] of headers) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  return Array.from(names.values(), (name) => [name, headers.get(name)]);
}

/** Classes that requests has not, and what it raises there. */
const OURS: ReadonlyMap<string, string> = new Map([
  ["HeadersTooLarge", "ConnectionError"],
  ["TooManyCodings", "ContentDecodingError"],
]);

/**
 * An ERROR by its class; a finer one of ours, which requests has not, by the one above it: who catches that catches both. `isa` is
 * left out: sojourn's tree is drawn otherwise on purpose (a class has one parent, and
 * `MissingSchema` is an `InvalidURL`); `test/core/` has its own table.
 */
export function failure(error: unknown): Result {
  if (error instanceof Unsupported) return { unsupported: error.message };
  if (!(error instanceof Error)) return { error: { class: typeof error, message: String(error) } };
  const status = error instanceof RequestException ? error.response?.status : undefined;
  return {
    error: {
      class: OURS.get(error.name) ?? error.name,
      message: error.message.slice(0, 300),
      ...(status === undefined ? {} : { responseStatus: status }),
    },
  };
}
