/**
 * Engine: one connection, one message at a time. It and `lane.ts` are all that imports undici; `response-parser.ts` lays methods
 * over its parser.
 *
 * Of undici it takes the HTTP/1 context (keep-alive, framing, the llhttp parser) and its requests by their files, not by the
 * entry: that registers a global dispatcher, which changes the program's own `fetch`, and loads twice as long.
 *
 * undici is given a socket that is open already. The head and the body of a request are written here, as they were prepared,
 * since undici refuses some fields (`Expect`) and drops others (`Content-Length: 0` of DELETE). Timeouts are not its
 * business either.
 */
import type { AsyncResource } from "node:async_hooks";
import type { Socket } from "node:net";

import diagnostics from "undici/lib/core/diagnostics.js";
import Request from "undici/lib/core/request.js";

import { isError } from "../core/realm.ts";
import type { Opened } from "../connect/connect.ts";
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import type { BodyWriter, Connection, Message } from "../connect/connection.ts";
import { UnsentBody } from "../connect/failures.ts";
import type { IntakeReader } from "../connect/intake.ts";
import { ReadClock } from "../connect/read-clock.ts";
import type { ResponseLimits } from "../core/response-limits.ts";
import { dispatchAfterPoll, unrefLater } from "../connect/turns.ts";
import { Lane } from "./lane.ts";
import { hearLastWords } from "../transport/last-words.ts";
import {
  expectResponse,
  isParsing,
  keepOpen,
  trailersOf,
  tuneParser,
  type TunedParser,
} from "./undici-parser.ts";

const { channels } = diagnostics;

/** The connection ended while nobody used it. Nothing was sent. */
class StaleConnectionError extends Error {
  override readonly name: string = "StaleConnectionError";
}

/** A body up to here is given to the system in one piece with its head, and the system takes it. */
const AT_ONCE_BYTES = 16_384;

/** A connection, open from the beginning to its end. */
export class EngineConnection implements Connection, IntakeReader {
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  /** Watches over the running message. */
  readonly clock: ReadClock = new ReadClock();
  /** When it is not to be used any more if it stays idle, in milliseconds of the monotonic clock. Kept by the pool. */
  idleUntil = 0;
  /** What the socket reported first, before undici saw it: undici takes a reset for the end of some bodies. */
  fault: Error | null = null;
  /** HTTP/1.1 has no way to say so. */
  readonly isRefused: boolean = false;
  /** Has the running message been written, at least in part? */
  started = false;
  readonly #origin: string;
  readonly #lane: Lane;
  readonly #parser: TunedParser;
  readonly #handler: Handler = new Handler(this);
  readonly #options = new RequestOptions();
  /** Does it keep the process alive? */
  #hasRef = true;
  /** Is the body of the running message still being given? */
  #isUploading = false;
  /** Does the running message have more of a body than goes out at once? */
  #isLarge = false;
  /** Is the rest of it wanted although the answer is there? */
  #goesOn = false;
  /** Trailers of an answer that is whole, while the rest of the message goes out. */
  #pending: string[] | null = null;
  #isRetired = false;

  /** @throws when the connection has ended already. */
  constructor(origin: string, { socket, facts, intake }: Opened, limits: ResponseLimits) {
    this.socket = socket;
    this.facts = facts;
    this.#origin = origin;
    socket.on("error", (error: Error) => {
      this.fault ??= error;
      // Node leaves a connection open on which TLS has failed behind the handshake.
      if (!socket.destroyed) socket.destroy(error);
    });
    // A parser that is paused has not told yet that a body is complete: undici would take the end of the connection for its loss.
    socket.on("end", () => this.#hearEnd());
    this.#lane = new Lane(origin, socket, limits.maxHeaderBytes);
    socket.once("close", () => {
      this.clock.end();
      // undici tells the request why, unless it ended the connection itself, or knows of no request any more.
      this.#handler.onResponseError(null, new Error("the connection was closed"));
    });
    this.#parser = tuneParser(this.#lane.parser, {
      takeHead: (head) => this.#handler.message?.onHead(head),
      takeInformational: (status, fields) => this.#handler.message?.onInformational(status, fields),
      keepFields: () => channels.headers.hasSubscribers,
      limits,
    });
    hearLastWords(socket, () => this.#readRest());
    intake?.attach(this);
    unrefLater(this);
  }

