/** How verdicts of the harness and the list of deviations are joined. */
import { describe, expect, it } from "vitest";

import type { Outcome } from "./kit.ts";
import { selectScenarios } from "./kit.ts";
import { judge, total, type Kind } from "./verdicts.ts";

const scenario = { id: "one", title: "One", tags: ["body", "quirk"] };
const listed = { one: { row: "BOD-1", reason: "", told: "", test: "", paths: ["requests[0].body"] } };

function outcome(verdict: Outcome["verdict"], path: string): Outcome {
  return { id: "one", verdict, differences: [{ path, expected: 1, actual: 2 }], skipped: null };
}

describe("judge", () => {
  it.for<[Outcome["verdict"], path: string, isListed: boolean, Kind]>([
    ["pass", "", false, "passed"],
    ["pass", "", true, "stale"],
    ["fail", "requests[0].body", false, "failed"],
    ["fail", "requests[0].body", true, "deviation"],
    ["fail", "results[0].url", true, "failed"],
    ["quirk", "requests[0].body", false, "quirk"],
    ["quirk", "requests[0].body", true, "deviation"],
    ["quirk", "results[0].url", true, "failed"],
    ["unsupported", "results[0]", false, "unsupported"],
    ["skipped", "", true, "skipped"],
    ["no-expectation", "", false, "failed"],
  ])("%s at %s, listed: %s, is %s", ([verdict, path, isListed, kind]) => {
    const [judged] = judge([scenario], [outcome(verdict, path)], isListed ? listed : {});
    expect(judged?.kind).toBe(kind);
  });

  it("fails a scenario that the harness does not tell of", () => {
    expect(judge([scenario], [], {})[0]?.kind).toBe("failed");
  });
});

describe("total", () => {
  const verdicts = (
    ["passed", "deviation", "quirk", "failed", "stale", "unsupported", "skipped"] as const
  ).map((kind) => ({
    kind,
    scenario,
    differences: [],
  }));

  it("counts an unlisted quirk as failed where the list is complete", () => {
    expect(total(verdicts, true)).toEqual({ passed: 2, failed: 3, skipped: 2, deviations: 1 });
  });

  it("counts an unlisted quirk as passed where there is no list", () => {
    expect(total(verdicts, false)).toEqual({ passed: 3, failed: 2, skipped: 2, deviations: 1 });
  });
});

describe("selectScenarios", () => {
  const other = { id: "two.x", title: "Two", tags: ["tls"] };

  it.for<[words: string[], ids: string[]]>([
    [[], ["one", "two.x"]],
    [["one"], ["one"]],
    [["two*"], ["two.x"]],
    [["twoxx"], []],
    [["tls"], ["two.x"]],
    [
      ["body", "tls"],
      ["one", "two.x"],
    ],
  ])("%j selects %j", ([words, ids]) => {
    expect(selectScenarios([scenario, other], words).map(({ id }) => id)).toEqual(ids);
  });
});
