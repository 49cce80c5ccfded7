/**
 * AppAdapter: requests go to a function in this process, and not over a network: an app that takes a web `Request` and
 * gives a web `Response`, as Hono's and those of many frameworks do. Cookies, redirects, retries and auth are as always.
 */
import { AsyncResource } from "node:async_hooks";

import { listen, unlisten, type AbortListener } from "../core/abort.ts";
import type { Adapter, SendOptions } from "../core/adapter.ts";
import { lengthOf, type Body, type StreamBody } from "../core/body.ts";
import { mustBe } from "../core/checks.ts";
import { describe } from "../core/describe.ts";
import {
  ChunkedEncodingError,
  ConnectionError,
  InvalidBody,
  InvalidMethod,
  type Phase,
  type RequestException,
} from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { isUint8Array } from "../core/realm.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { Timings, WireResponse } from "../core/response.ts";
import { hasNoContent } from "../core/status.ts";
import { isHttpLike } from "../core/url.ts";
import { reasonOf } from "../connect/failures.ts";
import { discard, NoAnswer, readAnswer, type AppAnswer } from "./app-answer.ts";
import { closed, silence } from "./failures.ts";
import { Incoming, type BodySource } from "./incoming.ts";
import { inform } from "./listeners.ts";
import { timingsOf } from "./timings.ts";
import { WireReply, type Timed } from "./wire-reply.ts";

/** What answers requests. */
export type AppHandler = (request: Request) => Response | Promise<Response>;

/**
 * Sends requests to an app in this process: `session.mount("http://app.test", new AppAdapter(app.fetch))`.
 *
 * Of the timeouts `read` and `total` hold. The app's `request.signal` aborts when nobody waits for its answer any more.
 */
export class AppAdapter implements Adapter {
  readonly #handler: AppHandler;
  readonly #running = new Set<AppTransaction>();
  #isClosed = false;

  /** @throws {TypeError} when `handler` is no function. */
  constructor(handler: AppHandler) {
    if (typeof handler !== "function") throw mustBe("an app", "a function from Request to Response", handler);
    this.#handler = handler;
  }

  /**
   * Calls the app.
   *
   * @throws {ConnectionError} when the app throws, which is then the `cause`, or gives something that is no `Response`, or
   *   one that cannot be read: it says what came.
   */
  async send(
    request: PreparedRequest,
    options: SendOptions,
    signal: AbortSignal | null,
  ): Promise<WireResponse> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw closed().annotate({ request });
    const transaction = new AppTransaction(request, options, signal);
    this.#running.add(transaction);
    transaction.onOver = () => this.#running.delete(transaction);
    return transaction.send(this.#handler);
  }

  /** @internal It is this very process. A child of this class that sends in another way is an adapter of the caller's. */
  readonly isDirect: () => boolean = () => this.send === AppAdapter.prototype.send;

  /** Fails the requests that wait for the app. A body that a caller is streaming is left alone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const transaction of this.#running) transaction.onShutdown(closed());
  }
}

/** One request and its answer: its clock and its abort are here. */
class AppTransaction implements BodySource, Timed, AbortListener {
  readonly request: PreparedRequest;
  readonly callSite: string | null;
  /** The caller's: for what is done at the end, whoever brings that about. */
  readonly context = new AsyncResource("SojournAppTransaction");
  onOver: () => void = ignore;
  readonly #options: SendOptions;
  readonly #signal: AbortSignal | null;
  readonly #began = performance.now();
  #headAt: number | null = null;
  #endedAt: number | null = null;
  /** Tells the app that nobody waits any more. */
  readonly #abort = new AbortController();
  #phase: Phase = "send";
  #timer: NodeJS.Timeout | null = null;
  #incoming: Incoming | null = null;
  #reader: ReadableStreamDefaultReader<unknown> | null = null;
  #isOver = false;
  #isPaused = false;
  #isPumping = false;
  #upload: AsyncGenerator<Uint8Array, void> | null = null;
  #reject: (reason: unknown) => void = ignore;

  constructor(request: PreparedRequest, options: SendOptions, signal: AbortSignal | null) {
    this.request = request;
    this.callSite = options.callSite;
    this.#options = options;
    this.#signal = signal;
  }

