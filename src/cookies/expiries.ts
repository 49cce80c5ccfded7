/**
 * When which cookie expires: who is next is known without a look at the others.
 */

/** What expires. */
export interface Perishable {
  /** When it is looked at: at its expiry or before. Infinity: not at all. */
  due: number;
}

interface Turn<Item> {
  readonly item: Item;
  readonly at: number;
}

/** Below so many turns nobody clears up. */
const FEW = 64;

/**
 * A heap of turns. One that is put off, or whose item has left, stays where it is until it comes up, or until most of them are like
 * that: a session cookie that each answer prolongs costs a comparison.
 */
export class Expiries<Item extends Perishable> {
  #turns: Turn<Item>[] = [];
  /** Items that have a turn. */
  #live = 0;

  /** When to look next; infinity for never. */
  get next(): number {
    return this.#turns[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** `item` expires then. A turn that it has before is early enough: it is asked again. */
  add(item: Item, at: number): void {
    if (at >= item.due) return;
    if (item.due === Number.POSITIVE_INFINITY) this.#live += 1;
    item.due = at;
    this.#push({ item, at });
    if (this.#turns.length > FEW && this.#turns.length > 2 * this.#live) this.#clearUp();
  }

  /** `item` expires no more. */
  remove(item: Item): void {
    if (item.due === Number.POSITIVE_INFINITY) return;
    item.due = Number.POSITIVE_INFINITY;
    this.#live -= 1;
  }

  /** Takes the next item whose turn has come; `undefined` for none. */
  take(now: number): Item | undefined {
    for (let first = this.#turns[0]; first !== undefined && first.at <= now; first = this.#turns[0]) {
      this.#shift();
      if (!isLive(first)) continue;
      this.remove(first.item);
      return first.item;
    }
    return undefined;
  }

  /** Forgets all. The items are not used any more. */
  clear(): void {
    this.#turns = [];
    this.#live = 0;
  }

  #clearUp(): void {
    const live = this.#turns.filter(isLive);
    this.#turns = [];
    for (const turn of live) this.#push(turn);
  }

  #push(turn: Turn<Item>): void {
    const turns = this.#turns;
    let place = turns.length;
    turns.push(turn);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = turns[above] as Turn<Item>; // each place has one above it
      if (other.at <= turn.at) break;
      turns[place] = other;
      place = above;
    }
    turns[place] = turn;
  }

  /** Takes the first one out. */
  #shift(): void {
    const turns = this.#turns;
    const last = turns.pop();
    if (last === undefined || turns.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      const below = (turns[right]?.at ?? Infinity) < (turns[left]?.at ?? Infinity) ? right : left;
      const other = turns[below];
      if (other === undefined || other.at >= last.at) break;
      turns[place] = other;
      place = below;
    }
    turns[place] = last;
  }
}

function isLive({ item, at }: Turn<Perishable>): boolean {
  return item.due === at;
}
