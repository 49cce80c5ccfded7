/**
 * `npm run ledger [-- --check FILE]`
 *
 * Writes `docs/parity.md` from `ledger.json`, and tells what is wrong and what is open. With `--check` it also compares the
 * ids with those of a list of requests' behaviours: tables in Markdown whose first cells are ids. Exit code 1 when anything
 * is wrong or open.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";

import { countsOf, loadLedger, pagePath, rowsOf } from "./ledger.ts";
import { pageOf } from "./page.ts";
import { problemsOf, repeatedIds } from "./problems.ts";

/** The ids of a list: those that begin a table row, in parts of it whose titles begin with these numbers. */
function idsOf(list: string): ReadonlySet<string> {
  const parts = list.split(/^(?=## )/m).filter((part) => /^## [13]\. /.test(part));
  return new Set(
    parts.flatMap((part) => Array.from(part.matchAll(/^\| ([A-Z]+-\d+) \|/gm), ([, id = ""]) => id)),
  );
}

function differences(own: readonly string[], listed: ReadonlySet<string>): string[] {
  const known = new Set(own);
  return [
    ...[...listed].filter((id) => !known.has(id)).map((id) => `${id} is in the list and not in the ledger`),
    ...own.filter((id) => !listed.has(id)).map((id) => `${id} is in the ledger and not in the list`),
  ];
}

const { values } = parseArgs({ options: { check: { type: "string" } } });
const ledger = loadLedger();
const rows = rowsOf(ledger);
const problems = [...repeatedIds(rows), ...rows.flatMap(problemsOf)];
if (values.check !== undefined) {
  const listed = idsOf(readFileSync(values.check, "utf8"));
  problems.push(
    ...differences(
      rows.map(({ id }) => id),
      listed,
    ),
  );
  console.log(`compared with ${listed.size} ids of the list`);
}
mkdirSync(new URL(".", pagePath), { recursive: true });
writeFileSync(pagePath, pageOf(ledger));

for (const { id, name, note } of rows.filter(({ state }) => state === "open"))
  console.log(`open: ${id} ${name}: ${note ?? ""}`);
for (const problem of problems) console.log(`wrong: ${problem}`);
const counts = countsOf(rows);
console.log(`${rows.length} rows: ${Array.from(counts, ([state, count]) => `${count} ${state}`).join(", ")}`);
const open = counts.get("open") ?? 0;
process.exitCode = problems.length > 0 || open > 0 ? 1 : 0;
