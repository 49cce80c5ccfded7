/**
 * A process that changes a stored session until it is killed. It tells what it is about to store, and what is stored, a line each:
 * what it did not tell in time it may have stored or not. Now and then it saves late, when others have changed the same things since.
 *
 * It is started without its types, on whatever Node is asked for: so nothing stands here that Node 22 does not know.
 */
import { writeSync } from "node:fs";

import type * as Sources from "../../src/index.ts";

/** What the parent hears. */
export interface Told {
  readonly kind: "begins" | "stored";
  readonly isLate: boolean;
  readonly changes: readonly ToldChange[];
}

/** A cookie, by host and name; without value when it is deleted. It was changed at some time between these two. */
export interface ToldChange {
  readonly host: string;
  readonly name: string;
  readonly value: string | null;
  readonly from: number;
  readonly to: number;
}

/** So many cookies all processes fight for, each on a host of its own. */
const SHARED = 20;
/** A change may have a time that is a little later, so that it comes behind one that was seen. */
const LITTLE_LATER_MS = 2;
/** Of so many saves one is late, by so many milliseconds at most. */
const LATE_ONE_IN = 5;
const LATEST_MS = 800;

const [built = "", path = "", id = "", hosts = "100"] = process.argv.slice(2);

// What was built: it starts in a tenth of the time, and processes here start all the time.
const { Session } = (await import(built)) as typeof Sources; // it is built from it

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

const session = await Session.open(path, { save: "manual" });

function change(host: string, name: string, value: string | null): ToldChange {
  const from = Date.now();
  session.cookies.set(name, value, { domain: `.${host}` });
  return { host, name, value, from, to: Date.now() + LITTLE_LATER_MS };
}

for (let turn = 0; ; turn++) {
  const shared = Math.floor(Math.random() * SHARED);
  // Of what it does not have a session deletes nothing: there is no change then.
  const isThere = session.cookies.has(`shared${shared}`, { domain: hostOf(shared) });
  const changes = [
    // One that nobody else knows.
    change(hostOf(Math.floor(Math.random() * Number(hosts))), `own-${id}-${turn}`, "1"),
    change(hostOf(shared), `shared${shared}`, isThere && turn % 2 === 1 ? null : `${id}-${turn}`),
  ];
  const isLate = Math.floor(Math.random() * LATE_ONE_IN) === 0;
  tell({ kind: "begins", isLate, changes });
  if (isLate) await pause(Math.random() * LATEST_MS);
  await session.save();
  tell({ kind: "stored", isLate, changes });
  await pause(Math.random() * 30);
}
