import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { originOf, type Origin } from "../../src/core/origin.ts";
import { budgetOf, RetryBudgets, SLOTS } from "../../src/retries/budget.ts";
import { Retry, type RetryOptions } from "../../src/index.ts";
import { runs } from "../support/size.ts";

const origin = (host: string): Origin => originOf({ scheme: "http", host, port: null });
const here = origin("a.test");
const usual = budgetOf({});

/** How many retries there are at `now`. */
function drain(budgets: RetryBudgets, now: number, budget = usual, where = here): number {
  let taken = 0;
  while (budgets.take(where, budget, now)) taken++;
  return taken;
}

describe("the budget of an origin", () => {
  it("is ten a second for the whole window, and a fifth of the requests", () => {
    const budgets = new RetryBudgets();
    for (let at = 0; at < 1000; at++) budgets.begin(here, usual, 0);
    expect(drain(budgets, 0)).toBe(100 + 200);
    budgets.begin(here, usual, 0);
    expect(budgets.take(here, usual, 0)).toBe(false);
    for (let at = 0; at < 4; at++) budgets.begin(here, usual, 0);
    expect(drain(budgets, 0)).toBe(1);
  });

  it("slides: what is older than the window neither gives nor takes", () => {
    const budgets = new RetryBudgets();
    for (let at = 0; at < 100; at++) budgets.begin(here, usual, 0);
    expect(drain(budgets, 5000)).toBe(120);
    // The requests are gone, the retries are not.
    expect(drain(budgets, 10_000)).toBe(0);
    expect(drain(budgets, 14_999)).toBe(0);
    expect(drain(budgets, 15_000)).toBe(100);
    expect(drain(budgets, 1e9)).toBe(100);
  });

  it("has an account for each origin, and not without end", () => {
    const budgets = new RetryBudgets();
    drain(budgets, 0);
    expect(budgets.take(origin("b.test"), usual, 0)).toBe(true);
    for (let at = 0; at < 2000; at++) budgets.begin(origin(`${at}.test`), usual, 0);
    expect(budgets.take(here, usual, 0)).toBe(true);
  });

  it("counts requests without a policy where an account is kept, and none before", () => {
    const budgets = new RetryBudgets();
    expect(budgets.isUsed).toBe(false);
    budgets.begin(here, null, 0);
    expect(budgets.isUsed).toBe(false);
    budgets.begin(here, usual, 0);
    for (let at = 0; at < 99; at++) budgets.begin(here, null, 0);
    expect(drain(budgets, 0)).toBe(120);
  });

  it("has an account for each length of window", () => {
    const budgets = new RetryBudgets();
    const short = budgetOf({ ratio: 0.5, perSecond: 1, window: 2000 });
    budgets.begin(here, usual, 0);
    budgets.begin(here, short, 0);
    budgets.begin(here, null, 0);
    budgets.begin(here, null, 0);
    expect(drain(budgets, 0, short)).toBe(2 + 1);
    expect(drain(budgets, 0)).toBe(100);
    for (let window = 5000; window < 6000; window++) budgets.begin(here, { ...usual, window }, 0);
    expect(drain(budgets, 0, short)).toBe(2);
  });

  it("is what a list of all events says, whatever happens when", () => {
    interface Event {
      readonly after: number;
      readonly kind: "request" | "retry";
    }
    const events = fc.array(
      fc.record({
        after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 3000 })),
        kind: fc.constantFrom("request" as const, "retry" as const),
      }),
      { maxLength: 400 },
    );
    const budgets = fc.record({
      ratio: fc.constantFrom(0, 0.1, 0.2, 0.29, 0.7, 1),
      perSecond: fc.constantFrom(0, 0.5, 1, 3),
      window: fc.constantFrom(1000, 1500, 10_000),
    });
    const check = (all: readonly Event[], budget: ReturnType<typeof budgetOf>): void => {
      const real = new RetryBudgets();
      const slot = (time: number): number => Math.floor((time * SLOTS) / budget.window);
      const begun: number[] = [];
      const taken: number[] = [];
      let now = 12_345;
      for (const { after, kind } of all) {
        now += after;
        const within = (times: readonly number[]): number =>
          times.filter((time) => slot(time) > slot(now) - SLOTS).length;
        if (kind === "request") {
          real.begin(here, budget, now);
          begun.push(now);
          continue;
        }
        const allowed =
          Math.round(within(begun) * budget.ratio * 100) / 100 + (budget.perSecond * budget.window) / 1000;
        const isAllowed = within(taken) + 1 <= allowed;
        expect(real.take(here, budget, now)).toBe(isAllowed);
        if (isAllowed) taken.push(now);
      }
    };
    fc.assert(fc.property(events, budgets, check), { numRuns: runs(300) });
  });
});

describe("the option budget of Retry", () => {
  it("is a fifth, and can be another share, more than that, or none", () => {
    expect(new Retry().budget).toBe(0.2);
    expect(new Retry({ budget: null }).budget).toBeNull();
    expect(new Retry({ budget: 0.5 }).with({ total: 1 }).budget).toBe(0.5);
    const { budget } = new Retry({ budget: { perSecond: 2 } }).with({ total: 1 });
    expect(budget).toEqual({ ratio: 0.2, perSecond: 2, window: 10_000 });
    expect(budgetOf(0.5)).toEqual({ ratio: 0.5, perSecond: 10, window: 10_000 });
  });

  it.for<[unknown, ErrorConstructor, string]>([
    [-0.1, RangeError, "Retry's budget must be a number from 0 to 1, not -0.1"],
    [1.1, RangeError, "Retry's budget must be a number from 0 to 1, not 1.1"],
    [Number.NaN, RangeError, "not NaN"],
    [
      "x",
      TypeError,
      "Retry's budget must be a share from 0 to 1, { ratio, perSecond, window } or null, not string",
    ],
    [[0.1], TypeError, "not Array"],
    [{ share: 0.2 }, TypeError, 'Retry\'s budget has no option "share"; known are ratio, perSecond, window'],
    [{ ratio: 2 }, RangeError, "Retry's budget.ratio must be a number from 0 to 1, not 2"],
    [{ perSecond: -1 }, RangeError, "budget.perSecond"],
    [{ perSecond: Infinity }, RangeError, "budget.perSecond"],
    [{ window: 999 }, RangeError, "budget.window must be a number from 1000 to 3600000, not 999"],
    [{ window: "10s" }, TypeError, "budget.window must be a number from 1000 to 3600000, not string"],
    [{ ratio: null }, TypeError, "budget.ratio"],
  ])("is not %j", ([value, kind, message]) => {
    const make = (): Retry => new Retry({ budget: value as RetryOptions["budget"] });
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
