/**
 * One HTTP/2 connection, shared by many messages (RFC 9113). Framing, flow control and header compression are Node's.
 *
 * Here is what all streams of a connection have in common: how many there may be, whether new ones may begin, whether anybody
 * is there, when it ends. What one message does is in `http2/stream.ts`.
 */
import type { ClientHttp2Session, Settings } from "node:http2";
import type { Socket } from "node:net";
// Of the module: what a test puts in the place of the global one must not stop a connection.
import { setImmediate } from "node:timers";

import type { Opened } from "../connect/connect.ts";
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import type { Message } from "../connect/connection.ts";
import { ReadClock } from "../connect/read-clock.ts";
import { nodeHttp2 } from "../core/late.ts";
import type { ResponseLimits } from "../core/response-limits.ts";
import { canWidenWindow } from "../connect/runtime.ts";
import { connectionClosed, connectionEnded, errorCodes, sessionFault } from "./faults.ts";
import { Http2Heads } from "./fields.ts";
import { H2Stream } from "./stream.ts";

/** Until the server has said how many streams it takes at a time, and if it does not say (RFC 9113 §6.5.2). */
const STREAMS_BEFORE_SETTINGS = 1;
const STREAMS_BY_DEFAULT = 100;
/** Bytes that may be under way unasked: on one stream, and on all. */
const STREAM_WINDOW_BYTES = 262_144;
const CONNECTION_WINDOW_BYTES = 1_048_576;
/**
 * Node takes more of a header section than is allowed, or at least so much: above its limit it resets the stream, which looks
 * as if the server had, while `http2/stream.ts` counts and tells by name. Not all that Node could take: a few bytes may stand for
 * very many (RFC 7541), on each stream. What is compressed has a limit of its own, the number of CONTINUATION frames.
 */
const SLACK = 4;
const LEAST_NODE_BYTES = 1_048_576;
const LEAST_NODE_FIELDS = 10_000;
/** Node's own limit of its settings. */
const MOST_NODE_BYTES = 16_777_215;

/**
 * So many messages begin in one turn of the event loop. Node writes what they say when the turn is over: with more, the first
 * would wait for the last, and the server would have nothing to do until then.
 */
const MESSAGES_A_TURN = 20;

/** Whom connections are for is said by each request. An address must not get into the names that TLS shows (RFC 6066 §3). */
const ANY_ORIGIN = "https://localhost";

/**
 * After so long a silence that ended a message somebody asks whether the server is there, in milliseconds; so long it has for
 * the answer, before new messages go elsewhere.
 */
const LONG_SILENCE_MS = 1000;

/** Who is told what becomes of a connection. */
export interface H2Listener {
  /** A stream has ended, or new ones may begin again: there is room. */
  onRoom(): void;
  /** No new message may begin on it. */
  onRetired(): void;
  /** The server did nothing with a message. `taken`: so many it took on this connection. */
  onRefused(taken: number): void;
  /** The server speaks HTTP/1.1 only, for this origin. */
  onHttp1Required(): void;
  /** Nothing is left of it. */
  onClose(): void;
}

/** A connection on which HTTP/2 is spoken. */
export class H2Session {
  /** When it is not to be used any more if it stays idle, in milliseconds of the monotonic clock. Kept by the pool. */
  idleUntil = 0;
  /** Messages that were completed on it. */
  served = 0;
  /** Was a message put on it already? */
  isUsed = false;
  /** When anything was heard of the server last, in milliseconds of the monotonic clock. */
  heardAt: number = performance.now();
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  /** What is taken of a response beside its body. */
  readonly limits: ResponseLimits;
  readonly #session: ClientHttp2Session;
  readonly #listener: H2Listener;
  readonly #streams = new Set<H2Stream>();
  readonly #heads = new Http2Heads();
  /** Of messages that are over. */
  readonly #clocks: ReadClock[] = [];
  #mostStreams = STREAMS_BEFORE_SETTINGS;
  #pace: number;
  #begun = 0;
  /** When messages began last, and how many since they do: all of a turn are told the same time. */
  #turnedAt = 0;
  #begunInTurn = 0;
  #refused = 0;
  #isRetired = false;
  #isEnded = false;
  /** The highest stream that the server may have looked at, once it said so. */
  #lastStream = Number.POSITIVE_INFINITY;
  #goawayCode: number = errorCodes.noError;
  #fault: Error | null = null;
  /** Runs while nobody knows whether the server is there. */
  #doubt: NodeJS.Timeout | null = null;

