/** The results as Markdown and as a picture. */
import { describe, expect, it } from "vitest";
import { chart } from "../../bench/chart.ts";
import { number, report, type Run } from "../../bench/report.ts";
import { outcome, result } from "./outcomes.ts";

const run: Run = {
  at: "2026-11-21T12:00:00.000Z",
  command: "npm run bench",
  facts: { machine: "a machine" },
  outcomes: [
    {
      ...outcome("concurrent", [
        result("undici.request", [100, 100, 100]),
        result("sojourn", [150, 130, 110]),
        result("raw socket", [400, 400, 400], { kind: "floor" }),
        result("<b>", [1, 1, 1]),
      ]),
      failures: [{ client: "got", reason: "it broke" }],
    },
  ],
};

describe("a number", () => {
  it.for([
    [12_345.6, "12,346"],
    [99.95, "100.0"],
    [12.34, "12.3"],
    [1.234, "1.23"],
    [0.1, "0.10"],
    [0.0123, "0.012"],
    [0, "0.00"],
  ] as const)("%d is written %s", ([value, expected]) => {
    expect(number(value)).toBe(expected);
  });
});

describe("the report", () => {
  const lines = report(run, "bench.svg").split("\n");
  const rows = lines.filter((line) => line.startsWith("| ") && line.includes("["));

  it("has the machine, the command and the picture", () => {
    const text = lines.join("\n");
    expect(text).toContain("| machine | a machine |");
    expect(text).toContain("`npm run bench` on 2026-11-21");
    expect(text).toContain("(bench.svg)");
  });

  it("has medians and ends, of speed and of its ratio, the fastest first", () => {
    expect(rows.slice(-4)).toEqual([
      "| *raw socket* (floor) | 400 [400 to 400] | 4.00 [4.00 to 4.00] | 10.0 | 1.00 | 50.0 |",
      "| **sojourn** | 130 [110 to 150] | 1.30 [1.10 to 1.50] | 10.0 | 1.00 | 50.0 |",
      "| undici.request | 100 [100 to 100] | 1.00 [1.00 to 1.00] | 10.0 | 1.00 | 50.0 |",
      "| <b> | 1.00 [1.00 to 1.00] | 0.010 [0.010 to 0.010] | 10.0 | 1.00 | 50.0 |",
    ]);
  });

  it("says which goals are reached", () => {
    expect(lines).toContain(
      "| 50 at a time | undici.request | 1.30 [1.10 to 1.50] times as fast | ≥ 1.45 | **no** | 1.00 |",
    );
    expect(lines).toContain(
      "| CPU time of a request | raw socket | 1.00 times the CPU time | ≤ 1.6 | yes |  |",
    );
  });

  it("has medians of the runs where there are more than one", () => {
    const twice = outcome("concurrent", [
      result("sojourn", [100, 110, 120, 300, 310, 320]),
      result("undici.request", [100, 100, 100, 100, 100, 100]),
    ]);
    const text = report({ ...run, outcomes: [{ ...twice, runs: 2 }] }, "bench.svg");
    expect(text).toContain("| **sojourn** | 210 [110 to 310] | 2.10 [1.10 to 3.10] | 10.0 | 1.00 | 50.0 |");
  });

  it("says who was left out, and why", () => {
    expect(lines).toContain("Left out: got (it broke).");
  });

  it("has a section without ratios when the base is not there", () => {
    const alone = report({ ...run, outcomes: [outcome("concurrent", [result("sojourn", [5])])] }, "a.svg");
    expect(alone).toContain("| **sojourn** | 5.00 [5.00 to 5.00] |  | 10.0 |  | 50.0 |");
  });
});

describe("the picture", () => {
  const bars = (svg: string): [name: string, width: number][] =>
    [...svg.matchAll(/text-anchor="end">([^<]+)<\/text><rect class="\w+" [^>]*? width="([\d.]+)"/g)].map(
      ([, name = "", width]) => [name, Number(width)],
    );

  it("has a bar for each client, as long as it is fast", () => {
    const [floor, own, base] = bars(chart(run.outcomes));
    expect(floor?.[0]).toBe("raw socket");
    expect(own?.[0]).toBe("sojourn");
    expect((floor?.[1] ?? 0) / (base?.[1] ?? 1)).toBeCloseTo(4, 1);
    expect((own?.[1] ?? 0) / (base?.[1] ?? 1)).toBeCloseTo(1.3, 1);
  });

  it("is well-formed whatever the names are", () => {
    expect(chart(run.outcomes)).toContain(">&lt;b&gt;</text>");
    expect(chart(run.outcomes)).not.toContain("<b>");
  });

  it("leaves out what has no base", () => {
    expect(bars(chart([outcome("concurrent", [result("sojourn", [5])])]))).toEqual([]);
  });
});
