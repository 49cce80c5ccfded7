/**
 * One HTTP/1.1 connection, one message at a time (RFC 9112 §9): writes the message, feeds the parser what the socket reads, and
 * tells the message what came of it. What the bytes mean is the parser's business; when to give up, the transaction's.
 */
import type { Socket } from "node:net";

import { isError } from "../core/realm.ts";
import type { WireHead } from "../core/response.ts";
import type { ResponseLimits } from "../core/response-limits.ts";
import type { Opened } from "../connect/connect.ts";
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import type { BodySink, BodyWriter, Connection, Message } from "../connect/connection.ts";
import { ConnectionEnded, UnsentBody } from "../connect/failures.ts";
import { protocolHint } from "../connect/hints.ts";
import type { IntakeReader } from "../connect/intake.ts";
import { ReadClock } from "../connect/read-clock.ts";
import { dispatchAfterPoll, unrefLater } from "../connect/turns.ts";
import type { HeadWriter } from "../http1/request-writer.ts";
import { ResponseParser, type ResponseListener } from "../http1/response-parser.ts";
import { ResponseSyntaxError } from "../http1/syntax-error.ts";
import { Http1Sink } from "./http1-sink.ts";
import { hearLastWords } from "./last-words.ts";

/** A body up to here is given to the system in one piece with its head, and the system takes it. */
const AT_ONCE_BYTES = 16_384;

/** A hint is taken for a little less, by half of it at most, and not for more than ten minutes, in milliseconds. */
const KEEP_ALIVE_MARGIN_MS = 2000;
const MOST_KEEP_ALIVE_MS = 600_000;

/** A connection, open from the beginning to its end. */
export class Http1Connection implements Connection, IntakeReader, ResponseListener {
  readonly socket: Socket;
  readonly httpVersion = "1.1";
  readonly facts: ConnectionFacts;
  /** Watches over the running message. */
  readonly clock: ReadClock = new ReadClock();
  /** When it is not to be used any more if it stays idle, in milliseconds of the monotonic clock. Kept by the pool. */
  idleUntil = 0;
  /** What the socket reported first: a reset is not the end of a body. */
  fault: Error | null = null;
  /** HTTP/1.1 has no way to say so. */
  readonly isRefused: boolean = false;
  /** Has the running message been written, at least in part? */
  started = false;
  /** Messages that were completed on it. */
  served = 0;
  /** Has any byte of the running message's response come? */
  heard = false;
  /** When the socket was read last. */
  heardAt = 0;
  readonly #heads: HeadWriter;
  readonly #parser: ResponseParser;
  #message: Message | null = null;
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
  /** No other message is sent on it. */
  #isRetired = false;
  /** Is the parser at work, and does somebody keep what it was fed? */
  #isReading = false;
  #isKept = false;

