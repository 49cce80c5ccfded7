/**
 * Observers: who hears of one sending of a message: a program's instruments (`trace.ts`), those who watch the session, or both. While
 * nobody does, there is none.
 */
import { HeaderMap } from "../core/headers.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { HeaderSection, RequestHead } from "../core/request-head.ts";
import type { ConnectionInfo, SentHead, Timings, WireHead } from "../core/response.ts";
import type { HeardHead, MessageFacts, MessageWatch } from "../core/watch.ts";
import type { Connection } from "../connect/connection.ts";
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import type { Laps } from "../connect/laps.ts";
import { timingsOf, type Marks } from "./timings.ts";
import type { Trace } from "./trace.ts";
import { SentNow, type Passage } from "./wire-reply.ts";

/** Hears of one sending, in the async context of the call. */
export interface Observer {
  /** Hears of the request. Returns it with the fields that listeners gave it. */
  begin(): PreparedRequest;
  /** The head is about to go out. */
  onSend(head: RequestHead, connection: Connection): void;
  /** A piece of the request's body went out. */
  onPieceSent(piece: Uint8Array): void;
  /** All of the request went out. */
  onSent(): void;
  /** The head of the response came. */
  onHead(head: WireHead): void;
  /** A piece of the response's body came. Its memory is written over, mostly. */
  onPiece(piece: Uint8Array): void;
  /** The response is whole. Nothing is told afterwards. */
  onEnd(trailers: readonly string[]): void;
  /** There is no response, or no whole one. Nothing is told afterwards. @param reason `null`: nobody wanted the rest. */
  onFailure(reason: unknown): void;
}

/** Whose message it is. */
export interface Observed extends Passage {
  readonly request: PreparedRequest;
  readonly context: { runInAsyncScope<Made>(make: () => Made): Made };
  readonly marks: Marks;
  /** How its connection was opened; `null`: that was there already, or there is none. */
  readonly laps: Laps | null;
}

/** Who hears of it; `null`: nobody. */
export function observerOf(
  observed: Observed,
  trace: Trace | null,
  watch: MessageWatch | null,
): Observer | null {
  if (watch === null) return trace;
  const watching = new Watching(observed, watch);
  return trace === null ? watching : new Both(watching, trace);
}

/** Tells a watch. What a message was, and how it came there, is told at its end. */
class Watching implements Observer {
  readonly #observed: Observed;
  readonly #context: Observed["context"];
  readonly #watch: MessageWatch;
  #httpVersion = "1.1";

  constructor(observed: Observed, watch: MessageWatch) {
    this.#observed = observed;
    // The message forgets it at its end.
    this.#context = observed.context;
    this.#watch = watch;
  }

  begin(): PreparedRequest {
    return this.#watch.request;
  }

  onSend(_head: RequestHead, { httpVersion }: Connection): void {
    this.#httpVersion = httpVersion;
  }

  onPieceSent(piece: Uint8Array): void {
    this.#watch.onPieceSent(piece);
  }

  onSent(): void {
    // The time of it is noted by the message.
  }

  onHead(head: WireHead): void {
    const heard = new Heard(head, this.#observed);
    if (this.#watch.tellsHead) this.#context.runInAsyncScope(() => this.#watch.onHead(heard));
    else this.#watch.onHead(heard);
  }

  onPiece(piece: Uint8Array): void {
    this.#watch.onPiece(piece);
  }

  onEnd(trailers: readonly string[]): void {
    const fields = trailers.length === 0 ? null : HeaderMap.fromWire(trailers);
    const facts = new Facts(this.#observed, this.#httpVersion);
    this.#context.runInAsyncScope(() => this.#watch.onEnd(fields, facts));
  }

  onFailure(reason: unknown): void {
    const facts = new Facts(this.#observed, this.#httpVersion);
    this.#context.runInAsyncScope(() => this.#watch.onFailure(reason, facts));
  }
}

/** What a message went over. It holds no message. */
class Way {
  readonly #connection: ConnectionFacts | null;
  readonly #isReused: boolean;

  constructor({ facts, isReused }: Observed) {
    this.#connection = facts;
    this.#isReused = isReused;
  }

  get connection(): ConnectionInfo | null {
    return this.#connection?.info(this.#isReused) ?? null;
  }

  get connectionId(): number | null {
    return this.#connection?.id ?? null;
  }
}

/** A head as it came. */
class Heard extends Way implements HeardHead {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly fields: readonly string[];
  #headers: HeaderMap | null = null;

  constructor({ status, reason, httpVersion, fields }: WireHead, observed: Observed) {
    super(observed);
    this.status = status;
    this.reason = reason;
    this.httpVersion = httpVersion;
    this.fields = fields;
  }

  get headers(): HeaderMap {
    this.#headers ??= HeaderMap.fromWire(this.fields);
    return this.#headers;
  }
}

/** What is known of a message at its end. */
class Facts extends Way implements MessageFacts {
  readonly #marks: Marks;
  readonly #laps: Laps | null;
  #timings: Timings | null = null;
  /** Nothing was sent before it was on a connection: then there is no section. */
  readonly #section: HeaderSection | null;
  readonly #method: string;
  readonly #target: string;
  readonly #httpVersion: string;
  #sent: SentHead | null = null;

  constructor(observed: Observed, httpVersion: string) {
    super(observed);
    this.#marks = observed.marks;
    this.#laps = observed.laps;
    this.#section = observed.facts === null ? null : observed.section;
    this.#method = observed.method;
    this.#target = observed.target;
    this.#httpVersion = httpVersion;
  }

  get sent(): SentHead | null {
    const section = this.#section;
    if (section !== null)
      this.#sent ??= new SentNow({ method: this.#method, target: this.#target, section }, this.#httpVersion);
    return this.#sent;
  }

  get timings(): Timings {
    this.#timings ??= timingsOf(this.#marks, this.#laps);
    return this.#timings;
  }
}

/** Tells two, one after the other. */
class Both implements Observer {
  readonly #one: Observer;
  readonly #other: Observer;

  constructor(one: Observer, other: Observer) {
    this.#one = one;
    this.#other = other;
  }

  begin(): PreparedRequest {
    // Trace was made of the request as the other one left it.
    this.#one.begin();
    return this.#other.begin();
  }

  onSend(head: RequestHead, connection: Connection): void {
    this.#one.onSend(head, connection);
    this.#other.onSend(head, connection);
  }

  onPieceSent(piece: Uint8Array): void {
    this.#one.onPieceSent(piece);
    this.#other.onPieceSent(piece);
  }

  onSent(): void {
    this.#one.onSent();
    this.#other.onSent();
  }

  onHead(head: WireHead): void {
    this.#one.onHead(head);
    this.#other.onHead(head);
  }

  onPiece(piece: Uint8Array): void {
    this.#one.onPiece(piece);
    this.#other.onPiece(piece);
  }

  onEnd(trailers: readonly string[]): void {
    this.#one.onEnd(trailers);
    this.#other.onEnd(trailers);
  }

  onFailure(reason: unknown): void {
    this.#one.onFailure(reason);
    this.#other.onFailure(reason);
  }
}
