/**
 * What a watch is told of messages that an adapter sends which does not tell of them itself: an app in this process, or one that a program
 * wrote. The sender sees the head come, and its body being read.
 */
import { ResponseTooLarge } from "../core/errors.ts";
import type { Timings, WireBody, WireResponse } from "../core/response.ts";
import type { MessageFacts, MessageWatch } from "../core/watch.ts";
import { NOTHING_HAPPENED } from "./wire.ts";

/**
 * The answer, with a body of which is told how it is read.
 *
 * @param start when the message began, in milliseconds of the monotonic clock.
 */
export function watched(wire: WireResponse, message: MessageWatch, start: number): WireResponse {
  const { status, statusText: reason, httpVersion, headers, connection = null } = wire;
  message.onHead({
    status,
    reason,
    httpVersion,
    headers,
    fields: headers.toWire(),
    connection,
    connectionId: null,
  });
  const told = new Told(message, wire, start);
  const reply = new WatchedReply(wire, told);
  forgotten.register(reply.body, told, told);
  return reply;
}

/** There is no answer; where the adapter tells of its messages itself it has told so. */
export function neverAnswered(error: unknown, message: MessageWatch, start: number): void {
  if (!message.isTaken) message.onFailure(error, factsOf(null, start, null));
}

/** Bodies that nobody can read any more: with them their messages are over. */
const forgotten = new FinalizationRegistry<Told>((told) => told.onFailure(null));

/** The answer of an adapter, of whose body is told. */
class WatchedReply implements WireResponse {
  readonly body: WireBody;
  readonly #wire: WireResponse;

  constructor(wire: WireResponse, told: Told) {
    this.#wire = wire;
    this.body = new WatchedBody(wire.body, told);
  }

  get status(): number {
    return this.#wire.status;
  }

  get statusText(): string {
    return this.#wire.statusText;
  }

  get headers(): WireResponse["headers"] {
    return this.#wire.headers;
  }

  get httpVersion(): string {
    return this.#wire.httpVersion;
  }

  get trailers(): WireResponse["trailers"] {
    return this.#wire.trailers;
  }

  get timings(): Timings | undefined {
    return this.#wire.timings;
  }

  get connection(): NonNullable<WireResponse["connection"]> | null {
    return this.#wire.connection ?? null;
  }

  get sent(): NonNullable<WireResponse["sent"]> | null {
    return this.#wire.sent ?? null;
  }
}

/** Tells the end of a message, once. */
class Told {
  readonly #message: MessageWatch;
  readonly #wire: WireResponse;
  readonly #start: number;
  readonly #headAt = performance.now();
  #isOver = false;

  constructor(message: MessageWatch, wire: WireResponse, start: number) {
    this.#message = message;
    this.#wire = wire;
    this.#start = start;
  }

  onPiece(piece: Uint8Array): void {
    if (!this.#isOver) this.#message.onPiece(piece);
  }

  onEnd(): void {
    if (this.#isOver) return;
    this.#finish();
    const { trailers } = this.#wire;
    const fields = trailers === undefined || trailers.size === 0 ? null : trailers;
    this.#message.onEnd(fields, factsOf(this.#wire, this.#start, this.#headAt));
  }

  /** @param reason `null`: the rest was given up. */
  onFailure(reason: unknown): void {
    if (this.#isOver) return;
    this.#finish();
    this.#message.onFailure(reason, factsOf(this.#wire, this.#start, this.#headAt));
  }

  #finish(): void {
    this.#isOver = true;
    forgotten.unregister(this);
  }
}

/** A body of which is told how it is read. */
class WatchedBody implements WireBody {
  readonly #body: WireBody;
  readonly #told: Told;

  constructor(body: WireBody, told: Told) {
    this.#body = body;
    this.#told = told;
  }

  collect(maxBytes: number | null, isDispensable: boolean = false): Uint8Array | Promise<Uint8Array> {
    const broken = isDispensable ? this.#givenUp : this.#broken;
    try {
      const all = this.#body.collect(maxBytes, isDispensable);
      return all instanceof Promise ? all.then(this.#whole, broken) : this.#whole(all);
    } catch (error) {
      return broken(error);
    }
  }

  async *stream(): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const piece of this.#body.stream()) {
        this.#told.onPiece(piece);
        yield piece;
      }
      this.#told.onEnd();
    } catch (error) {
      this.#broken(error);
    } finally {
      // It was left early, when nothing else was told.
      this.#told.onFailure(null);
    }
  }

  drain(maxBytes: number): void | Promise<void> {
    const drained = this.#body.drain(maxBytes);
    if (drained === undefined) this.#told.onEnd();
    return drained?.then(() => this.#told.onEnd());
  }

  cancel(): void {
    this.#body.cancel();
    this.#told.onFailure(null);
  }

  readonly #whole = (all: Uint8Array): Uint8Array => {
    this.#told.onPiece(all);
    this.#told.onEnd();
    return all;
  };

  /** One that is too long is no failure of the message. */
  readonly #givenUp = (error: unknown): never => {
    this.#told.onFailure(error instanceof ResponseTooLarge ? null : error);
    throw error;
  };

  readonly #broken = (error: unknown): never => {
    this.#told.onFailure(error);
    throw error;
  };
}

/** @param headAt `null`: there was no head. */
function factsOf(wire: WireResponse | null, start: number, headAt: number | null): MessageFacts {
  const now = performance.now();
  return {
    connection: wire?.connection ?? null,
    connectionId: null,
    sent: wire?.sent ?? null,
    timings: wire?.timings ?? {
      ...NOTHING_HAPPENED,
      head: (headAt ?? now) - start,
      wait: (headAt ?? now) - start,
      receive: headAt === null ? null : now - headAt,
    },
  };
}
