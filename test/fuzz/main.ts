/**
 * `npm run fuzz`: responses of arbitrary bytes over HTTP/1.1, of arbitrary frames over HTTP/2, and how the time of parsers grows.
 *
 *     npm run fuzz -- --runs 20000 --seed 1
 *
 * Bounded: 5,000 responses, and half as many over HTTP/2, unless said otherwise. Every run is the same for the same seed. Ends with code 1 when a request
 * never ended or failed with something that is no error of ours, or when the time of a parser is not linear.
 */
import { parseArgs } from "node:util";

import { growth } from "./growth.ts";
import { fuzzFrames } from "./http2.ts";
import { fuzzResponses, type Finding } from "./responses.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
});

const stray: unknown[] = [];
process.on("unhandledRejection", (error) => stray.push(error));
process.on("uncaughtException", (error) => stray.push(error));

const seed = Number(values.seed);
const findings: Finding[] = [];
const runs = Number(values.runs);
// A broken connection of HTTP/2 costs a handshake.
for (const outcome of [await fuzzResponses(runs, seed), await fuzzFrames(Math.ceil(runs / 2), seed)]) {
  for (const [kind, count] of [...outcome.counts].sort(([, one], [, other]) => other - one))
    console.log(`${kind.padEnd(36)}${String(count).padStart(8)}`);
  findings.push(...outcome.findings);
}
for (const one of findings) console.error(`${one.seed}: ${one.what}`);
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
