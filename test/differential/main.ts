/**
 * Reads a million streams of two responses each with our parser and with llhttp: what they tell must be the same, or rows of the
 * table must say why not.
 *
 *     npm run differential -- --runs 10000000 --seed 7
 *     npm run differential -- --seed 1 --only 123456
 *
 * Every stream follows from seed and number. Ends with code 1 when there is a difference that no row explains, when our parser
 * tells another story of the same bytes in other pieces, or when a row was never needed.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import { rows } from "./rows.ts";
import type { Tally } from "./run.ts";
import type { Part } from "./worker.ts";

/** From so many on every row must have been needed. */
const ALL_ROWS = 1_000_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: String(ALL_ROWS) },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const seed = Number(values.seed);
const only = values.only === undefined ? null : Number(values.only);
const first = only ?? 0;
const end = only === null ? Number(values.runs) : only + 1;
const threads = only === null ? availableParallelism() : 1;

async function tallyOf(part: Part): Promise<Tally> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: part });
  const [tally] = (await once(worker, "message")) as [Tally];
  return tally;
}

const begun = performance.now();
const tallies = await Promise.all(
  Array.from({ length: threads }, (_, at) => tallyOf({ seed, first: first + at, step: threads, end })),
);
const seconds = (performance.now() - begun) / 1000;

function sum(of: (tally: Tally) => number): number {
  return tallies.reduce((total, tally) => total + of(tally), 0);
}

const streams = sum((tally) => tally.streams);
const whole = sum((tally) => tally.whole);
console.log(
  `${streams} streams, ${Math.round(sum((tally) => tally.bytes) / streams)} bytes each, ${whole} whole responses, ` +
    `${sum((tally) => tally.readings)} readings, in ${seconds.toFixed(0)} s`,
);
console.log(`${String(sum((tally) => tally.same)).padStart(9)}  told alike`);
const idle: string[] = [];
for (const { name, reason } of rows) {
  const count = sum((tally) => tally.rows.get(name) ?? 0);
  console.log(`${String(count).padStart(9)}  ${name}  (${reason})`);
  if (count === 0) idle.push(name);
}

const findings = tallies.flatMap((tally) => tally.findings);
for (const { index, methods, text, what } of findings)
  console.error(
    `--seed ${seed} --only ${index}: ${methods.join(", ")}: ${JSON.stringify(text)}\n    ${what}`,
  );
const isLong = only === null && streams >= ALL_ROWS;
if (isLong) for (const name of idle) console.error(`no stream needs the row: ${name}`);
const isGood = findings.length === 0 && !(isLong && idle.length > 0);
console.log(isGood ? "no difference without a reason" : `${findings.length} found`);
process.exitCode = isGood ? 0 : 1;
