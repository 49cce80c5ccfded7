/**
 * A process that changes a stored session until it is killed. It tells what it is about to store, and what is stored, a line each:
 * what it did not tell in time it may have stored or not.
 */
import { writeSync } from "node:fs";

import type * as Sources from "../../src/index.ts";

/** What the parent hears. */
export interface Told {
  readonly kind: "begins" | "stored";
  readonly changes: readonly ToldChange[];
}

/** A cookie, by host and name; without value when it is deleted. */
export interface ToldChange {
  readonly host: string;
  readonly name: string;
  readonly value: string | null;
  readonly at: number;
}

/** Names that all processes fight for. */
const SHARED = 5;

// What was built: it starts in a tenth of the time, and processes here start all the time.
const built = new URL("../../dist/src/index.js", import.meta.url).href;
const { Session } = (await import(built)) as typeof Sources; // it is built from it

const [path = "", id = "", hosts = "100"] = process.argv.slice(2);

function tell(told: Told): void {
  // At once: a pipe that is written later would lose it with the process.
  writeSync(1, `${JSON.stringify(told)}\n`);
}

function hostOf(turn: number): string {
  return `host${turn % Number(hosts)}.test`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await using session = await Session.open(path, { save: "manual" });
for (let turn = 0; ; turn++) {
  const host = hostOf(Math.floor(Math.random() * Number(hosts)));
  const changes: ToldChange[] = [
    // One that nobody else knows.
    { host, name: `own-${id}-${turn}`, value: "1", at: Date.now() },
    {
      host: hostOf(turn),
      name: `shared${turn % SHARED}`,
      value: turn % 3 === 2 ? null : `${id}-${turn}`,
      at: Date.now(),
    },
  ];
  for (const { host: domain, name, value } of changes)
    session.cookies.set(name, value, { domain: `.${domain}` });
  tell({ kind: "begins", changes });
  await session.save();
  tell({ kind: "stored", changes });
  await pause(Math.random() * 100);
}
