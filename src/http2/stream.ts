/**
 * One message on a shared HTTP/2 connection (RFC 9113 §8). To a transaction it is a connection like any other; ending it ends
 * the stream and nobody else's.
 *
 * A response is whole when the server ended its side of the stream, with END_STREAM, and not otherwise. A message that is
 * given up ends with RST_STREAM and never with END_STREAM: the server would take what it got for all.
 */
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { addAbortSignal, Duplex } from "node:stream";
import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
// Of the module: what a test puts in the place of the global one must not stop a connection.
import { setImmediate } from "node:timers";

import { InvalidHeader, ReadTimeout } from "../core/errors.ts";
import { hasNoContent } from "../core/status.ts";
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import type { BodySink, Connection, Message } from "../connect/connection.ts";
import { UnsentBody } from "../connect/failures.ts";
import type { ReadClock } from "../connect/read-clock.ts";
import { ResponseOverflow, type ResponseLimits } from "../core/response-limits.ts";
import { dispatchAfterPoll, dispatchInNextTurn } from "../connect/turns.ts";
import { errorCodes, sessionFault, streamReset } from "./faults.ts";
import type { H2Session } from "./session.ts";

/** Of a frame: the server ends its side of the stream (RFC 9113 §6.2). */
const END_STREAM = 0x1;

/**
 * With it Node resets a stream, with CANCEL and at once. `stream.close()` would end the writable side first, with END_STREAM,
 * and `stream.destroy()` alone says that an error of ours was the reason.
 */
const GIVEN_UP = AbortSignal.abort();

/** So long a stream of which nobody wants more may take to end by itself, in milliseconds: most do at once. */
const LINGER_MS = 1000;

const kOwner: unique symbol = Symbol("owner");

/** Node's stream, and whose it is. */
interface OwnedStream extends ClientHttp2Stream {
  [kOwner]: H2Stream;
  push: Push;
  emit: Emit;
}

/** What Node calls with what came on such a stream; `null` when there is no more. Is more wanted? */
type Push = (this: OwnedStream, chunk: Uint8Array | null) => boolean;

/** What Node calls when something happened to such a stream. */
type Emit = (this: OwnedStream, ...told: Told) => boolean;

type Told = [event: string, first?: unknown, second?: unknown, third?: unknown];

/** A place on an HTTP/2 connection, for one message. */
export class H2Stream implements Connection {
  readonly httpVersion = "2";
  readonly clock: ReadClock;
  started = false;
  heard = false;
  isRefused = false;
  /** Whether a response is whole is known here, whatever became of the connection afterwards. */
  readonly fault: null = null;
  readonly isReused: boolean;
  readonly #session: H2Session;
  readonly #servedBefore: number;
  #stream: ClientHttp2Stream | null = null;
  #message: Message | null = null;
  #startedAt = 0;
  /** Bytes that came before Node told of the head. */
  #early: Uint8Array[] | null = null;
  #status = 0;
  /** Interim responses so far. */
  #informed = 0;
  /** Did the server end its side? */
  #isWhole = false;
  /** Was the message told that its response is over? */
  #isEnded = false;
  /** Will it be, as soon as the last of the request is written? */
  #isEnding = false;
  /** Is the rest of the request's body wanted although the answer is there? */
  #goesOn = false;
  /** The body of the request went out, or there is none. */
  #isSent = true;
  /** All of it was given to Node, which ends its side of a stream also by itself. */
  #isGiven = false;
  /** Does nobody want more for now? */
  #isPaused = false;
  /** Nothing more of the response is to come. */
  #isComplete = false;
  #trailers: string[] = [];

  /** @param clock to be used until the transaction needs the stream no more. */
  constructor(session: H2Session, clock: ReadClock) {
    this.clock = clock;
    this.#session = session;
    this.#servedBefore = session.served;
    this.isReused = session.isUsed;
  }

  get socket(): Socket {
    return this.#session.socket;
  }

  get facts(): ConnectionFacts {
    return this.#session.facts;
  }

  get served(): number {
    return this.#servedBefore;
  }

  get heardAt(): number {
    return this.#session.heardAt;
  }

  send(message: Message): void {
    this.#message = message;
    // Before the first message nothing can have come that has to be seen first.
    if (this.isReused) dispatchAfterPoll(this);
    else this.dispatch(performance.now());
  }

  /** @internal */
  dispatch(now: number): void {
    const message = this.#message;
    if (message === null) return;
    if (!this.#session.takesMore(now)) {
      dispatchInNextTurn(this);
      return;
    }
    // Those that leave in one turn were asked for by many: the body of each is made for its own caller.
    if (message.upload !== null) message.context.runInAsyncScope(() => this.#start(message, now));
    else this.#start(message, now);
  }

  #start(message: Message, now: number): void {
    const hasBody = message.bytes !== null || message.upload !== null;
    let stream: ClientHttp2Stream | null;
    try {
      stream = this.#session.request(message, !hasBody);
    } catch (cause) {
      // Node's own checks: on another connection it would be the same.
      this.started = true;
      const text = `it cannot be sent over HTTP/2: ${cause instanceof Error ? cause.message : String(cause)}`;
      this.#fail(new InvalidHeader(text, { phase: "send", cause }));
      this.#leave(false);
      return;
    }
    if (stream === null) {
      this.#fail(new Error("the connection ended while it was idle"));
      this.#leave(false);
      return;
    }
    this.#stream = stream;
    this.started = true;
    this.#startedAt = now;
    this.#listen(stream);
    message.onStart(now);
    this.#sendBody(stream, message);
  }

