/**
 * `npm run fuzz`: responses of arbitrary bytes, and how the time of parsers grows.
 *
 *     npm run fuzz -- --runs 20000 --seed 1
 *
 * Bounded: 5,000 responses unless said otherwise. Every run is the same for the same seed. Ends with code 1 when a request
 * never ended or failed with something that is no error of ours, or when the time of a parser is not linear.
 */
import { parseArgs } from "node:util";

import { growth } from "./growth.ts";
import { fuzzResponses } from "./responses.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
});

const stray: unknown[] = [];
process.on("unhandledRejection", (error) => stray.push(error));
process.on("uncaughtException", (error) => stray.push(error));

const { counts, findings } = await fuzzResponses(Number(values.runs), Number(values.seed));
for (const [kind, count] of [...counts].sort(([, one], [, other]) => other - one))
  console.log(`${kind.padEnd(28)}${String(count).padStart(8)}`);
for (const { seed, what } of findings) console.error(`seed ${seed}: ${what}`);
for (const error of stray) console.error("nobody caught:", error);

const slow = growth();
for (const { parser, before, unit, after, smallMs, largeMs } of slow) {
  const shown = JSON.stringify(`${before}${unit}...${after}`);
  console.error(
    `not linear: ${parser} with ${shown}: ${smallMs.toFixed(1)} ms, ten times as long: ${largeMs.toFixed(1)} ms`,
  );
}
const bad = findings.length + stray.length + slow.length;
console.log(bad === 0 ? "nothing found" : `${bad} found`);
process.exitCode = bad === 0 ? 0 : 1;
