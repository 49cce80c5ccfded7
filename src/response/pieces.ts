/**
 * Pieces: a walk through a body, as an async generator would take it, without the four promises that one costs for each piece.
 */

/** A walk that has begun. */
export interface Walk {
  readonly source: AsyncIterator<Uint8Array, unknown>;
  /** The source has come to its end. May throw: then that was not the end of the body. */
  readonly end: () => void;
  /** What the source threw, or the caller threw in. Returns what to throw. */
  readonly fail: (error: unknown) => unknown;
  /** The caller leaves before the end. */
  readonly leave: () => void;
}

type Step = IteratorResult<Uint8Array, void>;

const OVER: Step = { done: true, value: undefined };

/** An async generator of pieces: empty ones are left out, and steps that are asked for side by side are taken in turn. */
export class Pieces implements AsyncGenerator<Uint8Array, void> {
  readonly #begin: () => Walk;
  readonly #hand: ((piece: Uint8Array) => Uint8Array) | null;
  #walk: Walk | null = null;
  #isOver = false;
  /** The step under way; what is asked for meanwhile waits for it. */
  #running: Promise<unknown> | null = null;
  #waiting = 0;

  /**
   * @param begin called for the first step. What it throws is what that step throws.
   * @param hand makes of each piece what is given.
   */
  constructor(begin: () => Walk, hand: ((piece: Uint8Array) => Uint8Array) | null = null) {
    this.#begin = begin;
    this.#hand = hand;
  }

  next(): Promise<Step> {
    return this.#running === null ? this.#step() : this.#inTurn(() => this.#step());
  }

  return(): Promise<Step> {
    return this.#running === null ? this.#leave() : this.#inTurn(() => this.#leave());
  }

  throw(error: unknown): Promise<Step> {
    return this.#running === null ? this.#interrupt(error) : this.#inTurn(() => this.#interrupt(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #step(): Promise<Step> {
    if (this.#isOver) return Promise.resolve(OVER);
    try {
      this.#walk ??= this.#begin();
    } catch (error) {
      this.#isOver = true;
      return Promise.reject(error);
    }
    const step = this.#walk.source.next().then(this.#onStep, this.#onFailure);
    if (this.#waiting === 0) this.#running = step;
    return step;
  }

  readonly #onStep = (step: IteratorResult<Uint8Array, unknown>): Step | Promise<Step> => {
    if (step.done !== true) {
      if (step.value.byteLength === 0) return this.#step();
      if (this.#waiting === 0) this.#running = null;
      return this.#hand === null ? step : { done: false, value: this.#hand(step.value) };
    }
    this.#settle();
    this.#walk?.end();
    return OVER;
  };

  readonly #onFailure = (error: unknown): never => {
    this.#settle();
    throw this.#walk === null ? error : this.#walk.fail(error);
  };

  async #leave(): Promise<Step> {
    const walk = this.#isOver ? null : this.#walk;
    this.#settle();
    if (walk === null) return OVER;
    try {
      await walk.source.return?.();
    } catch (error) {
      throw walk.fail(error);
    }
    walk.leave();
    return OVER;
  }

  async #interrupt(error: unknown): Promise<never> {
    const walk = this.#isOver ? null : this.#walk;
    this.#settle();
    if (walk === null) throw error;
    await walk.source.return?.();
    throw walk.fail(error);
  }

  #settle(): void {
    this.#isOver = true;
    if (this.#waiting === 0) this.#running = null;
  }

  #inTurn(take: () => Promise<Step>): Promise<Step> {
    this.#waiting++;
    const taken = async (): Promise<Step> => {
      if (--this.#waiting === 0) this.#running = null;
      return await take();
    };
    const turn = Promise.resolve(this.#running).then(taken, taken);
    this.#running = turn;
    return turn;
  }
}
