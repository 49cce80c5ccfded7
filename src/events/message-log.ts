/**
 * MessageLog: one message, from the moment it is about to be sent to its end: what is told of it, and the record of it.
 */
import { InvalidHeader } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { printAs, shownName, shownUrl } from "../core/redact.ts";
import type {
  CapturedBody,
  ConnectionRecord,
  MessagePlace,
  MessageReason,
  MessageRecord,
  Sending,
  TellWithin,
} from "../core/records.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { WireHead } from "../core/response.ts";
import type { MessageFacts, MessageWatch, MessageWay } from "../core/watch.ts";
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
  /** The next message, sent for this reason. */
  next(request: PreparedRequest, reason: MessageReason): MessageWatch;
}

type Head = Pick<WireHead, "status" | "reason" | "httpVersion"> & { readonly headers: HeaderMap };

/** There was no response. */
const NO_HEAD = { status: null, reason: "", httpVersion: null, headers: null };

/** One message. */
export class MessageLog implements MessageWatch {
  readonly place: MessagePlace;
  readonly onConnection: ((record: ConnectionRecord) => void) | null;
  isTaken = false;
  tellWithin: TellWithin | null = null;
  #request: PreparedRequest;
  readonly #call: MessageCall;
  readonly #events: SessionEvents;
  readonly #startedAt = Date.now();
  readonly #began = performance.now();
  readonly #sentBody: BodyKeeper;
  readonly #receivedBody: BodyKeeper;
  #head: Head | null = null;
  /** Do its fields stand? */
  #isSettled = false;
  #isOver = false;

  constructor(request: PreparedRequest, reason: MessageReason, call: MessageCall) {
    this.#request = request;
    this.#call = call;
    this.#events = call.events;
    this.place = call.place(reason);
    const { events } = call;
    this.onConnection = events.hears("connection") ? (record) => events.tell("connection", record) : null;
    const limit = events.keptBytes;
    this.#sentBody = new BodyKeeper(limit);
    this.#receivedBody = new BodyKeeper(limit);
    if (events.hears("sending")) this.#announce();
  }

  get request(): PreparedRequest {
    return this.#request;
  }

  take(request: PreparedRequest, reason: "auth" | "resend"): MessageWatch {
    if (this.isTaken) {
      const another = this.#call.next(request, reason);
      return another.take(another.request, reason);
    }
    this.isTaken = true;
    // A proxy's credentials may have been added.
    this.#request = request;
    return this;
  }

  onPieceSent(piece: Uint8Array): void {
    this.#sentBody.push(piece);
  }

  onHead(
    head: Pick<WireHead, "status" | "reason" | "httpVersion">,
    headers: HeaderMap,
    way: () => MessageWay,
  ): void {
    const { status, reason, httpVersion } = head;
    this.#head = { status, reason, httpVersion, headers };
    if (this.#events.hears("head"))
      this.#events.tell("head", { ...this.place, status, httpVersion, headers, ...way() });
  }

  onPiece(piece: Uint8Array): void {
    this.#receivedBody.push(piece);
  }

  onEnd(trailers: HeaderMap | null, facts: MessageFacts): void {
    this.#end(COMPLETE, trailers, facts);
  }

  onFailure(reason: unknown, facts: MessageFacts): void {
    this.#end(reason === null ? UNREAD : endOf(reason, this.#call.signal), null, facts);
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
    if (!this.isTaken && this.#head !== null && this.#sentBody.size === 0) {
      const { payload } = this.#request;
      if (payload?.kind === "bytes") this.#sentBody.push(payload.bytes);
    }
    this.#events.tell("message", new FinishedMessage(this.#record(end, trailers, facts)));
  }

  #record(end: End, trailers: HeaderMap | null, facts: MessageFacts): MessageRecord {
    const request = this.#request;
    const head = this.#head ?? NO_HEAD;
    return {
      ...this.place,
      method: request.method,
      url: shownUrl(request.url),
      startedAt: this.#startedAt,
      duration: performance.now() - this.#began,
      outcome: end.outcome,
      request,
      sentBytes: this.#sentBody.size,
      status: head.status,
      statusText: head.reason,
      httpVersion: head.httpVersion,
      headers: head.headers,
      trailers,
      receivedBytes: this.#receivedBody.size,
      ...facts,
      error: end.error,
      phase: end.phase,
      requestBody: this.#sentBody.captured,
      responseBody: this.#receivedBody.captured,
    };
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

/** Counts the bytes of a body, and keeps the first of them. */
class BodyKeeper {
  /** Bytes that there were. */
  size = 0;
  /** So many may still be kept; `null`: bodies are not kept. */
  #left: number | null;
  readonly #kept: Uint8Array[] = [];

  constructor(limit: number | null) {
    this.#left = limit;
  }

  push(piece: Uint8Array): void {
    this.size += piece.byteLength;
    if (this.#left === null || this.#left === 0) return;
    // A copy: its memory is written over.
    const kept = new Uint8Array(piece.subarray(0, this.#left));
    this.#left -= kept.byteLength;
    this.#kept.push(kept);
  }

  get captured(): CapturedBody | null {
    if (this.#left === null) return null;
    const bytes = new Uint8Array(Buffer.concat(this.#kept));
    return { bytes, isCut: bytes.byteLength < this.size };
  }
}

/** What is left of it in a log: no secrets. */
const LEFT_OUT: ReadonlySet<string> = new Set(["request", "sent", "requestBody", "responseBody"]);

/** A message that is over. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- it has what it is made of
interface FinishedMessage extends MessageRecord {}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- likewise
class FinishedMessage {
  constructor(record: MessageRecord) {
    Object.assign(this, record);
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this).filter(([name]) => !LEFT_OUT.has(name)));
  }

  static {
    printAs(this, (self, options, inspect) => `MessageRecord ${inspect(self.toJSON(), options)}`);
  }
}
