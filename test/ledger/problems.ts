/**
 * What is wrong with the ledger: rows without a state, a reason or a test, and tests that are not there.
 */
import { existsSync, readFileSync } from "node:fs";

import { root, states, type Row } from "./ledger.ts";

const ID = /^[A-Z]+-\d+$/;
const MARKS: ReadonlySet<string> = new Set(["K", "A", "F", "O", "X"]);
const FIELDS: ReadonlySet<string> = new Set(["id", "name", "marks", "state", "note", "tests"]);

/** Problems of one row, each a sentence. */
export function problemsOf(row: Row): string[] {
  const { id, name, marks, state, note = "", tests = [] } = row;
  const found: string[] = [];
  const unknown = Object.keys(row).filter((field) => !FIELDS.has(field));
  if (unknown.length > 0) found.push(`has unknown fields: ${unknown.join(", ")}`);
  if (!ID.test(id)) found.push("has no id");
  if (name === "" || name.length > 80) found.push("has no name of 1 to 80 characters");
  if (marks.length === 0 || !marks.every((mark) => MARKS.has(mark)))
    found.push("has no mark, or one that is none");
  if (!states.includes(state)) found.push(`has no state: ${JSON.stringify(state)}`);
  if ((state === "left out" || state === "open") && note === "") found.push(`is ${state} without a reason`);
  if (state !== "left out" && state !== "open" && tests.length === 0)
    found.push(`is ${state} without a test`);
  return [...found, ...tests.flatMap((test) => problemsOfTest(test))].map((problem) => `${id} ${problem}`);
}

/** Ids that several rows have. */
export function repeatedIds(rows: readonly Row[]): string[] {
  const ids = rows.map(({ id }) => id);
  return ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} is there twice`);
}

function problemsOfTest(test: string): string[] {
  const [file = "", ...titles] = test.split(" › ");
  if (!/^test\/.+\.test\.ts$/.test(file)) return [`names no test file: ${test}`];
  if (titles.length === 0) return [`names a file and no test: ${test}`];
  const source = sourceOf(file);
  if (source === null) return [`names a file that there is not: ${file}`];
  let from = 0;
  for (const title of titles) {
    const at = indexOfTitle(source, title, from);
    if (at === -1) return [`names a test that there is not: ${test}`];
    from = at + title.length;
  }
  return [];
}

/** Where a title stands behind `from`, as the literal that `describe` or `it` was given; -1 for nowhere. */
function indexOfTitle(source: string, title: string, from: number): number {
  const quoted = [JSON.stringify(title), `'${title}'`, `\`${title}\``].map((literal) =>
    literal.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&"),
  );
  // An argument: behind a bracket, or on a line of its own in a long call.
  const argument = new RegExp(`(?:\\(|\\n[ \\t]*)(?:${quoted.join("|")}),`, "g");
  argument.lastIndex = from;
  return argument.exec(source)?.index ?? -1;
}

const sources = new Map<string, string | null>();

function sourceOf(file: string): string | null {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const url = new URL(file, root);
  const source = existsSync(url) ? readFileSync(url, "utf8") : null;
  sources.set(file, source);
  return source;
}
