/**
 * Types of those parts of undici's dispatcher core that `lane.ts` and `engine.ts` use. undici types its public entry only.
 *
 * Written against undici 8.12.4; `package.json` holds the version, and `test/http1/engine.test.ts` holds undici to
 * what is said here.
 */

/** A request, as undici's HTTP/1 context sees it. */
interface UndiciRequest {
  readonly aborted: boolean;
  readonly completed: boolean;
  /** What a subscriber of `undici:request:create` added: tracing writes its header here. */
  readonly headers: readonly string[];
  onRequestStart(abort: (error?: Error) => void, context: null): void;
  onRequestSent(): void;
  onBodySent(chunk: Uint8Array): void;
  onResponseError(error: Error): void;
}

/** Lets a handler hold back the body. */
interface UndiciController {
  readonly rawTrailers: readonly Uint8Array[] | null;
  pause(): void;
  resume(): void;
}

/** What undici calls while it handles a request. */
interface UndiciHandler {
  onRequestStart(controller: UndiciController): void;
  onResponseStart(controller: UndiciController, status: number): void;
  onResponseData(controller: UndiciController, chunk: Uint8Array): void;
  onResponseEnd(controller: UndiciController): void;
  onResponseError(controller: UndiciController | null, error: Error): void;
}

/** The functions of llhttp, in WebAssembly. */
interface Llhttp {
  llhttp_get_http_major(parser: number): number;
  llhttp_get_http_minor(parser: number): number;
  /** Does the body end with the connection? 0 for no. */
  llhttp_message_needs_eof(parser: number): number;
}

/** undici's parser of responses: one for each connection, its methods called by llhttp. */
interface UndiciParser {
  readonly llhttp: Llhttp;
  readonly ptr: number;
  /** Does it wait for `resume`? */
  readonly paused: boolean;
  readonly socket: { readonly destroyed: boolean; destroy(error: Error): void };
  /** Name, value, name, value ... of the header section, or of the trailers, so far. */
  headers: Uint8Array[];
  /** What the response says; -1 when it does not say. */
  contentLength: number;
  /** Bytes of the body so far. */
  readonly bytesRead: number;
  timeoutType: number | null;
  /** May the connection be used again when the response is whole? */
  shouldKeepAlive: boolean;
  /** Bytes of the header section, or of the trailers, so far. */
  headersSize: number;
  setTimeout(delayMs: number, type: number): void;
  trackHeader(bytes: number): void;
  execute(chunk: Uint8Array): void;
  /** Executes what waits in the socket. */
  readMore(): void;
  onStatus(text: Uint8Array): number;
  onHeadersComplete(status: number, upgrade: boolean, keepAlive: boolean): number;
  onMessageComplete(): number;
  createError(code: number, data: Uint8Array): Error;
}

declare module "undici/lib/core/symbols.js" {
  const symbols: {
    readonly kBodyTimeout: unique symbol;
    readonly kClient: unique symbol;
    readonly kError: unique symbol;
    readonly kHTTPContext: unique symbol;
    readonly kKeepAliveDefaultTimeout: unique symbol;
    readonly kKeepAliveMaxTimeout: unique symbol;
    readonly kKeepAliveTimeoutThreshold: unique symbol;
    readonly kKeepAliveTimeoutValue: unique symbol;
    readonly kMaxHeadersSize: unique symbol;
    readonly kMaxResponseSize: unique symbol;
    readonly kOnError: unique symbol;
    readonly kParser: unique symbol;
    readonly kPending: unique symbol;
    readonly kPendingIdx: unique symbol;
    readonly kPipelining: unique symbol;
    readonly kQueue: unique symbol;
    readonly kReset: unique symbol;
    readonly kResume: unique symbol;
    readonly kRunning: unique symbol;
    readonly kRunningIdx: unique symbol;
    readonly kSocket: unique symbol;
    readonly kUrl: unique symbol;
    readonly kUseMilo: unique symbol;
    readonly kWriting: unique symbol;
  };
  export = symbols;
}

declare module "undici/lib/core/diagnostics.js" {
  interface Channel {
    readonly hasSubscribers: boolean;
    publish(message: object): void;
  }
  const diagnostics: {
    readonly channels: {
      readonly bodyChunkReceived: Channel;
      readonly bodySent: Channel;
      readonly create: Channel;
      readonly error: Channel;
      readonly headers: Channel;
      readonly sendHeaders: Channel;
      readonly trailers: Channel;
    };
  };
  export = diagnostics;
}

declare module "undici/lib/core/request.js" {
  /** The path begins with `/`, or is a whole URL for a proxy. Head and body are not its business here. */
  const Request: new (
    origin: string,
    options: { readonly method: string; readonly path: string },
    handler: UndiciHandler,
  ) => UndiciRequest;
  export = Request;
}

declare module "undici/lib/dispatcher/client-h1.js" {
  import type { Socket } from "node:net";
  import symbols = require("undici/lib/core/symbols.js");

  /** A socket that the context has taken over. */
  interface H1Socket extends Socket {
    /** The connection ends with the message that is running. */
    [symbols.kReset]: boolean;
    /** A body is being sent: a response that is complete before it ends the connection. */
    [symbols.kWriting]: boolean;
    [symbols.kClient]: object;
    [symbols.kError]: Error | null;
    readonly [symbols.kParser]: UndiciParser;
  }

  /** Takes `socket` over: puts its parser on it, and listens. */
  function connectH1(client: object, socket: Socket): object;
  namespace connectH1 {
    export type { H1Socket };
  }
  export = connectH1;
}
