/**
 * A request of a HAR file as one that a session sends: `session.request(method, url, options)`. What belongs to the connection of
 * that time is left out, and what the session says itself.
 */
import { isToken } from "../core/method.ts";
import type { FilesInit } from "../core/options.ts";
import { REDACTED } from "../core/redact.ts";
import { parseUrl, type Url } from "../core/url.ts";
import { headerIn, nameIn, numberIn, recordOf, textIn, type Fields } from "./fields.ts";
import { bytesOf } from "./input.ts";
import { Refusal } from "./reading.ts";

/** A request as the log has it. */
export interface HarRequest {
  /** The method. */
  readonly method: string;
  /** The URL, with its query. */
  readonly url: string;
  /** Headers and body: what `session.request(method, url, options)` takes. */
  readonly options: HarRequestOptions;
  /**
   * The `Cookie` header that was sent, `null` for none. It is not among the headers: there it would take the place of the
   * session's cookies.
   */
  readonly cookie: string | null;
  /**
   * Names of header fields that are left out, in lower case: of the connection, those that a session says itself, and those of a log of
   * `session.record()` that had a secret.
   */
  readonly omitted: readonly string[];
  /** When it was sent, in milliseconds since the epoch; `null` where the log does not say. */
  readonly startedAt: number | null;
}

/** Headers and body of a request. */
export interface HarRequestOptions {
  /** Names and values, in the order of the log. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body. Default: none. */
  readonly data?: string | Uint8Array;
  /** The parts of a form whose text the log does not have. Default: none. */
  readonly files?: FilesInit;
}

/** Of the connection, or said by the session anew. `Cookie` is the jar's. */
const OMITTED: ReadonlySet<string> = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "cookie",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The request of an entry.
 *
 * @param hasHidden does `***` stand in the place of secrets?
 * @throws {Refusal} for one that could not be sent as it was.
 */
export function requestOf(request: Fields, startedAt: number | null, hasHidden: boolean): HarRequest {
  const method = textIn(request, "method");
  if (!isToken(method)) throw new Refusal("method", "its method is none");
  if (method.toUpperCase() === "CONNECT")
    throw new Refusal("method", "CONNECT opens the tunnel of a proxy, which a session does by itself");
  const text = textIn(request, "url");
  const url = webUrlOf(text);
  const { headers, omitted, cookies, length } = sortedFields(request, url, hasHidden);
  if (hasHidden) assertShown(request);
  const body = bodyOf(request, headers, length);
  if ("files" in body) omitted.add("content-type");
  return {
    method,
    url: text,
    options: body,
    cookie: cookies.length === 0 ? null : cookies.join("; "),
    omitted: [...omitted],
    startedAt,
  };
}

/** The header fields of a request, by what becomes of them. */
interface SortedFields {
  readonly headers: [name: string, value: string][];
  /** Names in lower case. */
  readonly omitted: Set<string>;
  readonly cookies: readonly string[];
  /** What `Content-Length` said; -1 for nothing. */
  readonly length: number;
}

function sortedFields(request: Fields, url: Url, hasHidden: boolean): SortedFields {
  const headers: [name: string, value: string][] = [];
  const omitted = new Set<string>();
  const cookies: string[] = [];
  let length = -1;
  for (const item of headersIn(request)) {
    const lower = (nameIn(item) ?? "").toLowerCase();
    // Of HTTP/2: method and URL have them, too.
    if (lower.startsWith(":")) continue;
    const field = headerIn(recordOf(item));
    if (lower === "content-length" && /^\d{1,15}$/.test(field[1])) length = Number(field[1]);
    const isHidden = hasHidden && field[1].includes(REDACTED);
    if (isHidden) omitted.add(lower);
    else if (lower === "cookie") cookies.push(field[1]);
    else if (OMITTED.has(lower) || (lower === "host" && isHostOf(url, field[1]))) omitted.add(lower);
    else headers.push(field);
  }
  return { headers, omitted, cookies, length };
}

/** @throws {Refusal} for a body in which there was a secret. */
function assertShown(request: Fields): void {
  const body = request["postData"] ?? null;
  if (body !== null && textIn(recordOf(body), "text", "").includes(REDACTED))
    throw new Refusal("sanitized", "a secret in its body was hidden when the log was written");
}

function headersIn(request: Fields): readonly unknown[] {
  const headers: unknown = request["headers"] ?? [];
  if (!Array.isArray(headers)) throw new Refusal("kind", "its headers are no list");
  return headers;
}

