/**
 * Laps: how long the parts of opening a connection took. One of them goes on at a time; what comes before the first one belongs to none.
 */

/** A part of opening a connection. */
export type Lap = "dns" | "tcp" | "proxy" | "tls";

/** The parts of one opening, in milliseconds; `null` for what did not happen. */
export class Laps {
  /** When it began, in milliseconds of the monotonic clock. */
  readonly startedAt: number = performance.now();
  dns: number | null = null;
  tcp: number | null = null;
  proxy: number | null = null;
  tls: number | null = null;
  #current: Lap | null = null;
  #since = 0;

  /** `lap` goes on from here. One that was there before, as TCP is when a proxy is asked again, grows. */
  enter(lap: Lap): void {
    const now = performance.now();
    this.#close(now);
    this.#current = lap;
    this.#since = now;
    this[lap] ??= 0;
  }

  /** Nothing of it goes on any more. Safe to call twice. */
  stop(): void {
    this.#close(performance.now());
    this.#current = null;
  }

  /** All of them together. */
  get sum(): number {
    return (this.dns ?? 0) + (this.tcp ?? 0) + (this.proxy ?? 0) + (this.tls ?? 0);
  }

  #close(now: number): void {
    if (this.#current !== null) this[this.#current] = (this[this.#current] ?? 0) + (now - this.#since);
  }
}
