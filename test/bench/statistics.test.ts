/** What the bench makes of its rounds. */
import { describe, expect, it } from "vitest";
import {
  cpuPerOperation,
  cpuRatios,
  figure,
  median,
  resultOf,
  speedRatios,
  spread,
} from "../../bench/statistics.ts";
import { outcome, result, workloadOf } from "./outcomes.ts";

describe("median", () => {
  it.for([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 2, 100], 3],
    [[10, 9], 9.5],
  ] as const)("of %j is %d", ([values, expected]) => {
    expect(median(values)).toBe(expected);
  });

  it("is refused for nothing at all", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

it("tells a spread with its ends", () => {
  expect(spread([7, 1, 3])).toEqual({ median: 3, least: 1, most: 7 });
});

describe("the figure of a round", () => {
  // 2,000 operations in half a second; where there are bodies, of 10 MB.
  it.for([
    ["concurrent", 4000],
    ["stream-10", 40_000],
    ["import", 0.25],
    ["sessions", 250],
    ["jar-lookup-10", 250_000],
  ] as const)("is in the unit of %s", ([id, expected]) => {
    expect(figure({ operations: 2000, wallMs: 500, cpuUs: 1 }, workloadOf(id))).toBeCloseTo(expected);
  });
});

it("tells the CPU time of one operation", () => {
  expect(cpuPerOperation({ operations: 4, wallMs: 1, cpuUs: 100 })).toBe(25);
});

it("compares speed round by round, so that a slow phase hits both", () => {
  expect(speedRatios(result("sojourn", [200, 20, 2]), result("other", [100, 10, 4]))).toEqual([2, 2, 0.5]);
});

it("compares rounds that both have", () => {
  expect(speedRatios(result("sojourn", [200, 20]), result("other", [100]))).toEqual([2]);
});

it("compares CPU time by the operation", () => {
  const cheap = { samples: [{ operations: 10, wallMs: 1, cpuUs: 50 }] };
  expect(cpuRatios(result("sojourn", [1000]), result("other", [1], cheap))).toEqual([2]);
});

it("finds the result of a client, or nothing", () => {
  const own = result("sojourn", [1]);
  expect(resultOf(outcome("concurrent", [own]), "sojourn")).toBe(own);
  expect(resultOf(outcome("concurrent", [own]), "got")).toBeNull();
  expect(resultOf(undefined, "sojourn")).toBeNull();
});
