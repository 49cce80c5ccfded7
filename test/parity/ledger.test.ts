/** The ledger of requests' behaviours: each row has its state, its reason or its test, and the page is made of it. */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { loadLedger, pagePath, rowsOf } from "../ledger/ledger.ts";
import { pageOf } from "../ledger/page.ts";
import { problemsOf, repeatedIds } from "../ledger/problems.ts";

const ledger = loadLedger();
const rows = rowsOf(ledger);

describe("the ledger", () => {
  it("has each row once", () => {
    expect(rows.length).toBeGreaterThan(400);
    expect(repeatedIds(rows)).toEqual([]);
  });

  it.for(ledger.themes)("tells of $title: state, reason, and tests that are there", (theme) => {
    expect(theme.rows.flatMap(problemsOf)).toEqual([]);
  });

  it("is what docs/parity.md shows", () => {
    expect(readFileSync(pagePath, "utf8")).toBe(pageOf(ledger));
  });

  it("has no open row", () => {
    expect(rows.filter(({ state }) => state === "open")).toEqual([]);
  });
});

describe("problemsOf", () => {
  const row = { id: "FN-1", name: "a call", marks: ["K"], state: "kept" } as const;
  const test = "test/parity/ledger.test.ts › the ledger › has each row once";

  it.for([
    ["nothing", { ...row, tests: [test] }, []],
    ["a state without a test", row, ["FN-1 is kept without a test"]],
    ["no state", { ...row, state: "done" }, ['FN-1 has no state: "done"', "FN-1 is done without a test"]],
    ["no reason", { ...row, state: "left out" }, ["FN-1 is left out without a reason"]],
    [
      "an open row that does not say what is missing",
      { ...row, state: "open" },
      ["FN-1 is open without a reason"],
    ],
    [
      "a mark that is none",
      { ...row, marks: ["Z"], tests: [test] },
      ["FN-1 has no mark, or one that is none"],
    ],
    [
      "a file that there is not",
      { ...row, tests: ["test/none.test.ts › x"] },
      ["FN-1 names a file that there is not: test/none.test.ts"],
    ],
    [
      "a title that there is not",
      { ...row, tests: [`${test}, twice`] },
      [`FN-1 names a test that there is not: ${test}, twice`],
    ],
    [
      "a title of another group",
      { ...row, tests: ["test/parity/ledger.test.ts › problemsOf › has each row once"] },
      ["FN-1 names a test that there is not: test/parity/ledger.test.ts › problemsOf › has each row once"],
    ],
    [
      "a file alone",
      { ...row, tests: ["test/parity/ledger.test.ts"] },
      ["FN-1 names a file and no test: test/parity/ledger.test.ts"],
    ],
  ] as const)("finds %s", ([, given, problems]) => {
    // The rows are wrong on purpose, in ways that the types would not let pass.
    expect(problemsOf(given as Parameters<typeof problemsOf>[0])).toEqual(problems);
  });
});