  get isSending(): boolean {
    return this.#stream !== null && !this.#isSent;
  }

  /** With the next piece: what is on its way has room, since the window is what may be under way. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream?._read(0);
  }

  goOn(): void {
    this.#goesOn = true;
  }

  retire(): void {
    // Other streams lose nothing by this one.
  }

  /** Ends this message. The others on the connection go on. */
  destroy(error: Error): void {
    const message = this.#message;
    this.#message = null;
    const stream = this.#stream;
    if (stream === null) {
      this.#leave(false);
      return;
    }
    if (message !== null && !this.#isEnded) {
      const limitMs = error instanceof ReadTimeout ? error.limitMs : null;
      this.#session.doubt(this.#startedAt, limitMs);
    }
    giveUp(stream);
  }

  /** The adapter closes. */
  shutDown(reason: Error): void {
    this.#message?.onShutdown(reason);
  }

  /** The transaction needs the stream no more. */
  release(): void {
    this.#message = null;
    const stream = this.#stream;
    if (stream !== null && !stream.destroyed) {
      // The answer came before the body went out: the server hears that it will not.
      if (!this.#isSent) giveUp(stream);
      else if (!this.#isWhole) setTimeout(giveUp, LINGER_MS, stream).unref();
    }
    this.#leave(this.#isEnded);
    this.#session.giveBack(this.clock);
  }

  #sendBody(stream: ClientHttp2Stream, { bytes, upload }: Message): void {
    if (bytes !== null) {
      this.#isSent = false;
      this.#isGiven = true;
      stream.end(bytes);
    }
    // It may have been given up at the start.
    if (upload === null || this.#message === null) return;
    this.#isSent = false;
    upload.write(new StreamSink(stream), (complete) => {
      if (!complete) return;
      this.#isGiven = true;
      stream.end();
    });
  }

  #listen(stream: ClientHttp2Stream): void {
    Object.assign(stream, { [kOwner]: this }, H2Stream.#overrides);
    stream._read(0);
  }

  static readonly #overrides: { readonly push: Push; readonly emit: Emit } = {
    /**
     * Bytes go to the message at once, and not into the buffer of Node's stream.
     *
     * Node says `null` when the server ended its side of a stream, and also when it was reset. Only in this moment the two can be
     * told apart: a stream that was reset is closed already.
     */
    push: function (chunk) {
      const self = this[kOwner];
      if (chunk !== null) return self.#take(chunk);
      if (!this.closed) {
        self.#isWhole = true;
        self.#session.hear();
      }
      Duplex.prototype.push.call(this, null);
      // Nothing lies in its buffer: it ends.
      this.read(0);
      return false;
    },

    /**
     * In the place of listeners: seven of them for each message are a part of what it costs. Node has its own beside, and no event
     * of its tells more than three things.
     */
    emit: function (event, first, second, third) {
      const self = this[kOwner];
      switch (event) {
        case "headers":
          self.#inform(statusOf(first), third as string[]); // as Node says it
          break;
        case "response":
          self.#begin(statusOf(first), second as number, third as string[]); // as Node says it
          break;
        case "trailers":
          self.#trailers = self.#fieldsOf(third as string[]) ?? []; // as Node says it
          break;
        case "end":
          // Closed already: with the end of it came a reset, or it was the last thing to come.
          if (self.#isWhole && !this.closed) self.#complete();
          else self.#settle(this, null);
          break;
        case "finish":
          self.#onFinish();
          break;
        case "close":
          self.#settle(this, null);
          if (!self.#isEnding) self.#leave(self.#isEnded);
          break;
        case "error":
          self.#settle(this, first as Error); // as Node says it
          return true;
        default:
          break;
      }
      return EventEmitter.prototype.emit.call(this, event, first, second, third);
    },
  };

  /** All that Node was given is written. */
  #onFinish(): void {
    if (!this.#isGiven) return;
    this.#isSent = true;
    if (this.#isComplete && this.#goesOn) this.#endSoon();
  }

  /** @returns whether more is wanted. */
  #take(chunk: Uint8Array): boolean {
    this.#session.hear();
    if (this.#status === 0) (this.#early ??= []).push(chunk);
    else this.#message?.onData(chunk);
    return !this.#isPaused;
  }

  #inform(status: number, raw: string[]): void {
    this.heard = true;
    this.#session.hear();
    const fields = this.#fieldsOf(raw, ++this.#informed);
    if (fields !== null) this.#message?.onInformational(status, fields);
  }

  #begin(status: number, flags: number, raw: string[]): void {
    this.heard = true;
    this.#session.hear();
    const fields = this.#fieldsOf(raw);
    const message = this.#message;
    if (fields === null || message === null) return;
    this.#status = status;
    message.onHead({ status, reason: "", fields, httpVersion: "2" });
    const early = this.#early;
    this.#early = null;
    // The message may have been given up by what it was told.
    for (const chunk of early ?? []) this.#message?.onData(chunk);
    const isLast = (flags & END_STREAM) !== 0;
    // Its head is all of it (RFC 9110 §6.4.1), whenever the stream may end.
    if (!isLast && hasNoContent(message.method, status)) this.#complete();
  }

  /**
   * `null`: it is too much, and the message has failed.
   *
   * @param raw as they came, pseudo-fields first.
   * @param informed interim responses so far, if they are of one.
   */
  #fieldsOf(raw: string[], informed: number = 0): string[] | null {
    const { limits } = this.#session;
    const came = raw[0]?.startsWith(":") === true ? raw.slice(2) : raw;
    const overflow = overflowOf(limits, came, informed);
    if (overflow === null) return came;
    const message = this.#message;
    this.destroy(overflow);
    message?.onFailure(overflow);
    return null;
  }

  /** The whole response has come. */
  #complete(): void {
    this.#isComplete = true;
    if (this.#isSent || !this.#goesOn) this.#end();
  }

  /**
   * The last of the request is with Node, which tells of it before it writes: who ended the connection now, or the process,
   * would take it back.
   */
  #endSoon(): void {
    this.#isEnding = true;
    setImmediate(() => this.#end());
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#message?.onEnd(this.#trailers);
  }

  /** No more will come: Node's stream is at its end. */
  #settle(stream: ClientHttp2Stream, error: Error | null): void {
    if (this.#message === null || this.#isEnded || this.#isEnding) return;
    const isAnswered = this.#isComplete || (this.#isWhole && this.#status !== 0);
    // With NO_ERROR the server says that it needs no more of the request (RFC 9113 §8.1).
    if (isAnswered && (this.#isSent || !this.#goesOn || stream.rstCode === errorCodes.noError)) {
      if (this.#goesOn) this.#endSoon();
      else this.#end();
      return;
    }
    const reason = this.#reason(stream, error);
    this.#fail(isAnswered ? new UnsentBody(reason) : reason);
  }

  #reason(stream: ClientHttp2Stream, error: Error | null): Error {
    const code = stream.rstCode ?? errorCodes.noError;
    const { id } = stream;
    if (this.#status === 0) this.isRefused = this.#session.isRefused(id, code);
    const own = error !== null && codeOf(error) !== "ERR_HTTP2_STREAM_ERROR" ? sessionFault(error) : null;
    return this.#session.fault ?? own ?? streamReset(code);
  }

  #fail(error: Error): void {
    const message = this.#message;
    this.#message = null;
    // The transaction may go on elsewhere, and then lets this one be.
    this.clock.end();
    message?.onFailure(error);
  }

  #leave(isComplete: boolean): void {
    this.#session.leave(this, isComplete);
  }
}

/** The head went out when the stream began, and the end of the body is that of the stream. */
class StreamSink implements BodySink {
  readonly to: ClientHttp2Stream;

