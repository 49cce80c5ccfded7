/**
 * Observers: who hears of one sending of a message: a program's instruments (`trace.ts`), those who watch the session, or both. While
 * nobody does, there is none.
 */
import type { MessageFacts, MessageWatch, MessageWay } from "../core/watch.ts";
import { HeaderMap } from "../core/headers.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { WireHead } from "../core/response.ts";
import type { Connection } from "../connect/connection.ts";
import type { Trace } from "./trace.ts";

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
export interface Observed {
  readonly request: PreparedRequest;
  readonly context: { runInAsyncScope<Made>(make: () => Made): Made };
  /** What it goes over. */
  readonly way: MessageWay;
  /** What is known of the message. */
  told(httpVersion: string): MessageFacts;
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
    this.#context.runInAsyncScope(() =>
      this.#watch.onHead(head, HeaderMap.fromWire(head.fields), () => this.#observed.way),
    );
  }

  onPiece(piece: Uint8Array): void {
    this.#watch.onPiece(piece);
  }

  onEnd(trailers: readonly string[]): void {
    const fields = trailers.length === 0 ? null : HeaderMap.fromWire([...trailers]);
    this.#context.runInAsyncScope(() => this.#watch.onEnd(fields, this.#facts));
  }

  onFailure(reason: unknown): void {
    this.#context.runInAsyncScope(() => this.#watch.onFailure(reason, this.#facts));
  }

  get #facts(): MessageFacts {
    return this.#observed.told(this.#httpVersion);
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
