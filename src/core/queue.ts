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

/** Values in a row. Joining, leaving and asking for the first cost the same however long it is. */
export class Queue<Value> {
  #first: Place<Value> | null = null;
  #last: Place<Value> | null = null;

  /** The place of who came first; `null` for nobody. */
  get first(): Place<Value> | null {
    return this.#first;
  }

  /** Puts `value` at the end. Returns its place. */
  join(value: Value): Place<Value> {
    const place: Place<Value> = { value, queue: undefined, before: null, behind: null };
    this.rejoin(place);
    return place;
  }

  /** Puts a place at the end, wherever it stood. */
  rejoin(place: Place<Value>): void {
    this.leave(place);
    const last = this.#last;
    if (last === null) this.#first = place;
    else last.behind = place;
    place.before = last;
    place.queue = this;
    this.#last = place;
  }

  /** Lets everybody go. Their places are not used any more. */
  clear(): void {
    this.#first = null;
    this.#last = null;
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
  }
}
