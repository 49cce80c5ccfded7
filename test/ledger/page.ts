/**
 * Makes `docs/parity.md` of the ledger. Pure.
 *
 * May import: own folder.
 */
import { countsOf, rowsOf, states, type Ledger, type Mark, type Row, type State, type Theme } from "./ledger.ts";

const STATE_MEANS: Readonly<Record<State, string>> = {
  kept: "does what requests does",
  adapted: "means the same, in the manner of JavaScript",
  fixed: "does better than requests, on purpose",
  "left out": "is not there, for the reason that is given",
  open: "is not there yet",
};

const MARK_MEANS: Readonly<Record<Mark, string>> = {
  K: "keep as it is",
  A: "adapt to JavaScript",
  F: "fix: a bug of requests, a hazard, or something that its users miss",
  O: "only as an option",
  X: "skip: a matter of Python",
};

/** The whole page. */
export function pageOf(ledger: Ledger): string {
  const rows = rowsOf(ledger);
  return [
    "<!-- Made by `npm run ledger` from test/ledger/ledger.json: change that file, not this one. -->",
    "# Parity with Python requests",
    `What became of ${rows.length} rows: behaviours of Python requests, its known mistakes, and what its users have asked for. They are the list of requests' behaviours that sojourn was built against; comments in the code cite the same ids (\`PARITY RED-3\`).`,
    "Each row that is done names the tests that show it, and a test of its own holds this page, the list and the tests together.",
    legend(rows),
    overview(ledger),
    ...ledger.themes.map(themeSection),
  ].join("\n\n") + "\n";
}

function legend(rows: readonly Row[]): string {
  const counts = countsOf(rows);
  const stateLines = states.map((state) => `| ${state} | ${STATE_MEANS[state]} | ${counts.get(state) ?? 0} |`);
  const markLines = Object.entries(MARK_MEANS).map(([mark, means]) => `| ${mark} | ${means} |`);
  return [
    "## Legend",
    "",
    ...["| state | the behaviour … | rows |", "| --- | --- | --: |", ...stateLines],
    "",
    "The mark is what was decided before anything was built; several marks stand for several parts of a row.",
    "",
    ...["| mark | decided |", "| --- | --- |", ...markLines],
  ].join("\n");
}

function overview({ themes }: Ledger): string {
  const head = ["theme", ...states];
  const lines = themes.map(({ title, rows }) => {
    const counts = countsOf(rows);
    return [`[${title}](#${anchorOf(title)})`, ...states.map((state) => String(counts.get(state) || "·"))];
  });
  const rule = ["---", ...states.map(() => "--:")];
  return ["## Overview", "", ...[head, rule, ...lines].map(tableLine)].join("\n");
}

function themeSection({ title, rows }: Theme): string {
  const lines = rows.map((row) => tableLine([row.id, row.name, row.marks.join(" "), stateCell(row), testsCell(row)]));
  return [
    `## ${title}`,
    "",
    ...[tableLine(["id", "what", "mark", "state", "shown by"]), tableLine(["---", "---", "---", "---", "---"]), ...lines],
  ].join("\n");
}

function stateCell({ state, note }: Row): string {
  const shown = state === "open" ? "**open**" : state;
  return note === undefined ? shown : `${shown}: ${escaped(note)}`;
}

function testsCell({ tests = [] }: Row): string {
  return tests.map(testLink).join("<br>");
}

/** The title, as a link to its file. */
function testLink(test: string): string {
  const [file = "", ...titles] = test.split(" › ");
  return `[${escaped(titles.join(" › "))}](../${file})`;
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Nothing in a cell may end the cell, or be taken for markup. */
function escaped(text: string): string {
  return text.replaceAll(/[|<>[\]*_\\]/g, "\\$&");
}

/** As the usual renderers make anchors of headings. */
function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-");
}
