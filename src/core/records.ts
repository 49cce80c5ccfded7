/**
 * Records: what is told of calls, messages and connections when they are over, and of what happens in between. One record feeds
 * everything: `session.events`, the channels of `node:diagnostics_channel`, recorders, reports, spans and logs.
 *
 * A record holds what was really sent, secrets too. What it prints, and its `toJSON()`, hide them.
 */
import type { CookieRefusalReason, StoredCookie } from "./cookie-store.ts";
import type { Phase } from "./errors.ts";
import type { HeaderMap } from "./headers.ts";
import type { PreparedRequest } from "./request.ts";
import type { ConnectionInfo, SentHead, Timings } from "./response.ts";

/** Why a message was sent. */
export type MessageReason =
  /** It is the first one of its call. */
  | "call"
  /** A redirect led to it. */
  | "redirect"
  /** The one before it failed, and the retry policy asked for it. */
  | "retry"
  /** It answers a challenge, of the server or of a proxy. */
  | "auth"
  /** The connection ended, or the server said that it had done nothing with it: it went out once more. */
  | "resend";

/**
 * What became of a message or a call. `"complete"`: the response came whole. `"unread"`: its head came, and the rest was given up by the
 * program. `"failed"`: it came to an error. `"aborted"`: the caller gave up, which is no error.
 */
export type Outcome = "complete" | "unread" | "failed" | "aborted";

/** Where a message stands among others. */
export interface MessagePlace {
  /** Number of the message: each is another one in this process. */
  readonly id: number;
  /** Number of the call that it was sent for: each is another one in this process. */
  readonly call: number;
  /** How many redirects were followed before it in its call. */
  readonly hop: number;
  /** How many attempts there were before it in its hop. */
  readonly attempt: number;
  /** How many messages were sent before it in its call. */
  readonly resends: number;
  /** Why it was sent. */
  readonly reason: MessageReason;
}

/** A message that is about to be sent. Listeners of `sending` may give it fields. */
export interface Sending extends MessagePlace {
  /** The method. */
  readonly method: string;
  /** The URL. Its secrets are hidden: `request.url` has them. */
  readonly url: string;
  /** When it begins, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The request, with its secrets. */
  readonly request: PreparedRequest;
  /**
   * Sets a header field of this message, such as `traceparent`; `null` removes it.
   *
   * @throws {InvalidHeader} for what must not go on the wire.
   */
  setHeader(name: string, value: string | null): void;
  /**
   * What undici's channels are told of this message is told within `run`, which calls its argument once, at once: for another async
   * context than that of the call. Of several the one that was given last is the outermost.
   */
  tellWithin(run: TellWithin): void;
}

/** Calls its argument once, at once. */
export type TellWithin = (tell: () => void) => void;

/** The head of a response came: its body follows. */
export interface MessageHead extends MessagePlace {
  /** The status code. */
  readonly status: number;
  /** `"1.1"`, `"1.0"` or `"2"`. */
  readonly httpVersion: string;
  /** The header fields as received. */
  readonly headers: HeaderMap;
  /** What it comes over. `null`: there is no connection, or the adapter does not tell. */
  readonly connection: ConnectionInfo | null;
  /** Number of that connection: each is another one in this process. `null` as `connection`. */
  readonly connectionId: number | null;
}

/** A body as far as it was kept. */
export interface CapturedBody {
  /** As it went over the wire: content codings are still on. */
  readonly bytes: Uint8Array;
  /** Did it go on? Then only the first bytes are here. */
  readonly isCut: boolean;
}

/** One message and its response: what was sent, what came, and how long it took. */
export interface MessageRecord extends MessagePlace {
  /** The method. */
  readonly method: string;
  /** The URL. Its secrets are hidden: `request.url` has them. */
  readonly url: string;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** From its beginning to its end, in milliseconds: to the end of the body, or to the failure. */
  readonly duration: number;
  /** What became of it. */
  readonly outcome: Outcome;
  /** The request, with its secrets. */
  readonly request: PreparedRequest;
  /** The head as it was sent, with its secrets. `null`: none was sent, or the adapter does not tell. */
  readonly sent: SentHead | null;
  /** Bytes of the body that were sent. */
  readonly sentBytes: number;
  /** The status code; `null`: there was no response. */
  readonly status: number | null;
  /** The reason phrase, `""` for none. */
  readonly statusText: string;
  /** `"1.1"`, `"1.0"` or `"2"`; `null`: there was no response. */
  readonly httpVersion: string | null;
  /** Header fields as received; `null`: there was no response. */
  readonly headers: HeaderMap | null;
  /** Fields after the body; `null` for none. */
  readonly trailers: HeaderMap | null;
  /** Bytes of the response's body that came, with content codings on. */
  readonly receivedBytes: number;
  /** What it went over. `null`: there was no connection, or the adapter does not tell. */
  readonly connection: ConnectionInfo | null;
  /** Number of that connection: each is another one in this process. `null` as `connection`. */
  readonly connectionId: number | null;
  /** How long its parts took, in milliseconds. Of a failed one: as far as they came. */
  readonly timings: Timings;
  /** What it failed with, or the reason that the caller gave up for; `null` for neither. */
  readonly error: unknown;
  /** Where in its life it failed; `null` when it did not. */
  readonly phase: Phase | null;
  /** The request's body, where somebody keeps bodies (`session.record({ bodies })`); else `null`. */
  readonly requestBody: CapturedBody | null;
  /** The response's body, where somebody keeps bodies; else `null`. */
  readonly responseBody: CapturedBody | null;
}