  /**
   * @param pace so many streams at a time at first, and one more for each that was answered: as many as the server took before.
   * @throws when the connection has ended already.
   */
  constructor({ socket, facts }: Opened, limits: ResponseLimits, pace: number, listener: H2Listener) {
    this.facts = facts;
    this.limits = limits;
    this.#pace = pace;
    this.socket = socket;
    this.#listener = listener;
    if (socket.destroyed) throw connectionClosed();
    // Before Node's own: streams that end with it are to know why.
    socket.on("error", (error: Error) => {
      this.#fault ??= error;
    });
    socket.once("end", () => this.#onEnd());
    socket.once("close", () => this.#onEnd());
    this.#session = nodeHttp2().connect(ANY_ORIGIN, {
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
    this.#watch();
    this.#session.unref();
  }

  /** How many messages are under way. */
  get running(): number {
    return this.#streams.size;
  }

  /** May another message begin? */
  get hasRoom(): boolean {
    return (
      this.isOpen && this.#doubt === null && this.#streams.size < Math.min(this.#mostStreams, this.#pace)
    );
  }

  /** Can messages begin on it, now or later? */
  get isOpen(): boolean {
    return !this.#isRetired && !this.#session.destroyed;
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

  /** Somebody waits for room: the process must not end before it is known whether there will be. */
  ref(): void {
    this.#doubt?.ref();
  }

  /**
   * @internal Begins a stream. `null` when the connection takes none any more.
   *
   * @throws what Node has against the message.
   */
  request(message: Message, endStream: boolean): ReturnType<ClientHttp2Session["request"]> | null {
    if (this.#isRetired || this.#session.destroyed || this.#session.closed) return null;
    const stream = this.#session.request(this.#heads.of(message), { endStream });
    this.#begun++;
    return stream;
  }

  /** @internal May one more message begin among those that begin at `now`? */
  takesMore(now: number): boolean {
    if (now !== this.#turnedAt) {
      this.#turnedAt = now;
      this.#begunInTurn = 0;
    }
    return this.#begunInTurn++ < MESSAGES_A_TURN;
  }

  /** @internal Something came. */
  hear(): void {
    this.heardAt = performance.now();
    if (this.#doubt !== null) this.#trust();
  }

  /**
   * @internal A message that began at `since` ends without its answer. Is anybody there? One stream that stands still says
   * nothing of the connection; one on which nothing at all is heard must not get more messages (RFC 9113 §6.7).
   *
   * @param limitMs of silence that it ran into; `null`: it ended for another reason.
   */
  doubt(since: number, limitMs: number | null): void {
    const waitMs = Math.min(limitMs ?? LONG_SILENCE_MS, LONG_SILENCE_MS);
    const silentMs = performance.now() - Math.max(since, this.heardAt);
    // Clocks of silence are exact to a millisecond.
    if (!this.isOpen || this.#doubt !== null || silentMs < waitMs - 1) return;
    this.#doubt = setTimeout(() => this.#retire(), waitMs).unref();
    this.#session.ping((error) => {
      if (error === null) this.hear();
    });
  }

  /**
   * @internal Did the server say that it did nothing with a stream (RFC 9113 §6.8, §8.7)? It goes out again elsewhere.
   *
   * @param code with which it ended.
   */
  isRefused(id: number | undefined, code: number): boolean {
    const isHttp1 = code === errorCodes.http11Required || this.#goawayCode === errorCodes.http11Required;
    const isAbove = id !== undefined && id > this.#lastStream;
    if (!isHttp1 && !isAbove && code !== errorCodes.refusedStream) return false;
    this.#refused++;
    if (isHttp1) this.#listener.onHttp1Required();
    this.#listener.onRefused(this.#begun - this.#refused);
    this.#retire();
    return true;
  }

  /** @internal The message on `stream` is over. */
  leave(stream: H2Stream, isComplete: boolean): void {
    if (!this.#streams.delete(stream)) return;
    if (isComplete) {
      this.served++;
      this.#pace++;
    }
    if (this.#streams.size === 0) {
      this.#session.unref();
      if (this.#isRetired) this.#end();
    }
    this.#listener.onRoom();
  }

  /** @internal A clock that stands still costs the next message no timer. */
  giveBack(clock: ReadClock): void {
    clock.stop();
    if (this.#isEnded) clock.end();
    else this.#clocks.push(clock);
  }

  /** No message begins on it any more. It ends when none is under way. */
  retire(): void {
    this.#retire();
  }

  /** Ends it, with whatever is under way. */
  destroy(): void {
    this.#retire();
    this.#end();
  }

  /** Ends it when nothing is under way; messages that nobody streams are told. Resolves when it is gone, or left alone. */
  async shutDown(reason: () => Error): Promise<void> {
    this.#retire();
    for (const stream of this.#streams) stream.shutDown(reason());
    if (this.#streams.size > 0 || this.socket.closed) return;
    await new Promise<void>((resolve) => {
      this.socket.once("close", resolve);
      // Somebody waits now: the process must not end before it is told.
      this.socket.ref();
      this.#end();
    });
  }

  #watch(): void {
    const session = this.#session;
    session.on("connect", () => {
      if (canWidenWindow && !session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    });
    session.on("error", (error: Error) => {
      this.#fault ??= sessionFault(error);
    });
    session.on("goaway", (code: number, lastStream: number) => {
      this.#lastStream = lastStream;
      this.#goawayCode = code;
      if (code !== errorCodes.noError) this.#fault ??= connectionEnded(code);
      this.#retire();
    });
    session.on("ping", () => this.hear());
    session.on("remoteSettings", (settings: Settings) => {
      this.#mostStreams = settings.maxConcurrentStreams ?? STREAMS_BY_DEFAULT;
      this.hear();
      this.#listener.onRoom();
    });
    session.once("close", () => {
      this.#retire();
      for (const clock of this.#clocks.splice(0)) clock.end();
      this.#listener.onClose();
    });
  }

  /** The other side has ended its half: nothing more can be answered. */
  #onEnd(): void {
    this.#fault ??= connectionClosed();
    this.#retire();
  }

  #trust(): void {
    if (this.#doubt !== null) clearTimeout(this.#doubt);
    this.#doubt = null;
    this.#listener.onRoom();
  }

  #retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    if (this.#doubt !== null) clearTimeout(this.#doubt);
    this.#doubt = null;
    this.#listener.onRetired();
    if (this.#streams.size === 0) this.#end();
  }

  /** Says goodbye, and waits for no answer: a server may keep its side open for ever. */
  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // What was written in this turn goes out first: Node may tell of the end of a stream before it writes that.
    setImmediate(() => {
      this.#session.destroy(undefined, errorCodes.noError);
      setImmediate(() => this.socket.destroy());
    });
  }
}