  /**
   * @param heads of all connections that lead the same way.
   * @throws when the connection has ended already.
   */
  constructor({ socket, facts, intake }: Opened, limits: ResponseLimits, heads: HeadWriter) {
    if (socket.destroyed) throw new ConnectionEnded();
    this.socket = socket;
    this.facts = facts;
    this.#heads = heads;
    this.#parser = new ResponseParser(this, limits);
    socket.on("error", (error: Error) => {
      this.fault ??= error;
      // Node leaves a connection open on which TLS has failed behind the handshake.
      if (!socket.destroyed) socket.destroy(error);
    });
    socket.on("readable", () => this.#readRest());
    socket.on("end", () => this.#hearEnd());
    socket.once("close", () => {
      this.clock.end();
      // Most of them end when nobody waits: an error has a stack, and that is a large part of what a connection costs here.
      if (this.#message !== null) this.#fail(new ConnectionEnded());
    });
    hearLastWords(socket, () => this.#readRest());
    intake?.attach(this);
    unrefLater(this);
  }

  get isReused(): boolean {
    return this.served > 0;
  }

  /** Can another message be sent when the running one is over? */
  get usable(): boolean {
    return !this.#isRetired && !this.#isUploading && this.fault === null && !this.socket.destroyed;
  }

  get isSending(): boolean {
    // A small body is out: over TLS the socket hears of that later than of the answer.
    return this.#isUploading || (this.#isLarge && this.socket.writableLength > 0);
  }

  /** How long the server said that it keeps an idle connection, in milliseconds, less a margin; `null` when it did not. */
  get keepAliveHintMs(): number | null {
    const seconds = this.#parser.ending.keepAliveSeconds;
    if (seconds === null) return null;
    const hintMs = 1000 * seconds;
    return Math.min(Math.max(hintMs - KEEP_ALIVE_MARGIN_MS, hintMs / 2), MOST_KEEP_ALIVE_MS);
  }

  /** Does the parser take nothing now? */
  get isPaused(): boolean {
    return this.#parser.isPaused;
  }

  /** Does no message wait for bytes? */
  get isIdle(): boolean {
    return this.#message === null;
  }

  /** Sends a message. Nothing else may be running. */
  send(message: Message): void {
    this.#message = message;
    this.started = false;
    // Before the first message nothing can have come that has to be seen first.
    if (this.served === 0) this.dispatch(performance.now());
    else dispatchAfterPoll(this);
  }

  /** @internal */
  dispatch(now: number): void {
    const message = this.#message;
    if (message === null) return;
    // What came unasked ends the connection.
    this.#readRest();
    if (!this.usable) {
      this.#fail(new ConnectionEnded("the connection ended while it was idle"));
      return;
    }
    if (!this.#hasRef) this.#ref();
    // Those that leave in one turn were asked for by many: the body of each is made for its own caller.
    if (message.upload !== null) message.context.runInAsyncScope(() => this.#write(message, now));
    else this.#write(message, now);
  }

  #write(message: Message, now: number): void {
    const { socket } = this;
    const { bytes, upload, section } = message;
    this.started = true;
    this.heard = false;
    this.#goesOn = false;
    this.#isLarge = upload !== null || (bytes !== null && bytes.byteLength > AT_ONCE_BYTES);
    if (section.isLast) this.retire();
    this.#parser.expect(message.method);
    message.onStart(now);
    // Who is told of the start may end it all.
    if (socket.destroyed) return;
    const head = this.#heads.textOf(message);
    if (upload === null) writeWhole(socket, head, bytes);
    else this.#writeUpload(new Http1Sink(socket, head, section.framing === "chunked"), upload);
  }

  #writeUpload(sink: BodySink, upload: BodyWriter): void {
    this.#isUploading = true;
    upload.write(sink, (complete) => {
      if (!complete) return;
      this.#isUploading = false;
      if (this.#pending !== null) this.#flush();
    });
  }

  /** The socket read `bytes`. Is a part of their memory kept? */
  read(bytes: Buffer): boolean {
    this.heard = true;
    // Once for all that is told of this read.
    this.heardAt = performance.now();
    this.#isKept = false;
    this.#isReading = true;
    try {
      const taken = this.#parser.feed(bytes);
      if (taken < bytes.byteLength) this.#leave(bytes.subarray(taken));
    } catch (error) {
      this.#refuse(error, bytes);
    } finally {
      this.#isReading = false;
    }
    return this.#isKept;
  }

  /** What the parser did not take: it is paused, or nobody asked for it. */
  #leave(rest: Buffer): void {
    if (this.socket.destroyed) return;
    if (this.#parser.isPaused) {
      this.#isKept = true;
      this.socket.unshift(rest);
      return;
    }
    this.retire();
    if (this.#pending === null) this.socket.destroy();
  }

  /** What came is no response. */
  #refuse(thrown: unknown, bytes: Buffer): void {
    const error = isError(thrown) ? thrown : new Error(String(thrown));
    if (error instanceof ResponseSyntaxError && error.kind === "protocol")
      error.message += protocolHint(bytes);
    this.fault ??= error;
    this.#fail(error);
    this.socket.destroy();
  }

  /** Takes what waits in the socket. */
  #readRest(): void {
    while (!this.#parser.isPaused) {
      const bytes = this.socket.read() as Buffer | null; // no encoding is set
      if (bytes === null) return;
      this.read(bytes);
    }
  }

  onInformational(status: number, fields: string[]): void {
    this.#message?.onInformational(status, fields);
  }

  onHead(head: WireHead): void {
    this.#message?.onHead(head);
  }

  onData(piece: Uint8Array): void {
    if (this.#message?.onData(piece) === true) this.#isKept = true;
  }

  /** The response is whole. */
  onEnd(trailers: string[]): void {
    this.served++;
    if (!this.#parser.ending.canFollow) this.retire();
    const isSending = this.isSending;
    if (isSending && this.#goesOn) {
      this.#pending = trailers;
      if (!this.#isUploading) this.#flush();
      return;
    }
    // No other message may go out behind what nobody takes.
    if (isSending) this.retire();
    this.#end(trailers);
  }

  /** The message is over: it is out, and its response is whole. */
  #end(trailers: string[]): void {
    const message = this.#message;
    this.#message = null;
    unrefLater(this);
    message?.onEnd(trailers);
    if (this.#isRetired) this.socket.destroy();
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
    this.#end(trailers);
  }

  /** The other side has ended its half: nothing more can be answered. */
  #hearEnd(): void {
    this.retire();
    this.#readEnd();
    const upload = this.#message?.upload ?? null;
    const isOut = !this.#isUploading || upload?.isHandedOver === true;
    // A whole answer is there, and all of the message was written: Node ends this side when that is out, and not before.
    if (this.#pending === null || !isOut) this.socket.destroy();
    else if (this.socket.writableLength === 0) this.#endHeld();
    else this.socket.once("finish", () => this.#endHeld());
  }

  /** A body that runs until the end is whole. */
  #readEnd(): void {
    this.heardAt = performance.now();
    try {
      this.#parser.eof();
    } catch {
      // What is missing is told by the end of the socket.
    }
  }

  /** There will be no response to the running message, or no more of it. What happened first is the cause. */
  #fail(error: Error): void {
    const message = this.#message;
    const isAnswered = this.#pending !== null;
    this.#message = null;
    this.#pending = null;
    message?.onFailure(isAnswered ? new UnsentBody(this.fault) : (this.fault ?? error));
  }

  /** @internal Nobody uses it: the process may end. */
  unrefIfIdle(): void {
    if (this.#message !== null || !this.#hasRef) return;
    this.#hasRef = false;
    this.socket.unref();
  }

  #ref(): void {
    this.#hasRef = true;
    this.socket.ref();
  }

  pause(): void {
    this.#parser.pause();
  }

  resume(): void {
    this.#parser.resume();
    // In the middle of a read the parser goes on by itself.
    if (!this.#isReading && !this.socket.destroyed) this.#readRest();
  }

  goOn(): void {
    this.#goesOn = true;
  }

  retire(): void {
    this.#isRetired = true;
  }

  shutDown(reason: Error): void {
    this.#message?.onShutdown(reason);
  }

  /** Ends the connection, on which nothing is running. Resolves when it is gone. */
  async end(): Promise<void> {
    if (this.socket.closed) return;
    const closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.destroy();
    await closed;
  }

  /** Ends the connection, whatever is running on it. */
  destroy(error: Error): void {
    this.#message = null;
    this.#pending = null;
    this.fault ??= error;
    this.#parser.pause();
    this.socket.destroy();
  }
}

/** Writes the head and a body of bytes; `null` for none. */
function writeWhole(socket: Socket, head: string, bytes: Uint8Array | null): void {
  if (bytes === null) {
    socket.write(head, "latin1");
  } else if (bytes.byteLength <= AT_ONCE_BYTES) {
    // One text, one byte a character: two pieces cost Node more than it costs to put them together.
    const { buffer, byteOffset, byteLength } = bytes;
    socket.write(head + Buffer.from(buffer, byteOffset, byteLength).toString("latin1"), "latin1");
  } else {
    socket.cork();
    socket.write(head, "latin1");
    socket.write(bytes);
    socket.uncork();
  }
}
