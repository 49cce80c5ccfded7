/**
 * `npm run stress`: many requests at a time, in every way to a server and every way to read, up and down, and each byte compared.
 *
 *     npm run stress -- --seconds 600 --seed 7 --only "HTTP/2" --reading "stream|memory"
 *     npm run stress -- --seed 7 --only "^HTTP/2$" --request 4000123
 *     npm run stress -- --traced
 *
 * Bounded: a minute unless said otherwise. The server pauses, ends connections, breaks off bodies and refuses streams, callers lose
 * patience: whoever was not given up by one of these must succeed, nobody may get a part for the whole, nothing may pend. Which
 * requests are made follows from the seed; when they meet does not. Ends with code 1 for the first of these that happens:
 * a wrong or short body, a request that failed or hung, an upload that the server took a part of for the whole, an error that
 * nobody caught, something that is left open; with `--traced` also a sending of which instruments hear no beginning, or another
 * number of ends than one.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { connectChannels, Instrument, requestChannels } from "../support/instrument.ts";
import type { Ports, ServerFault } from "./server.ts";
import { isFault, Tally } from "./table.ts";
import { travel, ways, type Ended } from "./way.ts";

const CONCURRENT = 20;
/** So many faults of one way and reading are shown whole. */
const MOST_SHOWN = 2;
/** Of the requests of a way so many may be excused. */
const MOST_EXCUSED = 0.03;
/** By then all that is left has closed, and the process has ended by itself. */
const LONGEST_END_MS = 10_000;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    only: { type: "string", default: "" },
    reading: { type: "string", default: "" },
    request: { type: "string" },
    traced: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
if (!(seconds > 0 && seconds <= 3600))
  throw new RangeError(`--seconds is more than 0, up to 3600, not ${values.seconds}`);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!Number.isSafeInteger(seed)) throw new RangeError(`--seed is a whole number, not ${values.seed}`);

const strays: string[] = [];
const stray = (error: unknown): void => {
  strays.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
};
process.on("unhandledRejection", stray);
process.on("uncaughtException", stray);
process.on("warning", stray);

const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)));
const [ports] = (await once(server, "message")) as [Ports];
const faults: ServerFault[] = [];
server.on("message", (fault: ServerFault) => void faults.push(fault));
const ended = once(server, "exit");

/** With `--traced`: what instruments hear. */
const instruments = values.traced
  ? { requests: new Instrument(requestChannels), connections: new Instrument(connectChannels) }
  : null;

const tally = new Tally();
let failed = 0;
let passed = 0;

function told(one: Ended): void {
  tally.add(one);
  if (!isFault(one.verdict)) return void passed++;
  failed++;
  const { way, id, plan, verdict } = one;
  if (tally.faults(one) > MOST_SHOWN) return;
  console.error(
    `${verdict.kind}: ${way}, request ${id} of seed ${seed}: ${"why" in verdict ? verdict.why : ""}`,
  );
  console.error(`  ${JSON.stringify(plan)}`);
}

function stillOpen(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name));
}

/** Of sendings and connections that were told of in another way than from one beginning to one end. */
function brokenTraces(): string[] {
  if (instruments === null) return [];
  const { requests, connections } = instruments;
  const begun = connections.of("beforeConnect").length;
  const over = connections.of("connected").length + connections.of("connectError").length;
  console.log(`traced: ${requests.of("create").length} sendings, ${begun} connections`);
  return [
    ...requests.broken.map((story) => `traced wrong: ${story}`),
    ...(begun === over ? [] : [`traced wrong: ${begun} connections begun, ${over} ended`]),
  ];
}

/** What was left open, and what nobody may do. */
async function complaints(folder: string): Promise<string[]> {
  const found = strays.map((text) => `nobody caught: ${text}`);
  for (const { id, what } of faults) found.push(`request ${id} of seed ${seed}: ${what}`);
  for (const { name } of ways) {
    const all = tally.count(name, "all");
    const excused = tally.count(name, "all", ["excused"]);
    if (excused > MOST_EXCUSED * all + 3) found.push(`${name}: ${excused} of ${all} requests were excused`);
  }
  const files = await readdir(folder);
  if (files.length > 0) found.push(`${files.length} files stayed, such as ${files[0]}`);
  // What was given up closes in a moment.
  for (let waited = 0; stillOpen().length > 0 && waited < LONGEST_END_MS; waited += 100) await sleep(100);
  const open = Map.groupBy(stillOpen(), (name) => name);
  for (const [name, all] of open) found.push(`still open: ${all.length} of ${name}`);
  found.push(...brokenTraces());
  return found;
}

console.log(`seed ${seed}`);
const folder = await mkdtemp(join(tmpdir(), "sojourn-stress-"));
const asked = ways.filter(({ name }) => new RegExp(values.only).test(name));
try {
  for (const way of asked) {
    await travel(
      way,
      ports,
      {
        seed,
        concurrent: CONCURRENT,
        until: performance.now() + (seconds * 1000) / asked.length,
        only: values.request === undefined ? null : Number(values.request),
        readings: new RegExp(values.reading),
        folder,
      },
      told,
    );
  }
  const found = await complaints(folder);
  console.log(tally.toString());
  for (const one of found) console.error(one);
  failed += found.length;
} finally {
  if (server.connected) server.disconnect();
  await ended;
  await rm(folder, { recursive: true });
}
setTimeout(() => {
  console.error(`the process does not end: ${process.getActiveResourcesInfo().join(", ")}`);
  process.exit(1);
}, LONGEST_END_MS).unref();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
