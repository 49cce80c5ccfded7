/**
 * The connections of one route. With HTTP/1.1 each carries one message at a time: the one that was used last is used next,
 * so that a sequence of requests keeps to one connection, and surplus ones grow old. With HTTP/2 there is one for all.
 */
import type { AsyncResource } from "node:async_hooks";

import { Queue, type Place } from "../core/queue.ts";
import {
  Opening,
  unwanted,
  type ConnectSettings,
  type Opened,
  type OpeningListener,
} from "../connect/connect.ts";
import { ConnectionLog, type ConnectionListener } from "../connect/connection-log.ts";
import type { Connection } from "../connect/connection.ts";
import { ConnectFailure, ConnectOverdue } from "../connect/failures.ts";
import type { Laps } from "../connect/laps.ts";
import { TlsMemory } from "../connect/resumption.ts";
import type { Route } from "../connect/route.ts";
import type { ResponseLimits } from "../core/response-limits.ts";
import { HeadWriter } from "../http1/request-writer.ts";
import { H2Session } from "../http2/session.ts";
import { H2Stream } from "../http2/stream.ts";
import { Http1Connection } from "./http1-connection.ts";
import { IdleConnections } from "./idle.ts";
import { SectionMemo, type Way } from "./outgoing.ts";
import { surplus } from "./surplus.ts";

/** How long a request waits for its turn when nobody says, in milliseconds. */
const TURN_MS = 60_000;

/** What all pools of an adapter have in common. */
export interface PoolSettings extends ConnectSettings {
  /** Idle connections kept; with `isBlocking` the most there are. */
  readonly maxSize: number;
  readonly isBlocking: boolean;
  /** How long a request waits for its turn, in milliseconds; `null`: for ever; `undefined`: as the request says. */
  readonly waitMs: number | null | undefined;
  readonly keepAliveMs: number;
  /** On an older connection no message begins any more; infinity for none. */
  readonly maxAgeMs: number;
  /** A connection of the pool became idle; it is not to be used after this time. */
  readonly onIdle: (pool: Pool, until: number) => void;
  /** Nothing goes on in the pool any more, whatever became of its connections. */
  readonly onUnused: (pool: Pool) => void;
}

/** Somebody who needs a connection. One of the functions is called, once. */
export interface Applicant {
  /** How long connecting may take, in milliseconds; `null`: for ever. The wait for a turn is not part of it. */
  readonly connectMs: number | null;
  /** How long it waits for a turn where the pool does not say, in milliseconds. Default: 60 000. */
  readonly turnMs: number | undefined;
  /** In which it asks: its look-up, its policy and its credentials for a proxy are asked in it. */
  readonly context: AsyncResource;
  /** How long the parts of opening its connection take; `null` while none is opened for it. */
  laps: Laps | null;
  /** Hears of a connection that is opened for it, to its end; `null`: nobody does. */
  readonly watchesConnections: ConnectionListener | null;
  onConnection(connection: Connection): void;
  onNoConnection(error: Error): void;
}

/** Somebody who waits for a turn. */
interface Waiter {
  readonly applicant: Applicant;
  readonly timer: NodeJS.Timeout | null;
}

/** A connection that is being opened. */
interface Attempt {
  readonly opening: Opening;
  /** Hears of it; `null`: nobody does. */
  readonly log: ConnectionLog | null;
}

/** Connections that lead the same way. */
export class Pool {
  readonly route: Route;
  readonly way: Way;
  readonly sections: SectionMemo = new SectionMemo();
  /** Name of the origin, for `stats`. */
  readonly origin: string;
  /** Has it been closed? */
  isClosed = false;
  readonly #heads = new HeadWriter();
  readonly #settings: PoolSettings;
  readonly #tlsMemory = new TlsMemory();
  readonly #idle: IdleConnections<Http1Connection>;
  readonly #open = new Set<Http1Connection>();
  readonly #opening = new Map<Applicant, Attempt>();
  readonly #waiting = new Queue<Waiter>();
  /** Where each of them stands. */
  readonly #places = new Map<Applicant, Place<Waiter>>();
  /** The connection that is shared, when the server speaks HTTP/2. */
  #shared: H2Session | null = null;
  /** It, and those on which nothing begins any more. */
  readonly #sessions = new Set<H2Session>();
  /** So many streams the server took on the last connection on which it refused others. */
  #pace = Number.POSITIVE_INFINITY;
  /** Whether it speaks HTTP/2 is known when the first connection is open. */
  #isOnlyHttp1: boolean;
  /** The server said that it does not, for what is asked of it (RFC 9113 §7): it is not offered any more. */
  #isHttp1Required = false;

  constructor(origin: string, route: Route, way: Way, settings: PoolSettings) {
    this.origin = origin;
    this.route = route;
    this.way = way;
    this.#settings = settings;
    this.#idle = new IdleConnections(settings, surplus);
    this.#isOnlyHttp1 = !route.isHttp2;
  }

  /** What is taken of a response beside its body. */
  get limits(): ResponseLimits {
    return this.#settings;
  }

