/**
 * Transaction: one message on its way: waits for a connection, sends, resolves with the head, hands on the body, and gives the
 * connection back, once. All its clocks and its abort are here.
 *
 * It is the one object that a request costs beside its body: it is at the same time who applies for a connection, whom the
 * engine talks to, and whom the body talks to.
 *
 * Whatever it calls of the caller's runs in the async context of the call, and so does each sending: by the time of it the
 * code that runs mostly belongs to somebody else (who opened the connection, who gave it back, who was first in the turn).
 */
import { AsyncResource } from "node:async_hooks";

import { listen, unlisten, type AbortListener } from "../core/abort.ts";
import type { SendOptions } from "../core/adapter.ts";
import { isReplayable } from "../core/body.ts";
import { RequestException, type Phase } from "../core/errors.ts";
import { HeaderMap } from "../core/headers.ts";
import { IDEMPOTENCY_KEY, isIdempotent } from "../core/method.ts";
import { isError } from "../core/realm.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { HeaderSection } from "../core/request-head.ts";
import type { Timings, WireHead, WireResponse } from "../core/response.ts";
import { isSuccessStatus } from "../core/status.ts";
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import type { ConnectionListener } from "../connect/connection-log.ts";
import type { Laps } from "../connect/laps.ts";
import type { Connection, Message } from "../connect/connection.ts";
import { CallersError } from "../connect/introduction.ts";
import { silence, translate } from "./failures.ts";
import { declaredLength, Incoming, type BodySource } from "./incoming.ts";
import { inform } from "./listeners.ts";
import { asksBefore, outgoing, type Outgoing } from "./outgoing.ts";
import type { Applicant, Pool } from "./pool.ts";
import { observerOf, type Observed, type Observer } from "./observers.ts";
import { timingsOf, type Marks } from "./timings.ts";
import { isTraced, Trace } from "./trace.ts";
import { bodyOf, type BodyToSend, type Upload, type UploadListener } from "./upload.ts";
import { WireReply, type Passage, type Timed } from "./wire-reply.ts";

/** Where the transaction is. */
type State = "waiting" | "sending" | "headless" | "body" | "over";

/** What an error tells of it. */
const phases: { readonly [At in State]: Phase } = {
  waiting: "connect",
  sending: "send",
  headless: "head",
  body: "body",
  over: "body",
};

/** Which connections a request goes by, with which options, and who may call it back. */
export interface Sending {
  readonly pool: Pool;
  readonly options: SendOptions;
  readonly signal: AbortSignal | null;
  /** Why it is sent, when it is not the first message. Default: `"resend"`. */
  readonly reason?: "auth" | "resend";
}

/** So often a message goes out again that the server did nothing with. */
const MOST_REFUSALS = 5;

/**
 * A body up to here is read by everybody, be it with the head. Of a larger one some servers and proxies leave the rest where
 * it is when they refuse it, and keep the connection open all the same.
 */
const SURELY_READ_BYTES = 16_384;

const NO_BODY: BodyToSend = { bytes: null, upload: null };

/** The context of nobody: of the program itself. */
const NOBODY = new AsyncResource("SojournTransaction");

/** Nobody is told: one for all. */
const NOT_WANTED = new Error("the rest of the response is not wanted");

