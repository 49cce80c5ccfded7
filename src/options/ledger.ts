/**
 * The ledger: beside the table of options, it takes down who said what of each option, and what held before and after. Kept for
 * `session.explain()` alone: nobody else hands one in.
 */
import { HeaderMap } from "../core/headers.ts";
import type { Source } from "../core/source.ts";
import type { Defaults } from "./settings.ts";
import { settingOf, type OptionName } from "./table.ts";

/** What one layer says of one option. */
export interface Saying {
  readonly option: OptionName;
  readonly source: Source;
  /** The value, as it was given. `undefined`: a border took something off. */
  readonly given: unknown;
  /** The setting that held before, and the one that has held since; of an option that is no setting both are `undefined`. */
  readonly before: unknown;
  readonly after: unknown;
}

/** All sayings, the weakest layer first. */
export class Ledger {
  readonly #sayings: Saying[] = [];
  #source: Source | ((option: OptionName) => Source);

  /** @param source whose sayings come first. */
  constructor(source: Source) {
    this.#source = source;
  }

  /** What is noted from now on is said by `source`; a function tells it of each option. */
  from(source: Source | ((option: OptionName) => Source)): this {
    this.#source = source;
    return this;
  }

  /** Takes down a saying. Headers are changed in place later on, and so are copied. */
  note(option: OptionName, given: unknown, before: unknown, after: unknown): void {
    this.#sayings.push({
      option,
      source: typeof this.#source === "function" ? this.#source(option) : this.#source,
      given,
      before: before instanceof HeaderMap ? before.clone() : before,
      after: after instanceof HeaderMap ? after.clone() : after,
    });
  }

  /** What was said of these options, the weakest layer first. */
  of(...options: readonly OptionName[]): readonly Saying[] {
    return this.#sayings.filter(({ option }) => options.includes(option));
  }
}

/** What the border of an origin may take off. */
const BOUND: readonly OptionName[] = ["auth", "headers", "params", "cert", "tls"];

/** Takes down what a border took off: of the settings before it what is another one behind it. */
export function noteBorder(ledger: Ledger, before: Partial<Defaults>, after: Partial<Defaults>): void {
  for (const option of BOUND) {
    const [was, is] = [settingOf(option, before), settingOf(option, after)];
    if (!isSame(was, is)) ledger.note(option, undefined, was, is);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  if (one instanceof HeaderMap && other instanceof HeaderMap) return one.equals(other);
  return one === other;
}
