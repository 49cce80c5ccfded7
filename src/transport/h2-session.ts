/**
 * One HTTP/2 connection, shared by many messages (RFC 9113). Framing, flow control and header compression are Node's.
 *
 * Here is what all streams of a connection have in common: how many there may be, whether new ones may begin, when it ends.
 * What one message does is in `h2-stream.ts`.
 *
 * May import: `core/`, own folder, `node:http2`.
 */
import { connect, constants, type ClientHttp2Session, type Settings } from "node:http2";

import type { Opened } from "./connect.ts";
import type { ConnectionFacts } from "./connection-facts.ts";
import type { Message } from "./connection.ts";
import type { HeadLimits } from "./head-limits.ts";
import { H2Stream } from "./h2-stream.ts";
import { ReadClock } from "./read-clock.ts";
import { Http2Heads } from "./sent-head.ts";

/** Until the server has said how many streams it takes at a time, and if it does not say (RFC 9113 §6.5.2). */
const STREAMS_BEFORE_SETTINGS = 1;
const STREAMS_BY_DEFAULT = 100;
/** Bytes that may be under way unasked: on one stream, and on all. */
const STREAM_WINDOW_BYTES = 262_144;
const CONNECTION_WINDOW_BYTES = 1_048_576;
/**
 * Node takes more of a header section than is allowed, or at least so much: above its limit it resets the stream, which looks
 * as if the server had, while `h2-stream.ts` counts and tells by name. Not all that Node could take: a few bytes may stand for
 * very many (RFC 7541), on each stream. What is compressed has a limit of its own, the number of CONTINUATION frames.
 */
const SLACK = 4;
const LEAST_NODE_BYTES = 1_048_576;
const LEAST_NODE_FIELDS = 10_000;
/** Node's own limit of its settings. */
const MOST_NODE_BYTES = 16_777_215;

/** Who is told what becomes of a connection. */
export interface H2Listener {
  /** A stream has ended: there is room for another. */
  onRoom(): void;
  /** No new message may begin on it. */
  onRetired(): void;
}

/** A connection on which HTTP/2 is spoken. */
export class H2Session {
  /** When it is not to be used any more if it stays idle, in milliseconds of the monotonic clock. Kept by the pool. */
  idleUntil = 0;
  /** Messages that were completed on it. */
  served = 0;
  /** Was a message put on it already? */
  isUsed = false;
  readonly facts: ConnectionFacts;
  /** What is taken of a response beside its body. */
  readonly limits: HeadLimits;
  readonly #session: ClientHttp2Session;
  readonly #listener: H2Listener;
  readonly #streams = new Set<H2Stream>();
  readonly #heads = new Http2Heads();
  /** Of messages that are over. */
  readonly #clocks: ReadClock[] = [];
  #mostStreams = STREAMS_BEFORE_SETTINGS;
  #isRetired = false;
  #fault: Error | null = null;

  constructor(origin: string, { socket, facts }: Opened, limits: HeadLimits, listener: H2Listener) {
    this.facts = facts;
    this.limits = limits;
    this.#listener = listener;
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: {
        enablePush: false,
        initialWindowSize: STREAM_WINDOW_BYTES,
        maxHeaderListSize: Math.min(
          Math.max(SLACK * limits.maxHeaderBytes, LEAST_NODE_BYTES),
          MOST_NODE_BYTES,
        ),
      },
      maxHeaderListPairs: Math.max(SLACK * limits.maxHeaderCount, LEAST_NODE_FIELDS),
      maxReservedRemoteStreams: 0,
    });
    this.#session.on("connect", () => this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
    this.#session.on("error", (error: Error) => {
      this.#fault ??= error;
    });
    this.#session.on("goaway", () => this.#retire());
    this.#session.on("remoteSettings", (settings: Settings) => {
      this.#mostStreams = settings.maxConcurrentStreams ?? STREAMS_BY_DEFAULT;
      listener.onRoom();
    });
    this.#session.once("close", () => {
      this.#retire();
      for (const clock of this.#clocks.splice(0)) clock.end();
    });
    this.#session.unref();
  }

  /** How many messages are under way. */
  get running(): number {
    return this.#streams.size;
  }

  /** May another message begin? */
  get hasRoom(): boolean {
    return !this.#isRetired && !this.#session.destroyed && this.#streams.size < this.#mostStreams;
  }

  /** Why the connection broke, when it did. */
  get fault(): Error | null {
    return this.#fault;
  }

  /** A place for one message. */
  open(): H2Stream {
    const stream = new H2Stream(this, this.#clocks.pop() ?? new ReadClock());
    this.#streams.add(stream);
    this.isUsed = true;
    // Somebody waits now: the process must not end.
    if (this.#streams.size === 1) this.#session.ref();
    return stream;
  }

  /** @internal Begins a stream. `null` when the connection takes none any more. */
  request(
    { method, target, head }: Message,
    endStream: boolean,
  ): ReturnType<ClientHttp2Session["request"]> | null {
    if (this.#session.destroyed || this.#session.closed) return null;
    return this.#session.request(this.#heads.fieldsOf(method, target, head), { endStream });
  }

  /** @internal The message on `stream` is over. */
  leave(stream: H2Stream, isComplete: boolean): void {
    if (!this.#streams.delete(stream)) return;
    this.#giveBack(stream.clock);
    if (isComplete) this.served++;
    if (this.#streams.size === 0) {
      this.#session.unref();
      if (this.#isRetired) this.#session.close();
    }
    this.#listener.onRoom();
  }

  /** Ends it, with whatever is under way. */
  destroy(): void {
    this.#retire();
    this.#session.destroy(undefined, constants.NGHTTP2_NO_ERROR);
  }

  /** Ends it when nothing is under way; messages that nobody streams are told. Resolves when it is gone, or left alone. */
  async shutDown(reason: () => Error): Promise<void> {
    this.#retire();
    for (const stream of this.#streams) stream.shutDown(reason());
    if (this.#streams.size > 0 || this.#session.destroyed) return;
    await new Promise<void>((resolve) => {
      // Somebody waits now: the process must not end before it is told.
      this.#session.ref();
      this.#session.once("close", resolve);
      this.#session.destroy();
    });
  }

  /** A clock that stands still costs the next message no timer. */
  #giveBack(clock: ReadClock): void {
    clock.stop();
    if (this.#session.destroyed) clock.end();
    else this.#clocks.push(clock);
  }

  #retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#listener.onRetired();
    if (this.#streams.size === 0 && !this.#session.destroyed) this.#session.close();
  }
}
