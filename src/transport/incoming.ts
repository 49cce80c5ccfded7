/**
 * The body of a response, from the wire to whoever wants it: collected, streamed, drained or given up. Of one that was to be
 * streamed, and that nobody read, closed or kept, it warns.
 *
 * It holds what has come and was not taken yet, and asks for a pause when that is too much. It knows no connection: the
 * transaction does, and listens.
 */
import type { AsyncResource } from "node:async_hooks";
import process from "node:process";

import {
  ConnectionError,
  ResponseTooLarge,
  StreamConsumedError,
  type FailedRequest,
} from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { Memo } from "../core/memo.ts";
import { bareUrl } from "../core/redact.ts";
import { hasNoContent } from "../core/status.ts";
import { ByteQueue } from "./byte-queue.ts";

/** Who brings the bytes. */
export interface BodySource {
  /** For errors and warnings. */
  readonly request: FailedRequest;
  /** Where the request was made: lines of a stack; `null` when it is not known. */
  readonly callSite: string | null;
  /** The caller's: a warning is given in it. */
  readonly context: AsyncResource;
  /** Enough is waiting: bring no more for now. */
  pause(): void;
  resume(): void;
  /** Somebody waits for the next bytes: silence counts from now. */
  onWant(): void;
  /** Nobody waits: silence means nothing. */
  onEnough(): void;
  /** Nobody wants the rest. @param reason what who waited for it gets; `null`: nobody waited. */
  abandon(reason: unknown): void;
  /** All of it has come, and was taken. */
  onTaken(): void;
}

/** So many bytes may wait to be taken. */
const HIGH_WATER_BYTES = 262_144;

/** A loop warns once. */
const warned = new Memo<string, true>(1000);

const END: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };

/** A streamed body that nobody holds any more can never be read: its connection ends. */
const forgotten = new FinalizationRegistry<Incoming>((incoming) => incoming.forget());

/** What is done with the bytes. */
type Mode = "undecided" | "collecting" | "streaming" | "draining" | "dropped";

/** The bytes of one response, in order. */
export class Incoming {
  /** Bytes that have come. */
  received = 0;
  /** Fields after the body, flat; filled when it is over. */
  trailers: string[] = [];
  readonly #source: BodySource;
  /** What the response announced, in bytes; `null` for nothing. */
  readonly declared: number | null;
  readonly #queue = new ByteQueue();
  #mode: Mode = "undecided";
  #isPaused = false;
  #isOver = false;
  #isFree = false;
  #isDispensable = false;
  #failure: { readonly error: unknown } | null = null;
  #limit = Number.POSITIVE_INFINITY;
  #wake: (() => void) | null = null;

  constructor(source: BodySource, declared: number | null) {
    this.#source = source;
    this.declared = declared;
  }

  /** Does somebody wait for all of it at once, and not for its pieces? */
  get isGathered(): boolean {
    return this.#mode === "collecting" || this.#mode === "draining";
  }

  /** Has all of it come? */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Why what has come cannot be all; `null` when it can. */
  get lengthProblem(): Error | null {
    const { declared, received } = this;
    if (declared === null || declared === received) return null;
    return new Error(`${received} bytes came, and Content-Length says ${declared}`);
  }

  /** Its consumer's end, of a body that is streamed: when nobody holds that any more, nobody will read. */
  watch(end: object): void {
    forgotten.register(end, this, this);
  }

