/**
 * The connections of one route, for one message each at a time. The one that was used last is used next, so that a
 * sequence of requests keeps to one connection, and surplus ones grow old.
 *
 * May import: `core/`, own folder.
 */
import type { Socket } from "node:net";

import { Opening, type Route, type SessionMemory, type SocketOptions } from "./connect.ts";
import { EngineConnection } from "./engine.ts";
import { ConnectFailure, ConnectOverdue } from "./failures.ts";
import type { Way } from "./outgoing.ts";
import type { TlsMaterials } from "./tls-material.ts";

/** What all pools of an adapter have in common. */
export interface PoolSettings {
  /** Idle connections kept; with `isBlocking` the most there are. */
  readonly maxSize: number;
  readonly isBlocking: boolean;
  /** How long a request waits for its turn, in milliseconds; `null`: for ever. */
  readonly waitMs: number | null;
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
  readonly sockets: SocketOptions;
  readonly materials: TlsMaterials;
  /** A connection became idle; it is not to be used after this time. */
  readonly onIdle: (until: number) => void;
}

/** Somebody who needs a connection. One of the functions is called, once. */
export interface Applicant {
  /** How long connecting may take, in milliseconds; `null`: for ever. The wait for a turn is not part of it. */
  readonly connectMs: number | null;
  onConnection(connection: EngineConnection): void;
  onNoConnection(error: Error): void;
}

/** Somebody who waits for a turn. */
interface Waiter {
  readonly applicant: Applicant;
  readonly timer: NodeJS.Timeout | null;
}

/** Connections that lead the same way. */
export class Pool implements SessionMemory {
  readonly route: Route;
  readonly way: Way;
  /** Name of the origin, for undici's diagnostics and for `stats`. */
  readonly origin: string;
  /** When it was last asked for a connection: the pool that was idle longest is given up first. */
  lastUsed = 0;
  tlsSession: Buffer | null = null;
  readonly #settings: PoolSettings;
  /** The last one is used next. */
  readonly #idle: EngineConnection[] = [];
  readonly #open = new Set<EngineConnection>();
  readonly #opening = new Map<Applicant, Opening>();
  #waiting: Waiter[] = [];
  #isClosed = false;

  constructor(origin: string, route: Route, way: Way, settings: PoolSettings) {
    this.origin = origin;
    this.route = route;
    this.way = way;
    this.#settings = settings;
  }

  /** Connections that are open, and how many of them are idle. */
  get counts(): { readonly open: number; readonly idle: number } {
    return { open: this.#open.size, idle: this.#idle.length };
  }

  /** Is nothing going on, nor asked for? */
  get isUnused(): boolean {
    return this.#idle.length === this.#open.size && this.#opening.size === 0 && this.#waiting.length === 0;
  }

  /** A connection that is open and free, or `null`. */
  take(now: number): EngineConnection | null {
    this.lastUsed = now;
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return null;
      if (connection.usable && connection.idleUntil > now) return connection;
      connection.destroy(new Error("the connection was idle for too long"));
    }
  }

