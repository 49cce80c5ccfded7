/**
 * Bounded: things by their number, at most so many, of which those that came first go first.
 *
 * They stand in a ring. A `Map` of them would have two faults when things come and go all day: to find the first one it steps over all that
 * were there, and the tables that it leaves behind when it makes room hold on to what is gone until the collector has seen to them.
 */
export class Bounded<Thing> {
  readonly #most: number;
  readonly #ring: (Thing | undefined)[] = [];
  /** The number of what stands, or stood, in each place. */
  readonly #ids: number[] = [];
  readonly #places = new Map<number, number>();
  /** Where the next one goes. When the ring is full, the oldest stands there. */
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#places.size;
  }

  get(id: number): Thing | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#ring[place];
  }

  /** Adds one, and gives the one that has to go for it; `null`: none has to. */
  add(id: number, thing: Thing): { readonly id: number; readonly thing: Thing } | null {
    const known = this.#places.get(id);
    if (known !== undefined) {
      this.#ring[known] = thing;
      return null;
    }
    const place = this.#next;
    const oldest = this.#ring[place];
    const gone = oldest === undefined ? null : { id: this.#ids[place] ?? 0, thing: oldest };
    if (gone !== null) this.#places.delete(gone.id);
    this.#ring[place] = thing;
    this.#ids[place] = id;
    this.#places.set(id, place);
    this.#next = place + 1 === this.#most ? 0 : place + 1;
    return gone;
  }

  /** Takes it away, and gives it. */
  take(id: number): Thing | undefined {
    const place = this.#places.get(id);
    if (place === undefined) return undefined;
    const thing = this.#ring[place];
    this.#places.delete(id);
    this.#ring[place] = undefined;
    return thing;
  }

  clear(): void {
    this.#ring.length = 0;
    this.#ids.length = 0;
    this.#places.clear();
    this.#next = 0;
  }

  /** All of them, in the order in which they came. */
  values(): Thing[] {
    return this.newest(this.#ring.length);
  }

  /** Those that came last, the first of them first: at most `count` of them. */
  newest(count: number): Thing[] {
    const { length } = this.#ring;
    const from = this.#next + length - Math.min(count, length);
    return Array.from(
      { length: Math.min(count, length) },
      (_, at) => this.#ring[(from + at) % length],
    ).filter((thing) => thing !== undefined);
  }
}

/** At most so many things, of which those that came first go first. Nobody looks for one of them. */
export class Latest<Thing> {
  readonly #most: number;
  readonly #ring: Thing[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(thing: Thing): void {
    this.#ring[this.#next] = thing;
    this.#next = this.#next + 1 === this.#most ? 0 : this.#next + 1;
  }

  clear(): void {
    this.#ring.length = 0;
    this.#next = 0;
  }

  /** All of them, in the order in which they came. */
  values(): Thing[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }
}
