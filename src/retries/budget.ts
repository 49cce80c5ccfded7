/**
 * The budget of retries: so that a server in trouble does not get several times the traffic from those who try again.
 *
 * Each origin has an account. Within a window of time that slides along, retries may be so many as a share of the requests
 * begun in it, and so many a second beside them. A retry is taken when it is decided, and never given back: who gives up
 * while waiting for it cannot make room for others.
 *
 * An account counts in slots, so it is of one size and one speed however much happens. Pure, but for the accounts: the time
 * is an argument.
 */
import type { RetryBudget } from "../core/adapter.ts";
import { assertWithin, mustBe, own } from "../core/checks.ts";
import { Memo } from "../core/memo.ts";
import type { Origin } from "../core/origin.ts";

/** What a budget is when nothing, or a share alone, is said. */
const defaultBudget: RetryBudget = { ratio: 0.2, perSecond: 10, window: 10_000 };

/** A window has so many slots; the oldest of them leaves it as a whole. */
export const SLOTS: number = 50;

/** So many lengths of window are kept for an origin. */
const MOST_WINDOWS = 4;

/** Of a share times a number of requests: `0.29 * 100` is a bit less than 29. */
const ROUNDING = 1e-9;

/** What the parts of a budget may be. */
const RANGES: { readonly [Name in keyof RetryBudget]: readonly [least: number, most: number] } = {
  ratio: [0, 1],
  perSecond: [0, 1_000_000],
  window: [1000, 3_600_000],
};

/**
 * A budget as an option or a policy says it, whole: a number is its share, and what is absent has its default.
 *
 * @throws {TypeError} for an unknown part, or a value of the wrong kind.
 * @throws {RangeError} for a number outside what is allowed.
 */
export function budgetOf(budget: Partial<RetryBudget> | number): RetryBudget {
  if (budget === defaultBudget.ratio) return defaultBudget;
  if (typeof budget === "number") {
    assertWithin(budget, "Retry's budget", RANGES.ratio);
    return { ...defaultBudget, ratio: budget };
  }
  if (typeof budget !== "object" || Array.isArray(budget))
    throw mustBe("Retry's budget", "a share from 0 to 1, { ratio, perSecond, window } or null", budget);
  for (const name of Object.keys(budget)) {
    if (!Object.hasOwn(RANGES, name))
      throw new TypeError(`Retry's budget has no ${name}; it has ${Object.keys(RANGES).join(", ")}`);
  }
  const read = (name: keyof RetryBudget): number => {
    const given = own(budget, name);
    if (given === undefined) return defaultBudget[name];
    assertWithin(given, `Retry's budget.${name}`, RANGES[name]);
    return given;
  };
  return { ratio: read("ratio"), perSecond: read("perSecond"), window: read("window") };
}

/** What happened at an origin within a window. */
class Account {
  readonly window: number;
  readonly #begun = new Uint32Array(SLOTS);
  readonly #taken = new Uint32Array(SLOTS);
  #begunInAll = 0;
  #takenInAll = 0;
  /** The slot of the last time, counted from the beginning of time. */
  #slot = 0;

  constructor(window: number, now: number) {
    this.window = window;
    this.#slot = this.#slotOf(now);
  }

  begin(now: number): void {
    addTo(this.#begun, this.#at(now));
    this.#begunInAll++;
  }

  take({ ratio, perSecond, window }: RetryBudget, now: number): boolean {
    const at = this.#at(now);
    const allowed = this.#begunInAll * ratio + (perSecond * window) / 1000;
    if (this.#takenInAll + 1 > allowed + ROUNDING) return false;
    addTo(this.#taken, at);
    this.#takenInAll++;
    return true;
  }

  #slotOf(now: number): number {
    return Math.floor((now * SLOTS) / this.window);
  }

  /** The place of the present slot; those that left the window since are empty. */
  #at(now: number): number {
    const slot = this.#slotOf(now);
    for (let left = Math.min(slot - this.#slot, SLOTS); left > 0; left--) {
      const place = (slot - left + 1) % SLOTS;
      this.#begunInAll -= this.#begun[place] ?? 0;
      this.#takenInAll -= this.#taken[place] ?? 0;
      this.#begun[place] = 0;
      this.#taken[place] = 0;
    }
    this.#slot = Math.max(slot, this.#slot);
    return this.#slot % SLOTS;
  }
}

function addTo(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}

/** The accounts of one session: one for each origin, and for each length of window that policies ask for there. */
export class RetryBudgets {
  /** Is anything counted? Not as long as no policy had a budget. */
  isUsed = false;
  /** One that is forgotten begins anew. */
  readonly #accounts = new Memo<Origin, Account[]>(1000);

  /**
   * A request to `origin` begins, at `now` on a clock that only goes forward.
   *
   * @param budget of its policy; `null` when it has none. It is counted all the same, where an account is kept.
   */
  begin(origin: Origin, budget: RetryBudget | null, now: number): void {
    const accounts =
      budget === null ? (this.#accounts.get(origin) ?? []) : this.#with(origin, budget.window, now);
    for (const account of accounts) account.begin(now);
  }

  /** Takes a retry out; `false`: there is none left. */
  take(origin: Origin, budget: RetryBudget, now: number): boolean {
    const account = this.#with(origin, budget.window, now).find(({ window }) => window === budget.window);
    return account?.take(budget, now) ?? false;
  }

  #with(origin: Origin, window: number, now: number): Account[] {
    this.isUsed = true;
    const accounts = this.#accounts.getOrMake(origin, () => []);
    if (accounts.some((account) => account.window === window)) return accounts;
    accounts.push(new Account(window, now));
    // A program has a window or two; who makes them up for each request does not get memory for each.
    if (accounts.length > MOST_WINDOWS) accounts.shift();
    return accounts;
  }
}
