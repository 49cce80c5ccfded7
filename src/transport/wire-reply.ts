/**
 * What a transaction resolves with: the head of a response, and the body as its consumer sees it.
 */
import { HeaderMap } from "../core/headers.ts";
import type {
  ConnectionInfo,
  SentHead,
  Timings,
  WireBody,
  WireHead,
  WireResponse,
} from "../core/response.ts";
import type { RequestHead } from "../core/request-head.ts";
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import { http2Fields } from "../http2/fields.ts";
import type { Incoming } from "./incoming.ts";

/** How long the parts of a message took, as far as it has come. Looked at when somebody asks. */
export interface Timed {
  readonly timings: Timings;
}

/** What was sent, and how it came to the server. Looked at when somebody asks. */
export interface Passage extends RequestHead {
  /** `null`: it went over no connection. */
  readonly facts: ConnectionFacts | null;
  readonly isReused: boolean;
}

/** The head of a request as it went out. Its fields are made when somebody looks at them. */
export class SentNow implements SentHead {
  readonly method: string;
  readonly target: string;
  readonly #section: RequestHead["section"];
  readonly #httpVersion: string;
  #headers: HeaderMap | null = null;

  constructor({ method, target, section }: RequestHead, httpVersion: string) {
    this.method = method;
    this.target = target;
    this.#section = section;
    this.#httpVersion = httpVersion;
  }

  get headers(): HeaderMap {
    const { fields } = this.#section;
    this.#headers ??= HeaderMap.fromWire(this.#httpVersion === "2" ? http2Fields(fields) : fields);
    return this.#headers;
  }
}

/** The head, and the body to come. */
export class WireReply implements WireResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderMap;
  readonly httpVersion: string;
  readonly body: WireBody;
  readonly #timed: Timed;
  readonly #incoming: Incoming;
  readonly #passage: Passage | null;
  #trailers: HeaderMap | null = null;
  #connection: ConnectionInfo | null = null;

  constructor(
    head: WireHead,
    headers: HeaderMap,
    incoming: Incoming,
    {
      timed,
      isStreamed,
      passage,
    }: { readonly timed: Timed; readonly isStreamed: boolean; readonly passage: Passage | null },
  ) {
    this.status = head.status;
    this.statusText = head.reason;
    this.headers = headers;
    this.httpVersion = head.httpVersion;
    this.#timed = timed;
    this.#passage = passage;
    this.body = new IncomingBody(incoming);
    this.#incoming = incoming;
    if (isStreamed) incoming.watch(this.body);
  }

  get timings(): Timings {
    return this.#timed.timings;
  }

  get connection(): ConnectionInfo | null {
    const passage = this.#passage;
    if (this.#connection === null && passage !== null)
      this.#connection = passage.facts?.info(passage.isReused) ?? null;
    return this.#connection;
  }

  get sent(): SentHead | null {
    return this.#passage === null ? null : new SentNow(this.#passage, this.httpVersion);
  }

  get trailers(): HeaderMap {
    if (!this.#incoming.isOver) return new HeaderMap();
    this.#trailers ??= HeaderMap.fromWire(this.#incoming.trailers);
    return this.#trailers;
  }
}

/** The consumer's end of a body. The connection does not hold it, so that it can be seen when it is forgotten. */
class IncomingBody implements WireBody {
  readonly #incoming: Incoming;

  constructor(incoming: Incoming) {
    this.#incoming = incoming;
  }

  collect(maxBytes: number | null, isDispensable: boolean = false): Uint8Array | Promise<Uint8Array> {
    return this.#incoming.collect(maxBytes, isDispensable);
  }

  stream(): AsyncIterable<Uint8Array> {
    this.#incoming.stream();
    return new BodyStream(this, this.#incoming);
  }

  drain(maxBytes: number): void | Promise<void> {
    return this.#incoming.drain(maxBytes);
  }

  cancel(): void {
    this.#incoming.drop();
  }
}

/** One walk through a body. */
class BodyStream implements AsyncIterableIterator<Uint8Array> {
  readonly #body: IncomingBody;
  readonly #incoming: Incoming;

  constructor(body: IncomingBody, incoming: Incoming) {
    this.#body = body;
    this.#incoming = incoming;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    return this.#incoming.next();
  }

  /** The loop was left early. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#body.cancel();
    return Promise.resolve({ done: true, value: undefined });
  }
}
