/**
 * A map that cannot grow for ever: what was put in first goes first.
 */

/** A map of at most `capacity` entries. */
export class BoundedMap<Key, Value> {
  readonly #capacity: number;
  readonly #entries = new Map<Key, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value of `key`, if it is still there. */
  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Puts `value` at the end, and drops the oldest entry when there is no room. */
  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** Forgets `key`. */
  delete(key: Key): void {
    this.#entries.delete(key);
  }

  /** Forgets all. */
  clear(): void {
    this.#entries.clear();
  }
}
