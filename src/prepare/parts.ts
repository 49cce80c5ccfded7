/**
 * The parts of a multipart body: `files` in all their shapes, the fields of `data`, and FormData.
 *
 * A part's media type is never guessed from a name. Nothing that a caller gives can end a header line:
 * names are escaped, the rest is checked as header fields are.
 */
import {
  isArrayBuffer,
  isBlob,
  isFile,
  isFormData,
  isHeaders,
  isMap,
  isSet,
  isUrlSearchParams,
} from "../core/realm.ts";
import { bytesBody, factoryBody, isStreamSource, rawBody, type Body, type RawBody } from "../core/body.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import type { FieldsInit, FileInit, FilesInit } from "../core/options.ts";
import { fieldPairs, fieldTexts } from "./form.ts";
import { isRecord, mustBe, optionsOf, own } from "../core/checks.ts";

/** One part: its header section, the empty line included, and its content. */
export interface Part {
  readonly head: Uint8Array;
  readonly body: Body;
}

/** What is known of a file, before it is a part. `undefined`: not said. */
interface FileFacts {
  readonly filename: string | null | undefined;
  readonly content: unknown;
  readonly contentType: string | null | undefined;
  readonly headers: HeadersInit | null | undefined;
}

const FILE_PROPERTIES = ["filename", "content", "contentType", "headers"];

/**
 * `files` as pairs of field and file; several files of one field give several pairs.
 *
 * @throws {TypeError} when it is neither a record nor pairs.
 */
export function fileEntries(files: FilesInit): [field: string, file: unknown][] {
  const entries: [string, unknown][] = [];
  for (const [field, value] of fieldsOfFiles(files)) {
    if (isFileList(value)) for (const file of value) entries.push([field, file]);
    else entries.push([field, value]);
  }
  return entries;
}

function fieldsOfFiles(files: unknown): Iterable<readonly [string, unknown]> {
  if (isRecord(files) && !(Symbol.iterator in files)) return Object.entries(files);
  if (typeof files !== "object" || files === null || isSet(files) || !(Symbol.iterator in files)) {
    throw mustBe("files", "a record or pairs", files);
  }
  const pairs = [...(files as Iterable<unknown>)];
  return pairs.map((pair, at) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") {
      throw mustBe(`files[${at}]`, "a pair [field, file]", pair);
    }
    return [pair[0], pair[1] as unknown];
  });
}

/** Several files of a field, and not `[filename, content]`: that one begins with a name or `null`. */
function isFileList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && typeof value[0] !== "string" && value[0] !== null;
}

/**
 * The parts: all fields first, then all files, each in the order given. A file without content is left out.
 *
 * @throws {TypeError} for what is no field or file.
 * @throws {InvalidHeader} for a media type or a header that must not stand in a part.
 */
export function multipartParts(
  data: FieldsInit | FormData | null,
  files: readonly (readonly [string, unknown])[],
): Part[] {
  const parts: Part[] = data === null ? [] : isFormData(data) ? formDataParts(data) : fieldParts(data);
  for (const [field, file] of files) {
    const part = filePart(field, file as FileInit | null | undefined);
    if (part !== null) parts.push(part);
  }
  return parts;
}

function fieldParts(data: FieldsInit): Part[] {
  return fieldPairs(data, "data").flatMap((pair) => {
    const head = headOf(nameText(pair[0]), null, null);
    return fieldTexts(pair, "data").map((text) => ({ head, body: bytesBody(text) }));
  });
}

/** Lines of text end in CR LF, as in every form of the web (HTML, "multipart/form-data encoding algorithm"). */
function formDataParts(data: FormData): Part[] {
  return [...data].map(([field, value]) =>
    typeof value === "string"
      ? { head: headOf(field, null, null), body: bytesBody(value.replaceAll(/\r\n?|\n/g, "\r\n")) }
      : { head: headOf(field, value.name, typeHeader(value)), body: rawBody(value) },
  );
}

function filePart(field: string, file: FileInit | null | undefined): Part | null {
  const option = `files[${JSON.stringify(field)}]`;
  const facts = factsOf(file, option);
  const { content } = facts;
  if (content === null || content === undefined) return null;
  const filename = facts.filename === undefined ? (fileNameOf(content) ?? field) : facts.filename;
  if (filename !== null && typeof filename !== "string")
    throw mustBe(`the file name of ${option}`, "text or null", filename);
  return { head: headOf(field, filename, headersOf(facts, option)), body: contentBody(content, option) };
}