  /** Bytes came. Is `chunk` kept? */
  push(chunk: Uint8Array): boolean {
    this.received += chunk.byteLength;
    if (this.#mode === "dropped") return false;
    if (this.received > this.#limit) {
      this.#exceed();
      return false;
    }
    if (this.#mode === "draining") return false;
    const isKept = this.#queue.push(chunk, this.#mode === "streaming");
    if (this.#mode === "collecting") return isKept;
    if (this.#wake !== null) this.#signal();
    if (this.#queue.size > HIGH_WATER_BYTES && !this.#isPaused) {
      this.#isPaused = true;
      this.#source.pause();
    }
    return isKept;
  }

  /** The last byte has come. @param isFree it holds no connection any more, whatever becomes of what has come. */
  end(trailers: string[], isFree: boolean = false): void {
    this.#isOver = true;
    this.#isFree = isFree;
    this.trailers = trailers;
    if (this.#queue.size === 0) this.#source.onTaken();
    if (this.#wake !== null) this.#signal();
  }

  /** No more will come, and what came is not all. A stream still gives what came. */
  fail(error: unknown): void {
    if (this.#isOver || this.#failure !== null) return;
    this.#setFailure(error);
    // Who streams it may begin only now.
    if (this.#mode !== "streaming" && this.#mode !== "undecided") this.#queue.clear();
    this.#signal();
  }

  /** The caller gave up: nothing is given any more. */
  abort(reason: unknown): void {
    if (this.#failure === null) this.#setFailure(reason);
    this.#queue.clear();
    this.#signal();
  }

  /** See `WireBody.collect`. */
  collect(maxBytes: number | null, isDispensable: boolean): Uint8Array | Promise<Uint8Array> {
    if (this.#mode !== "undecided") return Promise.reject(this.#consumed());
    this.#mode = "collecting";
    this.#isDispensable = isDispensable;
    if (maxBytes !== null) this.#limit = maxBytes;
    const expected = Math.max(this.received, this.#isOver ? 0 : (this.declared ?? 0));
    if (expected > this.#limit) this.#exceed();
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    if (this.#isOver) return this.#takeAll();
    this.#queue.gather(expected);
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (this.#failure === null) resolve(this.#takeAll());
        else reject(this.#failure.error);
      };
      this.#want();
    });
  }

  /** Begins to stream: {@link next} gives the pieces. @throws {StreamConsumedError} when the body was asked for before. */
  stream(): void {
    if (this.#mode !== "undecided") throw this.#consumed();
    this.#mode = "streaming";
  }

  /** The next piece, or the end. What came before a failure is given before it. To be called again when it has settled. */
  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const value = this.#take();
    if (value !== null) return Promise.resolve({ done: false, value });
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    if (this.#isOver || this.#mode === "dropped") return Promise.resolve(END);
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.#source.onEnough();
        const next = this.#take();
        if (next !== null) resolve({ done: false, value: next });
        else if (this.#failure === null) resolve(END);
        else reject(this.#failure.error);
      };
      this.#want();
    });
  }

  /** See `WireBody.drain`. */
  drain(maxBytes: number): void | Promise<void> {
    if (this.#mode === "collecting" || this.#mode === "dropped" || this.#failure !== null) return;
    this.#mode = "draining";
    this.#limit = maxBytes;
    this.#queue.clear();
    if (this.#isOver) {
      this.#source.onTaken();
      return;
    }
    if (Math.max(this.received, this.declared ?? 0) > maxBytes) {
      this.drop();
      return;
    }
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#want();
    });
  }

  /** Nothing more is wanted. @param isGivenUp is that no failure of the message, though whoever waits for it gets one? */
  drop(isGivenUp: boolean = false): void {
    if (this.#mode === "dropped") return;
    const isTaken = this.#isOver && this.#queue.size === 0;
    if (this.#mode === "collecting" && !this.#isOver) {
      const message = "the response was closed while its body was read";
      const { request } = this.#source;
      if (this.#failure === null) this.#setFailure(new ConnectionError(message, { request, phase: "body" }));
    }
    this.#mode = "dropped";
    this.#queue.clear();
    if (!isTaken) this.#source.abandon(isGivenUp ? null : (this.#failure?.error ?? null));
    this.#signal();
  }

  /** Nobody holds the consumer's end any more. Who waits for the rest holds this. */
  forget(): void {
    if (this.#wake !== null) return;
    const isWanted = this.#mode === "undecided" || this.#mode === "streaming";
    const isTaken = this.#isOver && this.#queue.size === 0;
    if (isWanted && !isTaken && !this.#isFree && this.#failure === null) warnUnread(this.#source);
    this.drop();
  }

  /** The error may hold the response, and so what is watched: the registry would keep both for ever. */
  #setFailure(error: unknown): void {
    this.#failure = { error };
    forgotten.unregister(this);
  }

  #exceed(): void {
    if (this.#mode === "collecting") {
      const limitBytes = this.#limit;
      const { request } = this.#source;
      const foundBytes = Math.max(this.received, this.declared ?? 0);
      const details = { request, phase: "body", limitBytes, foundBytes } as const;
      this.#setFailure(
        new ResponseTooLarge(`the body has more than ${limitBytes} bytes (maxBodyBytes)`, details),
      );
    }
    this.drop(this.#isDispensable);
  }

  #take(): Uint8Array | null {
    const chunk = this.#queue.shift();
    if (chunk !== null && this.#isOver && this.#queue.size === 0) this.#source.onTaken();
    return chunk;
  }

  #takeAll(): Uint8Array {
    const holds = this.#queue.size > 0 && !this.#isFree;
    const all = this.#queue.takeAll();
    if (holds) this.#source.onTaken();
    return all;
  }

  #want(): void {
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#source.resume();
    }
    // Reading on may have brought the rest already.
    if (this.#wake !== null) this.#source.onWant();
  }

  #consumed(): StreamConsumedError {
    return new StreamConsumedError("the body was consumed before", {
      request: this.#source.request,
      phase: "body",
    });
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

/** What a response says of its body's length, in bytes; `null` when it says nothing, or has none (RFC 9112 §6.3). */
export function declaredLength(method: string, status: number, headers: HeaderMap): number | null {
  if (hasNoContent(method, status)) return null;
  const value = headers.get("content-length");
  // The same number may be there more than once.
  return value === null ? null : Number(value.split(",", 1)[0]);
}

/** What was to be streamed is lost, and its connection with it. */
function warnUnread({ request, callSite, context }: BodySource): void {
  const call = `${request.method} ${bareUrl(request.url)}`;
  if (warned.get(call)) return;
  warned.set(call, true);
  context.runInAsyncScope(() =>
    process.emitWarning(
      `the streamed response of ${call} was neither read to its end nor closed, and is gone: its connection is closed`,
      {
        type: "UnreadResponseWarning",
        code: "SOJOURN_UNREAD",
        detail:
          callSite === null
            ? "Read its body, call close(), or hold it with `await using`. node --trace-warnings tells where it was asked for."
            : `It was asked for here:\n${callSite}`,
      },
    ),
  );
}
