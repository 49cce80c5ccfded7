/**
 * Trace: what a program's instruments hear of a message, on undici's diagnostics channels, to which OpenTelemetry, Sentry and
 * Node's inspector listen: over HTTP/1.1 and HTTP/2 alike, and when no connection comes about.
 *
 * Each sending is told by itself: one `create`, and one end, which is `trailers` or `error`. Who listens when it begins hears all
 * of it; while nobody does, there is no trace. What a subscriber throws Node reports as an uncaught exception of the program; the
 * message goes on.
 */
import type { AsyncResource } from "node:async_hooks";
import { channel, type Channel } from "node:diagnostics_channel";
import process from "node:process";

import { InvalidHeader } from "../core/errors.ts";
import { HeaderMap, type HeaderValue } from "../core/headers.ts";
import { Memo } from "../core/memo.ts";
import { isIdempotent } from "../core/method.ts";
import { defaultPort } from "../core/origin.ts";
import { isError } from "../core/realm.ts";
import type { TellWithin } from "../core/records.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { Url } from "../core/url.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { WireHead } from "../core/response.ts";
import type { Connection } from "../connect/connection.ts";
import { HeadWriter } from "../http1/request-writer.ts";
import { http2Fields } from "../http2/fields.ts";
import { standsOnce } from "./outgoing.ts";

const channels = {
  create: channel("undici:request:create"),
  sendHeaders: channel("undici:client:sendHeaders"),
  bodyChunkSent: channel("undici:request:bodyChunkSent"),
  bodySent: channel("undici:request:bodySent"),
  headers: channel("undici:request:headers"),
  bodyChunkReceived: channel("undici:request:bodyChunkReceived"),
  trailers: channel("undici:request:trailers"),
  error: channel("undici:request:error"),
};

/** Does anybody want to hear of the messages that begin now? */
export function isTraced(): boolean {
  return (
    channels.create.hasSubscribers ||
    channels.sendHeaders.hasSubscribers ||
    channels.bodyChunkSent.hasSubscribers ||
    channels.bodySent.hasSubscribers ||
    channels.headers.hasSubscribers ||
    channels.bodyChunkReceived.hasSubscribers ||
    channels.trailers.hasSubscribers ||
    channels.error.hasSubscribers
  );
}

/** Of the connection and of the framing: a subscriber is not shown them, and cannot set them. undici's subscribers neither. */
const UNSHOWN: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** A program that gives such a field gives it with each request, and is told once. */
const warned = new Memo<string, true>(100);

/** One sending of a request, as subscribers hear of it. */
export class Trace {
  readonly #request: PreparedRequest;
  readonly #context: AsyncResource;
  readonly #within: TellWithin | null;
  readonly #shown: ShownRequest;
  /** Has everybody heard of the request? */
  #isBegun = false;
  /** It failed before. */
  #failure: { readonly reason: unknown } | null = null;

  /**
   * @param context of the caller, in which everything is told.
   * @param within what it is told within there; `null`: as it is.
   */
  constructor(request: PreparedRequest, context: AsyncResource, within: TellWithin | null = null) {
    this.#request = request;
    this.#context = context;
    this.#within = within;
    this.#shown = new ShownRequest(request);
  }

