/**
 * `npm run runtimes [-- --only REGEX]`, after `npm run build`
 *
 * Packs the package, installs it into a project outside of the tree, and goes through `checks.ts` and `checks-network.ts` in
 * each runtime and through `tools.ts`. Prints a line for each, and what `docs/runtimes.md` says otherwise. Ends with 1 when something is not as that page
 * says.
 *
 * Runtimes and tools have a package and a lock file of their own in this folder.
 */
import { execFile, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs, promisify } from "node:util";

import { installNode, installPacked, oldestNode, root, versionOf } from "../support/packed.ts";
import { checks as ownChecks } from "./checks.ts";
import { networkChecks } from "./checks-network.ts";
import { startFarSide } from "./far-side.ts";
import { tableBelow } from "./page.ts";
import { runtimesOf, textOf, type Runtime } from "./runtimes.ts";
import { trials, type Bench, type Step, type Trial } from "./tools.ts";

/** All rows of the page but its last. */
const checks = { ...ownChecks, ...networkChecks };
const execute = promisify(execFile);
const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const only = new RegExp(values.only);

const YES = "yes";
/** The name of the last row: it is measured from outside. */
const ENDS = "the program ends while a session is open";
const CHECK_MS = 30_000;
const RUNTIME_MS = 300_000;
const END_MS = 10_000;
const STEP_MS = 300_000;

const PROGRAM = `
import * as sojourn from "sojourn";
import * as charset from "sojourn/charset";
import * as formats from "sojourn/formats";
import * as oauth2 from "sojourn/oauth2";
import * as otel from "sojourn/otel";
import * as terminal from "sojourn/terminal";
import * as testing from "sojourn/testing";
import { checks as ownChecks } from "./checks.mjs";
import { networkChecks } from "./checks-network.mjs";

const checks = { ...ownChecks, ...networkChecks };
const far = JSON.parse(process.env.FAR_SIDE);
let fail = () => {};
process.on("uncaughtException", (error) => fail(error));
process.on("unhandledRejection", (error) => fail(error));
const tried = (check) =>
  new Promise((resolve) => {
    const late = setTimeout(() => resolve("it does not end"), ${CHECK_MS});
    fail = (error) => resolve("uncaught: " + (error?.stack ?? error));
    check({ sojourn, charset, formats, oauth2, otel, terminal, testing }, far).then(() => resolve(null), (error) => resolve(String(error?.stack ?? error)))
      .finally(() => clearTimeout(late));
  });
for (const [name, check] of Object.entries(checks)) {
  // Two processes that race each other on a busy machine: what fails once is tried again, and that is told.
  const first = await tried(check);
  console.log(JSON.stringify({ name, first, why: first === null ? null : await tried(check) }));
}
const session = new sojourn.Session({ trustEnv: false });
await session.get(far.url + "/get");
console.log(JSON.stringify({ name: ${JSON.stringify(ENDS)}, why: null }));
`;

const page = textOf(root, "docs/runtimes.md");
const folder = mkdtempSync(join(tmpdir(), "sojourn-runtimes-"));
const project = join(folder, "project");
const { far, stop } = await startFarSide();
let wrong = 0;
let right = 0;
try {
  setUp();
  await tryRuntimes();
  await tryTools();
  console.log(`${right} passed, ${wrong} failed`);
  process.exitCode = wrong === 0 && right > 0 ? 0 : 1;
} finally {
  stop();
  rmSync(folder, { recursive: true, force: true });
}

/** A project with the package, the tools, and the program. */
function setUp(): void {
  mkdirSync(project);
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(root, "test/runtimes", file), join(project, file));
  installPacked(project, ["@opentelemetry/api", "chardet", "oauth4webapi"].map(versionOf));
  writeFileSync(join(project, "program.mjs"), PROGRAM);
  for (const name of ["checks", "checks-network"])
    writeFileSync(
      join(project, `${name}.mjs`),
      stripTypeScriptTypes(textOf(root, `test/runtimes/${name}.ts`)),
    );
}

/** Every check in every runtime, and whether the page says the same. */
async function tryRuntimes(): Promise<void> {
  const runtimes = runtimesOf(folder, project);
  const table = tableBelow(page, "Runtimes");
  const names = [...Object.keys(checks), ENDS];
  const chosen = runtimes.filter(({ name }) => only.test(name));
  if (chosen.length === 0) return;
  judge("the columns of the page", runtimes.map(({ name }) => name).join(", "), table.columns.join(", "));
  judge("the rows of the page", names.join("; "), [...table.rows.keys()].join("; "));
  for (const runtime of chosen) {
    const found = await goThrough(runtime);
    const at = runtimes.indexOf(runtime);
    for (const name of names) {
      const why = found.has(name) ? found.get(name) : "it was not come to";
      const said = table.rows.get(name)?.[at] ?? "nothing";
      // The page gives the reason in its own words, below the table.
      judge(`${runtime.name}: ${name}`, why === null ? YES : "no", said.replace(/ \(.*\)$/, ""), why ?? "");
    }
  }
}

