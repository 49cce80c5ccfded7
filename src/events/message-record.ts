/**
 * The record of a message that is over, and what it is made of.
 */
import type { Phase } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { printAs, shownUrl } from "../core/redact.ts";
import type { CapturedBody, MessagePlace, MessageReason, MessageRecord, Outcome } from "../core/records.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { ConnectionInfo, SentHead, Timings } from "../core/response.ts";
import type { HeardHead, MessageFacts } from "../core/watch.ts";
import type { KeptBodies } from "./kept-bodies.ts";
import type { End } from "./outcome.ts";

/** What there is to tell of a message that is over. */
export interface Ended extends Pick<
  MessageRecord,
  "request" | "startedAt" | "duration" | "sentBytes" | "receivedBytes" | "trailers"
> {
  readonly head: HeardHead | null;
  readonly end: End;
  readonly facts: MessageFacts;
  readonly bodies: KeptBodies | null;
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
export class FinishedMessage implements MessageRecord {
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
