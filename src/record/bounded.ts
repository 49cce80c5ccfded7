/**
 * Bounded: things by their number, at most so many, of which those that came first go first. To take the first one out of a `Map` again and
 * again takes ever longer: it steps over all that were there.
 */
export class Bounded<Thing> {
  readonly #most: number;
  readonly #byId = new Map<number, Thing>();
  /** Numbers in the order in which they came, from `#first` on. Some are not there any more. */
  #ids: number[] = [];
  #first = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Thing | undefined {
    return this.#byId.get(id);
  }

  /** Adds one, and gives the one that has to go for it; `null`: none has to. */
  add(id: number, thing: Thing): { readonly id: number; readonly thing: Thing } | null {
    if (!this.#byId.has(id)) this.#ids.push(id);
    this.#byId.set(id, thing);
    if (this.#ids.length > 2 * this.#most + 64) this.#tidy();
    return this.#byId.size > this.#most ? this.#takeFirst() : null;
  }

  /** Takes it away, and gives it. */
  take(id: number): Thing | undefined {
    if (this.#byId.size === 0) return undefined;
    const thing = this.#byId.get(id);
    this.#byId.delete(id);
    return thing;
  }

  clear(): void {
    this.#byId.clear();
    this.#ids = [];
    this.#first = 0;
  }

  values(): IterableIterator<Thing> {
    return this.#byId.values();
  }

  #takeFirst(): { readonly id: number; readonly thing: Thing } | null {
    while (this.#first < this.#ids.length) {
      const id = this.#ids[this.#first++] as number; // below the length
      const thing = this.#byId.get(id);
      if (thing === undefined) continue;
      this.#byId.delete(id);
      return { id, thing };
    }
    return null;
  }

  #tidy(): void {
    this.#ids = this.#ids.slice(this.#first).filter((id) => this.#byId.has(id));
    this.#first = 0;
  }
}
