/**
 * `npm run omissions`: who adds an option may forget something. Each omission is planted in a copy of the sources, and must not
 * compile, or fail the test of the table. Ends with code 1 when one is not noticed.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { complete, plantings, type Planting } from "./plantings.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const COPIED = [
  "src",
  "testing",
  "test/options/table.test.ts",
  "test/support/untouched.ts",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];

/** What a command says, and whether it ended well. */
interface Outcome {
  readonly isGood: boolean;
  readonly said: string;
}

function run(folder: string, command: string, args: readonly string[]): Promise<Outcome> {
  const bin = join(root, "node_modules/.bin", command);
  return new Promise((resolve) => {
    execFile(bin, args, { cwd: folder, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ isGood: error === null, said: stdout + stderr });
    });
  });
}

const watchers = {
  compiler: (folder: string) => run(folder, "tsc", ["--project", "tsconfig.json"]),
  "test of the table": (folder: string) =>
    run(folder, "vitest", ["run", "--project", "tests", "test/options/table.test.ts"]),
};

async function copied(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sojourn-omissions-"));
  for (const path of COPIED) await cp(join(root, path), join(folder, path), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function plant(folder: string, edits: Planting["edits"]): Promise<void> {
  for (const [file, from, to] of edits) {
    const path = join(folder, file);
    const text = await readFile(path, "utf8");
    if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
  }
}

async function restore(folder: string, edits: Planting["edits"]): Promise<void> {
  for (const [file] of edits) await cp(join(root, file), join(folder, file));
}

/** `null` when it is noticed as it should be. */
async function faultOf(folder: string, { by, says }: Planting): Promise<string | null> {
  // What is to be found by the test must be found by nobody before.
  const compiled = by === "compiler" ? null : await watchers.compiler(folder);
  if (compiled?.isGood === false) return `the compiler noticed: ${compiled.said}`;
  const { isGood, said } = await watchers[by](folder);
  if (isGood) return "nobody noticed";
  return says.test(said) ? null : `it is not named: ${said}`;
}

const folder = await copied();
let faults = 0;
try {
  await plant(folder, complete);
  for (const watch of Object.values(watchers)) {
    const { isGood, said } = await watch(folder);
    if (!isGood) throw new Error(`nothing is forgotten, and it is not right: ${said}`);
  }
  console.log("right  an option with all that it needs");
  await restore(folder, complete);
  for (const planting of plantings) {
    await plant(folder, planting.edits);
    const fault = await faultOf(folder, planting);
    await restore(folder, planting.edits);
    if (fault !== null) faults++;
    console.log(
      fault === null ? `right  ${planting.name} (${planting.by})` : `WRONG  ${planting.name}: ${fault}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`${plantings.length} omissions planted, ${faults} not noticed`);
process.exitCode = faults === 0 ? 0 : 1;