  /** Opens a connection for `applicant`, now or when it is its turn. */
  apply(applicant: Applicant): void {
    const { isBlocking, maxSize, waitMs } = this.#settings;
    if (!isBlocking || this.#open.size + this.#opening.size < maxSize) {
      this.#connect(applicant);
      return;
    }
    const timer = waitMs === null ? null : setTimeout(() => this.#expire(applicant, waitMs), waitMs);
    this.#waiting.push({ applicant, timer });
  }

  /** `applicant` needs none any more. */
  withdraw(applicant: Applicant): void {
    const opening = this.#opening.get(applicant);
    if (opening !== undefined) {
      opening.cancel();
      this.#opening.delete(applicant);
      this.#next();
      return;
    }
    this.#removeWaiter(applicant);
  }

  /** The exchange on `connection` is over. */
  release(connection: EngineConnection, now: number): void {
    if (this.#isClosed || !connection.usable || this.#idle.length >= this.#settings.maxSize) {
      connection.destroy(new Error("the connection is not needed any more"));
      return;
    }
    const hint = connection.keepAliveHintMs;
    connection.idleUntil =
      now + (hint === null ? this.#settings.keepAliveMs : Math.min(hint, this.#settings.keepAliveMs));
    this.#idle.push(connection);
    if (this.#waiting.length > 0) this.#next();
    else this.#settings.onIdle(connection.idleUntil);
  }

  /** Ends connections that have been idle for too long. Returns when the next one will be; infinity for none. */
  sweep(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const connection of this.#idle) {
      if (connection.idleUntil <= now) connection.destroy(new Error("the connection was idle for too long"));
      else next = Math.min(next, connection.idleUntil);
    }
    return next;
  }

  /** Has it been closed? */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends all connections but those of bodies that are being streamed, which end with them. Resolves when they are gone. */
  async close(reason: Error): Promise<void> {
    this.#isClosed = true;
    for (const { applicant } of this.#waiting.splice(0)) applicant.onNoConnection(reason);
    for (const [applicant, opening] of this.#opening) {
      opening.cancel();
      applicant.onNoConnection(reason);
    }
    this.#opening.clear();
    const idle = this.#idle.splice(0);
    for (const connection of this.#open) if (!idle.includes(connection)) connection.shutDown(reason);
    await Promise.all(idle.map((connection) => ended(connection, reason)));
  }

  #connect(applicant: Applicant): void {
    const { sockets, materials } = this.#settings;
    const opening = new Opening(sockets, materials, this);
    this.#opening.set(applicant, opening);
    opening.start(this.route, applicant.connectMs, {
      onOpen: (socket) => {
        this.#opening.delete(applicant);
        this.#admit(socket, applicant);
      },
      onFailure: (error) => {
        this.#opening.delete(applicant);
        applicant.onNoConnection(error);
        this.#next();
      },
    });
  }

  #admit(socket: Socket, applicant: Applicant): void {
    let connection: EngineConnection;
    try {
      connection = new EngineConnection(this.origin, socket, this.#settings.maxHeaderBytes);
    } catch (cause) {
      socket.destroy();
      applicant.onNoConnection(
        new ConnectFailure("address", "the connection ended as soon as it was open", { cause }),
      );
      this.#next();
      return;
    }
    this.#open.add(connection);
    socket.once("close", () => this.#onClose(connection));
    applicant.onConnection(connection);
  }

  #onClose(connection: EngineConnection): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    this.#next();
  }

  /** Serves who has waited longest, if there is something to serve. */
  #next(): void {
    if (this.#waiting.length === 0) return;
    // Later: a connection that is released inside undici's parser is not free before the parser is through.
    queueMicrotask(() => {
      const connection = this.#waiting.length === 0 ? null : this.take(performance.now());
      if (connection === null && this.#open.size + this.#opening.size >= this.#settings.maxSize) return;
      const waiter = this.#waiting.shift();
      if (waiter === undefined) return;
      if (waiter.timer !== null) clearTimeout(waiter.timer);
      if (connection === null) this.#connect(waiter.applicant);
      else waiter.applicant.onConnection(connection);
    });
  }

  #expire(applicant: Applicant, waitMs: number): void {
    this.#removeWaiter(applicant);
    applicant.onNoConnection(new ConnectOverdue(waitMs, "pool"));
  }

  #removeWaiter(applicant: Applicant): void {
    this.#waiting = this.#waiting.filter((waiter) => {
      if (waiter.applicant !== applicant) return true;
      if (waiter.timer !== null) clearTimeout(waiter.timer);
      return false;
    });
  }
}

function ended(connection: EngineConnection, reason: Error): Promise<void> {
  return new Promise((resolve) => {
    if (connection.socket.closed) resolve();
    else connection.socket.once("close", () => resolve());
    connection.destroy(reason);
  });
}
