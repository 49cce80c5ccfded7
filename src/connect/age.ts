/**
 * Age: how long a connection has been there, by two clocks. The monotonic one stands still while a machine sleeps, or a process is
 * frozen; servers and what lies between go on meanwhile. The wall clock goes on too, but it may be set.
 */

/** A connection that was there while the process was frozen for longer is not used any more, in milliseconds. */
const LONGEST_FREEZE_MS = 1000;

/** When a connection was opened. */
export class Age {
  /** In milliseconds of the monotonic clock. */
  readonly openedAt: number = performance.now();
  /** What the wall clock was ahead by then. */
  readonly #lead: number = Date.now() - this.openedAt;

  /**
   * Is it past `until`, by either clock? So it also is when the process was frozen meanwhile: nobody knows what became of it.
   *
   * @param until in milliseconds of the monotonic clock, as `now` is.
   */
  isPast(until: number, now: number): boolean {
    const frozenMs = Date.now() - now - this.#lead;
    return until <= now || until <= now + frozenMs || frozenMs > LONGEST_FREEZE_MS;
  }
}
