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
  /** What there was of it before. */
  #before: number | null = null;

  /** `lap` goes on from here. One that was there before, as TCP is when a proxy is asked again, grows. */
  enter(lap: Lap): void {
    const now = performance.now();
    this.#close(now);
    this.#begin(lap, now);
  }

  /** What goes on has been `lap` from its beginning. */
  rename(lap: Lap): void {
    const since = this.#since;
    if (this.#current !== null) this[this.#current] = this.#before;
    this.#begin(lap, since);
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

  #begin(lap: Lap, since: number): void {
    this.#current = lap;
    this.#since = since;
    this.#before = this[lap];
    this[lap] ??= 0;
  }

  #close(now: number): void {
    if (this.#current !== null) this[this.#current] = (this[this.#current] ?? 0) + (now - this.#since);
  }
}
