/**
 * `npm run bench:guard`: does a request take more work than it used to? Nothing is timed: function calls, promises and bytes of a
 * fixed run are counted, and compared with `guard.json`. Ends with code 1 when one of them grew by more than its tolerance.
 *
 *     npm run bench:guard -- --write     stores what is counted now
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Arena } from "../arena.ts";
import { LineProcess } from "../processes.ts";
import { cases } from "./cases.ts";
import { formatStored, judge, type Counts, type Stored, type Table, type Verdict } from "./compare.ts";
import { measures, type Measure } from "./measures.ts";

const file = new URL("guard.json", import.meta.url);
const subject = fileURLToPath(new URL("subject.ts", import.meta.url));
/** Parts that are named when a count grew. */
const SHOWN_PARTS = 8;

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

async function count({ name, flags }: Measure, url: string): Promise<Record<string, Counts>> {
  const args = [...flags, subject, name, url];
  // A session reads the environment: with more variables it would do more.
  using process_ = new LineProcess({
    command: process.execPath,
    args,
    core: null,
    env: { HOME: "/nonexistent" },
  });
  return (await process_.hear()) as Record<string, Counts>;
}

async function countAll(): Promise<Table> {
  await using arena = await Arena.open(null);
  const table: Record<string, Record<string, Counts>> = {};
  for (const measure of measures) {
    const counted = await count(measure, arena.origin);
    for (const [name, counts] of Object.entries(counted)) (table[name] ??= {})[measure.name] = counts;
  }
  return table;
}

/** Prints every count; gives those that are not what is stored. */
function compare(stored: Stored, found: Table): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const { name, tolerance } of cases) {
    console.log(`${name} (to ${tolerance * 100} %)`);
    for (const measure of measures) {
      const counts = found[name]?.[measure.name];
      if (counts === undefined) continue;
      const verdict = judge(stored.cases[name]?.[measure.name], counts, tolerance);
      if (verdict.kind !== "same") verdicts.push(verdict);
      print(measure, verdict);
    }
  }
  return verdicts;
}

function print({ title }: Measure, { kind, stored, found, parts }: Verdict): void {
  const change = stored === 0 ? "new" : `${(((found - stored) / stored) * 100).toFixed(2)} %`;
  const mark = { same: " ", more: "✗", less: "✓", new: "+" }[kind];
  console.log(
    `  ${mark} ${title.padEnd(46)} ${shown(stored).padStart(8)} → ${shown(found).padStart(8)}  ${change}`,
  );
  for (const part of parts.slice(0, SHOWN_PARTS)) {
    console.log(
      `      ${part.name.padEnd(42)} ${shown(part.stored).padStart(8)} → ${shown(part.found).padStart(8)}`,
    );
  }
}

function shown(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 100) / 100);
}

const found = await countAll();
if (values.write) {
  await writeFile(file, formatStored({ node: process.version, cases: found }));
  console.log("written: bench/guard/guard.json");
} else {
  const stored = JSON.parse(await readFile(file, "utf8")) as Stored;
  const verdicts = compare(stored, found);
  const isOtherNode = stored.node !== process.version;
  if (isOtherNode)
    console.log(`Stored with Node ${stored.node}, counted with ${process.version}: store anew.`);
  if (verdicts.some(({ kind }) => kind === "more")) {
    console.log("A request takes more work than it did. If it has to, say why and store it: --write");
  } else if (verdicts.length > 0) {
    console.log("Store what is less or new, or it may grow back unseen: npm run bench:guard -- --write");
  }
  if (isOtherNode || verdicts.some(({ kind }) => kind !== "less")) process.exitCode = 1;
}
