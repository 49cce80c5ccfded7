/**
 * dump(): an exchange as text, for people who look for what went wrong: every message, as it went over the wire.
 *
 * It shows what is in memory, and says of everything else that it is not there. Nothing is read for it.
 */
import { assertCount, mustBe, oneOf, optionsOf } from "../core/checks.ts";
import type { Attempt } from "../core/errors.ts";
import { HeaderMap } from "../core/headers.ts";
import { shownUrl } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { AnyResponse, SentHead } from "../core/response.ts";
import { isHttpLike } from "../core/url.ts";
import { visible } from "../core/visible.ts";
import { charsetOf } from "../encoding/charset.ts";
import { parseMediaType } from "../encoding/media-type.ts";
import { TextStream } from "../encoding/text.ts";
import { isTextType, looksLikeText } from "../encoding/text-like.ts";
import { BaseResponse } from "./base.ts";
import type { BodyState } from "./body.ts";
import { hiddenText, hiddenValue } from "./hidden.ts";

/** How {@link dump} shows an exchange. */
export interface DumpOptions {
  /**
   * `"hide"`: `***` stands for credentials, cookie values, and the values of fields, parameters and members of JSON whose
   * names look secret. `"show"`: everything as it is. Default: `"hide"`.
   */
  readonly secrets?: "hide" | "show" | undefined;
  /** Most bytes of each body that are shown; what is cut off is told. `null`: no limit. Default: 65 536 (64 KiB). */
  readonly maxBodyBytes?: number | null | undefined;
}

/** The options, each with its value. */
interface Manner {
  readonly isOpen: boolean;
  readonly maxBytes: number;
}

const MOST_BODY_BYTES = 65_536;

/**
 * The messages of an exchange as text: of each response in `history` and of `response` itself the request and then the
 * response, oldest first. Lines of requests begin with `> `, those of responses with `< `, remarks with `* `. Control
 * characters are written as `\x1b`: what a server sent does nothing to a terminal.
 *
 * Bodies are shown without transfer and content codings, text only; of others and of streams the length is told. HTTP/2 is
 * written in the manner of HTTP/1.1. A response that hooks changed is shown as it is now.
 *
 * @throws {TypeError} when `response` is none of this library's, or for an unknown option or a value of the wrong kind.
 * @throws {RangeError} for a limit that is no number of bytes.
 */
export function dump(response: AnyResponse, options: DumpOptions = {}): string {
  const manner = checkedManner(options);
  const messages = [...checkedResponse(response).history, response];
  return messages.map((message) => exchangeLines(checkedResponse(message), manner).join("\n")).join("\n\n");
}

function checkedResponse(response: unknown): BaseResponse {
  if (response instanceof BaseResponse) return response;
  throw mustBe("what dump() shows", "a Response or a StreamedResponse", response);
}

function checkedManner(options: DumpOptions): Manner {
  const given = optionsOf(options, "dump()", ["secrets", "maxBodyBytes"]);
  const { secrets = "hide", maxBodyBytes = MOST_BODY_BYTES } = given;
  const isOpen = oneOf(secrets, "secrets", ["hide", "show"]) === "show";
  if (maxBodyBytes === null) return { isOpen, maxBytes: Number.POSITIVE_INFINITY };
  assertCount(maxBodyBytes, "maxBodyBytes", 0, "a whole number, 0 or more, or null");
  return { isOpen, maxBytes: maxBodyBytes };
}

function exchangeLines(response: BaseResponse, manner: Manner): string[] {
  return [
    ...response.attempts.map((attempt) => `* ${visible(attemptText(attempt))}`),
    ...requestLines(response, manner),
    ...responseLines(response, manner),
  ];
}

function attemptText({ method, url, status, error, delayMs, reason }: Attempt): string {
  const tried = `${method} ${url}: ${status ?? error?.name ?? "failed"}`;
  if (reason !== undefined) return `${tried}, not tried again: the ${reason} of retries is used up`;
  return `before: ${tried}, tried again after ${delayMs} ms`;
}

