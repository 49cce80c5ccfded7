/**
 * One message on a shared HTTP/2 connection (RFC 9113 §8). To the exchange it is a connection like any other; ending it ends
 * the stream and nobody else's.
 *
 * May import: `core/`, own folder, `node:http2`.
 */
import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from "node:http2";

import type { ConnectionFacts } from "./connection-facts.ts";
import type { Connection, Message } from "./connection.ts";
import { HeadOverflow, overflowOf, type HeadLimits } from "./head-limits.ts";
import type { H2Session } from "./h2-session.ts";
import { ReadClock } from "./read-clock.ts";
import { http2Fields } from "./sent-head.ts";

/** The server ended the stream for a reason of its own. */
class StreamReset extends Error {
  override readonly name: string = "StreamReset";
  readonly code: string;

  constructor(code: number) {
    const name = RESETS[code] ?? `code ${code}`;
    super(`the server ended the stream: ${name}`);
    this.code = `ERR_HTTP2_${name}`;
  }
}

/** A place on an HTTP/2 connection, for one message. */
export class H2Stream implements Connection {
  readonly clock: ReadClock = new ReadClock();
  started = false;
  heard = false;
  isRefused = false;
  readonly isReused: boolean;
  readonly #session: H2Session;
  readonly #servedBefore: number;
  #stream: ClientHttp2Stream | null = null;
  #message: Message | null = null;
  #trailers: string[] = [];

  constructor(session: H2Session) {
    this.#session = session;
    this.#servedBefore = session.served;
    this.isReused = session.isUsed;
  }

  get facts(): ConnectionFacts {
    return this.#session.facts;
  }

  get served(): number {
    return this.#servedBefore;
  }

  get fault(): Error | null {
    return this.#session.fault;
  }

  send(message: Message): void {
    this.#message = message;
    const hasBody = message.bytes !== null || message.upload !== null;
    const stream = this.#session.request(fieldsOf(message), !hasBody);
    if (stream === null) {
      queueMicrotask(() => this.#fail(new Error("the connection ended while it was idle")));
      return;
    }
    this.#stream = stream;
    this.started = true;
    this.#listen(stream);
    message.onStart(performance.now());
    if (message.bytes !== null) stream.end(message.bytes);
    message.upload?.run(stream, { head: "", isChunked: false }, (complete) => {
      if (complete) stream.end();
    });
  }

  get heardAt(): number {
    return performance.now();
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  /** Ends this message. The others on the connection go on. */
  destroy(): void {
    this.#message = null;
    const stream = this.#stream;
    if (stream === null) this.#leave(false);
    else if (!stream.destroyed) stream.close(constants.NGHTTP2_CANCEL);
  }

  /** The adapter closes. */
  shutDown(reason: Error): void {
    this.#message?.onShutdown(reason);
  }

  /** The exchange needs the stream no more. */
  release(): void {
    this.#message = null;
    const stream = this.#stream;
    // The answer came before the body went out: the server hears that it will not.
    if (stream !== null && !stream.writableEnded && !stream.destroyed)
      stream.close(constants.NGHTTP2_NO_ERROR);
    this.#leave(this.#stream !== null);
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on("headers", (headers, _flags, raw) => {
      this.heard = true;
      const fields = this.#fieldsOf(headers, raw);
      if (fields !== null) this.#message?.onInformational(Number(headers[":status"]), fields);
    });
    stream.on("response", (headers, _flags, raw) => {
      this.heard = true;
      const fields = this.#fieldsOf(headers, raw);
      if (fields === null) return;
      const status = Number(headers[":status"]);
      this.#message?.onHead({ status, reason: "", fields, httpVersion: "2" });
    });
    stream.on("data", (chunk: Uint8Array) => this.#message?.onData(chunk));
    stream.on("trailers", (headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
      this.#trailers = this.#fieldsOf(headers, raw) ?? [];
    });
    stream.on("end", () => this.#end(stream));
    stream.on("error", (error: Error) => {
      this.isRefused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      this.#fail(error);
    });
    stream.on("close", () => {
      this.clock.end();
      // A stream that was reset may close without an error, and one that was cut short without an end.
      if (this.#message !== null) this.#fail(this.#session.fault ?? new StreamReset(stream.rstCode ?? 0));
      this.#leave(false);
    });
  }

  /**
   * `null`: they are too large, and the message has failed.
   *
   * @param raw the same as they came, pseudo-fields first: Node joins those of one name.
   */
  #fieldsOf(headers: IncomingHttpHeaders, raw: readonly string[]): string[] | null {
    const { limits } = this.#session;
    const came = raw[0]?.startsWith(":") === true ? raw.slice(2) : raw;
    const overflow = overflowOf(limits, came) ?? bytesOverflow(limits, came);
    if (overflow === null) return flat(headers);
    const message = this.#message;
    this.destroy();
    message?.onFailure(overflow);
    return null;
  }

  #end(stream: ClientHttp2Stream): void {
    // Node ends the body of a stream that was reset, too.
    if (stream.rstCode !== undefined && stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    const message = this.#message;
    this.#message = null;
    message?.onEnd(this.#trailers);
  }

  #fail(error: Error): void {
    const message = this.#message;
    this.#message = null;
    message?.onFailure(error);
  }

  #leave(isComplete: boolean): void {
    this.#session.leave(this, isComplete);
  }
}

/** Pseudo-fields and fields of a message. Its head is written for HTTP/1.1, and checked there: it is read, not made again. */
function fieldsOf(message: Message): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string>;
  fields[":method"] = message.method;
  fields[":scheme"] = "https";
  fields[":path"] = message.target;
  const sent = http2Fields(message.head);
  for (let at = 0; at + 1 < sent.length; at += 2) {
    const value = sent[at + 1] as string; // below the length
    const name = sent[at] === "host" ? ":authority" : (sent[at] as string); // as above
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

/** Name, value, name, value ... without pseudo-fields. */
function flat(headers: IncomingHttpHeaders): string[] {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) fields.push(name, one);
  }
  return fields;
}

/** By the size of a field section (RFC 9113 §10.5.1), but for the 32 bytes that it adds for each field. */
function bytesOverflow(limits: HeadLimits, fields: readonly string[]): HeadOverflow | null {
  let bytes = 0;
  for (const text of fields) bytes += text.length;
  return bytes > limits.maxHeaderBytes ? new HeadOverflow(limits, "maxHeaderBytes", bytes) : null;
}

/** RFC 9113 §7. */
const RESETS: readonly string[] = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];
