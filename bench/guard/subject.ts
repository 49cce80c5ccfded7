/** A process of the guard: counts all cases with one measure, and tells what each takes for one request. */
import type { Case } from "./cases.ts";
import { total, type Counts } from "./compare.ts";
import { measures, type Meter } from "./measures.ts";

/** Counts of each case; the middle one is taken. */
const REPEATS = 3;
/** Counts that are begun, at most: in some of them something comes between. */
const TRIES = 20;

const [, , name, url] = process.argv;
const measure = measures.find((one) => one.name === name);
if (measure === undefined || url === undefined) throw new Error("started without a measure or a server");

const meter = await measure.start();
// Loaded late: the meter has to watch from the beginning.
const { cases } = await import("./cases.ts");
const results: Record<string, Counts> = {};
for (const one of cases) results[one.name] = await countOne(one, meter, url);
process.stdout.write(`${JSON.stringify(results)}\n`);
process.exit();

async function countOne(one: Case, watching: Meter, origin: string): Promise<Counts> {
  const { run, close } = await one.prepare(origin);
  const all = async (): Promise<void> => {
    for (let done = 0; done < one.requests; done += one.batch) await run();
  };
  // Connections are opened, caches filled, feedback allocated.
  await all();
  const counts: Counts[] = [];
  for (let tries = 0; tries < TRIES && counts.length < REPEATS; tries++) {
    const counted = await watching.count(all);
    if (counted !== null) counts.push(counted);
  }
  await close();
  const middle = counts.toSorted((first, other) => total(first) - total(other))[counts.length >> 1];
  if (middle === undefined)
    throw new Error(`${one.name} cannot be counted: the collector always came between`);
  return perRequest(middle, one.requests);
}

/** With two digits, in the order of their names: what is stored is compared by people, too. */
function perRequest(counts: Counts, requests: number): Counts {
  return Object.fromEntries(
    Object.entries(counts)
      .map(([part, count]) => [part, Math.round((count / requests) * 100) / 100] as const)
      .filter(([, count]) => count > 0)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
