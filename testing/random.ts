/** Random numbers that are the same each time: what failed can be run again with its seed. */

/** A source of numbers. */
export class Random {
  #state: number;

  /** @param seed a whole number. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to `limit`, which it is not (the mulberry32 generator). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  /** One of them; there is one at least. */
  oneOf<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item; // there is one at each place
  }
}
