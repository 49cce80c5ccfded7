/** What a run of the field kit means, beside the list of cases that are still open. */

/** What came of a run. */
export interface Judgement {
  /** Cases that failed, and are not on the list. */
  readonly wrong: readonly string[];
  /** Cases that failed, and are on the list. */
  readonly open: readonly string[];
  /** Cases on the list that passed: they are to be taken off it. */
  readonly done: readonly string[];
  /** Names on the list that no case has. */
  readonly unknown: readonly string[];
}

/** Names of the cases that the kit's runner says have failed: a line each, `name: why`. */
export function failuresIn(output: string, cases: readonly string[]): string[] {
  const known = new Set(cases);
  return output
    .split("\n")
    .map((line) => line.slice(0, Math.max(0, line.indexOf(": "))))
    .filter((name) => known.has(name));
}

/** `ran` are the cases that were chosen, `all` those that there are. */
export function judge(
  listed: readonly string[],
  { all, ran, failed }: Record<"all" | "ran" | "failed", readonly string[]>,
): Judgement {
  return {
    wrong: failed.filter((name) => !listed.includes(name)),
    open: failed.filter((name) => listed.includes(name)),
    done: listed.filter((name) => ran.includes(name) && !failed.includes(name)),
    unknown: listed.filter((name) => !all.includes(name)),
  };
}