/** One call of the program, with all messages that were sent for it. */
export interface CallRecord {
  /** Number of the call: each is another one in this process. */
  readonly id: number;
  /** The method. */
  readonly method: string;
  /** The URL that was asked for. Its secrets are hidden. */
  readonly url: string;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Until the program had its response, in milliseconds. */
  readonly duration: number;
  /** What became of it. */
  readonly outcome: Outcome;
  /** Status of the final response; `null`: there was none. */
  readonly status: number | null;
  /** What it failed with, or the reason that the caller gave up for; `null` for neither. */
  readonly error: unknown;
  /** How many messages were sent for it. */
  readonly messages: number;
  /** How many redirects were followed. */
  readonly redirects: number;
  /** How many times it was sent again as the retry policy asks. */
  readonly retries: number;
}

/** What happened to a connection. */
export interface ConnectionRecord {
  /** Number of the connection: each is another one in this process. One that could not be opened has one, too. */
  readonly id: number;
  /** It was opened, could not be opened, or has ended. */
  readonly kind: "opened" | "failed" | "closed";
  /** Where it leads: `scheme://host:port`; of one to a proxy that forwards requests that proxy. */
  readonly origin: string;
  /** `scheme://host:port` of the proxy on the way, without its credentials; `null` for none. */
  readonly proxy: string | null;
  /** `"1.1"` or `"2"`; `null` for one that could not be opened. */
  readonly httpVersion: string | null;
  /** Its ends, and TLS as it was agreed on; `null` for one that could not be opened. */
  readonly info: ConnectionInfo | null;
  /** When it began to be opened, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** From the beginning until it was open, failed, or has ended, in milliseconds. */
  readonly duration: number;
  /** How long the parts of opening it took, in milliseconds; `null` for what did not happen. */
  readonly timings: Pick<Timings, "dns" | "tcp" | "proxy" | "tls">;
  /** How many messages went over it whole. */
  readonly messages: number;
  /** Why it could not be opened; `null` otherwise. */
  readonly error: unknown;
}

/** Which message something happened to. */
export interface MessageOf {
  /** Number of the call. */
  readonly call: number;
  /** Number of the message. */
  readonly message: number;
}

/** What became of a cookie that a response set. Never its value. */
export type CookieFate =
  | { readonly kind: "stored"; readonly name: string; readonly cookie: Omit<StoredCookie, "value" | "name"> }
  | { readonly kind: "deleted"; readonly name: string }
  | { readonly kind: "refused"; readonly name: string; readonly reason: CookieRefusalReason };

/** What became of a `Set-Cookie` field, and the URL of its request, secrets hidden. */
export type CookieRecord = MessageOf & { readonly url: string } & CookieFate;

/** A message is sent again. */
export interface RetryRecord extends MessageOf {
  /** How many attempts there were, with the one that failed. */
  readonly attempts: number;
  /** Status of the response, or `null` when there was none. */
  readonly status: number | null;
  /** What went wrong; `null` when there was a response. */
  readonly error: unknown;
  /** How long is waited before it is sent again, in milliseconds. */
  readonly delayMs: number;
}

/** A redirect is followed. */
export interface RedirectRecord extends MessageOf {
  /** Status of the response. */
  readonly status: number;
  /** The URL that it came from, secrets hidden. */
  readonly from: string;
  /** The URL that it leads to, secrets hidden. */
  readonly to: string;
  /** The method of the request that follows. */
  readonly method: string;
}

/** A challenge of the server, which is answered. */
export interface AuthRecord extends MessageOf {
  /** The status code: 401 or 407. */
  readonly status: number;
  /** The URL, secrets hidden. */
  readonly url: string;
  /** How many challenges of this request were answered before. */
  readonly answered: number;
}

/** `http:` became `https:`, or a host asked to be reached over TLS only. */
export interface HstsRecord {
  /** Number of the call. */
  readonly call: number;
  /** `"upgraded"`: the URL was. `"noted"`: the host asked for it. */
  readonly kind: "upgraded" | "noted";
  /** The host. */
  readonly host: string;
}

/** What became of a session that is stored. */
export interface StoreRecord {
  /** `"saved"`: changes were stored. `"reloaded"`: those of others were taken over. `"failed"`: one of both failed. */
  readonly kind: "saved" | "reloaded" | "failed";
  /** Where it is stored. */
  readonly place: string;
  /** How many changes; 0 for one that failed. */
  readonly changes: number;
  /** What it failed with; `null` otherwise. */
  readonly error: unknown;
}

/** What listeners of a session are told, by the name of the event. */
export interface EventRecords {
  /** A call is over. */
  readonly call: CallRecord;
  /** A message is about to be sent, in the async context of its call. */
  readonly sending: Sending;
  /** The head of a response came. */
  readonly head: MessageHead;
  /** A message is over. */
  readonly message: MessageRecord;
  /** A connection was opened, could not be opened, or has ended. */
  readonly connection: ConnectionRecord;
  /** What became of a `Set-Cookie` field. */
  readonly cookie: CookieRecord;
  /** A message is sent again. */
  readonly retry: RetryRecord;
  /** A redirect is followed. */
  readonly redirect: RedirectRecord;
  /** A challenge is answered. */
  readonly auth: AuthRecord;
  /** `http:` became `https:`, or a host asked for it. */
  readonly hsts: HstsRecord;
  /** A stored session was saved, reloaded, or could not be. */
  readonly store: StoreRecord;
}

/** Name of an event. */
export type EventName = keyof EventRecords;

/** What tells what happens in it: a session. */
export interface TellingSession {
  /** Who listens to what. */
  readonly events: {
    /** Calls `listener` each time that it happens. */
    on<Name extends EventName>(name: Name, listener: (record: EventRecords[Name]) => void): unknown;
    /** Takes a listener off. */
    off<Name extends EventName>(name: Name, listener: (record: EventRecords[Name]) => void): unknown;
  };
}
