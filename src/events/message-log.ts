/**
 * MessageLog: one message, from the moment it is about to be sent to its end: what is told of it.
 */
import { InvalidHeader } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { shownName, shownUrl } from "../core/redact.ts";
import type { ConnectionRecord, MessagePlace, MessageReason, Sending, TellWithin } from "../core/records.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { HeardHead, MessageFacts, MessageWatch } from "../core/watch.ts";
import { BodyKeeper, type KeptBodies } from "./kept-bodies.ts";
import { FinishedMessage } from "./message-record.ts";
import { COMPLETE, endOf, UNREAD, type End } from "./outcome.ts";
import type { SessionEvents } from "./session-events.ts";

/** How the message ends, and what the connection does: set by a listener they would spoil it. */
const OF_THE_MESSAGE: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The call that messages are sent for. */
export interface MessageCall {
  readonly events: SessionEvents;
  /** The caller's own; `null` for none. */
  readonly signal: AbortSignal | null;
  /** Where the next message stands. */
  place(reason: MessageReason): MessagePlace;
}

/** One message. */
export class MessageLog implements MessageWatch {
  readonly place: MessagePlace;
  readonly onConnection: ((record: ConnectionRecord) => void) | null;
  readonly tellsHead: boolean;
  isTaken = false;
  tellWithin: TellWithin | null = null;
  #request: PreparedRequest;
  readonly #call: MessageCall;
  readonly #events: SessionEvents;
  readonly #startedAt = Date.now();
  readonly began: number = performance.now();
  #sentBytes = 0;
  #receivedBytes = 0;
  /** `null`: bodies are not kept. */
  readonly #bodies: KeptBodies | null;
  #head: HeardHead | null = null;
  /** Do its fields stand? */
  #isSettled = false;
  #isOver = false;

  constructor(request: PreparedRequest, reason: MessageReason, call: MessageCall) {
    const { events } = call;
    this.#request = request;
    this.#call = call;
    this.#events = events;
    this.place = call.place(reason);
    this.onConnection = events.hears("connection") ? events.tellConnection : null;
    this.tellsHead = events.hears("head");
    const limit = events.keptBytes;
    this.#bodies = limit === null ? null : { sent: new BodyKeeper(limit), received: new BodyKeeper(limit) };
    if (events.hears("sending")) this.#announce();
  }

  get request(): PreparedRequest {
    return this.#request;
  }

  /** An adapter takes it on. A proxy's credentials may have been added. */
  take(request: PreparedRequest): void {
    this.isTaken = true;
    this.#request = request;
  }

  onPieceSent(piece: Uint8Array): void {
    this.#sentBytes += piece.byteLength;
    this.#bodies?.sent.push(piece);
  }

  onHead(head: HeardHead): void {
    this.#head = head;
    if (!this.tellsHead) return;
    const { status, httpVersion, headers, connection, connectionId } = head;
    this.#events.tell("head", { ...this.place, status, httpVersion, headers, connection, connectionId });
  }

  onPiece(piece: Uint8Array): void {
    this.#receivedBytes += piece.byteLength;
    this.#bodies?.received.push(piece);
  }

  onEnd(trailers: HeaderMap | null, facts: MessageFacts): void {
    this.#end(COMPLETE, trailers, facts);
  }

  onFailure(reason: unknown, facts: MessageFacts): void {
    const { signal } = this.#call;
    // Who gave up the call gave up the rest of it.
    const given: unknown = reason === null && signal?.aborted === true ? signal.reason : reason;
    this.#end(given === null ? UNREAD : endOf(given, signal), null, facts);
  }

  /** Before it is sent, listeners may give it fields. */
  #announce(): void {
    const { method } = this.#request;
    const { place } = this;
    const sending: Sending = {
      ...place,
      method,
      url: shownUrl(this.#request.url),
      startedAt: this.#startedAt,
      request: this.#request,
      setHeader: (name, value) => {
        if (this.#isSettled) throw new TypeError("no field can be set any more: the message is on its way");
        this.#request = this.#request.with({ headers: withField(this.#request.headers, name, value) });
      },
      tellWithin: (run) => {
        const inner = this.tellWithin;
        this.tellWithin = inner === null ? run : (tell) => run(() => inner(tell));
      },
    };
    this.#events.tell("sending", sending);
    this.#isSettled = true;
  }

  #end(end: End, trailers: HeaderMap | null, facts: MessageFacts): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#events.hears("message")) return;
    // What an adapter does not tell of, and the request has at hand. Of one that was not answered nobody knows.
    if (!this.isTaken && this.#head !== null && this.#sentBytes === 0) {
      const { payload } = this.#request;
      if (payload?.kind === "bytes") this.onPieceSent(payload.bytes);
    }
    const finished = new FinishedMessage(this.place, {
      request: this.#request,
      startedAt: this.#startedAt,
      duration: performance.now() - this.began,
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      head: this.#head,
      end,
      trailers,
      facts,
      bodies: this.#bodies,
    });
    this.#events.tell("message", finished);
  }
}

/**
 * A copy with this field, or without it.
 *
 * @throws {InvalidHeader} for what must not go on the wire.
 */
function withField(headers: HeaderMap, name: string, value: string | null): HeaderMap {
  const copy = headers.clone().set(name, value);
  if (OF_THE_MESSAGE.has(name.toLowerCase()))
    throw new InvalidHeader(`${shownName(name)} follows from the message, and from its connection`);
  return copy;
}
