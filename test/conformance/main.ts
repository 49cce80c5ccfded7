/**
 * `npm run conformance [-- ids, patterns or tags] [--kit DIR] [--scenarios DIR] [--expected DIR] [--jobs N] [-v]`
 *
 * Compares sojourn with what Python requests did: plays the scenarios of the conformance kit, joins the verdicts with
 * `deviations.json`, and prints a table by theme. Exit code 1 when anything failed.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";

import { loadDeviations } from "./deviations.ts";
import { findKit, loadScenarios, runHarness, selectScenarios } from "./kit.ts";
import { problems, summary, table } from "./table.ts";
import { judge, total } from "./verdicts.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kit: { type: "string" },
    scenarios: { type: "string" },
    expected: { type: "string" },
    jobs: { type: "string", default: "2" },
    verbose: { type: "boolean", short: "v", default: false },
  },
});

const kit = findKit(values.kit);
const folders = {
  kit,
  scenarios: values.scenarios ?? join(kit, "scenarios"),
  expected: values.expected ?? join(kit, "expected"),
};
const scenarios = selectScenarios(loadScenarios(folders.scenarios), positionals);
const outcomes = runHarness(folders, scenarios, Number(values.jobs));
const verdicts = judge(scenarios, outcomes, loadDeviations());
// The list of deviations is complete for the kit's own scenarios only.
const totals = total(verdicts, values.scenarios === undefined);

console.log(problems(verdicts, values.verbose));
console.log(table(verdicts));
console.log(summary(totals));
process.exitCode = totals.failed > 0 ? 1 : 0;
