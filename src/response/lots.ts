/**
 * Lots: an async generator of what comes several at a time, as lines do. One that is there already costs one promise, not the three
 * of an `async function*`.
 */

/** Makes items of pieces. */
export interface LotReader<Item> {
  /** Those that end in this piece. */
  read(piece: Uint8Array): readonly Item[];
  /** There are no more pieces: those that end there. */
  flush(): readonly Item[];
  /** The last ones, which nothing ends. */
  end(): readonly Item[];
}

type Step<Item> = IteratorResult<Item, void>;

const OVER: IteratorReturnResult<void> = { done: true, value: undefined };

/** The items of a source. Steps that are asked for side by side are taken in turn. */
export class Lots<Item> implements AsyncGenerator<Item, void> {
  readonly #source: AsyncGenerator<Uint8Array, void>;
  readonly #reader: LotReader<Item>;
  #lot: readonly Item[] = [];
  #at = 0;
  #state: "fresh" | "running" | "flushed" | "over" = "fresh";
  /** The last step under way; what is asked for meanwhile comes behind it. */
  #tail: Promise<unknown> | null = null;
  /** Steps that are under way, or wait for it. */
  #pending = 0;

  constructor(source: AsyncGenerator<Uint8Array, void>, reader: LotReader<Item>) {
    this.#source = source;
    this.#reader = reader;
  }

  next(): Promise<Step<Item>> {
    if (this.#tail === null && this.#at < this.#lot.length) return Promise.resolve(this.#item());
    return this.#inTurn(() => this.#take());
  }

  return(): Promise<Step<Item>> {
    return this.#inTurn(async () => {
      await this.#leave();
      return OVER;
    });
  }

  throw(error: unknown): Promise<Step<Item>> {
    return this.#inTurn(async () => {
      await this.#leave();
      throw error;
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #item(): Step<Item> {
    return { done: false, value: this.#lot[this.#at++] as Item }; // at is below the length
  }

  async #take(): Promise<Step<Item>> {
    for (;;) {
      if (this.#at < this.#lot.length) return this.#item();
      if (this.#state === "over") return OVER;
      await this.#fill();
    }
  }

  async #fill(): Promise<void> {
    this.#at = 0;
    this.#lot = [];
    if (this.#state === "flushed") {
      this.#state = "over";
      this.#lot = this.#reader.end();
      return;
    }
    // What is thrown ends it.
    this.#state = "over";
    const step = await this.#source.next();
    if (step.done === true) {
      this.#lot = this.#reader.flush();
      this.#state = "flushed";
    } else {
      this.#lot = await this.#read(step.value);
      this.#state = "running";
    }
  }

  async #read(piece: Uint8Array): Promise<readonly Item[]> {
    try {
      return this.#reader.read(piece);
    } catch (error) {
      await this.#source.return().catch(ignore);
      throw error;
    }
  }

  /** The rest is not wanted. */
  async #leave(): Promise<void> {
    const isOpen = this.#state === "running";
    this.#state = "over";
    this.#lot = [];
    if (isOpen) await this.#source.return();
  }

  #inTurn(act: () => Promise<Step<Item>>): Promise<Step<Item>> {
    this.#pending++;
    // Nothing but the caller waits for what comes of it: whom its error comes to is to be seen in its stack.
    const taken = async (): Promise<Step<Item>> => {
      try {
        return await act();
      } finally {
        if (--this.#pending === 0) this.#tail = null;
      }
    };
    const turn = this.#tail === null ? taken() : this.#tail.then(taken, taken);
    if (this.#pending > 0) this.#tail = turn;
    return turn;
  }
}

function ignore(): void {
  // What went wrong before is told.
}
