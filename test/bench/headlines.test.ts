/** The comparisons that matter most, and their goals. */
import { describe, expect, it } from "vitest";
import { findings } from "../../bench/headlines.ts";
import type { Outcome } from "../../bench/statistics.ts";
import { roster } from "../../bench/roster.ts";
import { workloads } from "../../bench/workloads.ts";
import { outcome, result } from "./outcomes.ts";

function only(outcomes: readonly Outcome[]): ReturnType<typeof findings>[number] {
  const [found, ...others] = findings(outcomes);
  if (found === undefined || others.length > 0) throw new Error(`found ${others.length + 1}`);
  return found;
}

it("tells nothing of what was not measured on both sides", () => {
  expect(findings([outcome("concurrent", [result("sojourn", [1])])])).toEqual([]);
  expect(findings([])).toEqual([]);
});

describe("a goal of speed", () => {
  it.for([
    [150, true],
    [146, true],
    [144, false],
  ] as const)("of 1.45: with %d to 100 it is %s", ([operations, isReached]) => {
    const found = findings([
      outcome("concurrent", [result("sojourn", [operations]), result("undici.request", [100])]),
    ]);
    expect(found.find(({ measure }) => measure === "speed")).toMatchObject({ goal: 1.45, isReached });
  });
});

describe("a goal of CPU time", () => {
  it.for([
    [15, true],
    [17, false],
  ] as const)("of at most 1.6 times: with %d to 10 it is %s", ([cpuUs, isReached]) => {
    const own = { samples: [{ operations: 1, wallMs: 1, cpuUs }] };
    const found = only([outcome("concurrent", [result("sojourn", [1], own), result("raw socket", [1])])]);
    expect(found).toMatchObject({ measure: "cpu", goal: 1.6, ratio: { median: cpuUs / 10 }, isReached });
  });
});

it("tells the CPU time beside each speed", () => {
  const own = { samples: [{ operations: 10, wallMs: 1, cpuUs: 50 }] };
  const results = [result("sojourn", [1], own), result("fetch", [1])];
  expect(only([outcome("concurrent", results)])).toMatchObject({ measure: "speed", cpu: 0.5 });
});

it("compares memory by the peak", () => {
  const found = findings([
    outcome("import", [
      result("sojourn", [1], { peakBytes: 60_000_000 }),
      result("undici.request", [1], { peakBytes: 40_000_000 }),
    ]),
  ]);
  expect(found.find(({ measure }) => measure === "memory")).toMatchObject({
    ratio: { median: 1.5 },
    isReached: false,
  });
});

describe("a goal of time", () => {
  it.for([
    [10, 6, true],
    [10, 7, false],
  ] as const)("of at most 0.65: %d imports while the other does %d", ([own, its, isReached]) => {
    const found = findings([outcome("import", [result("sojourn", [own]), result("undici.request", [its])])]);
    expect(found.find(({ measure }) => measure === "time")).toMatchObject({
      goal: 0.65,
      ratio: { median: its / own },
      isReached,
    });
  });
});

it("tells the median of the runs' medians, and the least and the most of those", () => {
  const own = result("sojourn", [100, 200, 300, 400, 500, 600, 10, 20, 30]);
  const its = result("undici.request", [100, 100, 100, 100, 100, 100, 10, 10, 10]);
  const found = findings([{ ...outcome("concurrent", [own, its]), runs: 3 }]);
  expect(found.find(({ measure }) => measure === "speed")?.ratio).toEqual({ median: 2, least: 2, most: 5 });
});

it("compares the time in a large jar with the time in a small one, whatever others do", () => {
  const small = outcome("jar-lookup-10", [result("sojourn", [1000])]);
  const large = outcome("jar-lookup-100000", [result("sojourn", [500])]);
  expect(only([small, large])).toMatchObject({ measure: "growth", ratio: { median: 2 }, isReached: false });
});

it("names workloads and clients that there are", () => {
  const clients = roster.map(({ name }) => name);
  const all = workloads.map((workload) => ({
    workload,
    runs: 1,
    results: clients.map((client) => result(client, [1])),
    failures: [],
  }));
  const found = findings(all);
  expect(found.length).toBeGreaterThan(40);
  const ids = workloads.map(({ id }) => id);
  for (const { workload, against } of found) {
    const its = workloads.find(({ id }) => id === workload)?.skill ?? "import";
    const takesPart = roster.some(({ name, skills }) => name === against && skills.includes(its));
    expect(takesPart || ids.includes(against), `${workload} against ${against}`).toBe(true);
  }
});
