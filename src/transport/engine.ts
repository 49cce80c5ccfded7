/**
 * Engine: the only file that knows undici. One connection, one HTTP/1.1 exchange at a time.
 *
 * Of undici it takes the dispatcher core (queue, keep-alive, the llhttp parser) by its files, not by its entry: the entry
 * registers a global dispatcher, which changes the program's own `fetch`, and loads twice as long.
 *
 * A Client is given a socket that is open already and never opens another. It is given requests without headers and body:
 * the head is written here, as it was prepared, since undici refuses some fields (`Expect`) and drops others
 * (`Content-Length: 0` of DELETE). Timeouts are not its business either.
 *
 * May import: `core/`, own folder, undici.
 */
import type { Socket } from "node:net";

import diagnostics from "undici/lib/core/diagnostics.js";
import symbols from "undici/lib/core/symbols.js";
import Client from "undici/lib/dispatcher/client.js";

import type { Opened } from "./connect.ts";
import type { ConnectionFacts } from "./connection-facts.ts";
import type { Connection, Message } from "./connection.ts";
import type { HeadLimits } from "./head-limits.ts";
import type { IntakeReader } from "./intake.ts";
import { ReadClock } from "./read-clock.ts";
import { expectResponse, trailersOf, tuneParser, type TunedParser } from "./response-parser.ts";
import type { Upload } from "./upload.ts";

const kConnect: typeof symbols.kConnect = symbols.kConnect;
const kHTTPContext: typeof symbols.kHTTPContext = symbols.kHTTPContext;
const kKeepAliveTimeoutValue: typeof symbols.kKeepAliveTimeoutValue = symbols.kKeepAliveTimeoutValue;
const kParser: typeof symbols.kParser = symbols.kParser;
const kReset: typeof symbols.kReset = symbols.kReset;
const kResume: typeof symbols.kResume = symbols.kResume;
const kWriting: typeof symbols.kWriting = symbols.kWriting;
const { channels } = diagnostics;

/** The connection ended while nobody used it. Nothing was sent. */
class StaleConnectionError extends Error {
  override readonly name: string = "StaleConnectionError";
}

/** undici writes down what the server hints at in place of this number. */
const KEEP_ALIVE_UNSAID = 2_147_483_647;
const TIMEOUT_KEEP_ALIVE = 8;

/** Bodies up to here are written together with their head. */
const SMALL_BODY_BYTES = 16_384;

