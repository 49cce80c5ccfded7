/** What was counted against what is stored. Pure. */

/** Counts of one request, by part: files, kinds of resources. Their sum is the result. */
export type Counts = Readonly<Record<string, number>>;

/** The ways to count; `measures.ts` has them. */
export type MeasureName = "calls" | "async" | "bytes";

/** Counts by case, then by measure. */
export type Table = Readonly<Record<string, Partial<Readonly<Record<MeasureName, Counts>>>>>;

/** What is stored: `guard.json`. */
export interface Stored {
  /** The version that it was counted with. Another one counts differently. */
  readonly node: string;
  readonly cases: Table;
}

/** What a count means, beside what is stored. `new`: nothing is. */
export interface Verdict {
  readonly kind: "same" | "more" | "less" | "new";
  readonly stored: number;
  readonly found: number;
  /** The parts that made the difference, the largest first. */
  readonly parts: readonly { readonly name: string; readonly stored: number; readonly found: number }[];
}

/** The sum of all parts. */
export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** @param tolerance a share of what is stored: within it two counts are the same. */
export function judge(stored: Counts | undefined, found: Counts, tolerance: number): Verdict {
  const after = total(found);
  if (stored === undefined) return { kind: "new", stored: 0, found: after, parts: [] };
  const before = total(stored);
  const isSame = Math.abs(after - before) <= before * tolerance;
  const kind = isSame ? "same" : after > before ? "more" : "less";
  return { kind, stored: before, found: after, parts: isSame ? [] : changedParts(stored, found) };
}

function changedParts(stored: Counts, found: Counts): Verdict["parts"] {
  const names = new Set([...Object.keys(stored), ...Object.keys(found)]);
  return [...names]
    .map((name) => ({ name, stored: stored[name] ?? 0, found: found[name] ?? 0 }))
    .filter((part) => part.stored !== part.found)
    .toSorted((one, other) => Math.abs(other.found - other.stored) - Math.abs(one.found - one.stored));
}

/** JSON with a line for each measure of each case: a difference is one line. */
export function formatStored({ node, cases }: Stored): string {
  const rows = Object.entries(cases).map(([name, counted]) => {
    const lines = Object.entries(counted).map(
      ([measure, counts]) => `      ${JSON.stringify(measure)}: ${JSON.stringify(counts)}`,
    );
    return `    ${JSON.stringify(name)}: {\n${lines.join(",\n")}\n    }`;
  });
  return `{\n  "node": ${JSON.stringify(node)},\n  "cases": {\n${rows.join(",\n")}\n  }\n}\n`;
}
