/**
 * The conformance kit: where it is, which scenarios it has, and how its harness is run.
 *
 * Not here: what the verdicts mean (`verdicts.ts`).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The part of a scenario file that matters here. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** The first one is the theme. */
  readonly tags: readonly string[];
  readonly quirk?: string;
}

/** Where a transcript is not as expected. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly note?: string;
}

/** What the harness says of one scenario. */
export interface Outcome {
  readonly id: string;
  readonly verdict: "pass" | "fail" | "quirk" | "unsupported" | "skipped" | "no-expectation";
  readonly differences: readonly Difference[];
  /** Why it was skipped. */
  readonly skipped: string | null;
}

/** Folders of a run. */
export interface KitFolders {
  readonly kit: string;
  readonly scenarios: string;
  readonly expected: string;
}

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * Finds the kit: as given, as `SOJOURN_CONFORMANCE_KIT` says, or beside the checkout.
 *
 * @throws {Error} when there is none.
 */
export function findKit(given: string | undefined): string {
  const kit = given ?? process.env["SOJOURN_CONFORMANCE_KIT"] ?? join(here, "../../../shared/conformance");
  if (existsSync(join(kit, "harness.py"))) return resolve(kit);
  throw new Error(`no conformance kit in ${resolve(kit)}; say where: --kit DIR, or SOJOURN_CONFORMANCE_KIT`);
}

/** The scenarios of a folder, in the order of their ids. */
export function loadScenarios(folder: string): Scenario[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.sort().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Scenario); // The kit wrote it.
}

/** Those that one of `words` names: an id, a pattern with `*`, or a tag. No words: all. */
export function selectScenarios(scenarios: readonly Scenario[], words: readonly string[]): Scenario[] {
  if (words.length === 0) return [...scenarios];
  return scenarios.filter(({ id, tags }) =>
    words.some((word) => [id, ...tags].some((name) => isNamed(name, word))),
  );
}

/** Does `word` name it? A `*` stands for anything. */
function isNamed(name: string, word: string): boolean {
  const pieces = word.split("*").map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join(".*")}$`).test(name);
}

/**
 * Plays scenarios against the runner.
 *
 * @throws {Error} when the harness did not come to its end.
 */
export function runHarness(folders: KitFolders, scenarios: readonly Scenario[], jobs: number): Outcome[] {
  const work = mkdtempSync(join(tmpdir(), "sojourn-conformance-"));
  const report = join(work, "report.json");
  const ids = join(work, "ids.txt");
  writeFileSync(ids, scenarios.map(({ id }) => `${id}\n`).join(""));
  try {
    const run = spawnSync("python3", harnessArguments(folders, { work, report, ids }, jobs), {
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
      maxBuffer: 1 << 28,
      // The cache: a Node of its own is started for each scenario.
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", NODE_COMPILE_CACHE: join(work, "node") },
    });
    if (!existsSync(report))
      throw new Error(`the harness failed (${run.status ?? run.error?.message})\n${run.stdout ?? ""}`);
    return (JSON.parse(readFileSync(report, "utf8")) as { readonly scenarios: Outcome[] }).scenarios; // harness.py wrote it.
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function harnessArguments(
  { kit, scenarios, expected }: KitFolders,
  files: { readonly work: string; readonly report: string; readonly ids: string },
  jobs: number,
): string[] {
  const runner = [process.execPath, "--disable-warning=ExperimentalWarning", join(here, "runner.ts")];
  const options = {
    cmd: runner.map(quoted).join(" "),
    scenarios,
    expected,
    "ids-file": files.ids,
    certs: join(files.work, "certs"),
    report: files.report,
    jobs: String(jobs),
  };
  return [
    join(kit, "harness.py"),
    "run",
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  ];
}

/** The harness takes its command apart as a shell would. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
