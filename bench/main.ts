/**
 * `npm run bench`: sojourn, its peers and two floors, measured in one run. README.md has the method and how to read it.
 *
 *     npm run bench -- --only 'sojourn|undici/concurrent|sequential' --rounds 13 --ms 500
 *     npm run bench -- --runs 3 --only '^sojourn$/concurrent'
 *     npm run bench -- --quick
 *
 * A whole run writes `results/bench.md`, `.svg` and `.json`, and the figures in README.md and docs/performance.md; a part of it writes
 * `results/trial.*`. Ends by itself, with code 1 when sojourn failed somewhere.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Arena } from "./arena.ts";
import { chart } from "./chart.ts";
import { contest, type Pace } from "./contest.ts";
import { facts, findCores, findPythonRequests, loadNow, openFilesLimit } from "./machine.ts";
import { number, report, speedOf, type Run } from "./report.ts";
import { roster, type Contender } from "./roster.ts";
import { figure, joined, resultOf, speedRatios, spreadOfRuns, type Outcome } from "./statistics.ts";
import { workloads, type Workload } from "./workloads.ts";
import { writeFigures } from "./write-figures.ts";

const PEERS = ["undici", "got", "axios", "ky", "fetch-cookie", "tough-cookie", "axios-cookiejar-support"];
/** What a server has open beside its connections. */
const SPARE_FILES = 256;
const results = new URL("results/", import.meta.url);

/** What the command line asks for. */
interface Wanted {
  readonly pace: Pace;
  /** So many times from the beginning; of their medians the median is told. */
  readonly runs: number;
  readonly clients: RegExp;
  readonly workloads: RegExp;
  readonly isWhole: boolean;
}

function wanted(): Wanted {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "/" },
      rounds: { type: "string" },
      ms: { type: "string" },
      runs: { type: "string", default: "1" },
      quick: { type: "boolean", default: false },
    },
  });
  const { only, quick } = values;
  const slash = only.indexOf("/");
  if (slash === -1) throw new RangeError(`--only must be clients/workloads, not "${only}"`);
  const rounds = whole("rounds", values.rounds ?? (quick ? "3" : "7"));
  const roundMs = whole("ms", values.ms ?? (quick ? "150" : "500"));
  return {
    pace: { rounds, roundMs, leadMs: 50, warmUpMs: quick ? 400 : 1000 },
    runs: whole("runs", values.runs),
    clients: new RegExp(only.slice(0, slash)),
    workloads: new RegExp(only.slice(slash + 1)),
    isWhole: only === "/" && !quick,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= 100_000) return value;
  throw new RangeError(`--${name} must be a whole number from 1 to 100,000, not ${text}`);
}

/** Those who can do it and are asked for; beside them always the base, or there would be no ratios. */
function contendersOf(workload: Workload, asked: RegExp, hasPython: boolean): Contender[] {
  return roster.filter(
    ({ name, module, skills }) =>
      skills.includes(workload.skill) &&
      (asked.test(name) || name === workload.base) &&
      (hasPython || !module.endsWith(".py")),
  );
}

async function measure({ pace, clients, workloads: asked }: Wanted, arena: Arena): Promise<Outcome[]> {
  const hasPython = findPythonRequests() !== null;
  if (!hasPython) console.log("Python requests is not here (Debian: python3-requests); it is left out.");
  const chosen = workloads.filter(({ id }) => asked.test(id));
  const outcomes: Outcome[] = [];
  for (const [index, workload] of chosen.entries()) {
    const contenders = contendersOf(workload, clients, hasPython);
    if (!isRoomFor(workload, contenders)) continue;
    const start = performance.now();
    process.stdout.write(
      `[${index + 1}/${chosen.length}] ${workload.title}, ${contenders.length} clients … `,
    );
    const outcome = await contest(arena, workload, contenders, pace);
    outcomes.push(outcome);
    console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
    tell(outcome);
  }
  return outcomes;
}

/** The server holds the connections of all clients at once. */
function isRoomFor({ title, concurrency }: Workload, contenders: readonly Contender[]): boolean {
  const limit = openFilesLimit();
  const needed = concurrency * contenders.length + SPARE_FILES;
  if (limit === null || limit >= needed) return true;
  console.log(`left out: ${title}. It needs ${needed} open files, and ${limit} are allowed (ulimit -Hn).`);
  return false;
}

/** The fastest first. */
function tell(outcome: Outcome): void {
  const { workload, runs, failures } = outcome;
  const base = resultOf(outcome, workload.base);
  const middle = (values: readonly number[]): number => spreadOfRuns(values, runs).median;
  for (const result of outcome.results.toSorted((one, other) => speedOf(other) - speedOf(one))) {
    const shown = number(middle(result.samples.map((sample) => figure(sample, workload))));
    const ratio = base === null ? "" : `× ${number(middle(speedRatios(result, base)))}`;
    console.log(`    ${result.client.padEnd(22)} ${shown.padStart(10)} ${workload.unit.padEnd(11)} ${ratio}`);
  }
  for (const { client, reason } of failures) console.log(`    ${client.padEnd(22)} failed: ${reason}`);
}

async function write(run: Run, name: string): Promise<void> {
  await mkdir(results, { recursive: true });
  await writeFile(new URL(`${name}.md`, results), report(run, `${name}.svg`));
  await writeFile(new URL(`${name}.svg`, results), chart(run.outcomes));
  await writeFile(new URL(`${name}.json`, results), `${JSON.stringify(run)}\n`);
  console.log(`written: bench/results/${name}.md, ${name}.svg, ${name}.json`);
}

const start = performance.now();
const asked = wanted();
const cores = findCores();
const about = facts(cores, PEERS);
for (const [name, value] of Object.entries(about)) console.log(`${name.padEnd(24)} ${value}`);
await using arena = await Arena.open(cores);
const runs: Outcome[][] = [];
for (let turn = 1; turn <= asked.runs; turn++) {
  if (asked.runs > 1) console.log(`run ${turn} of ${asked.runs}`);
  runs.push(await measure(asked, arena));
}
const outcomes = joined(runs);
if (asked.runs > 1) {
  console.log(`medians of the medians of ${asked.runs} runs`);
  for (const outcome of outcomes) {
    console.log(outcome.workload.title);
    tell(outcome);
  }
}
const command = ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(
  " ",
);
const at = new Date().toISOString();
const run: Run = { at, command, facts: { ...about, "load after": loadNow() }, outcomes };
await write(run, asked.isWhole ? "bench" : "trial");
if (asked.isWhole) await writeFigures(run);
console.log(`${((performance.now() - start) / 60_000).toFixed(1)} minutes`);
if (outcomes.some(({ failures }) => failures.some(({ client }) => client === "sojourn")))
  process.exitCode = 1;
