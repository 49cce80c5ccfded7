import { describe, expect, it } from "vitest";
import { failuresIn, judge } from "./judge.ts";

const all = ["a", "b-c", "d"];

describe("a run of the field kit", () => {
  it("names the cases that failed", () => {
    const output =
      "a: WRONG: http://x: y\nb-c: not ended after 90 s\nnote: of the runner\n1 passed, 2 failed\n";
    expect(failuresIn(output, all)).toEqual(["a", "b-c"]);
  });

  it.for<
    readonly [what: string, listed: string[], failed: string[], expected: Partial<ReturnType<typeof judge>>]
  >([
    ["nothing", [], [], {}],
    ["a case that fails", ["a"], ["a", "d"], { wrong: ["d"], open: ["a"] }],
    ["a listed case that passes", ["a", "d"], ["a"], { open: ["a"], done: ["d"] }],
    ["a listed case that there is not", ["gone"], [], { unknown: ["gone"] }],
  ])("tells of %s", ([, listed, failed, expected]) => {
    const nothing = { wrong: [], open: [], done: [], unknown: [] };
    expect(judge(listed, { all, ran: all, failed })).toEqual({ ...nothing, ...expected });
  });

  it("says nothing of a case that did not run", () => {
    expect(judge(["d"], { all, ran: ["a"], failed: [] }).done).toEqual([]);
  });
});
