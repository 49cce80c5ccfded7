/**
 * Memo: what was made or learned for a key, as long as there is room. Keys of others (a server's, a user's) cannot fill the memory,
 * nor push out for good what a program asks for all day.
 */

/**
 * A bounded map. Two halves: what is asked for or set moves to the newer one; when that is full, it becomes the older one and what
 * only stood there is forgotten. So whatever was used among the last `limit / 2` keys is known, a hit costs one look-up, and nobody
 * walks over entries.
 */
export class Memo<Key, Value extends NonNullable<unknown>> {
  readonly #half: number;
  #newer = new Map<Key, Value>();
  #older: Map<Key, Value> | null = null;

  /** @param limit most entries, 2 or more. */
  constructor(limit: number) {
    this.#half = limit >> 1;
  }

  /** The value of a key; `undefined` when there is none, or it was forgotten. */
  get(key: Key): Value | undefined {
    return this.#newer.get(key) ?? this.#renewed(key);
  }

  /** Sets the value of a key. */
  set(key: Key, value: Value): void {
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, value);
  }

  /** Forgets the value of a key. */
  delete(key: Key): void {
    this.#newer.delete(key);
    this.#older?.delete(key);
  }

  /** Forgets all. */
  clear(): void {
    this.#newer = new Map();
    this.#older = null;
  }

  /** The value of a key, made if it is not known. When `make` throws, nothing is kept. */
  getOrMake(key: Key, make: (key: Key) => Value): Value {
    const known = this.#newer.get(key) ?? this.#renewed(key);
    if (known !== undefined) return known;
    const made = make(key);
    this.set(key, made);
    return made;
  }

  #renewed(key: Key): Value | undefined {
    const older = this.#older?.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }
}
