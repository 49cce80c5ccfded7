/**
 * Lane: what undici's HTTP/1 context takes for its client. undici's own `Client` has a queue, reconnects, and looks after both
 * before and after each request; a connection that carries one request at a time, and is not replaced when it ends, needs none
 * of that. Here is what remains: the fields that the context and its parser ask for, and a queue of one.
 */
import type { Socket } from "node:net";

import symbols from "undici/lib/core/symbols.js";
import connectH1 from "undici/lib/dispatcher/client-h1.js";

const kBodyTimeout: typeof symbols.kBodyTimeout = symbols.kBodyTimeout;
const kClient: typeof symbols.kClient = symbols.kClient;
const kError: typeof symbols.kError = symbols.kError;
const kHTTPContext: typeof symbols.kHTTPContext = symbols.kHTTPContext;
const kKeepAliveDefaultTimeout: typeof symbols.kKeepAliveDefaultTimeout = symbols.kKeepAliveDefaultTimeout;
const kKeepAliveMaxTimeout: typeof symbols.kKeepAliveMaxTimeout = symbols.kKeepAliveMaxTimeout;
const kKeepAliveTimeoutThreshold: typeof symbols.kKeepAliveTimeoutThreshold =
  symbols.kKeepAliveTimeoutThreshold;
const kKeepAliveTimeoutValue: typeof symbols.kKeepAliveTimeoutValue = symbols.kKeepAliveTimeoutValue;
const kMaxHeadersSize: typeof symbols.kMaxHeadersSize = symbols.kMaxHeadersSize;
const kMaxResponseSize: typeof symbols.kMaxResponseSize = symbols.kMaxResponseSize;
const kOnError: typeof symbols.kOnError = symbols.kOnError;
const kParser: typeof symbols.kParser = symbols.kParser;
const kPending: typeof symbols.kPending = symbols.kPending;
const kPendingIdx: typeof symbols.kPendingIdx = symbols.kPendingIdx;
const kPipelining: typeof symbols.kPipelining = symbols.kPipelining;
const kQueue: typeof symbols.kQueue = symbols.kQueue;
const kReset: typeof symbols.kReset = symbols.kReset;
const kResume: typeof symbols.kResume = symbols.kResume;
const kRunning: typeof symbols.kRunning = symbols.kRunning;
const kRunningIdx: typeof symbols.kRunningIdx = symbols.kRunningIdx;
const kSocket: typeof symbols.kSocket = symbols.kSocket;
const kUrl: typeof symbols.kUrl = symbols.kUrl;
const kUseMilo: typeof symbols.kUseMilo = symbols.kUseMilo;
const kWriting: typeof symbols.kWriting = symbols.kWriting;

/** undici writes down what the server hints at in place of this number. */
const KEEP_ALIVE_UNSAID = 2_147_483_647;
/** A hint is taken for a little less, by half of it at most, and not for more than ten minutes, in milliseconds. */
const KEEP_ALIVE_MARGIN = 2000;
const MOST_KEEP_ALIVE = 600_000;

const NOBODY_ASKED = new Error("the connection was ended while it was idle");

/** A client, as far as the context asks. */
class OneRequestClient {
  readonly destroyed = false;
  readonly [kUseMilo] = false;
  readonly [kMaxResponseSize] = -1;
  readonly [kBodyTimeout] = 0;
  readonly [kKeepAliveDefaultTimeout] = KEEP_ALIVE_UNSAID;
  readonly [kKeepAliveMaxTimeout] = MOST_KEEP_ALIVE;
  readonly [kKeepAliveTimeoutThreshold] = 0;
  /** With more than one, the context does not take a turn of the event loop after each message: we take ours before. */
  readonly [kPipelining] = 2;
  readonly [kUrl]: string;
  readonly [kMaxHeadersSize]: number;
  [kKeepAliveTimeoutValue]: number = KEEP_ALIVE_UNSAID;
  /** The running request, and behind it nothing. */
  readonly [kQueue]: (UndiciRequest | null)[] = [null];
  [kRunningIdx] = 1;
  [kPendingIdx] = 1;
  [kSocket]: Socket | null = null;
  [kHTTPContext]: object | null = null;

  constructor(origin: string, maxHeaderBytes: number) {
    this[kUrl] = origin;
    // undici refuses what is as large as it says.
    this[kMaxHeadersSize] = maxHeaderBytes + 1;
  }

  get [kRunning](): number {
    return this[kPendingIdx] - this[kRunningIdx];
  }

  get [kPending](): number {
    return 0;
  }

  /** There is room for the next request: whoever has one will see that. */
  [kResume](): void {
    // Nothing waits here.
  }

  /** The socket reported an error: the running request is told when the connection has ended. */
  [kOnError](): void {
    // No request waits behind it.
  }

  /** What a client tells the world: that it was disconnected, and errors that have nowhere to go. */
  emit(event: string, ...told: readonly unknown[]): void {
    if (event === "error") throw told[0];
  }
}

/** One connection in undici's hands. */
export class Lane {
  /** What undici does when the other side has ended the connection. */
  readonly #onEnd: readonly (() => void)[];
  /** The parser of the connection. */
  readonly parser: UndiciParser;
  readonly #client: OneRequestClient;
  readonly #socket: connectH1.H1Socket;

  /** @throws when the connection has ended already. */
  constructor(origin: string, socket: Socket, maxHeaderBytes: number) {
    this.#client = new OneRequestClient(origin, maxHeaderBytes);
    const before = new Set(socket.listeners("end"));
    this.#client[kHTTPContext] = connectH1(this.#client, socket);
    const added = socket.listeners("end").filter((listener) => !before.has(listener));
    this.#onEnd = added as (() => void)[]; // those of this event are told nothing
    for (const listener of this.#onEnd) socket.off("end", listener);
    this.#socket = socket as connectH1.H1Socket; // the context has put its fields on it
    this.#socket[kClient] = this.#client;
    this.#socket[kError] = null;
    this.parser = this.#socket[kParser];
  }

  /** How long the server said that it keeps an idle connection, in milliseconds, less a margin; `null` when it did not. */
  get keepAliveHintMs(): number | null {
    const hint = this.#client[kKeepAliveTimeoutValue];
    return hint === KEEP_ALIVE_UNSAID ? null : Math.max(hint - KEEP_ALIVE_MARGIN, hint / 2);
  }

  /** Does the connection end with the running request? */
  get isLast(): boolean {
    return this.#socket[kReset];
  }

  set isLast(isLast: boolean) {
    this.#socket[kReset] = isLast;
  }

  /** Is the body of the running request still being sent? A response that is complete before that ends the connection. */
  get isWriting(): boolean {
    return this.#socket[kWriting];
  }

  set isWriting(isWriting: boolean) {
    this.#socket[kWriting] = isWriting;
  }

  /** The other side has ended the connection: so does this one, and a message that is not over fails. */
  hearEnd(): void {
    for (const listener of this.#onEnd) listener.call(this.#socket);
  }

  /** Ends the connection, on which nothing is running. */
  end(): void {
    // undici would make an error, and ask the system for addresses to put into it, for nobody.
    this.#socket[kError] = NOBODY_ASKED;
    this.#socket.destroy();
  }

  /** The next response is for `request`. No other may be running. */
  enter(request: UndiciRequest): void {
    this.#client[kQueue][0] = request;
    this.#client[kRunningIdx] = 0;
    this.#client[kPendingIdx] = 1;
  }
}