function requestLines({ request, sent, httpVersion }: BaseResponse, manner: Manner): string[] {
  const { method, target, headers } = sent ?? headFrom(request);
  const { payload } = request;
  const lines = [
    `${method} ${manner.isOpen ? target : shownUrl(target)} HTTP/${httpVersion}`,
    ...fieldLines(headers, manner),
    "",
  ];
  if (payload?.kind === "bytes") return bodyLines(lines, "> ", { bytes: payload.bytes, headers }, manner);
  if (payload === null) return prefixed("> ", lines);
  const size = payload.length === null ? "" : ` of ${payload.length} bytes`;
  return [...prefixed("> ", lines), `* body: a stream${size}, which was not kept`];
}

/** What an adapter that does not tell was given to send. */
function headFrom(request: PreparedRequest): SentHead {
  const { method, headers } = request;
  if (!isHttpLike(request.url)) return { method, target: request.url, headers };
  const { target, authority } = request.parsed;
  if (headers.has("host")) return { method, target, headers };
  return { method, target, headers: HeaderMap.fromWire(["Host", authority, ...headers.toWire()]) };
}

const UNKNOWN_BODY: { readonly [Kind in Exclude<BodyState["kind"], "loaded">]: string } = {
  unread: "not read yet",
  loading: "still being read",
  failed: "could not be read",
  streaming: "being read as a stream, which is not kept",
  consumed: "was read as a stream, which was not kept",
  dropped: "not kept, because other responses followed: too long, or broken",
  closed: "not read: the response was closed",
};

function responseLines(response: BaseResponse, manner: Manner): string[] {
  const { status, statusText, httpVersion, headers, trailers, bodyState } = response;
  const lines = [
    `HTTP/${httpVersion} ${status}${statusText === "" ? "" : ` ${statusText}`}`,
    ...fieldLines(headers, manner),
    "",
  ];
  const after = trailers === null || trailers.size === 0 ? [] : fieldLines(trailers, manner);
  return [
    ...(bodyState.kind === "loaded"
      ? bodyLines(lines, "< ", { bytes: bodyState.bytes, headers: withoutCoding(headers) }, manner)
      : prefixed("< ", lines)),
    ...(bodyState.kind === "loaded" || hasNoBody(response)
      ? []
      : [`* body: ${UNKNOWN_BODY[bodyState.kind]}`]),
    ...(after.length === 0 ? [] : ["* after the body:", ...prefixed("< ", after)]),
  ];
}

/** A body in memory is decoded, whatever its headers say. */
function withoutCoding(headers: HeaderMap): HeaderMap {
  if (!headers.has("content-encoding")) return headers;
  const copy = headers.clone();
  copy.delete("content-encoding");
  return copy;
}

/** RFC 9112 §6.3. */
function hasNoBody({ status, request }: BaseResponse): boolean {
  return request.method === "HEAD" || status === 204 || status === 304;
}

function fieldLines(headers: HeaderMap, { isOpen }: Manner): string[] {
  return [...headers].map(([name, value]) => `${name}: ${isOpen ? value : hiddenValue(name, value)}`);
}

/** The head and the body under it. */
function bodyLines(
  head: readonly string[],
  prefix: string,
  body: { readonly bytes: Uint8Array; readonly headers: HeaderMap },
  manner: Manner,
): string[] {
  const { bytes, headers } = body;
  const { byteLength } = bytes;
  const lines = prefixed(prefix, head);
  if (byteLength === 0) return lines;
  const type = headers.get("content-type");
  const essence = type === null ? "" : parseMediaType(type).essence;
  if (headers.has("content-encoding") || !isText(bytes, essence)) {
    lines.push(`* body: ${byteLength} bytes${essence === "" ? "" : ` of ${visible(essence)}`}`);
    return lines;
  }
  const isCut = byteLength > manner.maxBytes;
  const text = new TextStream(charsetOf(type)).decode(bytes.subarray(0, manner.maxBytes), !isCut);
  const shown = manner.isOpen ? text : hiddenText(text, essence);
  // One by one: a call takes only so many arguments.
  for (const line of prefixed(prefix, linesOf(shown))) lines.push(line);
  if (isCut) lines.push(`* body: cut off here, after ${manner.maxBytes} of ${byteLength} bytes`);
  return lines;
}

/** By its type, or by what the bytes look like. */
function isText(bytes: Uint8Array, essence: string): boolean {
  return isTextType(essence) || (!essence.startsWith("multipart/") && looksLikeText(bytes));
}

/** What ends the last line begins no other one. */
function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function prefixed(prefix: string, lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? prefix.trimEnd() : prefix + visible(line)));
}
