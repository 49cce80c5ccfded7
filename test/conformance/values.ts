/**
 * From the neutral values of a scenario to what a user of sojourn would write: bytes, files, streams, headers, cookies.
 */
import { openAsBlob } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { CookieJar } from "../../src/index.ts";
import type { CookieSpec, Json, JsonObject, Pairs } from "./job.ts";

/** A neutral value in JavaScript: bytes, text, numbers, and arrays and records of them. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** A generator of a scenario broke off on purpose. */
class BodyError extends Error {
  override readonly name = "BodyError";
}

const NUMBERS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/** Puts the objects of section 2 into place, at any depth. */
export function plain(value: Json): Plain {
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) return value.map(plain);
  return (
    special(value) ?? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
  );
}

function special(value: JsonObject): Plain | undefined {
  const [[name, content] = []] = Object.entries(value);
  if (name === "$bytes" && typeof content === "string") return Buffer.from(content, "base64");
  if (name === "$number" && typeof content === "string") return NUMBERS[content] ?? null;
  if (name !== "$repeat" || content === undefined || !isArray(content)) return undefined;
  const [text, times] = content;
  return typeof text === "string" ? text.repeat(Number(times)) : undefined;
}

/** Bytes of a value that is text or bytes. */
function bytesOf(value: Json): Uint8Array {
  const made = plain(value);
  return made instanceof Uint8Array
    ? made
    : Buffer.from(typeof made === "string" ? made : JSON.stringify(made), "utf8");
}

/** Headers as a record: in scenarios names are unique. */
export function headersOf(pairs: Pairs): { readonly [name: string]: Plain } {
  return Object.fromEntries(pairs.map(([name, value]) => [name, plain(value)]));
}

/** Makes files, streams and bodies of one scenario. */
export class Bodies {
  readonly #tmp: string;
  #files = 0;

  /** @param tmp the folder to write files to. */
  constructor(tmp: string) {
    this.#tmp = tmp;
  }

  /** `data`: a stream, an open file, or a plain value. */
  async data(value: Json): Promise<unknown> {
    if (isObject(value)) {
      const { $stream: parts, $file: file, failAfter } = value;
      if (parts !== undefined && isArray(parts))
        return generate(parts, typeof failAfter === "number" ? failAfter : null);
      if (isObject(file)) return this.#open(file);
    }
    return plain(value);
  }

  /** `files`: a record or pairs. */
  async files(value: Json): Promise<unknown> {
    const fields = isArray(value) ? (value as Pairs) : Object.entries(isObject(value) ? value : {});
    const made: [string, unknown][] = [];
    for (const [name, file] of fields) made.push([name, await this.#file(file)]);
    return isArray(value) ? made : Object.fromEntries(made);
  }

  async #file(spec: Json): Promise<unknown> {
    if (!isObject(spec) || "$bytes" in spec || "$repeat" in spec) return plain(spec);
    const file = isObject(spec["$file"]) ? await this.#open(spec["$file"]) : undefined;
    if (file !== undefined && Object.keys(spec).length === 1) return file;
    const part: unknown[] = [spec["filename"] ?? null, file ?? plain(spec["content"] ?? null)];
    if ("contentType" in spec || "headers" in spec) part.push(spec["contentType"] ?? null);
    if ("headers" in spec) part.push(Object.fromEntries(spec["headers"] as Pairs));
    return part;
  }

  /** Node's counterpart of an open file: a `File` that is backed by one, from the position onwards. */
  async #open(spec: JsonObject): Promise<File> {
    this.#files += 1;
    const folder = join(this.#tmp, `f${this.#files}`);
    const name = typeof spec["name"] === "string" ? spec["name"] : "data.bin";
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), bytesOf(spec["content"] ?? ""));
    const blob = await openAsBlob(join(folder, name));
    const offset = typeof spec["offset"] === "number" ? spec["offset"] : 0;
    return new File([blob.slice(offset)], name);
  }
}

async function* generate(parts: readonly Json[], failAfter: number | null): AsyncGenerator<Uint8Array> {
  for (const [index, part] of parts.entries()) {
    if (index === failAfter) throw new BodyError("body generator failed");
    yield bytesOf(part);
  }
}

/** Cookies of a request: names and values, or a jar. */
export function cookiesOf(value: readonly CookieSpec[] | JsonObject): unknown {
  if (!isCookieList(value)) return plain(value);
  const jar = new CookieJar();
  for (const cookie of value) putCookie(jar, cookie);
  return jar;
}

const EXPIRES = { past: 1000, future: 4_102_444_800_000 } as const;

/** Sets one cookie, with what is known of it; a null value deletes it. */
export function putCookie(jar: CookieJar, spec: CookieSpec): void {
  const { name, domain, path, secure, expires } = spec;
  // Scenarios give values of wrong kinds, too: the library is to refuse them.
  const value = plain(spec.value) as string | null;
  jar.set(name, value, {
    ...(domain === undefined ? {} : { domain }),
    ...(path === undefined ? {} : { path }),
    ...(secure === undefined ? {} : { secure }),
    ...(expires === undefined ? {} : { expires: EXPIRES[expires] }),
  });
}

/** Seconds, or a pair of them, to milliseconds. What is no number is handed on as it is. */
export function timeoutOf(value: Json): unknown {
  if (typeof value === "number") return value * 1000;
  return value !== null && isArray(value) ? value.map(timeoutOf) : plain(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isArray(value);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Is it a list of cookies, and not names and values? */
export function isCookieList(value: readonly CookieSpec[] | JsonObject): value is readonly CookieSpec[] {
  return Array.isArray(value);
}