/** What each check came to: `null` when all was right. */
async function goThrough({ command, env }: Runtime): Promise<Map<string, string | null>> {
  const [program = "", ...args] = command(join(project, "program.mjs"));
  const child = spawn(program, args, {
    cwd: project,
    env: { ...process.env, FAR_SIDE: JSON.stringify(far), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => (said += piece.toString()));
  const found = new Map<string, string | null>();
  let timer = setTimeout(() => child.kill("SIGKILL"), RUNTIME_MS);
  const ended = new Promise<string | number | null>((resolve) =>
    child.once("close", (code, signal) => resolve(signal ?? code)),
  );
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    const { name, why, first } = JSON.parse(line) as {
      name: string;
      why: string | null;
      first?: string | null;
    }; // of the program above
    found.set(name, why);
    if (why === null && typeof first === "string")
      console.log(`AGAIN  ${name}: it failed at first: ${first}`);
    if (name !== ENDS) continue;
    clearTimeout(timer);
    timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
  }
  const how = await ended;
  clearTimeout(timer);
  if (how !== 0) found.set(ENDS, `it ended with ${how}: ${said.slice(-2000)}`);
  return found;
}

/** Every trial, and whether the page tells what came of it. */
async function tryTools(): Promise<void> {
  const chosen = trials.filter(({ name }) => only.test(name));
  if (chosen.length === 0) return;
  const bench: Bench = {
    node: process.execPath,
    oldest: installNode(join(folder, "oldest"), oldestNode()),
    tooOld: {
      "20": installNode(join(folder, "node-20"), "20.19.0"),
      "22.11": installNode(join(folder, "node-22.11"), "22.11.0"),
    },
    tool: (name) => join(project, "node_modules/.bin", name),
    ownTool: (name) => join(root, "node_modules/.bin", name),
  };
  const { rows } = tableBelow(page, "Tools");
  judge("the tools of the page", trials.map(({ name }) => name).join("; "), [...rows.keys()].join("; "));
  for (const [at, trial] of chosen.entries()) {
    const place = join(project, `trial-${at}`);
    mkdirSync(place);
    for (const [name, text] of Object.entries(trial.files)) writeFileSync(join(place, name), text);
    const why = await tryOut(trial, bench, place);
    judge(trial.name, "as the page says", why === null ? "as the page says" : "otherwise", why ?? "");
    judge(
      `${trial.name}, on the page`,
      "told",
      isTold(trial, bench, rows.get(trial.name)) ? "told" : "not told",
    );
  }
}

/** Does the page say that it works, or else what is said? */
function isTold(trial: Trial, bench: Bench, [cell = ""]: readonly string[] = []): boolean {
  const says = trial.steps(bench).at(-1)?.says;
  return says === undefined ? cell.startsWith(YES) : cell.includes(says);
}

/** What is not as it should be; `null`: nothing. */
async function tryOut(trial: Trial, bench: Bench, place: string): Promise<string | null> {
  const steps = trial.steps(bench);
  for (const step of steps) {
    const why = await take(step, place, step === steps.at(-1));
    if (why !== null) return `${step.run.join(" ")}: ${why}`;
  }
  return null;
}

async function take({ run, says }: Step, cwd: string, isLast: boolean): Promise<string | null> {
  const [command = "", ...args] = run;
  try {
    const { stdout, stderr } = await execute(command, args, { cwd, timeout: STEP_MS, maxBuffer: 50_000_000 });
    if (says !== undefined) return `it does not say ${says}, but ends well: ${stdout}`;
    return isLast && stdout !== "tea\n" ? `it prints ${stdout}${stderr}` : null;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }; // of a process, when it was one
    const said = `${stdout}${stderr}`;
    return says !== undefined && said.includes(says) ? null : `${String(error)}\n${said}`;
  }
}

/** Counts, and prints what is wrong. */
function judge(what: string, found: string, said: string, why = ""): void {
  if (found === said) right++;
  else wrong++;
  console.log(
    found === said ? `right  ${what}: ${found}` : `WRONG  ${what}: found ${found}, the page says ${said}`,
  );
  if (why !== "") console.log(why.split("\n").slice(0, 12).join("\n").replaceAll(/^/gm, "         "));
}
