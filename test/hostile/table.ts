/**
 * A run in text: a line for each case that failed, and a table by group. Pure.
 */
import type { Case } from "./kit.ts";

/** What became of a case. */
export type Verdict =
  | { readonly kind: "passed"; readonly of: Case }
  | { readonly kind: "failed"; readonly of: Case; readonly why: readonly string[] }
  /** `feature` is not built yet. */
  | { readonly kind: "skipped"; readonly of: Case; readonly feature: string };

const COLUMNS = ["passed", "failed", "skipped"] as const;

/** A case that failed, in a line. */
export function problem(verdict: Verdict): string | null {
  return verdict.kind === "failed"
    ? `failed: ${verdict.of.id}: ${verdict.of.proves}\n        ${verdict.why.join("\n        ")}`
    : null;
}

/** A line for each group, and one for all. */
export function table(verdicts: readonly Verdict[]): string {
  const groups = Map.groupBy(verdicts, ({ of }) => of.group);
  const rows = [...groups].map(([group, ones]) => [group, ...counts(ones), missing(ones)]);
  return [["group", ...COLUMNS, "not built"], ...rows, ["all", ...counts(verdicts), missing(verdicts)]]
    .map(line)
    .join("\n");
}

/** The last line. */
export function summary(verdicts: readonly Verdict[]): string {
  const [passed, failed, skipped] = counts(verdicts);
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** For programs: the verdict of each case. */
export function asJson(verdicts: readonly Verdict[]): string {
  const all = verdicts.map(({ of, ...verdict }) => ({ id: of.id, group: of.group, ...verdict }));
  return `${JSON.stringify(all, null, 2)}\n`;
}

function counts(verdicts: readonly Verdict[]): string[] {
  return COLUMNS.map((kind) => String(verdicts.filter((verdict) => verdict.kind === kind).length));
}

/** The features that cases were skipped for, with their number. */
function missing(verdicts: readonly Verdict[]): string {
  const features = verdicts.flatMap((verdict) => (verdict.kind === "skipped" ? [verdict.feature] : []));
  const numbers = Map.groupBy(features, (feature) => feature);
  return [...numbers].map(([feature, all]) => `${feature} (${all.length})`).join(", ");
}

function line([name = "", passed = "", failed = "", skipped = "", features = ""]: readonly string[]): string {
  const cells = [passed, failed, skipped].map((cell) => (cell === "0" ? "." : cell).padStart(9));
  return `${name.padEnd(10)}${cells.join("")}   ${features}`.trimEnd();
}