  constructor(to: ClientHttp2Stream) {
    this.to = to;
  }

  begin(): void {
    // It has begun.
  }

  write(piece: Uint8Array): void {
    this.to.write(piece);
  }

  end(): void {
    // Who writes the body is told first that all of it is there, and ends the stream then.
  }
}

/** @param headers as Node tells them. */
function statusOf(headers: unknown): number {
  return Number((headers as IncomingHttpHeaders)[":status"]);
}

function codeOf(error: Error): unknown {
  return "code" in error ? error.code : null;
}

/** RST_STREAM, and nothing before it: what was not sent yet is not sent any more. */
function giveUp(stream: ClientHttp2Stream): void {
  if (!stream.destroyed) addAbortSignal(GIVEN_UP, stream);
}

/**
 * What is too much, or `null`. Bytes are those of a section (RFC 9113 §10.5.1), but for the 32 that it adds for each field.
 *
 * @param fields name, value, name, value ...
 * @param informed interim responses so far.
 */
function overflowOf(
  limits: ResponseLimits,
  fields: readonly string[],
  informed: number,
): ResponseOverflow | null {
  if (informed > limits.maxInformational) return new ResponseOverflow(limits, "maxInformational", informed);
  const count = fields.length / 2;
  if (count > limits.maxHeaderCount) return new ResponseOverflow(limits, "maxHeaderCount", count);
  let bytes = 0;
  // Not by an iterator: of each response.
  for (let at = 0; at < fields.length; at++) bytes += (fields[at] as string).length; // below the length
  return bytes > limits.maxHeaderBytes ? new ResponseOverflow(limits, "maxHeaderBytes", bytes) : null;
}
