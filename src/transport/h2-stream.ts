/**
 * One message on a shared HTTP/2 connection (RFC 9113 §8). To the exchange it is a connection like any other; ending it ends
 * the stream and nobody else's.
 *
 * May import: `core/`, own folder, `node:http2`.
 */
import { constants, type ClientHttp2Stream, type IncomingHttpHeaders } from "node:http2";

import type { ConnectionFacts } from "./connection-facts.ts";
import type { Connection, Message } from "./connection.ts";
import { UnsentBody } from "./failures.ts";
import { HeadOverflow, overflowOf, type HeadLimits } from "./head-limits.ts";
import type { H2Session } from "./h2-session.ts";
import type { ReadClock } from "./read-clock.ts";

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

const kOwner: unique symbol = Symbol("owner");

/** Node's stream, and whose it is. */
interface OwnedStream extends ClientHttp2Stream {
  [kOwner]: H2Stream;
}

/** A listener on such a stream. */
type Listener = (this: OwnedStream, ...told: never[]) => void;

/** A place on an HTTP/2 connection, for one message. */
export class H2Stream implements Connection {
  readonly clock: ReadClock;
  started = false;
  heard = false;
  isRefused = false;
  readonly isReused: boolean;
  readonly #session: H2Session;
  readonly #servedBefore: number;
  #stream: ClientHttp2Stream | null = null;
  #message: Message | null = null;
  #trailers: string[] = [];
  #hasBody = false;
  /** Is the rest of the body wanted although the answer is there? */
  #goesOn = false;
  /** The response is whole, and the rest of the message goes out. */
  #isAnswered = false;

  /** @param clock to be used until the stream has left. */
  constructor(session: H2Session, clock: ReadClock) {
    this.clock = clock;
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
    this.#hasBody = message.bytes !== null || message.upload !== null;
    const stream = this.#session.request(message, !this.#hasBody);
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

  get isSending(): boolean {
    const stream = this.#stream;
    return stream !== null && this.#hasBody && !stream.writableFinished;
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

  goOn(): void {
    this.#goesOn = true;
  }

  retire(): void {
    // Other streams lose nothing by this one.
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
    const owned = Object.assign(stream, { [kOwner]: this });
    for (const [event, listener] of H2Stream.#listeners)
      owned.on(event, listener as (...told: unknown[]) => void); // each takes what its event tells
  }

  /** The same functions for all streams: seven closures for each message are a part of what it costs. */
  static readonly #listeners: readonly (readonly [event: string, listener: Listener])[] = [
    [
      "headers",
      function (headers: IncomingHttpHeaders, _flags: number, raw: string[]): void {
        const self = this[kOwner];
        self.heard = true;
        const fields = self.#fieldsOf(raw);
        if (fields !== null) self.#message?.onInformational(Number(headers[":status"]), fields);
      },
    ],
    [
      "response",
      function (headers: IncomingHttpHeaders, _flags: number, raw: string[]): void {
        const self = this[kOwner];
        self.heard = true;
        const fields = self.#fieldsOf(raw);
        if (fields === null) return;
        const status = Number(headers[":status"]);
        self.#message?.onHead({ status, reason: "", fields, httpVersion: "2" });
      },
    ],
    [
      "data",
      function (chunk: Uint8Array): void {
        this[kOwner].#message?.onData(chunk);
      },
    ],
    [
      "trailers",
      function (_headers: IncomingHttpHeaders, _flags: number, raw: string[]): void {
        const self = this[kOwner];
        self.#trailers = self.#fieldsOf(raw) ?? [];
      },
    ],
    [
      "end",
      function (): void {
        this[kOwner].#end(this);
      },
    ],
    [
      "error",
      function (error: Error): void {
        const self = this[kOwner];
        self.isRefused = this.rstCode === constants.NGHTTP2_REFUSED_STREAM;
        self.#fail(error);
      },
    ],
    [
      "close",
      function (): void {
        const self = this[kOwner];
        // A stream that was reset may close without an error, and one that was cut short without an end.
        if (self.#message !== null) self.#onClose(this.rstCode ?? 0);
        self.#leave(false);
      },
    ],
  ];

  /**
   * `null`: they are too large, and the message has failed.
   *
   * @param raw as they came, pseudo-fields first.
   */
  #fieldsOf(raw: string[]): string[] | null {
    const { limits } = this.#session;
    const came = raw[0]?.startsWith(":") === true ? raw.slice(2) : raw;
    const overflow = overflowOf(limits, came) ?? bytesOverflow(limits, came);
    if (overflow === null) return came;
    const message = this.#message;
    this.destroy();
    message?.onFailure(overflow);
    return null;
  }

  #end(stream: ClientHttp2Stream): void {
    // Node ends the body of a stream that was reset, too.
    if (stream.rstCode !== undefined && stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
    if (this.#goesOn && this.isSending) {
      this.#isAnswered = true;
      stream.once("finish", () => this.#settle());
      return;
    }
    this.#settle();
  }

  #settle(): void {
    const message = this.#message;
    this.#message = null;
    message?.onEnd(this.#trailers);
  }

  #onClose(code: number): void {
    const { fault } = this.#session;
    // The server has said all, and wants no more of the message (RFC 9113 §8.1).
    if (this.#isAnswered && code === constants.NGHTTP2_NO_ERROR && fault === null) this.#settle();
    else if (this.#isAnswered) this.#fail(new UnsentBody(fault ?? new StreamReset(code)));
    else this.#fail(fault ?? new StreamReset(code));
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
