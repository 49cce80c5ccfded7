/**
 * Queue: who came first goes first, and who does not want to wait any more leaves at once, from wherever it stands.
 */

/** Somebody's place in a queue. Its neighbours are the queue's business. */
export interface Place<Value> {
  readonly value: Value;
  /** `undefined`: it has left. */
  queue: Queue<Value> | undefined;
  before: Place<Value> | null;
  behind: Place<Value> | null;
}

/** Values in a row. Joining, leaving and being the first cost the same however long it is. */
export class Queue<Value> {
  #first: Place<Value> | null = null;
  #last: Place<Value> | null = null;
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** The place of who came first; `null` for nobody. */
  get first(): Place<Value> | null {
    return this.#first;
  }

  /** The place of who came last; `null` for nobody. */
  get last(): Place<Value> | null {
    return this.#last;
  }

  /** Puts `value` at the end. Returns its place. */
  join(value: Value): Place<Value> {
    const last = this.#last;
    const place: Place<Value> = { value, queue: this, before: last, behind: null };
    if (last === null) this.#first = place;
    else last.behind = place;
    this.#last = place;
    this.#size += 1;
    return place;
  }

  /** Takes a place out. Without effect when it is none of this queue's, any more. */
  leave(place: Place<Value>): void {
    if (place.queue !== this) return;
    const { before, behind } = place;
    if (before === null) this.#first = behind;
    else before.behind = behind;
    if (behind === null) this.#last = before;
    else behind.before = before;
    place.queue = undefined;
    place.before = null;
    place.behind = null;
    this.#size -= 1;
  }

  /** Takes out who came first; `undefined` for nobody. */
  shift(): Value | undefined {
    const first = this.#first;
    if (first === null) return undefined;
    this.leave(first);
    return first.value;
  }
}