/** @throws {Refusal} for what is no URL of HTTP: logs have `data:` and `wss:`, too. */
function webUrlOf(text: string): Url {
  try {
    const url = parseUrl(text);
    if (url.scheme === "http" || url.scheme === "https") return url;
  } catch {
    // Told below, without the URL: it may have a password in it.
  }
  throw new Refusal("url", "its URL is none of http or https");
}

function isHostOf({ authority, host }: Url, field: string): boolean {
  return [authority, host].includes(field.toLowerCase());
}

type Headers = readonly (readonly [name: string, value: string])[];

/**
 * Headers and body.
 *
 * @param length what `Content-Length` said; -1 for nothing. Of files, browsers leave the content out of text and size.
 * @throws {Refusal} when the log does not have all of the body.
 */
function bodyOf(request: Fields, headers: Headers, length: number): HarRequestOptions {
  const size = Math.max(numberIn(request, "bodySize") ?? -1, length);
  if ((request["postData"] ?? null) === null) {
    if (size > 0) throw new Refusal("body", `its body of ${size} bytes is not in the log`);
    return { headers };
  }
  const body = recordOf(request["postData"]);
  const text = textIn(body, "text", "");
  const params: unknown = body["params"] ?? [];
  if (!Array.isArray(params)) throw new Refusal("kind", "the params of its body are no list");
  const type = textIn(body, "mimeType", "");
  const typed =
    type === "" || headers.some(isType)
      ? headers
      : [...headers, headerIn({ name: "Content-Type", value: type })];
  if (text !== "") {
    if (headers.some(isCoding))
      throw new Refusal(
        "body",
        "its body had a content coding, and the log does not say whether it still has it",
      );
    return { headers: typed, data: dataOf(body, text, size) };
  }
  if (params.length > 0) {
    const isMultipart = /^multipart\/form-data\b/i.test(type);
    if (isMultipart) return { headers: headers.filter((field) => !isType(field)), files: params.map(partOf) };
    const pairs = params.map((param: unknown) => pairOf(recordOf(param)));
    return { headers: typed, data: new URLSearchParams(pairs).toString() };
  }
  if (size > 0) throw new Refusal("body", `its body of ${size} bytes is not in the log`);
  return { headers };
}

function isType([name]: readonly [name: string, value: string]): boolean {
  return name.toLowerCase() === "content-type";
}

function isCoding([name, value]: readonly [name: string, value: string]): boolean {
  return name.toLowerCase() === "content-encoding" && value.toLowerCase() !== "identity";
}

/** The body, of its text. A text stands for its bytes in UTF-8. */
function dataOf(body: Fields, text: string, size: number): string | Uint8Array {
  const encoding = textIn(body, "encoding", textIn(body, "_encoding", ""));
  if (encoding === "base64") {
    if (!/^[\w+/-]*={0,2}$/.test(text)) throw new Refusal("body", "its body is no base64");
    return new Uint8Array(Buffer.from(text, "base64"));
  }
  if (encoding !== "") throw new Refusal("body", "its body is encoded in a way that is not known");
  if (bytesOf(text) === null)
    throw new Refusal("body", "its body lost bytes: it was no text when the log was written");
  const length = Buffer.byteLength(text);
  if (size > length) throw new Refusal("body", `the log has ${length} of the ${size} bytes of its body`);
  return text;
}

function pairOf(param: Fields): [name: string, value: string] {
  return [textIn(param, "name"), textIn(param, "value", "")];
}

/** What Chrome writes in the place of a file's content. */
const NOT_SHOWN = "(binary)";

/** A part of a form: with the name of its file, or, `null`, as a plain field. */
function partOf(
  item: unknown,
): [field: string, file: [filename: string | null, content: string, type: string | null]] {
  const param = recordOf(item);
  const fileName = textIn(param, "fileName", "");
  if (fileName !== "" && (param["value"] ?? null) === null)
    throw new Refusal("body", "the content of a file of its form is not in the log");
  const [name, value] = pairOf(param);
  if (fileName !== "" && value === NOT_SHOWN)
    throw new Refusal("body", "the content of a file of its form is not in the log");
  if (bytesOf(value) === null) throw new Refusal("body", "a part of its form lost bytes: it was no text");
  const type = textIn(param, "contentType", "");
  return [name, [fileName === "" ? null : fileName, value, type === "" ? null : type]];
}
