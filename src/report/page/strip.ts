/** A strip of rows of which only those in sight are drawn: where each begins, and which are in sight. Pure. */

/** Rows that are in sight: from the first to the last, which is one of them. None: `last` is below `first`. */
export interface Window {
  readonly first: number;
  readonly last: number;
}

/** Rows below one another, all of one height or each of its own, in CSS pixels. */
export class Strip {
  /** Where each row ends. */
  readonly #ends: Float64Array;

  constructor(count: number, heightOf: (row: number) => number) {
    this.#ends = new Float64Array(count);
    let end = 0;
    for (let row = 0; row < count; row++) {
      end += heightOf(row);
      this.#ends[row] = end;
    }
  }

  /** How many rows there are. */
  get count(): number {
    return this.#ends.length;
  }

  /** The height of all. */
  get height(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /** Where a row begins. */
  top(row: number): number {
    return row <= 0 ? 0 : (this.#ends[row - 1] ?? this.height);
  }

  /** How high a row is. */
  heightOf(row: number): number {
    return (this.#ends[row] ?? 0) - this.top(row);
  }

  /** The row at a place; above the first it is -1, below the last the count. */
  at(y: number): number {
    if (y < 0) return -1;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? Infinity) <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Rows in sight when `top` pixels are scrolled away and `height` are to be seen, and `beyond` more on both sides. */
  window(top: number, height: number, beyond: number = 0): Window {
    const first = Math.max(0, this.at(Math.max(0, top)) - beyond);
    const last = Math.min(this.count - 1, this.at(top + height) + beyond);
    return { first, last };
  }

  /** How far to scroll so that a row is in sight; `top` when it is. */
  reveal(row: number, top: number, height: number): number {
    const begin = this.top(row);
    const end = begin + this.heightOf(row);
    if (begin < top) return begin;
    return end > top + height ? Math.max(0, end - height) : top;
  }
}
