/**
 * Watch: who hears of a call while it goes on. `events/` implements it; stages and transport tell it what happens. It is there only
 * while somebody listens: else its place is `null`, and that is one comparison.
 */
import type { CookieVerdict } from "./cookie-store.ts";
import type { HeaderMap } from "./headers.ts";
import type { ConnectionRecord, TellWithin } from "./records.ts";
import type { PreparedRequest } from "./request.ts";
import type { AnyResponse, ConnectionInfo, SentHead, Timings } from "./response.ts";

/** Hears of one call. */
export interface CallWatch {
  /** A message is about to be sent. `null`: `signal` gave it up before, so that it is none. */
  begin(request: PreparedRequest, signal: AbortSignal | null): MessageWatch | null;
  /**
   * An adapter that tells of its messages takes on the one that is about to be sent, as this request. Was it taken on already, that is
   * another message, which is sent for this reason.
   */
  take(request: PreparedRequest, reason: "auth" | "resend"): MessageWatch;
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

/** What is known of a message at its end. Each part is made when somebody looks at it. */
export interface MessageFacts {
  /** `null`: there was no connection, or the adapter does not tell. */
  readonly connection: ConnectionInfo | null;
  readonly connectionId: number | null;
  readonly sent: SentHead | null;
  readonly timings: Timings;
}

/** A head that came. Each part is made when somebody looks at it. */
export interface HeardHead extends Pick<MessageFacts, "connection" | "connectionId"> {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly headers: HeaderMap;
  /** Its fields as they came: name, value, name, value ... */
  readonly fields: readonly string[];
}

/** Hears of one message. */
export interface MessageWatch {
  /** The request, with the fields that listeners gave it. */
  readonly request: PreparedRequest;
  /** When it began, in milliseconds of the monotonic clock. */
  readonly began: number;
  /** Has an adapter taken it on that tells of its messages? Else the sender tells what it sees. */
  readonly isTaken: boolean;
  /** Undici's channels are told of it within this; `null`: as it is. */
  readonly tellWithin: TellWithin | null;
  /** A connection was opened for it or could not be, or that one has ended. `null`: nobody wants to know. */
  readonly onConnection: ((record: ConnectionRecord) => void) | null;
  /** Does the program hear of the head at once? */
  readonly tellsHead: boolean;
  /** A piece of the request's body went out. */
  onPieceSent(piece: Uint8Array): void;
  /** The head came. */
  onHead(head: HeardHead): void;
  /** A piece of the response's body came. Its memory is written over. */
  onPiece(piece: Uint8Array): void;
  /** The response is whole. @param trailers `null` for none. */
  onEnd(trailers: HeaderMap | null, facts: MessageFacts): void;
  /** There is no response, or no whole one. @param reason `null`: the program gave up the rest of it. */
  onFailure(reason: unknown, facts: MessageFacts): void;
}
