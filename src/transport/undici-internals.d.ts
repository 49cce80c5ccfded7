/**
 * Types of those parts of undici's dispatcher core that `engine.ts` uses. undici types its public entry only.
 *
 * Written against undici 8.12.4; `package.json` holds the version, and `test/transport/engine.test.ts` holds undici to
 * what is said here.
 */

/** A request in a Client's queue. */
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
  /** Bytes of the header section, or of the trailers, so far. */
  headersSize: number;
  setTimeout(delayMs: number, type: number): void;
  trackHeader(bytes: number): void;
  execute(chunk: Uint8Array): void;
  onStatus(text: Uint8Array): number;
  onHeadersComplete(status: number, upgrade: boolean, keepAlive: boolean): number;
  createError(code: number, data: Uint8Array): Error;
}

/** Writes requests of a Client on its connection. */
interface UndiciContext {
  write(request: UndiciRequest): boolean;
}

declare module "undici/lib/core/symbols.js" {
  const symbols: {
    readonly kConnect: unique symbol;
    readonly kHTTPContext: unique symbol;
    readonly kKeepAliveTimeoutValue: unique symbol;
    readonly kParser: unique symbol;
    readonly kReset: unique symbol;
    readonly kResume: unique symbol;
    readonly kWriting: unique symbol;
  };
  export = symbols;
}

declare module "undici/lib/core/diagnostics.js" {
  interface Channel {
    readonly hasSubscribers: boolean;
    publish(message: object): void;
  }
  const diagnostics: { readonly channels: { readonly headers: Channel; readonly sendHeaders: Channel } };
  export = diagnostics;
}

declare module "undici/lib/dispatcher/client.js" {
  import type { Socket } from "node:net";
  import symbols = require("undici/lib/core/symbols.js");

  /** A socket that a Client has taken over. */
  interface ClientSocket extends Socket {
    /** The connection ends with the exchange that is running. */
    [symbols.kReset]: boolean;
    /** A body is being sent: a response that is complete before it ends the connection. */
    [symbols.kWriting]: boolean;
    readonly [symbols.kParser]: UndiciParser;
  }

  interface ClientOptions {
    readonly __proto__: null;
    readonly connect: (options: object, callback: (error: Error | null, socket?: Socket) => void) => void;
    readonly pipelining: number;
    readonly allowH2: false;
    readonly useMilo: false;
    readonly headersTimeout: 0;
    readonly bodyTimeout: 0;
    readonly keepAliveTimeout: number;
    readonly maxHeaderSize: number;
  }

  class Client {
    constructor(origin: string, options: ClientOptions);
    dispatch(request: { readonly method: string; readonly path: string }, handler: UndiciHandler): boolean;
    destroy(error: Error, callback: () => void): void;
    [symbols.kConnect](callback: () => void): void;
    readonly [symbols.kHTTPContext]: UndiciContext | null;
    readonly [symbols.kKeepAliveTimeoutValue]: number;
    readonly [symbols.kResume]: () => void;
  }
  namespace Client {
    export type { ClientSocket };
  }
  export = Client;
}
