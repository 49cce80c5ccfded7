import { describe, expect, it } from "vitest";
import { originOf, type Origin } from "../../src/core/origin.ts";
import { Retry } from "../../src/retries/retry.ts";
import { RESERVE, RetryBudgets } from "../../src/retries/budget.ts";

const origin = (host: string): Origin => originOf({ scheme: "http", host, port: null });

describe("RetryBudgets", () => {
  it("has a reserve, and then a share of the traffic", () => {
    const budgets = new RetryBudgets();
    const here = origin("a.test");
    for (let at = 0; at < RESERVE; at++) expect(budgets.spend(here)).toBe(true);
    expect(budgets.spend(here)).toBe(false);
    for (let at = 0; at < 4; at++) budgets.earn(here, 0.25);
    expect(budgets.spend(here)).toBe(true);
    expect(budgets.spend(here)).toBe(false);
  });

  it("never saves up more than the reserve", () => {
    const budgets = new RetryBudgets();
    const here = origin("a.test");
    for (let at = 0; at < 1000; at++) budgets.earn(here, 1);
    let spent = 0;
    while (budgets.spend(here)) spent++;
    expect(spent).toBe(RESERVE);
  });

  it("has an account for each origin, and not without end", () => {
    const budgets = new RetryBudgets();
    while (budgets.spend(origin("a.test")));
    expect(budgets.spend(origin("b.test"))).toBe(true);
    for (let at = 0; at < 2000; at++) budgets.earn(origin(`${at}.test`), 0.1);
    expect(budgets.spend(origin("a.test"))).toBe(true);
  });
});

describe("the option budget of Retry", () => {
  it("is a fifth, and can be another share or none", () => {
    expect(new Retry().budget).toBe(0.2);
    expect(new Retry({ budget: null }).budget).toBeNull();
    expect(new Retry({ budget: 0.5 }).with({ total: 1 }).budget).toBe(0.5);
  });

  it.for([[-0.1, RangeError] as const, [1.1, RangeError] as const, ["x", TypeError] as const])(
    "is not %s",
    ([value, kind]) => {
      expect(() => new Retry({ budget: value as number })).toThrow(kind);
    },
  );
});