/** Connections whose messages go out in the next turn of the event loop. */
let ready: EngineConnection[] = [];

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
  readonly #client: Client;
  readonly #parser: TunedParser;
  readonly #handler = new Handler();
  readonly #request = new Dispatched();
  #isWriting = false;

  constructor(origin: string, { socket, facts, intake }: Opened, limits: HeadLimits) {
    this.socket = socket;
    this.facts = facts;
    socket.on("error", (error: Error) => {
      this.fault ??= error;
    });
    socket.once("close", () => this.clock.end());
    this.#client = new Client(origin, {
      // Without a prototype: what a polluted one has would be options.
      __proto__: null,
      connect: (_options, callback) => {
        if (socket.destroyed) callback(new StaleConnectionError("the connection ended while it was idle"));
        else callback(null, socket);
      },
      pipelining: 1,
      allowH2: false,
      useMilo: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_UNSAID,
      // undici refuses what is as large as it says.
      maxHeaderSize: limits.maxHeaderBytes + 1,
    });
    this.#client[kConnect](() => {});
    const context = this.#client[kHTTPContext];
    if (context === null) throw new StaleConnectionError("the connection ended as soon as it was open");
    context.write = (request) => {
      this.#isWriting = true;
      const isTaken = this.#write(request);
      this.#isWriting = false;
      return isTaken;
    };
    const parser = this.#socket[kParser];
    // Takes off the timer that undici has set for the idle connection.
    parser.setTimeout(0, TIMEOUT_KEEP_ALIVE);
    this.#parser = tuneParser(parser, {
      takeHead: (head) => this.#handler.message?.onHead(head),
      takeInformational: (status, fields) => this.#handler.message?.onInformational(status, fields),
      keepFields: () => channels.headers.hasSubscribers,
      limits,
    });
    intake?.attach(this);
  }

  /** Exchanges that were completed on it. */
  get served(): number {
    return this.#handler.served;
  }

  get isReused(): boolean {
    return this.served > 0;
  }

  /** Can another message be sent when the running one is over? */
  get usable(): boolean {
    const socket = this.#socket;
    return !socket.destroyed && !socket[kReset] && !socket[kWriting] && this.fault === null;
  }

  /** Has any byte of the running message's response come? */
  get heard(): boolean {
    return this.#parser.heard;
  }

  /** How long the server said that it keeps an idle connection, in milliseconds, less a margin; `null` when it did not. */
  get keepAliveHintMs(): number | null {
    const hint = this.#client[kKeepAliveTimeoutValue];
    return hint === KEEP_ALIVE_UNSAID ? null : hint;
  }

  /** Does the parser take nothing now? */
  get isPaused(): boolean {
    return this.#parser.paused;
  }

  /** The socket read `bytes`. Fields of a section that is not whole yet are kept as well as pieces of a body. */
  read(bytes: Uint8Array): boolean {
    const handler = this.#handler;
    handler.isKept = false;
    this.#parser.execute(bytes);
    return (
      handler.isKept ||
      this.#parser.paused ||
      this.#parser.headers.length > 0 ||
      channels.headers.hasSubscribers
    );
  }

  /** Sends a message. Nothing else may be running. */
  send(message: Message): void {
    this.#handler.message = message;
    this.started = false;
    if (this.served === 0) {
      this.dispatch();
      return;
    }
    // What the server sent or did meanwhile is seen first: an answer that nobody asked for must not become this one's
    // (GHSA-35p6-xmwp-9g52 in undici), and nothing is written on a connection that has ended.
    if (ready.push(this) === 1) setImmediate(dispatchReady);
  }

  /** @internal */
  dispatch(): void {
    const { message } = this.#handler;
    if (message === null) return;
    const request = this.#request;
    request.method = message.method;
    request.path = message.target;
    if (this.usable) this.#client.dispatch(request, this.#handler);
    else
      this.#handler.onResponseError(null, new StaleConnectionError("the connection ended while it was idle"));
  }

  /** Stops reading: what is on its way fills the buffers between here and the server. */
  pause(): void {
    this.#handler.controller?.pause();
  }

  /** Reads on. */
  resume(): void {
    if (!this.socket.destroyed) this.#handler.controller?.resume();
  }

  /** Tells the running message that the adapter is closed. */
  shutDown(reason: Error): void {
    this.#handler.message?.onShutdown(reason);
  }

  /** Ends the connection, whatever is running on it. */
  destroy(error: Error): void {
    this.#handler.message = null;
    this.fault ??= error;
    // undici's queue must not change while it hands out a request: what ends in the middle of that ends right after it.
    if (this.#isWriting) {
      queueMicrotask(() => this.destroy(error));
      return;
    }
    this.#client.destroy(error, () => {});
    // A Client that has lost its connection has nothing left to destroy.
    this.socket.destroy();
  }

  get #socket(): Client.ClientSocket {
    return this.socket as Client.ClientSocket; // the Client has taken it over
  }

  /** Takes the place of undici's own writing. */
  #write(request: UndiciRequest): boolean {
    const { message } = this.#handler;
    const socket = this.#socket;
    request.onRequestStart((error) => {
      if (request.aborted || request.completed) return;
      const reason = error ?? new Error("aborted");
      request.onResponseError(reason);
      socket.destroy(reason);
    }, null);
    if (message === null || request.aborted) return false;
    this.started = true;
    expectResponse(this.#parser);
    socket[kReset] = message.isLast;
    message.onStart();
    const head = request.headers.length === 0 ? message.head : withAdded(message.head, request.headers);
    if (channels.sendHeaders.hasSubscribers) channels.sendHeaders.publish({ request, headers: head, socket });
    if (message.upload === null) writeWhole(request, socket, head, message.bytes);
    else this.#writeUpload(request, head, message.upload);
    return true;
  }

  #writeUpload(request: UndiciRequest, head: string, upload: Upload): void {
    const socket = this.#socket;
    socket[kWriting] = true;
    upload.run(socket, { head, isChunked: true }, (complete) => {
      if (!complete) return;
      socket[kWriting] = false;
      request.onRequestSent();
      this.#client[kResume]();
    });
  }
}

/** A request as undici takes it. Everything that it looks for is there: it would take the rest from a polluted prototype. */
class Dispatched {
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
    const { message } = this;
    this.message = null;
    this.served++;
    message?.onEnd(trailersOf(controller.rawTrailers));
  }

  onResponseError(_controller: UndiciController | null, error: Error): void {
    const { message } = this;
    this.message = null;
    message?.onFailure(error);
  }
}

function dispatchReady(): void {
  const now = ready;
  ready = [];
  for (const connection of now) connection.dispatch();
}

function writeWhole(request: UndiciRequest, socket: Socket, head: string, bytes: Uint8Array | null): void {
  if (bytes === null) {
    socket.write(head, "latin1");
  } else if (bytes.byteLength <= SMALL_BODY_BYTES) {
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

/** Fields that a subscriber of undici's channels added: undici has checked them. */
function withAdded(head: string, fields: readonly string[]): string {
  let lines = "";
  for (let at = 0; at + 1 < fields.length; at += 2) lines += `${fields[at]}: ${fields[at + 1]}\r\n`;
  return `${head.slice(0, -2)}${lines}\r\n`;
}