  /** Connections that are open, how many of them are idle, and how many of those are not kept for long. */
  get counts(): { readonly open: number; readonly idle: number; readonly surplus: number } {
    let idle = this.#idle.size;
    for (const session of this.#sessions) if (session.running === 0) idle++;
    return { open: this.#open.size + this.#sessions.size, idle, surplus: this.#idle.surplus };
  }

  /** Is nothing going on, nor asked for? */
  get isUnused(): boolean {
    const { open, idle } = this.counts;
    return idle === open && this.#opening.size === 0 && this.#places.size === 0;
  }

  /** A connection that is open and free, or a stream of the shared one; `null` for none. */
  take(now: number): Connection | null {
    if (this.#shared === null) return this.#idle.take(now);
    const shared = this.#freshShared(now);
    return shared?.hasRoom === true ? this.#streamOf(shared) : null;
  }

  /** The shared connection, unless it is too old to begin anything on it: who uses it now goes on. */
  #freshShared(now: number): H2Session | null {
    const shared = this.#shared;
    if (shared === null) return null;
    const { age } = shared.facts;
    if (!age.isPast(Math.min(shared.idleUntil, age.openedAt + this.#settings.maxAgeMs), now)) return shared;
    shared.retire();
    return null;
  }

  #streamOf(shared: H2Session): Connection {
    shared.idleUntil = Number.POSITIVE_INFINITY;
    return shared.open();
  }

  /** Opens a connection for `applicant`, now or when it is its turn. */
  apply(applicant: Applicant): void {
    const shared = this.#shared === null ? null : this.#freshShared(performance.now());
    if (shared?.hasRoom === true) {
      applicant.onConnection(this.#streamOf(shared));
      return;
    }
    if (this.#mayConnect) {
      this.#connect(applicant);
      return;
    }
    shared?.ref();
    const isConnecting = !this.#isOnlyHttp1 && shared === null;
    const limitMs = isConnecting ? applicant.connectMs : this.#turnMs(applicant);
    const overdue = (): void => {
      this.#leave(applicant);
      applicant.onNoConnection(
        isConnecting
          ? new ConnectOverdue(limitMs ?? 0, "connect")
          : new ConnectOverdue(limitMs ?? 0, "pool", this.#whyBusy()),
      );
      this.#settle();
    };
    const timer = limitMs === null ? null : setTimeout(overdue, limitMs);
    this.#places.set(applicant, this.#waiting.join({ applicant, timer }));
  }

  #turnMs({ turnMs }: Applicant): number | null {
    const { waitMs } = this.#settings;
    return waitMs === undefined ? (turnMs ?? TURN_MS) : waitMs;
  }

  /**
   * May one more connection be opened? The first one may turn out to be HTTP/2's, which is for all: until that is known there is no
   * second one, and then no other.
   */
  get #mayConnect(): boolean {
    if (!this.#isOnlyHttp1) return this.#shared === null && this.#opening.size === 0;
    const { isBlocking, maxSize } = this.#settings;
    return !isBlocking || this.#open.size + this.#opening.size < maxSize;
  }

  /** `applicant` needs none any more. */
  withdraw(applicant: Applicant): void {
    const attempt = this.#opening.get(applicant);
    if (attempt !== undefined) {
      this.#opening.delete(applicant);
      giveUp(attempt);
      this.#next();
    } else this.#leave(applicant);
    this.#settle();
  }

  /** The message on `connection` is over. */
  release(connection: Connection, now: number): void {
    if (connection instanceof H2Stream) {
      connection.release();
      this.#keepShared(now);
      return;
    }
    if (!(connection instanceof Http1Connection)) return;
    if (this.isClosed) {
      void connection.end();
      return;
    }
    const until = this.#idle.keep(connection, now);
    if (until === 0) return;
    if (this.#places.size > 0) this.#next();
    else this.#settings.onIdle(this, until);
  }

  #keepShared(now: number): void {
    if (this.#shared === null || this.#shared.running > 0) return;
    const { keepAliveMs, maxAgeMs } = this.#settings;
    this.#shared.idleUntil = Math.min(now + keepAliveMs, this.#shared.facts.age.openedAt + maxAgeMs);
    this.#settings.onIdle(this, this.#shared.idleUntil);
  }

  /** Ends connections that have been idle for too long. Returns when the next one will be; infinity for none. */
  sweep(now: number): number {
    const next = this.#idle.sweep(now);
    const shared = this.#shared;
    if (shared === null || shared.running > 0) return next;
    if (shared.idleUntil > now) return Math.min(next, shared.idleUntil);
    shared.destroy();
    return next;
  }

  /** Ends all connections but those of bodies that are being streamed, which end with them. Resolves when they are gone. */
  async close(reason: () => Error): Promise<void> {
    this.isClosed = true;
    for (let place = this.#waiting.first; place !== null; place = this.#waiting.first) {
      const { applicant } = place.value;
      this.#leave(applicant);
      applicant.onNoConnection(reason());
    }
    for (const [applicant, attempt] of this.#opening) {
      // At once: who is told withdraws.
      this.#opening.delete(applicant);
      giveUp(attempt);
      applicant.onNoConnection(reason());
    }
    const idle = this.#idle.clear();
    // Those that are idle have nobody to tell.
    for (const connection of this.#open) if (!connection.isIdle) connection.shutDown(reason());
    const shared = [...this.#sessions].map((session) => session.shutDown(reason));
    await Promise.all([...idle.map((connection) => connection.end()), ...shared]);
  }

  #connect(applicant: Applicant): void {
    surplus.makeWay();
    const opening = new Opening(this.#settings, this.#tlsMemory);
    applicant.laps = opening.laps;
    const tell = applicant.watchesConnections;
    const log = tell === null ? null : new ConnectionLog(this.route, opening.laps, tell);
    this.#opening.set(applicant, { opening, log });
    const listener: OpeningListener = {
      onOpen: (opened) => {
        this.#opening.delete(applicant);
        this.#admit(opened, applicant, log);
      },
      onFailure: (error) => {
        this.#opening.delete(applicant);
        log?.onFailure(error);
        applicant.onNoConnection(error);
        this.#next();
        this.#settle();
      },
    };
    const route = this.#isHttp1Required ? { ...this.route, isHttp2: false } : this.route;
    applicant.context.runInAsyncScope(() => opening.start(route, applicant.connectMs, listener));
  }

  #admit(opened: Opened, applicant: Applicant, log: ConnectionLog | null): void {
    const { socket } = opened;
    const isShared = "alpnProtocol" in socket && socket.alpnProtocol === "h2";
    let connection: Connection | null = null;
    try {
      connection = isShared ? this.#share(opened, log) : this.#keep(opened, log);
    } catch (cause) {
      socket.destroy();
      const message = "the connection ended as soon as it was open";
      const failure = new ConnectFailure("address", message, { cause });
      log?.onFailure(failure);
      applicant.onNoConnection(failure);
    }
    if (connection !== null) applicant.onConnection(connection);
    else this.#settle();
    this.#next();
  }

  #keep(opened: Opened, log: ConnectionLog | null): Connection {
    this.#isOnlyHttp1 = true;
    const connection = new Http1Connection(opened, this.#settings, this.#heads);
    this.#open.add(connection);
    surplus.onOpen();
    log?.onOpen(opened.facts, "1.1");
    opened.socket.once("close", () => {
      log?.onClose(opened.facts, "1.1", connection.served);
      this.#onClose(connection);
    });
    return connection;
  }

  /** The connection is for all who wait, and for all to come. */
  #share(opened: Opened, log: ConnectionLog | null): Connection {
    const session = new H2Session(opened, this.#settings, this.#pace, {
      onRoom: () => this.#next(),
      onRetired: () => {
        if (this.#shared === session) this.#shared = null;
        this.#next();
      },
      onRefused: (taken) => {
        if (taken > 0) this.#pace = taken;
      },
      onHttp1Required: () => {
        this.#isHttp1Required = true;
        this.#isOnlyHttp1 = true;
      },
      onClose: () => {
        log?.onClose(opened.facts, "2", session.served);
        this.#sessions.delete(session);
        this.#settle();
      },
    });
    log?.onOpen(opened.facts, "2");
    this.#shared = session;
    this.#sessions.add(session);
    return this.#streamOf(session);
  }

  #onClose(connection: Http1Connection): void {
    this.#open.delete(connection);
    surplus.onClose();
    this.#idle.leave(connection);
    this.#next();
    this.#settle();
  }

  /** Something ended: perhaps nothing goes on any more. */
  #settle(): void {
    if (this.isUnused) this.#settings.onUnused(this);
  }

  /** Serves who has waited longest, if there is something to serve. */
  #next(): void {
    if (this.#places.size === 0) return;
    // Later: a connection that is released while it reads is not free before its parser is through.
    queueMicrotask(() => {
      const place = this.#waiting.first;
      if (place === null) return;
      const connection = this.take(performance.now());
      if (connection === null && !this.#mayConnect) return;
      const { applicant } = place.value;
      this.#leave(applicant);
      if (connection === null) this.#connect(applicant);
      else applicant.onConnection(connection);
      this.#next();
    });
  }

  /** Mostly it is a streamed body that nobody reads. */
  #whyBusy(): string {
    const shared = this.#shared;
    const busy =
      shared === null
        ? `all connections are busy (${this.#open.size})`
        : `all streams of the connection are in use (${shared.running})`;
    return `: ${busy}; a streamed response holds its own until it is read or closed`;
  }

  /** `applicant` waits no more, be it served or given up. */
  #leave(applicant: Applicant): void {
    const place = this.#places.get(applicant);
    if (place === undefined) return;
    this.#places.delete(applicant);
    this.#waiting.leave(place);
    if (place.value.timer !== null) clearTimeout(place.value.timer);
  }
}

/** Nobody needs it any more. */
function giveUp({ opening, log }: Attempt): void {
  const reason = unwanted();
  opening.cancel(reason);
  log?.onFailure(reason);
}
