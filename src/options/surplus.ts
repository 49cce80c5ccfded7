/**
 * More arguments than a call takes, as in `axios.post(url, body, config)`: what is in them would be lost without a word. They
 * stand in the place of the options, and are refused where all options are checked. Pure.
 */

/** The options of a call, and what was written behind them. */
export class Surplus {
  /** So that a stream among them is let go. */
  readonly data: unknown;
  readonly #call: string;

  constructor(call: string, options: unknown) {
    this.#call = call;
    this.data = typeof options === "object" && options !== null && "data" in options ? options.data : options;
  }

  /** What is wrong. */
  error(): TypeError {
    return new TypeError(
      `${this.#call} takes no more arguments: write everything into its options, as in { json: …, headers: … }`,
    );
  }
}

/** Stands for `options` behind which something was written, to be refused in their place. @param call as it is to be written. */
export function refused<Options>(call: string, options: Options): Options {
  return new Surplus(call, options) as Options; // which says of itself that it is none
}
