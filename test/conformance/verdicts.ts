/**
 * What a run means: the harness's verdicts joined with the list of deviations. Pure.
 */
import type { Deviations } from "./deviations.ts";
import type { Difference, Outcome, Scenario } from "./kit.ts";

/**
 * - `passed`: as Python requests does it;
 * - `deviation`: otherwise, on purpose, and listed;
 * - `quirk`: otherwise, in a scenario that the kit calls an accident of Python or a known defect, and not listed;
 * - `failed`: otherwise, by accident; or listed, and otherwise in more places than are listed;
 * - `stale`: listed, and as Python requests does it;
 * - `unsupported`: sojourn has no counterpart; the runner says so;
 * - `skipped`: this machine cannot play the scenario.
 */
export type Kind = "passed" | "deviation" | "quirk" | "failed" | "stale" | "unsupported" | "skipped";

/** A scenario and what became of it. */
export interface Verdict {
  readonly kind: Kind;
  readonly scenario: Scenario;
  /** What to look at. Empty for what is well. */
  readonly differences: readonly Difference[];
}

/** Sums of a run. Each scenario counts in one of the first three. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many of those that passed are listed deviations. */
  readonly deviations: number;
}

/** Joins outcomes with what is listed. */
export function judge(
  scenarios: readonly Scenario[],
  outcomes: readonly Outcome[],
  listed: Deviations,
): Verdict[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return scenarios.map((scenario) => judgeOne(scenario, byId.get(scenario.id), listed));
}

function judgeOne(scenario: Scenario, outcome: Outcome | undefined, listed: Deviations): Verdict {
  const { verdict, differences } = outcome ?? { verdict: "fail", differences: [] };
  const deviation = Object.hasOwn(listed, scenario.id) ? listed[scenario.id] : undefined;
  if (verdict === "skipped") return { kind: "skipped", scenario, differences: [] };
  if (verdict === "pass")
    return { kind: deviation === undefined ? "passed" : "stale", scenario, differences: [] };
  if (verdict === "no-expectation") return { kind: "failed", scenario, differences };
  if (deviation !== undefined) {
    const others = differences.filter(({ path }) => !deviation.paths.includes(path));
    return { kind: others.length === 0 ? "deviation" : "failed", scenario, differences: others };
  }
  return { kind: verdict === "fail" ? "failed" : verdict, scenario, differences };
}

/**
 * Counts a run.
 *
 * @param quirksFail does an unlisted quirk count as failed? It does where the list is complete, so that nothing deviates
 *   by accident; in another set of scenarios it is only reported, as the kit has it.
 */
export function total(verdicts: readonly Verdict[], quirksFail: boolean): Totals {
  const count = (...kinds: readonly Kind[]): number =>
    verdicts.filter(({ kind }) => kinds.includes(kind)).length;
  const quirks = count("quirk");
  const deviations = count("deviation");
  return {
    passed: count("passed") + deviations + (quirksFail ? 0 : quirks),
    failed: count("failed", "stale") + (quirksFail ? quirks : 0),
    skipped: count("skipped", "unsupported"),
    deviations,
  };
}
