/**
 * `npm run hostile [-- --only REGEX] [--reading WAY] [--cases FILE] [--json FILE] [--kit DIR]`
 *
 * Plays the cases of the hostile server against sojourn's public API: prints a line for each case that failed, a table by
 * group, and the sum. Exit code 1 when a case failed. Bodies are read in memory, or in the WAY `streamed` or `pieces`.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { missingFeature } from "./features.ts";
import { findKit, startServer, type Case, type HostileServer, type NeutralOptions } from "./kit.ts";
import { play, readings } from "./play.ts";
import { asJson, problem, summary, table, type Verdict } from "./table.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    cases: { type: "string" },
    json: { type: "string" },
    kit: { type: "string" },
    reading: { type: "string", default: "memory" },
  },
});
const reading = readings.find((name) => name === values.reading);
if (reading === undefined)
  throw new RangeError(`--reading is one of ${readings.join(", ")}, not ${values.reading}`);

try {
  const verdicts = await playAll();
  if (values.json !== undefined) writeFileSync(values.json, asJson(verdicts));
  console.log(table(verdicts));
  console.log(summary(verdicts));
  process.exitCode = verdicts.some(({ kind }) => kind === "failed") ? 1 : 0;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}

/** Plays the chosen cases one after the other: the server's log is one for all. */
async function playAll(): Promise<Verdict[]> {
  await using server = await startServer(findKit(values.kit), values.cases);
  const { cases, defaults } = await server.cases();
  const only = new RegExp(values.only);
  const verdicts: Verdict[] = [];
  for (const one of cases.filter(({ id }) => only.test(id))) {
    const verdict = await judge(one, defaults, server);
    verdicts.push(verdict);
    const text = problem(verdict);
    if (text !== null) console.log(text);
  }
  return verdicts;
}

async function judge(one: Case, defaults: NeutralOptions, server: HostileServer): Promise<Verdict> {
  const feature = missingFeature(one);
  if (feature !== null) return { kind: "skipped", of: one, feature };
  const why = await play(one, defaults, server, reading).catch((error: unknown) => [
    `the harness broke: ${String(error)}`,
  ]);
  return why.length === 0 ? { kind: "passed", of: one } : { kind: "failed", of: one, why };
}