  /** Tells of the request. Returns it with the fields that subscribers gave it, which are checked. */
  begin(): PreparedRequest {
    const before = shownFields(this.#request.headers);
    if (channels.create.hasSubscribers) this.#publish(channels.create, {});
    this.#isBegun = true;
    if (this.#failure !== null) this.onFailure(this.#failure.reason);
    const after: unknown = this.#shown.headers;
    if (!Array.isArray(after) || isSame(before, after)) return this.#request;
    const headers = changed(this.#request.headers, before, after);
    this.#shown.headers = shownFields(headers);
    return this.#request.with({ headers });
  }

  /** The head is about to go out. */
  onSend(head: RequestHead, { socket, httpVersion }: Connection): void {
    if (channels.sendHeaders.hasSubscribers)
      this.#publish(channels.sendHeaders, { headers: textOf(head, httpVersion), socket });
  }

  /** A piece of the request's body went out. */
  onPieceSent(piece: Uint8Array): void {
    if (channels.bodyChunkSent.hasSubscribers)
      this.#publish(channels.bodyChunkSent, { chunk: Buffer.from(piece) });
  }

  /** All of the request went out. */
  onSent(): void {
    if (channels.bodySent.hasSubscribers) this.#publish(channels.bodySent, {});
  }

  /** The head of the response came. */
  onHead({ status: statusCode, reason: statusText, fields }: WireHead): void {
    if (channels.headers.hasSubscribers)
      this.#publish(channels.headers, { response: { statusCode, headers: bytesOf(fields), statusText } });
  }

  /** A piece of the response's body came. Its memory is written over, mostly: subscribers have a copy. */
  onPiece(piece: Uint8Array): void {
    if (channels.bodyChunkReceived.hasSubscribers)
      this.#publish(channels.bodyChunkReceived, { chunk: Buffer.from(piece) });
  }

  /** The response is whole. Nothing is told afterwards. */
  onEnd(trailers: readonly string[]): void {
    this.#shown.completed = true;
    if (channels.trailers.hasSubscribers) this.#publish(channels.trailers, { trailers: bytesOf(trailers) });
  }

  /** There is no response, or no whole one. Nothing is told afterwards. @param reason what the caller gets, or gave as a reason. */
  onFailure(reason: unknown): void {
    this.#shown.aborted = true;
    if (!this.#isBegun) {
      // A subscriber ended it, and others are still to hear that it began.
      this.#failure ??= { reason };
      return;
    }
    if (channels.error.hasSubscribers) this.#publish(channels.error, { error: errorOf(reason) });
  }

  #publish(to: Channel, message: object): void {
    const within = this.#within;
    const publish = (): void => to.publish({ request: this.#shown, ...message });
    this.#context.runInAsyncScope(within === null ? publish : () => within(publish));
  }
}

/** What subscribers made of the fields, which the list shows: some add to it, some write it anew. */
function changed(headers: HeaderMap, before: readonly string[], after: readonly unknown[]): HeaderMap {
  // Mostly there are a few more: the others stay where they are.
  const isLonger = isSame(before, after.slice(0, before.length));
  const all = isLonger ? headers.clone() : unshownFields(headers);
  for (let at = isLonger ? before.length : 0; at < after.length; at += 2) {
    try {
      append(all, after[at], after[at + 1]);
    } catch (problem) {
      warn(problem);
    }
  }
  return all;
}

/** A request under the names that it has in undici. */
class ShownRequest {
  readonly origin: string;
  readonly protocol: string;
  readonly method: string;
  /** Path and query, whether or not a proxy gets the whole URL. */
  readonly path: string;
  /** Name, value, name, value ...: what is changed in it while `create` is told goes out so. */
  headers: unknown[];
  readonly host: string | null;
  readonly contentLength: number | null;
  readonly contentType: string | null;
  /** Bytes, or what the caller gave; `null` for none. */
  readonly body: unknown;
  readonly idempotent: boolean;
  readonly upgrade: null = null;
  completed = false;
  aborted = false;

  constructor({ method, parsed, headers, payload }: PreparedRequest) {
    this.origin = originOf(parsed);
    this.protocol = `${parsed.scheme}:`;
    this.method = method;
    this.path = parsed.target;
    this.headers = shownFields(headers);
    this.host = headers.get("host");
    const length = headers.get("content-length");
    this.contentLength = length === null ? null : Number(length);
    this.contentType = headers.get("content-type");
    this.body = payload === null ? null : payload.kind === "bytes" ? payload.bytes : payload.source;
    this.idempotent = isIdempotent(method);
  }

  /** Adds a field; `undefined` is none, and a list gives as many lines. */
  addHeader(name: unknown, value: unknown): this {
    if (value === undefined) return this;
    for (const one of Array.isArray(value) ? value : [value])
      this.headers.push(name, one === null ? "" : typeof one === "object" ? one : String(one));
    return this;
  }
}

/** @throws {InvalidHeader} for what must not go on the wire, or is not for a subscriber to say. */
function append(headers: HeaderMap, name: unknown, value: unknown): void {
  if (typeof name === "string" && UNSHOWN.has(name.toLowerCase()))
    throw new InvalidHeader(`${name} follows from the message, and from its connection`);
  if (typeof name === "string" && standsOnce(name) && headers.has(name))
    throw new InvalidHeader(`there is more than one ${name} header`);
  // As a list undici takes, too; whatever else it is, the headers check it.
  for (const one of Array.isArray(value) ? value : [value])
    headers.append(name as string, one as HeaderValue);
}

function shownFields(headers: HeaderMap): string[] {
  return [...headers].filter(([name]) => !UNSHOWN.has(name.toLowerCase())).flat();
}

function unshownFields(headers: HeaderMap): HeaderMap {
  return HeaderMap.fromWire([...headers].filter(([name]) => UNSHOWN.has(name.toLowerCase())).flat());
}

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((one, at) => one === after[at]);
}

function warn(problem: unknown): void {
  const reason = isError(problem) ? problem.message : String(problem);
  if (warned.get(reason)) return;
  warned.set(reason, true);
  process.emitWarning(`a subscriber of undici:request:create gave a field that is not sent: ${reason}`, {
    type: "RefusedFieldWarning",
    code: "SOJOURN_REFUSED_FIELD",
  });
}

/** The head as text, without the empty line. */
function textOf(head: RequestHead, httpVersion: string): string {
  if (httpVersion !== "2") return new HeadWriter().textOf(head).slice(0, -"\r\n".length);
  const { method, target, section } = head;
  const fields = [":method", method, ":scheme", "https", ":path", target, ...http2Fields(section.fields)];
  let text = "";
  for (let at = 0; at + 1 < fields.length; at += 2)
    text += `${fields[at] === "host" ? ":authority" : fields[at]}: ${fields[at + 1]}\r\n`;
  return text;
}

/** As browsers and undici write it: without the port of the scheme. */
function originOf({ scheme, host, port }: Url): string {
  return port === null || port === defaultPort(scheme)
    ? `${scheme}://${host}`
    : `${scheme}://${host}:${port}`;
}

/** Fields that came, as the bytes that they were. */
function bytesOf(fields: readonly string[]): Buffer[] {
  return fields.map((text) => Buffer.from(text, "latin1"));
}

/** Subscribers look at the name and the message of an error, and the reason of an abort may be anything. */
function errorOf(reason: unknown): Error {
  if (isError(reason)) return reason;
  return new DOMException("the request was aborted", { name: "AbortError", cause: reason });
}
