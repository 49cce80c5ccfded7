/**
 * What a recorder keeps of a message: all that a log tells of it, and nothing that would hold on to more memory, such as bodies that were
 * not asked for, or the errors' requests.
 */
import { describe } from "../core/describe.ts";
import { HeaderMap } from "../core/headers.ts";
import { isError } from "../core/realm.ts";
import type {
  CapturedBody,
  CookieRecord,
  MessageRecord,
  RedirectRecord,
  RetryRecord,
} from "../core/records.ts";
import type { SentHead } from "../core/response.ts";
import { shownUrls } from "../core/redact.ts";
import { partsOf, type RecordParts } from "../events/message-record.ts";

/** An error without what hangs on it. */
export interface KeptError {
  readonly name: string;
  readonly message: string;
}

/** What happened to a message, besides what its record says. It may become known before the message is over, or afterwards. */
export interface Happenings {
  readonly cookies: CookieRecord[];
  retry: Pick<RetryRecord, "delayMs" | "attempts"> | null;
  redirect: Pick<RedirectRecord, "to" | "method"> | null;
  isChallengeAnswered: boolean;
}

/** A message, as far as it is kept. */
export interface KeptMessage extends Omit<
  MessageRecord,
  "request" | "error" | "requestBody" | "responseBody" | "url"
> {
  /** Whole: with user info and fragment. */
  readonly url: string;
  /** The head as it was sent; `null` where the adapter does not tell. */
  readonly sent: SentHead | null;
  /** Those of the request: without what the transport added. */
  readonly preparedHeaders: HeaderMap;
  /** Is there a body, be it an empty one? */
  readonly hasBody: boolean;
  readonly error: KeptError | null;
  readonly requestBody: CapturedBody | null;
  readonly responseBody: CapturedBody | null;
  /** A short body that is not for the log: only for the secrets in it. */
  readonly shortBody: Uint8Array | null;
  /** The fields of the response as they came: name, value, name, value ... Empty: there was none. */
  readonly fields: readonly string[];
  happened: Happenings;
  /** Are the secrets in its bodies known? */
  isLearnt: boolean;
}

/** Forms with which one logs in are not longer. */
const SHORT_BYTES = 8192;

/** What is kept of a message. @param maxBytes of each body; `null`: none of bodies. */
export function kept(record: MessageRecord, happened: Happenings, maxBytes: number | null): KeptMessage {
  return new Kept(record, happened, maxBytes);
}

/** Most of it is made when somebody looks at it, of what takes little room. */
class Kept implements KeptMessage {
  readonly id: number;
  readonly call: number;
  readonly hop: number;
  readonly attempt: number;
  readonly resends: number;
  readonly reason: MessageRecord["reason"];
  readonly method: string;
  readonly url: string;
  readonly startedAt: number;
  readonly duration: number;
  readonly outcome: MessageRecord["outcome"];
  readonly phase: MessageRecord["phase"];
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly trailers: HeaderMap | null;
  readonly preparedHeaders: HeaderMap;
  readonly hasBody: boolean;
  readonly error: KeptError | null;
  readonly requestBody: CapturedBody | null;
  readonly responseBody: CapturedBody | null;
  readonly shortBody: Uint8Array | null;
  happened: Happenings;
  isLearnt = false;
  readonly #head: RecordParts["head"];
  readonly #facts: RecordParts["facts"];

  constructor(record: MessageRecord, happened: Happenings, maxBytes: number | null) {
    const { request } = record;
    const { payload } = request;
    const { head, facts } = partsOf(record);
    this.id = record.id;
    this.call = record.call;
    this.hop = record.hop;
    this.attempt = record.attempt;
    this.resends = record.resends;
    this.reason = record.reason;
    this.method = request.method;
    this.url = request.url;
    this.startedAt = record.startedAt;
    this.duration = record.duration;
    this.outcome = record.outcome;
    this.phase = record.phase;
    this.sentBytes = record.sentBytes;
    this.receivedBytes = record.receivedBytes;
    this.trailers = record.trailers;
    this.preparedHeaders = copyOf(request.headers);
    this.hasBody = payload !== null;
    this.error = keptError(record.error);
    this.requestBody = maxBytes === null ? null : keptBody(record.requestBody, maxBytes);
    this.responseBody = maxBytes === null ? null : keptBody(record.responseBody, maxBytes);
    const isShort = maxBytes === null && payload?.kind === "bytes" && payload.bytes.byteLength <= SHORT_BYTES;
    this.shortBody = isShort ? payload.bytes : null;
    this.happened = happened;
    this.#head = head;
    this.#facts = facts;
  }

  get status(): number | null {
    return this.#head?.status ?? null;
  }

  get statusText(): string {
    return this.#head?.reason ?? "";
  }

  get httpVersion(): string | null {
    return this.#head?.httpVersion ?? null;
  }

  get fields(): readonly string[] {
    return this.#head?.fields ?? [];
  }

  get headers(): HeaderMap | null {
    return this.#head?.headers ?? null;
  }

  get connection(): MessageRecord["connection"] {
    return this.#facts.connection;
  }

  get connectionId(): number | null {
    return this.#facts.connectionId;
  }

  get timings(): MessageRecord["timings"] {
    return this.#facts.timings;
  }

  get sent(): SentHead | null {
    return this.#facts.sent;
  }
}

/** The fields as they were sent; where the adapter does not tell, those of the request. */
export function requestHeadersOf({ sent, preparedHeaders }: KeptMessage): HeaderMap {
  return sent?.headers ?? preparedHeaders;
}

/** The copy that was made last: most requests of a session have the same fields. */
let lastCopy = new HeaderMap();

/** The program may change them. */
function copyOf(headers: HeaderMap): HeaderMap {
  if (headers.identity !== lastCopy.identity) lastCopy = headers.clone();
  return lastCopy;
}

/** Nothing happened: most messages have it. */
export const NOTHING: Happenings = Object.freeze({
  cookies: [],
  retry: null,
  redirect: null,
  isChallengeAnswered: false,
});

/** Nothing happened yet. */
export function nothingHappened(): Happenings {
  return { cookies: [], retry: null, redirect: null, isChallengeAnswered: false };
}

/** Somebody else may have asked for more of it. */
function keptBody(body: CapturedBody | null, maxBytes: number): CapturedBody | null {
  if (body === null) return null;
  if (body.bytes.byteLength <= maxBytes) return body;
  return { bytes: new Uint8Array(body.bytes.subarray(0, maxBytes)), isCut: true };
}

const MOST_MESSAGE_LENGTH = 1000;

/** Name and message, secrets in URLs hidden; `null`: there is none. */
export function keptError(error: unknown): KeptError | null {
  if (error === null || error === undefined) return null;
  if (!isError(error))
    return { name: describe(error), message: typeof error === "string" ? text(error) : "" };
  return { name: error.name, message: text(error.message) };
}

function text(message: unknown): string {
  return shownUrls(String(message).slice(0, MOST_MESSAGE_LENGTH));
}