  /** Messages that were completed on it. */
  get served(): number {
    return this.#handler.served;
  }

  get isReused(): boolean {
    return this.served > 0;
  }

  /** Can another message be sent when the running one is over? */
  get usable(): boolean {
    const isOver = this.socket.destroyed || this.#lane.isLast || this.#isRetired || this.#isUploading;
    return !isOver && this.fault === null;
  }

  get isSending(): boolean {
    return this.#isUploading || this.#hasRest;
  }

  /** Is something of a body still to be written? A small one is out: over TLS the socket hears of that later than of the answer. */
  get #hasRest(): boolean {
    return this.#isLarge && this.socket.writableLength > 0;
  }

  /** Has any byte of the running message's response come? */
  get heard(): boolean {
    return this.#parser.heard;
  }

  /** When the socket was read last. */
  get heardAt(): number {
    return this.#parser.heardAt;
  }

  /** As {@link Lane.keepAliveHintMs}. */
  get keepAliveHintMs(): number | null {
    return this.#lane.keepAliveHintMs;
  }

  /** Does the parser take nothing now? */
  get isPaused(): boolean {
    return this.#parser.paused;
  }

  /** Does no message wait for bytes? */
  get isIdle(): boolean {
    return this.#handler.message === null;
  }

  /** The socket read `bytes`. Fields of a section that is not whole yet are kept as well as pieces of a body. */
  read(bytes: Uint8Array): boolean {
    const handler = this.#handler;
    const { message } = handler;
    handler.isKept = isWatched();
    // Who listens to undici's channels is told of a response in the context of its request.
    if (message !== null && handler.isKept)
      message.context.runInAsyncScope(() => this.#parser.execute(bytes));
    else this.#parser.execute(bytes);
    return handler.isKept || this.#parser.paused || this.#parser.headers.length > 0 || isWatched();
  }

  #hearEnd(): void {
    this.resume();
    this.retire();
    const upload = this.#handler.message?.upload ?? null;
    // A whole answer is there, and all of the message was written: Node ends this side when that is out, and not before.
    if (this.#pending === null || (this.#isUploading && upload?.isHandedOver !== true)) this.#lane.hearEnd();
    else if (this.socket.writableLength === 0) this.#endHeld();
    else this.socket.once("finish", () => this.#endHeld());
  }

  /** Takes what waits in the socket. */
  #readRest(): void {
    if (this.socket.readableLength > 0) this.#parser.readMore();
  }

  /** Sends a message. Nothing else may be running. */
  send(message: Message): void {
    this.#handler.message = message;
    this.started = false;
    if (this.served === 0) {
      this.dispatch(performance.now());
      return;
    }
    dispatchAfterPoll(this);
  }

  /** @internal */
  dispatch(now: number): void {
    const handler = this.#handler;
    const { message } = handler;
    if (message === null) return;
    // What came unasked ends the connection.
    this.#readRest();
    if (!this.usable) {
      handler.onResponseError(null, new StaleConnectionError("the connection ended while it was idle"));
      return;
    }
    this.#ref();
    this.#options.method = message.method;
    this.#options.path = message.target;
    try {
      const isTold = isTraced();
      // Those that leave in one turn were asked for by many: each is published, and its body made, for its own caller.
      if (isTold || message.upload !== null)
        message.context.runInAsyncScope(() => this.#begin(message, now, isTold));
      else this.#begin(message, now, isTold);
    } catch (error) {
      // From undici's own checks, or a subscriber of its channels: on another connection it would be the same.
      this.started = true;
      handler.onResponseError(null, isError(error) ? error : new Error(String(error)));
    }
  }

  #begin(message: Message, now: number, isTold: boolean): void {
    const request = isTold
      ? new OwnedRequest(this.#origin, this.#options, this.#handler, message.context)
      : new Request(this.#origin, this.#options, this.#handler);
    this.#write(request, message, now);
  }

  /** @internal Nobody uses it: the process may end. */
  unrefIfIdle(): void {
    if (this.#handler.message !== null || !this.#hasRef) return;
    this.#hasRef = false;
    this.socket.unref();
  }

  #ref(): void {
    if (this.#hasRef) return;
    this.#hasRef = true;
    this.socket.ref();
  }

  /** Stops reading: what is on its way fills the buffers between here and the server. */
  pause(): void {
    this.#handler.controller?.pause();
  }

  /** Reads on: at once, or when the parser that tells somebody something now is through. */
  resume(): void {
    if (isParsing()) queueMicrotask(() => this.resume());
    else if (!this.socket.destroyed) this.#handler.controller?.resume();
  }

  goOn(): void {
    this.#goesOn = true;
    // undici would end the connection with the response.
    this.#lane.isWriting = false;
    keepOpen(this.#parser, () => this.#staysOpen());
  }

  retire(): void {
    this.#isRetired = true;
  }

  /** The response is whole. */
  #staysOpen(): boolean {
    if (!this.#goesOn || !this.isSending) return false;
    if (this.#lane.isLast) this.retire();
    this.#lane.isLast = false;
    return true;
  }

  /** @internal The response is whole, and `trailers` came with it. Is the message to wait until it is out? */
  holds(trailers: string[]): boolean {
    if (!this.#goesOn || !this.isSending) {
      // No other message may go out behind what nobody takes.
      if (this.#hasRest) this.retire();
      return false;
    }
    this.#pending = trailers;
    if (!this.#isUploading) this.#flush();
    return true;
  }

  /** All of the message was written: it ends when that is in the hands of the system. */
  #flush(): void {
    const { socket } = this;
    if (socket.writableLength === 0) this.#endHeld();
    else if (!socket.writableEnded) socket.write("", () => this.#endHeld());
  }

  /** The message that waited is out. */
  #endHeld(): void {
    const trailers = this.#pending;
    if (trailers === null || this.socket.destroyed) return;
    this.#pending = null;
    this.#handler.end(trailers);
  }

  /** Tells the running message that the adapter is closed. */
  shutDown(reason: Error): void {
    this.#handler.message?.onShutdown(reason);
  }

  /** @internal What happened first is the cause: that the connection ended may have come of it. */
  causeOf(error: Error): Error {
    return this.#pending === null ? (this.fault ?? error) : new UnsentBody(this.fault);
  }

  /** Ends the connection, on which nothing is running. Resolves when it is gone. */
  async end(): Promise<void> {
    if (this.socket.closed) return;
    const closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.#lane.end();
    await closed;
  }

  /** Ends the connection, whatever is running on it. */
  destroy(error: Error): void {
    this.#handler.message = null;
    this.#pending = null;
    this.fault ??= error;
    this.socket.destroy(error);
  }

  #write(request: UndiciRequest, message: Message, now: number): void {
    const { socket } = this;
    request.onRequestStart((error) => {
      if (request.aborted || request.completed) return;
      const reason = error ?? new Error("aborted");
      request.onResponseError(reason);
      socket.destroy(reason);
    }, null);
    this.started = true;
    this.#goesOn = false;
    this.#isLarge =
      message.upload !== null || (message.bytes !== null && message.bytes.byteLength > AT_ONCE_BYTES);
    expectResponse(this.#parser);
    this.#lane.enter(request);
    this.#lane.isLast = message.isLast;
    // A subscriber of undici's channels may have ended it all, or then somebody who is told of the start.
    if (socket.destroyed) return;
    message.onStart(now);
    if (socket.destroyed) return;
    const head = request.headers.length === 0 ? message.head : withAdded(message.head, request.headers);
    if (channels.sendHeaders.hasSubscribers) channels.sendHeaders.publish({ request, headers: head, socket });
    if (message.upload === null) writeWhole(request, socket, head, message.bytes);
    else this.#writeUpload(request, head, message.upload);
  }

  #writeUpload(request: UndiciRequest, head: string, upload: BodyWriter): void {
    this.#lane.isWriting = true;
    this.#isUploading = true;
    upload.write(this.socket, { head, isChunked: true }, (complete) => {
      if (!complete) return;
      this.#lane.isWriting = false;
      this.#isUploading = false;
      request.onRequestSent();
      if (this.#pending !== null) this.#flush();
    });
  }
}

/** A request that ends, if it fails, in the context of its caller: what closes a connection belongs to nobody. */
class OwnedRequest extends Request {
  readonly #context: AsyncResource;

  constructor(origin: string, options: RequestOptions, handler: Handler, context: AsyncResource) {
    super(origin, options, handler);
    this.#context = context;
  }

  override onResponseError(error: Error): void {
    this.#context.runInAsyncScope(() => super.onResponseError(error));
  }
}

/** Of a request, as undici takes them. All that it looks for is there: it would take the rest from a polluted prototype. */
class RequestOptions {
  method = "";
  path = "";
  readonly body: undefined = undefined;
  readonly headers: undefined = undefined;
  readonly query: undefined = undefined;
  readonly idempotent: undefined = undefined;
  readonly blocking: undefined = undefined;
  readonly upgrade: undefined = undefined;
  readonly headersTimeout: undefined = undefined;
  readonly bodyTimeout: undefined = undefined;
  readonly reset: undefined = undefined;
  readonly expectContinue: undefined = undefined;
  readonly servername: undefined = undefined;
  readonly throwOnError: undefined = undefined;
  readonly maxRedirections: undefined = undefined;
  readonly typeOfService: undefined = undefined;
  readonly dispatcher: undefined = undefined;
}

/** What undici tells of a request goes to the message that is running. */
class Handler implements UndiciHandler {
  message: Message | null = null;
  controller: UndiciController | null = null;
  served = 0;
  /** Does somebody keep what was read last? */
  isKept = false;
  readonly #connection: EngineConnection;

  constructor(connection: EngineConnection) {
    this.#connection = connection;
  }

  onRequestStart(controller: UndiciController): void {
    this.controller = controller;
  }

  onResponseStart(_controller: UndiciController, _status: number): void {
    // The parser gave the head to the message already.
  }

  onResponseData(_controller: UndiciController, chunk: Uint8Array): void {
    if (this.message?.onData(chunk) === true) this.isKept = true;
  }

  onResponseEnd(controller: UndiciController): void {
    this.served++;
    const trailers = trailersOf(controller.rawTrailers);
    if (!this.#connection.holds(trailers)) this.end(trailers);
  }

  /** The message is over: it is out, and its response is whole. */
  end(trailers: string[]): void {
    const { message } = this;
    this.message = null;
    unrefLater(this.#connection);
    message?.onEnd(trailers);
  }

  onResponseError(_controller: UndiciController | null, error: Error): void {
    const { message } = this;
    this.message = null;
    message?.onFailure(this.#connection.causeOf(error));
  }
}

/** Does somebody listen to undici's channels who is given bytes as they lie, and may keep them? */
function isWatched(): boolean {
  const { bodyChunkReceived, headers, trailers } = channels;
  return headers.hasSubscribers || trailers.hasSubscribers || bodyChunkReceived.hasSubscribers;
}

/** Does somebody listen who is told of the request itself, and may ask whose it is? */
function isTraced(): boolean {
  const { bodySent, create, error, sendHeaders } = channels;
  return (
    create.hasSubscribers || sendHeaders.hasSubscribers || bodySent.hasSubscribers || error.hasSubscribers
  );
}

/** Writes the head and a body of bytes; `null` for none. `request` is told for undici's channels. */
function writeWhole(request: UndiciRequest, socket: Socket, head: string, bytes: Uint8Array | null): void {
  if (bytes === null) {
    socket.write(head, "latin1");
  } else if (bytes.byteLength <= AT_ONCE_BYTES) {
    // One text, one byte a character: two pieces cost Node more than it costs to put them together.
    const { buffer, byteOffset, byteLength } = bytes;
    socket.write(head + Buffer.from(buffer, byteOffset, byteLength).toString("latin1"), "latin1");
    request.onBodySent(bytes);
  } else {
    socket.cork();
    socket.write(head, "latin1");
    socket.write(bytes);
    socket.uncork();
    request.onBodySent(bytes);
  }
  request.onRequestSent();
}

/** The head with fields that a subscriber of undici's channels added: undici has checked them. */
function withAdded(head: string, fields: readonly string[]): string {
  let lines = "";
  for (let at = 0; at + 1 < fields.length; at += 2) lines += `${fields[at]}: ${fields[at + 1]}\r\n`;
  return `${head.slice(0, -2)}${lines}\r\n`;
}
