/**
 * Eight processes change one session file over a hundred hosts, and are killed at random moments and started again, for a minute. What a
 * process was told to be stored must be there at the end, or something that was made later. Somebody reads all the while: the file is
 * readable at every moment, and never says less than what was told to be stored by then. And nobody prints anything to the standard error.
 *
 * `npm run kill -- --seconds 600` takes longer; with `--oldest` the processes run on the oldest Node that `package.json` allows. The last line is `N committed, N found, 0 lost`.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { parseArgs } from "node:util";

import type { SessionState } from "../../src/core/session-store.ts";
import { FileSessionStore } from "../../src/store/file-store.ts";
import { installOldestNode, oldestNode } from "../support/packed.ts";
import type { Told, ToldChange } from "./child.ts";

const PROCESSES = 8;
const HOSTS = 100;
const LEAST_COMMITS = 500;
const SHORTEST_LIFE_MS = 300;
const LONGEST_LIFE_MS = 8000;

/** Of the sessions and what is changed in them: without these nothing would be told of them. */
const LEAST_LATE = 10;
const LEAST_DELETED = 10;

const { values: options } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, oldest: { type: "boolean", default: false } },
});
const seconds = Number(options.seconds);
if (!(seconds > 0)) throw new RangeError(`--seconds must be a number above 0, not ${options.seconds}`);

/** Of a cookie, what was said of it. */
interface Claims {
  readonly stored: ToldChange[];
  readonly begun: ToldChange[];
  /** Of those that are stored, the one that was made last. */
  last: ToldChange | null;
}

/** What was read of a cookie when a change of it was known to be stored: that one, or one that was made later. */
interface Sight {
  readonly id: string;
  readonly last: ToldChange;
  readonly value: string | null;
}

/** All that was told, by host and name; and what was seen. */
class Ledger {
  readonly claims = new Map<string, Claims>();
  readonly sights: Sight[] = [];
  /** What must not happen, and did. */
  readonly faults: string[] = [];
  commits = 0;
  late = 0;
  deleted = 0;

  take({ kind, isLate, changes }: Told): void {
    if (kind === "stored") {
      this.commits++;
      if (isLate) this.late++;
      this.deleted += changes.filter(({ value }) => value === null).length;
    }
    for (const change of changes) {
      const id = `${change.host} ${change.name}`;
      const claims = this.claims.get(id) ?? { stored: [], begun: [], last: null };
      this.claims.set(id, claims);
      claims[kind === "stored" ? "stored" : "begun"].push(change);
      if (kind === "stored" && change.from >= (claims.last?.from ?? 0)) claims.last = change;
    }
  }

  /** What is to be seen by whoever reads from now on; of `which` cookies. */
  expected(which: (id: string) => boolean): ReadonlyMap<string, ToldChange> {
    const last = [...this.claims].flatMap(([id, claims]): [string, ToldChange][] =>
      claims.last !== null && which(id) ? [[id, claims.last]] : [],
    );
    return new Map(last);
  }

  /** What was read when this was expected. */
  see(expected: ReadonlyMap<string, ToldChange>, state: SessionState | undefined): void {
    const found = new Map(
      (state?.cookies ?? []).map(({ key, value }) => [`${key.domain} ${key.name}`, value?.value ?? null]),
    );
    for (const [id, last] of expected) this.sights.push({ id, last, value: found.get(id) ?? null });
  }

  /** Changes in whose place something older was seen, or nothing. All has been told by now. */
  lost(): ReadonlyMap<ToldChange, Sight> {
    const lost = this.sights.filter(({ id, last, value }) => {
      const begun = this.claims.get(id)?.begun ?? [];
      return !begun.some((change) => change.to >= last.from && change.value === value);
    });
    return new Map(lost.map((sight) => [sight.last, sight]));
  }
}

/** What runs the processes. */
interface Haunt {
  readonly node: string;
  /** The program, without its types. */
  readonly script: string;
  /** The session file. */
  readonly path: string;
  readonly until: number;
  readonly ledger: Ledger;
}

