/**
 * `npm run bench:watching`: what it costs that somebody hears of each message, and that all of them are recorded. Sessions with and without
 * run side by side, each in a process of its own, round by round in turn.
 */
import { parseArgs } from "node:util";
import { Arena } from "./arena.ts";
import { contest } from "./contest.ts";
import { findCores } from "./machine.ts";
import type { Contender } from "./roster.ts";
import { cpuRatios, resultOf, speedRatios, spread, type Outcome } from "./statistics.ts";
import { workloads } from "./workloads.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
const pace = { rounds: Number(values.rounds), roundMs: 500, leadMs: 50, warmUpMs: 1000 };

const contenders: readonly Contender[] = ["", "-listening", "-recording"].map((suffix) => ({
  name: `sojourn${suffix}`,
  kind: "sojourn",
  module: `./clients/sojourn${suffix}.ts`,
  imports: [],
  skills: [],
}));

await using arena = await Arena.open(findCores());
for (const workload of workloads.filter(({ id }) => ["sequential", "concurrent", "http2"].includes(id)))
  print(await contest(arena, workload, contenders, pace));

function print(outcome: Outcome): void {
  console.log(outcome.workload.title);
  const base = resultOf(outcome, "sojourn");
  for (const { client } of base === null ? [] : outcome.results.slice(1)) {
    const own = resultOf(outcome, client);
    if (own === null || base === null) continue;
    const [speed, cpu] = [spread(speedRatios(own, base)), spread(cpuRatios(own, base))];
    const told = (part: typeof speed): string =>
      `${part.median.toFixed(2)} (${part.least.toFixed(2)} to ${part.most.toFixed(2)})`;
    console.log(`  ${client}: speed ${told(speed)}, CPU time ${told(cpu)}`);
  }
  for (const { client, reason } of outcome.failures) console.log(`  ${client} failed: ${reason}`);
}
