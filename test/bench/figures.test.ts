/** The figures that pages show, made from a run of the bench. */
import { describe, expect, it } from "vitest";
import { measuredFigures, peerFigures } from "../../bench/figures.ts";
import type { Run } from "../../bench/report.ts";
import { outcome, result } from "./outcomes.ts";

const run: Run = {
  at: "2026-11-21T12:00:00.000Z",
  command: "npm run bench",
  facts: { machine: "a machine", node: "v24", got: "1", axios: "2", undici: "3" },
  outcomes: [
    outcome("concurrent", [
      result("sojourn", [200, 300, 400], { peakBytes: 90_000_000 }),
      result("undici.request", [100, 100, 100], { peakBytes: 120_000_000 }),
      result("fetch", [50, 50, 50]),
    ]),
  ],
};

function rowsOf(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("| "));
}

describe("the figures beside peers", () => {
  it("have sojourn's speed beside each of them, or say that it was not measured", () => {
    expect(rowsOf(peerFigures(run))[2]).toBe(
      "| small GETs, 50 at a time | 6.00 (4.00 to 8.00) | not measured | not measured | 3.00 (2.00 to 4.00) |",
    );
  });

  it("tell how many rounds, and the versions", () => {
    expect(peerFigures(run)).toContain(
      "Medians of 3 rounds, with the least and the most, measured on 2026-11-21:",
    );
    expect(peerFigures(run)).toContain("a machine, Node v24, got 1, axios 2, undici 3");
  });
});

describe("the figures of all that was measured", () => {
  it("have speed, CPU time and memory beside the one that all are compared with, and the speed of others", () => {
    expect(rowsOf(measuredFigures(run)).slice(2)).toEqual([
      "| small GETs, 50 at a time | 3.00 (2.00 to 4.00) | 1.00 | 90.0 (120) | fetch 0.50 |",
    ]);
  });

  it("have no row for what was not measured on both sides", () => {
    const alone = outcome("busy-1000", [result("sojourn", [100])]);
    expect(rowsOf(measuredFigures({ ...run, outcomes: [alone] }))).toHaveLength(2);
  });

  it("say of how many runs the medians are", () => {
    const outcomes = run.outcomes.map((one) => ({ ...one, runs: 3 }));
    expect(measuredFigures({ ...run, outcomes })).toContain(
      "Medians of the medians of 3 runs of 1 round each, with the",
    );
  });
});