/** One request and its response. */
export class Transaction
  implements Message, Applicant, BodySource, UploadListener, Passage, Timed, Observed, AbortListener
{
  readonly method: string;
  target: string;
  section: HeaderSection;
  readonly connectMs: number | null;
  readonly turnMs: number | undefined;
  bytes: Uint8Array | null = null;
  upload: Upload | null = null;
  facts: ConnectionFacts | null = null;
  isReused = false;
  laps: Laps | null = null;
  readonly request: PreparedRequest;
  readonly callSite: string | null;
  context: AsyncResource = new AsyncResource("SojournTransaction");
  #outgoing: Outgoing;
  readonly #options: SendOptions;
  readonly #signal: AbortSignal | null;
  readonly #pool: Pool;
  readonly #reason: "auth" | "resend";
  #began = performance.now();
  /** When what happened; 0: it did not. */
  #startedAt = 0;
  #sentAt = 0;
  #headAt = 0;
  #endedAt = 0;
  #connection: Connection | null = null;
  #incoming: Incoming | null = null;
  /** Who hears of this sending; `null` when nobody does, or nothing is left to tell. */
  #observer: Observer | null = null;
  watchesConnections: ConnectionListener | null = null;
  #state: State = "waiting";
  #isResent = false;
  #refusals = 0;
  #isWanted = false;
  #sentBytes = 0;
  /** Does the upload wait for the caller? That is no silence of the server. */
  #awaitsSource = false;
  /** Runs while the body waits for `100 Continue`. */
  #continueTimer: NodeJS.Timeout | null = null;
  #resolve: (response: WireResponse) => void = ignore;
  #reject: (reason: unknown) => void = ignore;

  /** @throws for what must not go on the wire, as {@link outgoing}. */
  constructor(request: PreparedRequest, { pool, options, signal, reason = "resend" }: Sending) {
    const message = outgoing(request, pool.way, pool.sections);
    this.method = request.method;
    this.target = message.target;
    this.section = message.section;
    this.connectMs = options.timeouts.connectMs;
    this.turnMs = options.turnMs;
    this.request = request;
    this.callSite = options.callSite;
    this.#outgoing = message;
    this.#options = options;
    this.#signal = signal;
    this.#pool = pool;
    this.#reason = reason;
  }

  /** Sends the request. Call it once. */
  send(): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (this.#signal !== null) listen(this.#signal, this);
      const now = this.#began;
      if (this.#options.watch != null || isTraced()) {
        this.#beginToTell(this.#reason);
        // A subscriber may have ended it.
        if (this.#isOver) return;
      }
      this.#loadBody();
      this.#obtain(now);
    });
  }

  onAbort(reason: unknown): void {
    this.#fail(reason, true);
  }

  onShutdown(reason: Error): void {
    const isStreamed = this.#options.stream && this.#incoming?.isGathered !== true;
    if (this.#state !== "body" || !isStreamed) this.#fail(this.#translated(reason), false);
  }

  onConnection(connection: Connection): void {
    if (this.#state === "over") {
      this.#pool.release(connection, performance.now());
      return;
    }
    this.#connection = connection;
    connection.send(this);
  }

  onNoConnection(error: Error): void {
    this.#fail(error instanceof CallersError ? error.thrown : this.#translated(error), false);
  }

  onStart(now: number): void {
    this.#state = this.upload === null ? "headless" : "sending";
    this.facts = this.#connection?.facts ?? null;
    this.isReused = this.#connection?.isReused === true;
    this.#startedAt = now;
    if (this.isReused) this.laps = null;
    this.#startClock(now);
    if (this.#observer !== null) this.#tellStart(this.#observer);
    const { expectContinueMs } = this.#options;
    if (expectContinueMs !== null && this.upload !== null && this.#isHeld)
      this.#continueTimer = setTimeout(() => this.#releaseBody(), expectContinueMs);
    if (this.bytes !== null) this.#tellUpload(this.bytes.byteLength);
  }

  onSourceWait(): void {
    this.#awaitsSource = true;
    this.#connection?.clock.stop();
  }

  onBodySent(piece: Uint8Array): void {
    this.#awaitsSource = false;
    if (this.#state !== "body" || this.#isWanted) this.#startClock(performance.now());
    if (this.#observer !== null) this.#observer.onPieceSent(piece);
    this.#tellUpload(piece.byteLength);
  }

  onUploadEnd(): void {
    this.#awaitsSource = false;
    const now = performance.now();
    this.#sentAt = now;
    if (this.#state === "sending") this.#state = "headless";
    if (this.#state !== "body" || this.#isWanted) this.#startClock(now);
    this.#observer?.onSent();
  }

  onUploadFailure(error: unknown): void {
    this.#fail(error instanceof RequestException ? error.annotate({ request: this.request }) : error, false);
  }

  onInformational(status: number, fields: string[]): void {
    const { onInformational } = this.#options;
    if (status === 100 && this.#continueTimer !== null) this.#releaseBody();
    else if (onInformational !== null) {
      const interim = { status, headers: HeaderMap.fromWire(fields) };
      this.#inform(onInformational, interim);
    }
  }

  onHead(head: WireHead): void {
    this.#headAt = this.#connection?.heardAt ?? performance.now();
    if (this.#observer !== null) {
      this.#observer.onHead(head);
      if (this.#isOver) return;
    }
    this.#state = "body";
    this.#connection?.clock.stop();
    if (this.bytes !== null || this.upload !== null) this.#meetAnswer(head.status);
    const headers = HeaderMap.fromWire(head.fields);
    this.#incoming = new Incoming(this, declaredLength(this.method, head.status, headers));
    const resolve = this.#resolve;
    // The promise holds the response: who forgets the response must not be kept from it by the connection.
    this.#resolve = ignore;
    this.#reject = ignore;
    const more = { timed: this, isStreamed: this.#options.stream, passage: this };
    resolve(new WireReply(head, headers, this.#incoming, more));
  }

  /**
   * The final answer to a message with a body, of which some may still have to go out. A success says nothing of that: the
   * rest is sent (what is stored must be whole). Anybody else does not want it, and may not read what is on its way either:
   * the connection is not used again (RFC 9112 §9.5), though the system took every byte of it.
   */
  #meetAnswer(status: number): void {
    const connection = this.#connection;
    if (isSuccessStatus(status) && this.#continueTimer === null) {
      if (connection?.isSending === true) connection.goOn();
      return;
    }
    if (this.upload !== null) this.#stopUpload(this.upload);
    if (this.#sentBytes > SURELY_READ_BYTES) connection?.retire();
  }

  onData(chunk: Uint8Array): boolean {
    const connection = this.#connection;
    if (this.#isWanted) connection?.clock.touch(connection.heardAt);
    const incoming = this.#incoming;
    if (incoming === null) return false;
    if (this.#observer !== null) this.#observer.onPiece(chunk);
    const isKept = incoming.push(chunk);
    if (this.#options.onProgress !== null) this.#tell("download", incoming.received, incoming.declared);
    return isKept;
  }

  onEnd(trailers: string[]): void {
    // A reset is not the end of a body that runs until the connection ends.
    const connection = this.#connection;
    const now = connection === null ? performance.now() : connection.heardAt;
    // The response may have come whole long before the request had gone out.
    this.#endedAt = Math.max(now, this.#sentAt);
    const problem = connection?.fault ?? this.#incoming?.lengthProblem ?? null;
    if (problem !== null) {
      this.#fail(this.#translated(problem), false);
      return;
    }
    if (this.upload !== null) this.#stopUpload(this.upload);
    if (this.#observer !== null) {
      this.#takeObserver()?.onEnd(trailers);
      if (this.#isOver) return;
    }
    // A streamed body keeps its connection until it has been read: closed unread, it costs the connection (PARITY STR-2).
    const isFree = !this.#options.stream || this.#options.returnsEarly === true;
    if (isFree) this.#finish(now);
    else connection?.clock.stop();
    this.#incoming?.end(trailers, isFree);
  }

  onFailure(error: Error): void {
    if (this.#state === "over") return;
    const connection = this.#connection;
    if (connection === null || this.#state === "body" || !this.#goOn(connection, error))
      this.#fail(this.#translated(error), false);
  }

  /** Does a message go on elsewhere of which no answer has begun? */
  #goOn({ served, isReused, isRefused, started, heard }: Connection, error: Error): boolean {
    const { method, headers, payload } = this.request;
    // Nothing was written: the connection had ended while it was idle. That is no failure of this request.
    if (!started && isReused) {
      this.#obtain(performance.now());
      return true;
    }
    if (!isReplayable(payload)) return false;
    // The server said that it did nothing with it (RFC 9113 §8.7).
    if (isRefused) {
      if (++this.#refusals > MOST_REFUSALS) return false;
      this.#resend(error);
      return true;
    }
    // The one safe resend (PARITY ADP-8): the server may have ended the connection before it saw the request.
    const isSafe = isIdempotent(method) || headers.has(IDEMPOTENCY_KEY);
    if (served === 0 || heard || this.#isResent || !isSafe) return false;
    this.#isResent = true;
    this.#resend(error);
    return true;
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  onWant(): void {
    this.#isWanted = true;
    this.#startClock(performance.now());
  }

  onEnough(): void {
    this.#isWanted = false;
    this.#connection?.clock.stop();
  }

  abandon(reason: unknown): void {
    const observer = this.#takeObserver();
    this.#connection?.destroy(NOT_WANTED);
    this.#finish();
    observer?.onFailure(reason);
  }

  onTaken(): void {
    this.#finish();
  }

  #obtain(now: number): void {
    this.#connection = null;
    this.#state = "waiting";
    const connection = this.#pool.take(now);
    if (connection === null) this.#pool.apply(this);
    else this.onConnection(connection);
  }

  /** @param error why it has to be sent again. */
  #resend(error: Error): void {
    const observer = this.#takeObserver();
    const reason = observer === null ? null : this.#translated(error);
    this.#connection = null;
    this.#state = "waiting";
    this.#sentBytes = 0;
    this.#awaitsSource = false;
    this.#stopContinueTimer();
    if (this.upload !== null) this.#stopUpload(this.upload);
    if (observer !== null) {
      this.#endedAt = performance.now();
      observer.onFailure(reason);
      // What it was given is of the other trace.
      this.#use(outgoing(this.request, this.#pool.way, this.#pool.sections));
    }
    this.#restart();
    if (this.#options.watch != null || isTraced()) {
      this.#beginToTell("resend");
      // A subscriber may have ended it.
      if (this.#isOver) return;
    }
    this.#loadBody();
    this.#pool.apply(this);
  }

  /** Nothing happened yet. */
  #restart(): void {
    this.#began = performance.now();
    this.#startedAt = 0;
    this.#sentAt = 0;
    this.#endedAt = 0;
    this.facts = null;
    this.laps = null;
  }

  /** Those who observe hear of a sending, give it fields of theirs, and may end it. */
  #beginToTell(reason: "auth" | "resend"): void {
    const call = this.#options.watch;
    // What is sent again is told of in an event of a connection.
    const watch = call == null ? null : this.context.runInAsyncScope(() => call.take(this.request, reason));
    this.watchesConnections = watch?.onConnection ?? null;
    // What went before, in an adapter around this one or in a listener, is time of the message, too.
    if (watch !== null) this.#began = watch.began;
    const within = watch?.tellWithin ?? null;
    const trace = isTraced() ? new Trace(watch?.request ?? this.request, this.context, within) : null;
    this.#observer = observerOf(this, trace, watch);
    const request = this.#observer?.begin() ?? this.request;
    if (request !== this.request) this.#use(outgoing(request, this.#pool.way, this.#pool.sections));
  }

  #tellStart(observer: Observer): void {
    const connection = this.#connection;
    if (connection !== null) observer.onSend(this, connection);
    if (this.upload !== null) return;
    // It goes out in one piece.
    if (this.bytes !== null) observer.onPieceSent(this.bytes);
    observer.onSent();
  }

  /** To be told its end, and nothing else. */
  #takeObserver(): Observer | null {
    const observer = this.#observer;
    this.#observer = null;
    return observer;
  }

  get timings(): Timings {
    return timingsOf(this.marks, this.laps);
  }

  get marks(): Marks {
    return {
      began: this.#began,
      startedAt: this.#startedAt || null,
      // What goes out in one piece is sent as soon as it has begun.
      sentAt: (this.upload === null ? this.#startedAt : this.#sentAt) || null,
      headAt: this.#headAt || null,
      endedAt: this.#endedAt || null,
    };
  }

  get #isOver(): boolean {
    return this.#state === "over";
  }

  /** This is what goes out. */
  #use(message: Outgoing): void {
    this.target = message.target;
    this.section = message.section;
    this.#outgoing = message;
  }

  #loadBody(): void {
    const { body, section } = this.#outgoing;
    const { bytes, upload } = body === null ? NO_BODY : bodyOf(body, section.framing, this.#isHeld, this);
    this.bytes = bytes;
    this.upload = upload;
  }

  /** Does the body wait for `100 Continue`? */
  get #isHeld(): boolean {
    return this.#options.expectContinueMs !== null && asksBefore(this.request);
  }

  #releaseBody(): void {
    if (this.#continueTimer === null) return;
    this.#stopContinueTimer();
    this.upload?.release();
  }

  #stopContinueTimer(): void {
    if (this.#continueTimer !== null) clearTimeout(this.#continueTimer);
    this.#continueTimer = null;
  }

  #startClock(now: number): void {
    if (this.#awaitsSource) return;
    const { readMs } = this.#options.timeouts;
    this.#connection?.clock.start(readMs, now, this);
  }

  /** Nothing came for too long. */
  onSilence(limitMs: number): void {
    this.#fail(silence(limitMs, this.request, phases[this.#state]), false);
  }

  #translated(error: Error): RequestException {
    return translate(error, {
      request: this.request,
      phase: phases[this.#state],
      isForwarded: this.#pool.way.isForwarded,
      proxies: this.#options.proxies,
      body: this.#incoming,
      isUnanswered: this.#connection?.served === 0 && !this.#connection.heard,
    });
  }

  #tellUpload(bytes: number): void {
    this.#sentBytes += bytes;
    const { framing } = this.section;
    this.#tell("upload", this.#sentBytes, typeof framing === "number" ? framing : null);
  }

  #tell(direction: "upload" | "download", bytes: number, totalBytes: number | null): void {
    const { onProgress } = this.#options;
    if (onProgress !== null) this.#inform(onProgress, { direction, bytes, totalBytes });
  }

  #inform<Told>(listener: (told: Told) => void, told: Told): void {
    const fail = (error: unknown): void => this.#fail(error, true);
    this.context.runInAsyncScope(() => inform(listener, told, fail));
  }

  /** The caller's iterable may close its file now. */
  #stopUpload(upload: Upload): void {
    this.context.runInAsyncScope(() => upload.stop());
  }

  /** Ends the transaction and its connection. An abort takes back what was not read yet. */
  #fail(error: unknown, isAbort: boolean): void {
    if (this.#state === "over") return;
    const connection = this.#connection;
    const incoming = this.#incoming;
    const observer = this.#takeObserver();
    if (connection === null) this.#pool.withdraw(this);
    else connection.destroy(isError(error) ? error : new Error("aborted"));
    this.#finish();
    observer?.onFailure(error);
    if (incoming === null) this.#reject(error);
    else if (isAbort) incoming.abort(error);
    else incoming.fail(error);
  }

  /** Gives the connection back, once. */
  #finish(now: number = performance.now()): void {
    if (this.#state === "over") return;
    this.#state = "over";
    if (this.#endedAt === 0) this.#endedAt = now;
    if (this.#signal !== null) unlisten(this.#signal, this);
    if (this.upload !== null) this.#stopUpload(this.upload);
    // Who keeps the response keeps this: not what the caller's context holds with it.
    this.context = NOBODY;
    if (this.#continueTimer !== null) this.#stopContinueTimer();
    const connection = this.#connection;
    this.#connection = null;
    if (connection === null) return;
    connection.clock.stop();
    this.#pool.release(connection, now);
  }
}

function ignore(): void {
  // Nobody waits for the head: not yet, or not any more.
}
