/**
 * Makes `docs/parity.md` of the ledger. Pure.
 */
import {
  countsOf,
  rowsOf,
  states,
  type Ledger,
  type Mark,
  type Row,
  type State,
  type Theme,
} from "./ledger.ts";

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
  return (
    [
      "<!-- Made by `npm run ledger` from test/ledger/ledger.json: change that file, not this one. -->",
      "# Parity with Python requests",
      `What became of ${rows.length} rows: behaviours of Python requests, its known mistakes, and what its users have asked for. They are the list of requests' behaviours that sojourn was built against; comments inside the code cite the same ids (\`PARITY RED-3\`).`,
      "Each row that is done names the tests that show it, and a test of its own holds this page, the list and the tests together.",
      legend(rows),
      overview(ledger),
      ...ledger.themes.map(themeSection),
    ].join("\n\n") + "\n"
  );
}

function legend(rows: readonly Row[]): string {
  const counts = countsOf(rows);
  const stateRows = states.map((state) => [state, STATE_MEANS[state], String(counts.get(state) ?? 0)]);
  return [
    "## Legend",
    "",
    table(["state", "the behaviour …", "rows"], stateRows),
    "",
    "The mark is what was decided before anything was built; several marks stand for several parts of a row.",
    "",
    table(["mark", "decided"], Object.entries(MARK_MEANS)),
  ].join("\n");
}

function overview({ themes }: Ledger): string {
  const lines = themes.map(({ title, rows }) => {
    const counts = countsOf(rows);
    return [`[${title}](#${anchorOf(title)})`, ...states.map((state) => String(counts.get(state) || "·"))];
  });
  return `## Overview\n\n${table(["theme", ...states], lines)}`;
}

function themeSection({ title, rows }: Theme): string {
  const lines = rows.map(({ id, name, marks, state, note = "", tests = [] }) => [
    id,
    escaped(name),
    marks.join(" "),
    state === "open" ? "**open**" : state,
    escaped(note),
    tests.map(testLink).join("<br>"),
  ]);
  return `## ${title}\n\n${table(["id", "what", "mark", "state", "note", "shown by"], lines)}`;
}

/** The title, as a link to its file. */
function testLink(test: string): string {
  const [file = "", ...titles] = test.split(" › ");
  return `[${escaped(titles.join(" › "))}](../${file})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map(() => "---");
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Nothing in a cell may end it, or be taken for markup. What stands between backticks is code, and stays. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<>[\]*_\\]/g, "\\$&")))
    .join("")
    .replaceAll("|", "\\|");
}

/** As the usual renderers make anchors of headings. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}
