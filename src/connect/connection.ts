/**
 * What a transaction needs of a connection: HTTP/1.1 has it for itself (`transport/http1-connection.ts`), of HTTP/2 it has a stream (`http2/stream.ts`).
 */
import type { AsyncResource } from "node:async_hooks";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";

import type { RequestHead } from "../core/request-head.ts";
import type { WireHead } from "../core/response.ts";
import type { ConnectionFacts } from "./connection-facts.ts";
import type { ReadClock } from "./read-clock.ts";

/** Where a body goes that comes piece by piece, in the manner of a protocol. */
export interface BodySink {
  /** Takes the bytes in the end: its `drain` and `close` are waited for. */
  readonly to: Writable;
  /** The head goes out alone: the body waits. */
  begin(): void;
  write(piece: Uint8Array): void;
  /** There are no more pieces. */
  end(): void;
}

/** The body of a request that comes piece by piece. */
export interface BodyWriter {
  /** Did each byte that was announced go into the sink? The source may not have said yet that there are no more. */
  readonly isHandedOver: boolean;
  /** Gives the body to `sink`. `done` is told whether all of it went out. */
  write(sink: BodySink, done: (isComplete: boolean) => void): void;
}

/** One request on a connection, and who wants to hear of its response. */
export interface Message extends RequestHead {
  /** The body: all of it, or what gives it; both `null` for none. */
  readonly bytes: Uint8Array | null;
  readonly upload: BodyWriter | null;
  /** The caller's: what is published of the message is published in it. */
  readonly context: AsyncResource;
  /** Bytes go out from here on. `now` is the time on the monotonic clock, in milliseconds. */
  onStart(now: number): void;
  /** An interim response: the head is still to come. */
  onInformational(status: number, fields: string[]): void;
  onHead(head: WireHead): void;
  /** Is `chunk` kept? If not, its memory may be written over afterwards. */
  onData(chunk: Uint8Array): boolean;
  onEnd(trailers: string[]): void;
  /** There will be no response, or no more of it. */
  onFailure(error: Error): void;
  /** The adapter is closed. A body that a caller streams is left to the caller. */
  onShutdown(reason: Error): void;
}

/** Carries one message at a time. */
export interface Connection {
  /** What it lies on; with HTTP/2 it is that of all its streams. */
  readonly socket: Socket;
  readonly httpVersion: "1.1" | "2";
  /** What is told of it. */
  readonly facts: ConnectionFacts;
  /** Watches over the running message. */
  readonly clock: ReadClock;
  /** Messages that were completed on the connection before this one: with any, it may have ended meanwhile. */
  readonly served: number;
  /** Was it opened for another message than the running one? */
  readonly isReused: boolean;
  /** Has the running message been written, at least in part? */
  readonly started: boolean;
  /** Has any byte of its response come? */
  readonly heard: boolean;
  /** When bytes of it came last, in milliseconds of the monotonic clock. */
  readonly heardAt: number;
  /** Did the server say that it did nothing with the message (RFC 9113 §8.7)? */
  readonly isRefused: boolean;
  /** What the socket reported first, before a parser saw it. */
  readonly fault: Error | null;
  /** Is a part of the running message not in the hands of the system yet? */
  readonly isSending: boolean;
  /** Sends a message, in the context of its caller. Nothing else may be running. */
  send(message: Message): void;
  /** Stops reading: what is on its way fills the buffers between here and the server. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /**
   * The answer is there before the message is out, and the rest of it is wanted all the same: the message ends when both are
   * through. It fails with {@link UnsentBody} when the connection ends before.
   */
  goOn(): void;
  /** No other message is to be sent on it. */
  retire(): void;
  /** Ends the running message, and with HTTP/1.1 the connection. */
  destroy(error: Error): void;
  /** The adapter closes: the running message is told. */
  shutDown(reason: Error): void;
}
