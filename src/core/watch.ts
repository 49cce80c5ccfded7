/**
 * Watch: who hears of a call while it goes on. `events/` implements it; stages and transport tell it what happens. It is there only
 * while somebody listens: else its place is `null`, and that is one comparison.
 */
import type { CookieVerdict } from "./cookie-store.ts";
import type { HeaderMap } from "./headers.ts";
import type { ConnectionRecord, TellWithin } from "./records.ts";
import type { PreparedRequest } from "./request.ts";
import type { AnyResponse, ConnectionInfo, SentHead, Timings, WireHead } from "./response.ts";

/** Hears of one call. */
export interface CallWatch {
  /** A message is about to be sent. */
  begin(request: PreparedRequest): MessageWatch;
  /** A redirect is followed: `next` is sent. */
  onRedirect(response: AnyResponse, next: PreparedRequest): void;
  /** What was sent goes out again, after `delayMs` milliseconds. */
  onRetry(failed: {
    readonly status: number | null;
    readonly error: unknown;
    readonly delayMs: number;
  }): void;
  /** The challenge of a response is answered. */
  onChallenge(response: AnyResponse, answered: number): void;
  /** A response set cookies. */
  onCookies(request: PreparedRequest, verdicts: readonly CookieVerdict[]): void;
  /** `http:` became `https:`, or the host asked for it. */
  onHsts(kind: "upgraded" | "noted", host: string): void;
}

/** What is known of a message: what it went over, what was sent, how long it took. */
export interface MessageFacts {
  /** `null`: there was no connection, or the adapter does not tell. */
  readonly connection: ConnectionInfo | null;
  readonly connectionId: number | null;
  readonly sent: SentHead | null;
  readonly timings: Timings;
}

/** What a message goes over. */
export type MessageWay = Pick<MessageFacts, "connection" | "connectionId">;

/** Hears of one message. */
export interface MessageWatch {
  /** The request, with the fields that listeners gave it. */
  readonly request: PreparedRequest;
  /** Has an adapter taken it on that tells of its messages? Else the sender tells what it sees. */
  readonly isTaken: boolean;
  /** An adapter takes it on, as this request. From the second time on that is another message, which is sent for this reason. */
  take(request: PreparedRequest, reason: "auth" | "resend"): MessageWatch;
  /** Undici's channels are told of it within this; `null`: as it is. */
  readonly tellWithin: TellWithin | null;
  /** A connection was opened for it or could not be, or that one has ended. `null`: nobody wants to know. */
  readonly onConnection: ((record: ConnectionRecord) => void) | null;
  /** A piece of the request's body went out. */
  onPieceSent(piece: Uint8Array): void;
  /** The head came. @param way looked at only when somebody wants to know. */
  onHead(
    head: Pick<WireHead, "status" | "reason" | "httpVersion">,
    headers: HeaderMap,
    way: () => MessageWay,
  ): void;
  /** A piece of the response's body came. Its memory is written over. */
  onPiece(piece: Uint8Array): void;
  /** The response is whole. @param trailers `null` for none. */
  onEnd(trailers: HeaderMap | null, facts: MessageFacts): void;
  /** There is no response, or no whole one. @param reason `null`: the program gave up the rest of it. */
  onFailure(reason: unknown, facts: MessageFacts): void;
}
