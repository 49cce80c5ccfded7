/**
 * A run in text: a table by theme, and what to look at. Pure.
 */
import type { Kind, Totals, Verdict } from "./verdicts.ts";

const COLUMNS: readonly Kind[] = [
  "passed",
  "deviation",
  "quirk",
  "failed",
  "stale",
  "unsupported",
  "skipped",
];
const LONGEST_VALUE = 600;

/** One line for each theme, one for all. */
export function table(verdicts: readonly Verdict[]): string {
  const themes = [...new Set(verdicts.map(themeOf))];
  const rows = themes.map((theme) =>
    row(
      theme,
      verdicts.filter((verdict) => themeOf(verdict) === theme),
    ),
  );
  return [["theme", ...COLUMNS], ...rows, row("all", verdicts)].map(line).join("\n");
}

function themeOf({ scenario }: Verdict): string {
  return scenario.tags[0] ?? "";
}

function row(name: string, verdicts: readonly Verdict[]): string[] {
  return [name, ...COLUMNS.map((kind) => String(verdicts.filter((verdict) => verdict.kind === kind).length))];
}

function line([name = "", ...cells]: readonly string[]): string {
  return name.padEnd(10) + cells.map((cell) => (cell === "0" ? "." : cell).padStart(13)).join("");
}

/** The scenarios that are not well: one line each, or with every difference. */
export function problems(verdicts: readonly Verdict[], verbose: boolean): string {
  const shown = verdicts.filter(
    ({ kind }) => kind !== "passed" && kind !== "deviation" && kind !== "skipped",
  );
  return shown.map((verdict) => problem(verdict, verbose)).join("");
}

function problem({ kind, scenario, differences }: Verdict, verbose: boolean): string {
  const head = `${kind === "quirk" ? "unlisted quirk" : kind}: ${scenario.id}: ${scenario.title}\n`;
  if (!verbose) return head;
  const quirk = scenario.quirk === undefined ? "" : `  quirk: ${scenario.quirk}\n`;
  const places = differences.map(
    ({ path, expected, actual, note }) =>
      `  ${path}${note === undefined ? "" : `   (${note})`}\n    - expected: ${show(expected)}\n    + actual:   ${show(actual)}\n`,
  );
  return head + quirk + places.join("");
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE
    ? text
    : `${text.slice(0, LONGEST_VALUE)} ... (${text.length} characters)`;
}

/** The last lines of a run. */
export function summary({ passed, failed, skipped, deviations }: Totals): string {
  return `of the passed, ${deviations} are listed deviations\n${passed} passed, ${failed} failed, ${skipped} skipped`;
}
