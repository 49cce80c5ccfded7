/**
 * Eight processes change one session file over a hundred hosts, and are killed at random moments and started again, for a minute. What a
 * process was told to be stored must be there at the end, or something that was made later. Somebody reads all the while: the file is
 * readable at every moment.
 *
 * `npm run kill -- SECONDS` takes longer or shorter. The last line is `N committed, N found, 0 lost`.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";

import { FileSessionStore } from "../../src/store/file-store.ts";
import type { Told, ToldChange } from "./child.ts";

const PROCESSES = 8;
const HOSTS = 100;
const LEAST_COMMITS = 500;
const SHORTEST_LIFE_MS = 300;
const LONGEST_LIFE_MS = 4000;

const seconds = Number(process.argv[2] ?? 60);

/** Of a cookie, what was said of it. */
interface Claims {
  readonly stored: ToldChange[];
  readonly begun: ToldChange[];
}

/** All that was told, by host and name. */
class Ledger {
  readonly claims = new Map<string, Claims>();
  commits = 0;

  take({ kind, changes }: Told): void {
    if (kind === "stored") this.commits++;
    for (const change of changes) {
      const id = `${change.host} ${change.name}`;
      const claims = this.claims.get(id) ?? { stored: [], begun: [] };
      this.claims.set(id, claims);
      claims[kind === "stored" ? "stored" : "begun"].push(change);
    }
  }
}

/** Starts a process again and again, and kills it. */
async function haunt(path: string, id: number, until: number, ledger: Ledger): Promise<void> {
  for (let life = 0; Date.now() < until; life++) {
    const child = start(path, `${id}x${life}`, ledger);
    const lifeMs = SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS);
    const kill = (): void => void child.process.kill("SIGKILL");
    const last = setTimeout(kill, Math.max(until - Date.now(), 1));
    // Its life begins with its first word: a machine that is busy takes long to start it.
    let end: NodeJS.Timeout | undefined;
    child.lines.once("line", () => (end = setTimeout(kill, lifeMs)));
    const { code, signal } = await child.ended;
    clearTimeout(last);
    clearTimeout(end);
    if (signal !== "SIGKILL") throw new Error(`a process ended by itself, with code ${code}`);
  }
}

function start(
  path: string,
  id: string,
  ledger: Ledger,
): {
  process: ChildProcess;
  lines: Interface;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
} {
  const script = fileURLToPath(new URL("child.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, path, id, String(HOSTS)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    // The last line of who was killed may be a part of one.
    if (line.endsWith("}")) ledger.take(JSON.parse(line) as Told);
  });
  const heard = new Promise((resolve) => lines.once("close", resolve));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => void heard.then(() => resolve({ code, signal })));
  });
  return { process: child, lines, ended };
}

/** Reads until it is told to stop. Returns how often. A file that cannot be read ends it all. */
async function readOn(path: string, until: number): Promise<number> {
  const store = new FileSessionStore(path);
  let reads = 0;
  let revision = 0;
  while (Date.now() < until) {
    const stored = await store.read();
    if (stored !== null) {
      if (stored.revision < revision) throw new Error(`revision ${stored.revision} came after ${revision}`);
      revision = stored.revision;
      reads++;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return reads;
}

/** Is what is there the last that was stored, or something that was begun and is not older? */
function isKept({ stored, begun }: Claims, value: string | null): boolean {
  const lastAt = Math.max(...stored.map(({ at }) => at));
  return begun.some((change) => change.at >= lastAt && change.value === value);
}

const folder = await mkdtemp(join(tmpdir(), "sojourn-kill-"));
try {
  const path = join(folder, "session.json");
  const until = Date.now() + 1000 * seconds;
  const ledger = new Ledger();
  const [reads] = await Promise.all([
    readOn(path, until),
    ...Array.from({ length: PROCESSES }, (_, id) => haunt(path, id, until, ledger)),
  ]);
  const stored = await new FileSessionStore(path).read();
  const found = new Map(
    (stored?.state.cookies ?? []).map(({ key, value }) => [
      `${key.domain} ${key.name}`,
      value?.value ?? null,
    ]),
  );
  const claimed = [...ledger.claims].filter(([, claims]) => claims.stored.length > 0);
  const lost = claimed.filter(([id, claims]) => !isKept(claims, found.get(id) ?? null));
  for (const [id, claims] of lost.slice(0, 10))
    console.log("lost:", id, JSON.stringify(claims), found.get(id));
  const changes = claimed.reduce((sum, [, claims]) => sum + claims.stored.length, 0);
  const missing = lost.reduce((sum, [, claims]) => sum + claims.stored.length, 0);
  console.log(`${ledger.commits} commits, revision ${stored?.revision ?? 0}; read ${reads} times meanwhile`);
  if (ledger.commits < LEAST_COMMITS * Math.min(seconds / 60, 1))
    throw new Error("too few commits to tell anything");
  console.log(`${changes} committed, ${changes - missing} found, ${missing} lost`);
  process.exitCode = missing === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
