/** What the bench makes of its rounds. */
import { describe, expect, it } from "vitest";
import {
  cpuPerOperation,
  cpuRatios,
  figure,
  joined,
  median,
  resultOf,
  speedRatios,
  spread,
  spreadOfRuns,
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

describe("the spread of runs", () => {
  it.for([
    [1, { median: 3.5, least: 1, most: 9 }],
    [2, { median: 5, least: 2, most: 8 }],
    [3, { median: 6, least: 1.5, most: 6 }],
  ] as const)("is that of their medians: %d of them", ([runs, expected]) => {
    expect(spreadOfRuns([1, 2, 3, 9, 8, 4], runs)).toEqual(expected);
  });
});

describe("several runs", () => {
  const first = outcome("concurrent", [
    result("sojourn", [1, 2], { peakBytes: 10 }),
    result("got", [3, 4], { peakBytes: 1 }),
  ]);
  const second = outcome("concurrent", [result("sojourn", [5, 6], { peakBytes: 30 })]);
  const failures = [{ client: "got", reason: "it broke" }];

  it("become one: rounds behind each other, the median of the peaks", () => {
    const [both, ...others] = joined([[first], [second]]);
    expect(others).toEqual([]);
    expect(both?.runs).toBe(2);
    const own = resultOf(both, "sojourn");
    expect(own?.samples.map(({ operations }) => operations)).toEqual([1, 2, 5, 6]);
    expect(own?.peakBytes).toBe(20);
  });

  it("leave out who failed in one of them, and say why", () => {
    const [both] = joined([[first], [{ ...second, failures }]]);
    expect(resultOf(both, "got")).toBeNull();
    expect(both?.failures).toEqual(failures);
  });

  it("are what they were when there is one", () => {
    expect(joined([[first]])).toEqual([first]);
  });
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
