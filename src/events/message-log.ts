/**
 * MessageLog: one message, from the moment it is about to be sent to its end: what is told of it, and the record of it.
 */
import { InvalidHeader, type Phase } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { printAs, shownName, shownUrl } from "../core/redact.ts";
import type {
  CapturedBody,
  ConnectionRecord,
  MessagePlace,
  MessageReason,
  MessageRecord,
  Outcome,
  Sending,
  TellWithin,
} from "../core/records.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { ConnectionInfo, SentHead, Timings } from "../core/response.ts";
import type { HeardHead, MessageFacts, MessageWatch } from "../core/watch.ts";
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
  readonly #bodies: Bodies | null;
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

/** What was kept of the bodies of a message. */
interface Bodies {
  readonly sent: BodyKeeper;
  readonly received: BodyKeeper;
}

/** Keeps the first bytes of a body. */
class BodyKeeper {
  /** So many may still be kept. */
  #left: number;
  #isCut = false;
  readonly #kept: Uint8Array[] = [];

  constructor(limit: number) {
    this.#left = limit;
  }

  push(piece: Uint8Array): void {
    if (piece.byteLength > this.#left) this.#isCut = true;
    if (this.#left === 0) return;
    // A copy: its memory is written over.
    const kept = new Uint8Array(piece.subarray(0, this.#left));
    this.#left -= kept.byteLength;
    this.#kept.push(kept);
  }

  get captured(): CapturedBody {
    return { bytes: new Uint8Array(Buffer.concat(this.#kept)), isCut: this.#isCut };
  }
}

/** What there is to tell of a message that is over. */
interface Ended extends Pick<
  MessageRecord,
  "request" | "startedAt" | "duration" | "sentBytes" | "receivedBytes" | "trailers"
> {
  readonly head: HeardHead | null;
  readonly end: End;
  readonly facts: MessageFacts;
  readonly bodies: Bodies | null;
}

/** What came and what is known of a message that is over, without its request: it holds no body. */
export interface RecordParts {
  /** `null`: there was no response. */
  readonly head: Pick<HeardHead, "status" | "reason" | "httpVersion" | "headers" | "fields"> | null;
  readonly facts: MessageFacts;
}

let endedOf: (record: FinishedMessage) => Ended;

/** The parts of a record. Those of one that a session told are made when somebody looks at them. */
export function partsOf(record: MessageRecord): RecordParts {
  if (record instanceof FinishedMessage) return endedOf(record);
  const { status, statusText: reason, headers, connection, connectionId, sent, timings } = record;
  const head =
    status === null || headers === null
      ? null
      : { status, reason, httpVersion: record.httpVersion ?? "", headers, fields: headers.toWire() };
  return { head, facts: { connection, connectionId, sent, timings } };
}

/** What is told of it in a log. What holds secrets is not. */
const SHOWN = [
  "id",
  "call",
  "hop",
  "attempt",
  "resends",
  "reason",
  "method",
  "url",
  "startedAt",
  "duration",
  "outcome",
  "sentBytes",
  "status",
  "statusText",
  "httpVersion",
  "headers",
  "trailers",
  "receivedBytes",
  "connection",
  "connectionId",
  "timings",
  "error",
  "phase",
] as const satisfies readonly (keyof MessageRecord)[];

/** A message that is over. Most of what there is to tell of it is made when somebody looks at it. */
class FinishedMessage implements MessageRecord {
  readonly id: number;
  readonly call: number;
  readonly hop: number;
  readonly attempt: number;
  readonly resends: number;
  readonly reason: MessageReason;
  readonly startedAt: number;
  readonly duration: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly #ended: Ended;
  #requestBody: CapturedBody | null = null;
  #responseBody: CapturedBody | null = null;

  constructor({ id, call, hop, attempt, resends, reason }: MessagePlace, ended: Ended) {
    this.id = id;
    this.call = call;
    this.hop = hop;
    this.attempt = attempt;
    this.resends = resends;
    this.reason = reason;
    this.startedAt = ended.startedAt;
    this.duration = ended.duration;
    this.sentBytes = ended.sentBytes;
    this.receivedBytes = ended.receivedBytes;
    this.#ended = ended;
  }

  get method(): string {
    return this.request.method;
  }

  get url(): string {
    return shownUrl(this.request.url);
  }

  get outcome(): Outcome {
    return this.#ended.end.outcome;
  }

  get request(): PreparedRequest {
    return this.#ended.request;
  }

  get sent(): SentHead | null {
    return this.#ended.facts.sent;
  }

  get status(): number | null {
    return this.#ended.head?.status ?? null;
  }

  get statusText(): string {
    return this.#ended.head?.reason ?? "";
  }

  get httpVersion(): string | null {
    return this.#ended.head?.httpVersion ?? null;
  }

  get headers(): HeaderMap | null {
    return this.#ended.head?.headers ?? null;
  }

  get trailers(): HeaderMap | null {
    return this.#ended.trailers;
  }

  get connection(): ConnectionInfo | null {
    return this.#ended.facts.connection;
  }

  get connectionId(): number | null {
    return this.#ended.facts.connectionId;
  }

  get timings(): Timings {
    return this.#ended.facts.timings;
  }

  get error(): unknown {
    return this.#ended.end.error;
  }

  get phase(): Phase | null {
    return this.#ended.end.phase;
  }

  get requestBody(): CapturedBody | null {
    this.#requestBody ??= this.#ended.bodies?.sent.captured ?? null;
    return this.#requestBody;
  }

  get responseBody(): CapturedBody | null {
    this.#responseBody ??= this.#ended.bodies?.received.captured ?? null;
    return this.#responseBody;
  }

  /** Plain data for a log: no secret in it, and no body. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(SHOWN.map((name) => [name, this[name]]));
  }

  static {
    endedOf = (record) => record.#ended;
    printAs(this, (self, options, inspect) => `MessageRecord ${inspect(self.toJSON(), options)}`);
  }
}