/** Starts a process again and again, and kills it. */
async function haunt(place: Haunt, id: number): Promise<void> {
  for (let life = 0; Date.now() < place.until; life++) {
    const child = start(place, `${id}x${life}`);
    const lifeMs = SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS);
    const kill = (): void => void child.process.kill("SIGKILL");
    const last = setTimeout(kill, Math.max(place.until - Date.now(), 1));
    // Its life begins with its first word: a machine that is busy takes long to start it.
    let end: NodeJS.Timeout | undefined;
    child.lines.once("line", () => (end = setTimeout(kill, lifeMs)));
    const { code, signal, printed } = await child.ended;
    clearTimeout(last);
    clearTimeout(end);
    if (signal !== "SIGKILL")
      place.ledger.faults.push(`a process ended by itself, with code ${code}: ${printed}`);
    else if (printed !== "") place.ledger.faults.push(`a process printed to its standard error: ${printed}`);
  }
}

/** How a process ended. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** To its standard error. */
  readonly printed: string;
}

function start(
  { node, script, path, ledger }: Haunt,
  id: string,
): { process: ChildProcess; lines: Interface; ended: Promise<End> } {
  const built = new URL("../../dist/src/index.js", import.meta.url).href;
  const child = spawn(node, [script, built, path, id, String(HOSTS)], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (printed += piece));
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    // The last line of who was killed may be a part of one.
    if (line.endsWith("}")) ledger.take(JSON.parse(line) as Told);
  });
  const heard = new Promise((resolve) => lines.once("close", resolve));
  const ended = new Promise<End>((resolve) => {
    child.once("close", (code, signal) => void heard.then(() => resolve({ code, signal, printed })));
  });
  return { process: child, lines, ended };
}

/** Reads until it is told to stop. Returns how often. */
async function readOn({ path, until, ledger }: Haunt): Promise<number> {
  const store = new FileSessionStore(path);
  let reads = 0;
  let last = 0;
  while (Date.now() < until) {
    try {
      const expected = ledger.expected((id) => id.includes(" shared"));
      const stored = await store.read();
      ledger.see(expected, stored?.state);
      const revision = stored?.revision ?? 0;
      if (revision < last) ledger.faults.push(`revision ${revision} was read after ${last}`);
      last = revision;
      if (revision > 0) reads++;
    } catch (error) {
      ledger.faults.push(`it could not be read: ${String(error)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return reads;
}

const folder = await mkdtemp(join(tmpdir(), "sojourn-kill-"));
try {
  const path = join(folder, "session.json");
  const script = join(folder, "child.mjs");
  const source = await readFile(new URL("child.ts", import.meta.url), "utf8");
  await writeFile(script, stripTypeScriptTypes(source));
  const node = options.oldest ? installOldestNode(folder) : process.execPath;
  const until = Date.now() + 1000 * seconds;
  const ledger = new Ledger();
  const place: Haunt = { node, script, path, until, ledger };
  const [reads] = await Promise.all([
    readOn(place),
    ...Array.from({ length: PROCESSES }, (_, id) => haunt(place, id)),
  ]);
  const stored = await new FileSessionStore(path).read();
  ledger.see(
    ledger.expected(() => true),
    stored?.state,
  );
  const lost = ledger.lost();
  for (const [change, { id, value }] of [...lost].slice(0, 10))
    console.log(`lost: ${id} was ${change.value} from ${change.from} on, and ${value} was found`);
  const committed = [...ledger.claims.values()].reduce((sum, claims) => sum + claims.stored.length, 0);
  const version = options.oldest ? `Node ${oldestNode()}` : `Node ${process.versions.node}`;
  console.log(
    `${version}: ${ledger.commits} commits, ${ledger.late} of them late, ${ledger.deleted} deletions; revision ${stored?.revision ?? 0}; read ${reads} times meanwhile`,
  );
  const share = Math.min(seconds / 60, 1);
  if (
    ledger.commits < LEAST_COMMITS * share ||
    ledger.late < LEAST_LATE * share ||
    ledger.deleted < LEAST_DELETED * share
  )
    ledger.faults.push("that is too little to tell anything");
  for (const fault of ledger.faults.slice(0, 10)) console.log(fault);
  console.log(`${committed} committed, ${committed - lost.size} found, ${lost.size} lost`);
  process.exitCode = lost.size === 0 && ledger.faults.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