  /** Calls the app. Call it once. */
  send(handler: AppHandler): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      listen(this.#signal, this);
      this.#startClock();
      this.#call(handler).then(resolve, (error: unknown) => this.#fail(error, false));
    });
  }

  /** There is nothing but the app to wait for: no connection, and no way. */
  get timings(): Timings {
    const began = this.#began;
    const marks = { began, startedAt: began, sentAt: began, headAt: this.#headAt, endedAt: this.#endedAt };
    return { ...timingsOf(marks, null), queue: null, send: null };
  }

  onAbort(reason: unknown): void {
    this.#fail(reason, true);
  }

  onShutdown(reason: Error): void {
    const isStreamed = this.#options.stream && this.#incoming?.isGathered !== true;
    if (this.#incoming === null || !isStreamed) this.#fail(reason, false);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    void this.#pump();
  }

  onWant(): void {
    this.#startClock();
  }

  onEnough(): void {
    this.#stopClock();
  }

  abandon(): void {
    this.#finish();
    this.#giveUp();
  }

  onTaken(): void {
    this.#finish();
  }

  async #call(handler: AppHandler): Promise<WireResponse> {
    const request = this.#webRequest();
    let answer: unknown;
    try {
      answer = await handler(request);
    } catch (cause) {
      throw this.#broken(`the app threw ${describe(cause)}`, cause);
    }
    if (this.#isOver) {
      discard(answer);
      return await never();
    }
    return this.#reply(answer);
  }

  #webRequest(): Request {
    const { request } = this;
    const { method, payload } = request;
    if (/^(?:connect|trace|track)$/i.test(method)) {
      throw new InvalidMethod(`a web Request cannot have the method ${method}`, { request });
    }
    if (payload !== null && (method === "GET" || method === "HEAD")) {
      throw new InvalidBody(`a web Request of ${method} cannot have a body`, { request });
    }
    const isWeb = isHttpLike(request.url);
    const url = isWeb ? request.parsed.absolute : request.url;
    const body = payload === null ? {} : { body: this.#bodyFor(payload), duplex: "half" as const };
    try {
      const headers = new Headers([...request.headers]);
      if (isWeb && !headers.has("host")) headers.set("host", request.parsed.authority);
      // There is no proxy on this way, and it is for nobody else (RFC 9110 §11.7.2).
      headers.delete("proxy-authorization");
      // Redirects are followed by the session, cookies kept by its jar.
      return new Request(url, { method, headers, signal: this.#abort.signal, redirect: "manual", ...body });
    } catch (cause) {
      throw this.#broken(`no web Request can be made of it: ${reasonOf(cause)}`, cause);
    }
  }

  #bodyFor(body: Body): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
    if (body.kind === "stream") {
      this.#upload = this.#chunksOf(body);
      return ReadableStream.from(this.#upload);
    }
    this.#tell("upload", body.bytes.byteLength, body.bytes.byteLength);
    return new Uint8Array(body.bytes); // a copy: the app may write into it
  }

  /** The caller's body. The clock of silence runs while the app is to take a piece, and not while the caller makes one. */
  async *#chunksOf(body: StreamBody): AsyncGenerator<Uint8Array, void> {
    const announced = lengthOf(body);
    let sent = 0;
    try {
      this.#stopClock();
      for await (const chunk of body.open()) {
        sent += chunk.byteLength;
        if (announced !== null && sent > announced) break;
        this.#tell("upload", sent, announced);
        if (this.#incoming === null) this.#startClock();
        yield chunk;
        if (this.#incoming === null) this.#stopClock();
      }
      if (announced !== null && sent !== announced) {
        const message = `the body is not as long as announced: ${announced} bytes`;
        throw new InvalidBody(message, { request: this.request, phase: "send" });
      }
    } catch (error) {
      // That is the error, and not what the app makes of it.
      this.#fail(error, false);
      throw error;
    }
    if (this.#incoming === null) this.#startClock();
  }

  #reply(answer: unknown): WireReply {
    // All that may fail comes first: from here on it is the reply that fails, and not the call.
    const { status, reason, headers, reader } = this.#read(answer);
    const incoming = new Incoming(this, this.#declaredLength(status, headers));
    this.#phase = "body";
    this.#headAt = performance.now();
    this.#stopClock();
    this.#incoming = incoming;
    this.#reader = reader;
    if (reader === null) this.#end(incoming);
    else void this.#pump();
    return new WireReply({ status, reason, httpVersion: "1.1", fields: [] }, headers, incoming, {
      timed: this,
      isStreamed: this.#options.stream,
      passage: null,
    });
  }

  /** @throws {ConnectionError} that says what came, if that is no response. */
  #read(answer: unknown): AppAnswer {
    try {
      return readAnswer(answer, this.request.method);
    } catch (error) {
      if (error instanceof NoAnswer) throw this.#broken(error.message, error.cause);
      throw error;
    }
  }

  /** Takes pieces from the app until enough are waiting. */
  async #pump(): Promise<void> {
    const [reader, incoming] = [this.#reader, this.#incoming];
    if (reader === null || incoming === null || this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (!this.#isPaused && !this.#isOver) {
        const { done, value } = await reader.read();
        if (this.#isOver) return;
        if (done) {
          this.#end(incoming);
          return;
        }
        this.#take(incoming, value);
      }
    } catch (cause) {
      this.#fail(this.#broken("the app's body broke off", cause), false);
    } finally {
      this.#isPumping = false;
    }
  }

  #take(incoming: Incoming, chunk: unknown): void {
    if (!isUint8Array(chunk)) {
      this.#fail(this.#broken(`the app's body gave ${describe(chunk)}, not bytes`), false);
      return;
    }
    this.#timer?.refresh();
    if (chunk.byteLength === 0) return;
    // A copy: the app may go on using its own, and whoever reads may give the piece away.
    incoming.push(new Uint8Array(chunk));
    this.#tell("download", incoming.received, incoming.declared);
  }

  #end(incoming: Incoming): void {
    const { declared, received } = incoming;
    if (declared !== null && declared !== received) {
      this.#fail(this.#broken("the app's body is not as long as Content-Length says"), false);
      return;
    }
    this.#stopClock();
    this.#endedAt = performance.now();
    const isFree = !this.#options.stream || this.#options.returnsEarly === true;
    if (isFree) this.#finish();
    incoming.end([], isFree);
  }

  /** As `Content-Length` says; `null` when it says nothing, or there is no body (RFC 9112 §6.3). */
  #declaredLength(status: number, headers: HeaderMap): number | null {
    const value = headers.get("content-length");
    if (value === null || hasNoContent(this.request.method, status)) return null;
    if (!/^\d{1,15}$/.test(value)) throw this.#broken("the app's Content-Length is no number");
    return Number(value);
  }

  /** Silence counts from now. The timer keeps the process alive: nothing else may do so while an app thinks. */
  #startClock(): void {
    const { readMs } = this.#options.timeouts;
    if (readMs === null || this.#isOver) return;
    if (this.#timer !== null) this.#timer.refresh();
    else
      this.#timer = setTimeout(() => this.#fail(silence(readMs, this.request, this.#phase), false), readMs);
  }

  #stopClock(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** What a listener throws is the caller's, and ends the transaction as it is. */
  #tell(direction: "upload" | "download", bytes: number, totalBytes: number | null): void {
    const { onProgress } = this.#options;
    if (onProgress !== null)
      inform(onProgress, { direction, bytes, totalBytes }, (error) => this.#fail(error, true));
  }

  #broken(message: string, cause?: unknown): RequestException {
    const { request } = this;
    const phase = this.#incoming === null ? "head" : "body";
    const Kind = phase === "head" ? ConnectionError : ChunkedEncodingError;
    return new Kind(message, { request, phase, ...(cause === undefined ? {} : { cause }) });
  }

  #fail(error: unknown, isAbort: boolean): void {
    if (this.#isOver) return;
    const incoming = this.#incoming;
    this.#finish();
    this.#giveUp();
    if (incoming === null) this.#reject(error);
    else if (isAbort) incoming.abort(error);
    else incoming.fail(error);
  }

  #giveUp(): void {
    this.context.runInAsyncScope(() => {
      this.#abort.abort();
      this.#reader?.cancel().catch(ignore);
    });
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endedAt ??= performance.now();
    this.#stopClock();
    unlisten(this.#signal, this);
    this.context.runInAsyncScope(() => void this.#upload?.return().catch(ignore));
    this.onOver();
  }
}

function never(): Promise<never> {
  return new Promise(ignore);
}

function ignore(): void {
  // Nobody waits for it any more.
}
