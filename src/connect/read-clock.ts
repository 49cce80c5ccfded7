/**
 * The clock of silence: exact to a millisecond or two, and almost free. One timer for each connection: it is not moved at
 * every sign of life, but looks when it goes off how long the silence has lasted, and waits for the rest.
 */

/** Who is told of silence. */
export interface SilenceListener {
  onSilence(limitMs: number): void;
}

/** Watches for silence of `limitMs`; tells once. */
export class ReadClock {
  #timer: NodeJS.Timeout | null = null;
  /** When the timer goes off. */
  #due = 0;
  #limitMs = 0;
  #last = 0;
  #listener: SilenceListener | null = null;

  /** Silence begins now. `null` for no limit. */
  start(limitMs: number | null, now: number, listener: SilenceListener): void {
    if (limitMs === null) {
      this.#listener = null;
      return;
    }
    this.#listener = listener;
    this.#limitMs = limitMs;
    this.#last = now;
    if (this.#timer !== null && this.#due <= now + limitMs) return;
    this.#wait(limitMs, now);
  }

  /** A sign of life. */
  touch(now: number): void {
    this.#last = now;
  }

  /** Stands still: nobody is waiting. */
  stop(): void {
    this.#listener = null;
  }

  /** Lets go of the timer. */
  end(): void {
    this.#listener = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(ms: number, now: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = now + ms;
    // The socket keeps the process alive while there is something to wait for; an idle connection must not.
    this.#timer = setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    this.#timer = null;
    const listener = this.#listener;
    if (listener === null) return;
    const now = performance.now();
    const left = this.#last + this.#limitMs - now;
    // Timers count whole milliseconds: half of one is not worth another.
    if (left > 0.5) {
      this.#wait(left, now);
      return;
    }
    this.#listener = null;
    listener.onSilence(this.#limitMs);
  }
}