function factsOf(file: FileInit | null | undefined, option: string): FileFacts {
  if (Array.isArray(file)) {
    const [filename, content, contentType, headers, ...more] = file as readonly unknown[];
    if (file.length < 2 || more.length > 0) {
      throw new TypeError(
        `${option} as a list is [filename, content, contentType?, headers?], not a list of ${file.length}`,
      );
    }
    // The kinds are checked where each one is used.
    return { filename, content, contentType, headers } as FileFacts;
  }
  if (isRecord(file) && !isStreamSource(file)) {
    const { filename, content, contentType, headers } = optionsOf(file, option, FILE_PROPERTIES);
    if (!Object.hasOwn(file, "content")) throw new TypeError(`${option} as an object needs content`);
    return { filename, content, contentType, headers } as FileFacts;
  }
  return { filename: undefined, content: file, contentType: undefined, headers: undefined };
}

function contentBody(content: unknown, option: string): Body {
  if (typeof content === "function") return factoryBody(content as () => unknown);
  if (!isRaw(content))
    throw mustBe(`the content of ${option}`, "text, bytes, a Blob, a stream or a function", content);
  return rawBody(content);
}

const COLLECTIONS = [isMap, isSet, isUrlSearchParams, isFormData, isHeaders];

/** Can it be sent as it is? What is iterable may be a list of something else than pieces of a body. */
export function isRaw(value: unknown): value is RawBody {
  if (typeof value === "string" || isArrayBuffer(value) || ArrayBuffer.isView(value)) return true;
  const isCollection =
    Array.isArray(value) || value instanceof HeaderMap || COLLECTIONS.some((is) => is(value));
  return isStreamSource(value) && !isCollection;
}

/** A File's name, or the last part of a read stream's path; not `<stdin>` and the like. */
function fileNameOf(content: unknown): string | null {
  if (typeof content !== "object" || content === null) return null;
  const facts: { readonly name?: unknown; readonly path?: unknown } = content;
  const name = isFile(content) ? content.name : (own(facts, "name") ?? own(facts, "path"));
  if (typeof name !== "string" || name === "" || /^<.*>$/.test(name)) return null;
  return name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
}

/** The headers of a part behind `Content-Disposition`: first the type, then the caller's own. */
function headersOf(facts: FileFacts, option: string): HeaderMap | null {
  const { contentType, headers, content } = facts;
  if (contentType != null && typeof contentType !== "string")
    throw mustBe(`the content type of ${option}`, "text", contentType);
  if (contentType == null && headers == null) return typeHeader(content);
  const given = new HeaderMap(headers);
  const type = contentType ?? given.get("content-type") ?? typeHeader(content)?.get("content-type") ?? null;
  const merged = new HeaderMap();
  // An empty type is none, as in requests: it also says that the type of a Blob is not to be told.
  if (type !== null && type !== "") merged.set("Content-Type", type);
  for (const [name, value] of given) {
    if (!/^content-(?:disposition|type)$/i.test(name)) merged.append(name, value);
  }
  return merged;
}

/**
 * The type of a Blob; bytes of unknown type when it tells none, as browsers write it: a part without a type is text
 * (RFC 7578 §4.4). `null` for other content, of which nothing is known.
 */
function typeHeader(content: unknown): HeaderMap | null {
  if (!isBlob(content)) return null;
  return new HeaderMap({ "Content-Type": content.type === "" ? "application/octet-stream" : content.type });
}

function headOf(field: string, filename: string | null, headers: HeaderMap | null): Uint8Array {
  const file = filename === null ? "" : `; filename="${quotable(filename)}"`;
  const first = Buffer.from(`Content-Disposition: form-data; name="${quotable(field)}"${file}\r\n`);
  let rest = "";
  for (const [name, value] of headers ?? []) rest += `${name}: ${value}\r\n`;
  rest += "\r\n";
  // Names are UTF-8 (RFC 7578 §5.1); header values are one byte a character, as everywhere.
  return Buffer.concat([first, Buffer.from(rest, "latin1")]);
}

/** Line breaks and quotes would end the value; other control characters belong into no name. */
function quotable(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return name.replaceAll(/["\x00-\x08\x0a-\x1f\x7f]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

function nameText(name: string | Uint8Array): string {
  return typeof name === "string" ? name : new TextDecoder().decode(name);
}
