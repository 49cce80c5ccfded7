/**
 * Watch: who hears of a call while it goes on. `events/` implements it; stages and transport tell it what happens. It is there only
 * while somebody listens: else its place is `null`, and that is one comparison.
 */
import type { AnyResponse, ConnectionInfo, SentHead, Timings, WireHead } from "./response.ts";
import type { CookieVerdict } from "./cookie-store.ts";
import type { HeaderMap } from "./headers.ts";
import type { ConnectionRecord } from "./records.ts";
import type { PreparedRequest } from "./request.ts";

/** Hears of one call. */
export interface CallWatch {
  /** A message is about to be sent. */
  begin(request: PreparedRequest): MessageWatch;
  /** The response before led to `next`. */
  onRedirect(response: AnyResponse, next: PreparedRequest): void;
  /** What was sent goes out again, later. */
  onRetry(status: number | null, error: unknown, delayMs: number): void;
  /** The challenge of a response is answered. */
  onChallenge(response: AnyResponse, answered: number): void;
  /** A response set cookies. */
  onCookies(request: PreparedRequest, verdicts: readonly CookieVerdict[]): void;
  /** `http:` became `https:`, or the host asked for it. */
  onHsts(kind: "upgraded" | "noted", host: string): void;
}

/** What a message went over, and how long opening that took. */
export interface MessageFacts {
  readonly connection: ConnectionInfo | null;
  readonly connectionId: number | null;
  readonly sent: SentHead | null;
  readonly timings: Timings;
}

/** Hears of one message, and of what is made of it: that it is sent once more is another message. */
export interface MessageWatch {
  /** The request, with the fields that listeners gave it. */
  readonly request: PreparedRequest;
  /** Has an adapter that tells of its messages taken it on? Else the sender tells what it sees. */
  readonly isTaken: boolean;
  /** An adapter takes it on. A second time is another message, sent again as `reason` says. */
  take(request: PreparedRequest, reason: "auth" | "resend"): MessageWatch;
  /** A connection was, or was not, opened for it, or has ended. `null`: nobody wants to know. */
  readonly onConnection: ((record: ConnectionRecord) => void) | null;
  /** A piece of the request's body went out. */
  onPieceSent(piece: Uint8Array): void;
  /** The head came. */
  onHead(head: WireHead, headers: HeaderMap): void;
  /** A piece of the response's body came. Its memory is written over. */
  onPiece(piece: Uint8Array): void;
  /** The response is whole. @param trailers `null` for none. */
  onEnd(trailers: HeaderMap | null, facts: MessageFacts): void;
  /** There is no response, or no whole one. @param isUnread the program gave up the rest of it. */
  onFailure(reason: unknown, isUnread: boolean, facts: MessageFacts): void;
}
