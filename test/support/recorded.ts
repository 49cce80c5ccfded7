/** Messages for recorders, without a network: records as a session tells of them. */
import { rawBody } from "../../src/core/body.ts";
import { HeaderMap, type HeadersInit } from "../../src/core/headers.ts";
import type { CallRecord, EventName, EventRecords, MessageRecord } from "../../src/core/records.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import type { Har } from "../../src/record/har-types.ts";
import { kept, nothingHappened, type KeptMessage } from "../../src/record/kept.ts";
import { Recorder, type RecordOptions } from "../../src/record/recorder.ts";

/** What a test says of a message. */
export interface Said {
  readonly id?: number;
  readonly method?: string;
  readonly url?: string;
  readonly sent?: HeadersInit;
  readonly body?: string | Uint8Array;
  readonly status?: number | null;
  readonly headers?: HeadersInit;
  readonly answer?: string | Uint8Array;
  readonly startedAt?: number;
  readonly error?: unknown;
}

const TIMINGS: MessageRecord["timings"] = {
  connect: 3,
  head: 8,
  queue: 1,
  limit: null,
  dns: 0.5,
  tcp: 0.5,
  proxy: null,
  tls: 1,
  send: 1,
  wait: 4,
  receive: 2,
};

/** A record of a message that came through, but for what is said. */
function recordOf(said: Said): MessageRecord {
  const { id = 1, method = "GET", url = "https://example.com/", status = 200, error = null } = said;
  const headers = new HeaderMap(said.sent ?? {});
  const payload = said.body === undefined ? null : rawBody(said.body);
  const answer = Buffer.from(said.answer ?? "");
  return {
    id,
    call: id,
    hop: 0,
    attempt: 0,
    resends: 0,
    reason: "call",
    method,
    url,
    startedAt: said.startedAt ?? Date.UTC(2026, 0, 1),
    duration: 10,
    outcome: error === null ? "complete" : "failed",
    request: new PreparedRequest({ method, url, headers, payload }),
    sent: { method, target: "/", headers },
    sentBytes: Buffer.byteLength(said.body ?? ""),
    status,
    statusText: status === null ? "" : "OK",
    httpVersion: status === null ? null : "1.1",
    headers: status === null ? null : new HeaderMap(said.headers ?? {}),
    trailers: null,
    receivedBytes: answer.length,
    connection: null,
    connectionId: null,
    timings: TIMINGS,
    error,
    phase: error === null ? null : "head",
    requestBody:
      said.body === undefined ? null : { bytes: new Uint8Array(Buffer.from(said.body)), isCut: false },
    responseBody: status === null ? null : { bytes: new Uint8Array(answer), isCut: false },
  };
}

/** What a recorder keeps of such a message. */
export function messageOf(said: Said): KeptMessage {
  return kept(recordOf(said), nothingHappened(), 65_536);
}

/** Tells a recorder what happens. */
export class Teller {
  readonly #listeners = new Map<string, (record: never) => void>();
  readonly recorder: Recorder;
  /** Most bytes of bodies that it asked for; `null`: of none. */
  keptBytes: number | null = null;
  #messages = 0;

  constructor(options: RecordOptions = {}) {
    const source = {
      on: (name: EventName, listener: (record: never) => void): Disposable => {
        this.#listeners.set(name, listener);
        return { [Symbol.dispose]: () => void this.#listeners.delete(name) };
      },
      keepBodies: (maxBytes: number): Disposable => {
        this.keptBytes = maxBytes;
        return { [Symbol.dispose]: () => void (this.keptBytes = null) };
      },
    };
    this.recorder = new Recorder(source, options, async () => {});
  }

  /** How many events are listened to. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Something happened. */
  tell<Name extends EventName>(name: Name, record: EventRecords[Name]): void {
    const listener = this.#listeners.get(name) as ((record: EventRecords[Name]) => void) | undefined; // of this name
    listener?.(record);
  }

  /** A message is over. Its number, unless it is said, is the next one. */
  message(said: Said): void {
    this.tell("message", recordOf({ id: ++this.#messages, ...said }));
  }

  /** A call is over. */
  call(said: Partial<CallRecord>): void {
    this.tell("call", {
      id: 1,
      method: "GET",
      url: "https://example.com/",
      startedAt: Date.UTC(2026, 0, 1),
      duration: 12,
      outcome: "complete",
      status: 200,
      error: null,
      messages: 1,
      redirects: 0,
      retries: 0,
      ...said,
    });
  }
}

/** The HAR of these messages. */
export function harOf(said: readonly Said[], options: RecordOptions = { bodies: "all" }): Har {
  const teller = new Teller(options);
  for (const one of said) teller.message(one);
  return teller.recorder.har();
}
