/** The guard: what was counted against what is stored. */
import { describe, expect, it } from "vitest";
import { formatStored, judge, total } from "../../bench/guard/compare.ts";

it("adds the parts up", () => {
  expect(total({ session: 10, "pipeline/send": 2.5 })).toBe(12.5);
  expect(total({})).toBe(0);
});

describe("a count", () => {
  it.for([
    [1000, 1000, "same"],
    [1000, 1010, "same"],
    [1000, 990, "same"],
    [1000, 1011, "more"],
    [1000, 989, "less"],
    [0, 1, "more"],
  ] as const)("that was %d and is %d with a tolerance of 1 %% is %s", ([stored, found, kind]) => {
    expect(judge({ session: stored }, { session: found }, 0.01)).toMatchObject({ kind, stored, found });
  });

  it("of which nothing is stored is new", () => {
    expect(judge(undefined, { session: 7 }, 0.01)).toEqual({ kind: "new", stored: 0, found: 7, parts: [] });
  });

  it("that grew names the parts that made it, the largest first, those that are new or gone with them", () => {
    const stored = { session: 10, transport: 100, gone: 3 };
    const found = { session: 11, transport: 150, fresh: 2 };
    expect(judge(stored, found, 0.01).parts).toEqual([
      { name: "transport", stored: 100, found: 150 },
      { name: "gone", stored: 3, found: 0 },
      { name: "fresh", stored: 0, found: 2 },
      { name: "session", stored: 10, found: 11 },
    ]);
  });

  it("that stayed names no parts, though they may have changed", () => {
    expect(judge({ one: 1, other: 2 }, { one: 2, other: 1 }, 0.01).parts).toEqual([]);
  });
});

it("stores a line for each measure, and reads it again", () => {
  const stored = {
    node: "v24.0.0",
    cases: { GET: { calls: { session: 1 }, bytes: { heap: 2.5 } }, POST: { async: { PROMISE: 3 } } },
  };
  const text = formatStored(stored);
  expect(JSON.parse(text)).toEqual(stored);
  expect(text.split("\n").filter((line) => line.includes('"session"'))).toEqual([
    '      "calls": {"session":1},',
  ]);
});
