/**
 * Idle: the connections of a pool on which nothing is running. The one that was used last is used next, so that a sequence of
 * requests keeps to one, and those that are not needed grow old.
 */
import type { ConnectionFacts } from "../connect/connection-facts.ts";
import { SURPLUS_MS, type Surplus } from "./surplus.ts";

/** What has to be known of a connection. */
export interface Resting {
  readonly facts: Pick<ConnectionFacts, "age">;
  /** Can another message be sent on it? */
  readonly usable: boolean;
  /** How long the server keeps it, in milliseconds, as far as one may rely on that; `null`: it did not say. */
  readonly keepAliveHintMs: number | null;
  /** When it is not to be used any more, in milliseconds of the monotonic clock; 0: it is not idle. */
  idleUntil: number;
  /** Ends it. */
  end(): Promise<void>;
}

/** How many are kept, and for how long. */
export interface IdleLimits {
  readonly maxSize: number;
  readonly keepAliveMs: number;
  /** Infinity: however old they are. */
  readonly maxAgeMs: number;
}

/** More of those that have ended than of others are not kept in the list. */
const SLACK = 32;

/** Those of one pool. */
export class IdleConnections<One extends Resting> {
  readonly #limits: IdleLimits;
  readonly #surplus: Surplus;
  /** The last is used next. What has ended meanwhile stays in its place until somebody comes by: its `idleUntil` is 0. */
  #stack: One[] = [];
  #size = 0;

  constructor(limits: IdleLimits, surplus: Surplus) {
    this.#limits = limits;
    this.#surplus = surplus;
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** How many of them are more than are kept for long. */
  get surplus(): number {
    return Math.max(0, this.#size - this.#limits.maxSize);
  }

  /** Takes one that can be used; `null` when there is none. */
  take(now: number): One | null {
    for (let one = this.#stack.pop(); one !== undefined; one = this.#stack.pop()) {
      const until = one.idleUntil;
      if (until === 0) continue;
      one.idleUntil = 0;
      if (this.#size-- === this.#limits.maxSize + 1) this.#surplus.delete(this);
      if (one.usable && !one.facts.age.isPast(until, now)) return one;
      void one.end();
    }
    return null;
  }

  /** Keeps `one`, or ends it. Returns until when it is kept; 0: it is not. */
  keep(one: One, now: number): number {
    const { maxSize, keepAliveMs, maxAgeMs } = this.#limits;
    const isSurplus = this.#size >= maxSize;
    let until = 0;
    if (one.usable && (!isSurplus || this.#surplus.hasRoom)) {
      const keptMs = Math.min(
        isSurplus ? SURPLUS_MS : keepAliveMs,
        keepAliveMs,
        one.keepAliveHintMs ?? keepAliveMs,
      );
      until = Math.min(now + keptMs, one.facts.age.openedAt + maxAgeMs);
    }
    if (until <= now) {
      void one.end();
      return 0;
    }
    one.idleUntil = until;
    this.#stack.push(one);
    if (this.#size++ === maxSize) this.#surplus.add(this);
    return until;
  }

  /** `one` has ended. Was it idle? */
  leave(one: One): boolean {
    if (one.idleUntil === 0) return false;
    this.#remove(one);
    if (this.#stack.length > 2 * this.#size + SLACK) this.#stack = this.#stack.filter(isIdle);
    return true;
  }

  /** Ends those that have been idle for too long. Returns when the next one will be; infinity for none. */
  sweep(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const one of this.#stack) {
      if (one.idleUntil > now) next = Math.min(next, one.idleUntil);
      else if (one.idleUntil > 0) {
        this.#remove(one);
        void one.end();
      }
    }
    this.#stack = this.#stack.filter(isIdle);
    return next;
  }

  /** Ends one, if there is one. */
  shed(): void {
    const one = this.#stack.findLast(isIdle);
    if (one === undefined) return;
    this.#remove(one);
    void one.end();
  }

  /** Takes all. */
  clear(): One[] {
    const all = this.#stack.filter(isIdle);
    for (const one of all) this.#remove(one);
    this.#stack = [];
    return all;
  }

  /** It is not idle any more. */
  #remove(one: One): void {
    one.idleUntil = 0;
    if (this.#size-- === this.#limits.maxSize + 1) this.#surplus.delete(this);
  }
}

function isIdle({ idleUntil }: Resting): boolean {
  return idleUntil !== 0;
}
