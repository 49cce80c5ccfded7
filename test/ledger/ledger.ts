/**
 * The ledger: what became of each behaviour of Python requests, and of each thing that its users miss. The data is
 * `ledger.json`; `page.ts` makes `docs/parity.md` of it, `problems.ts` finds what is wrong with it.
 */
import { readFileSync } from "node:fs";

/** What was decided before anything was built: keep, adapt to JavaScript, fix, only as an option, skip. */
export type Mark = "K" | "A" | "F" | "O" | "X";

/** What became of a behaviour. */
export type State = "kept" | "adapted" | "fixed" | "left out" | "open";

/** The states, in the order in which the page tells of them. */
export const states: readonly State[] = ["kept", "adapted", "fixed", "left out", "open"];

/** One behaviour. */
export interface Row {
  /** Stable: comments in the code cite it. */
  readonly id: string;
  /** What it is about, in a few words. */
  readonly name: string;
  /** One mark, or several for the parts of the behaviour. */
  readonly marks: readonly Mark[];
  readonly state: State;
  /** What is different; of a row that is left out why, of an open one what is missing. */
  readonly note?: string;
  /** Where it is shown: `test/file.test.ts › describe › it`. Titles of tables stand as they are in the source. */
  readonly tests?: readonly string[];
}

/** Rows that belong together. */
export interface Theme {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** The whole ledger. */
export interface Ledger {
  readonly themes: readonly Theme[];
}

/** The top of the project. */
export const root: URL = new URL("../../", import.meta.url);

/** The page that is made of the ledger. */
export const pagePath: URL = new URL("docs/parity.md", root);

/** Reads `ledger.json`. */
export function loadLedger(): Ledger {
  const text = readFileSync(new URL("ledger.json", import.meta.url), "utf8");
  return JSON.parse(text) as Ledger; // problems.ts looks at its shape
}

/** All rows, theme by theme. */
export function rowsOf(ledger: Ledger): readonly Row[] {
  return ledger.themes.flatMap(({ rows }) => rows);
}

/** How many rows there are of each state. */
export function countsOf(rows: readonly Row[]): ReadonlyMap<State, number> {
  return new Map(states.map((state) => [state, rows.filter((row) => row.state === state).length]));
}
