/**
 * `npm run bundles [-- --only REGEX]`, after `npm run build`
 *
 * Packs the package, installs it into a project outside of the tree, and goes through `checks.ts` in all the ways of `ways.ts`: in
 * one file that a bundler made and that lies alone in a folder, in test runners, by `import` and by `require`; some of them on the
 * oldest Node, too. Prints a line for each. Ends with 1 when one of them is wrong.
 */
import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

import { installOldestNode, installPacked, root, versionOf } from "../support/packed.ts";
import { startFarSide, type FarSide } from "./far-side.ts";
import { files, ways, type Place, type Way } from "./ways.ts";

const execute = promisify(execFile);
const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const only = new RegExp(values.only);

const folder = mkdtempSync(join(tmpdir(), "sojourn-bundles-"));
const { far, stop } = await startFarSide();
try {
  const place = setUp(join(folder, "project"));
  const oldest = installOldestNode(join(folder, "oldest"));
  const nodes = (way: Way): string[] =>
    way.isForOldest === true ? [process.execPath, oldest] : [process.execPath];
  const chosen = ways
    .filter(({ name }) => only.test(name))
    .flatMap((way) => nodes(way).map((node) => ({ way, node })));
  let right = 0;
  for (const { way, node } of chosen) {
    const name = node === oldest ? `${way.name}, oldest Node` : way.name;
    const why = await tryOut(way, node, place);
    if (why === null) right++;
    console.log(why === null ? `right  ${name}` : `WRONG  ${name}\n${why}`);
  }
  console.log(`${right} passed, ${chosen.length - right} failed`);
  process.exitCode = right === chosen.length && right > 0 ? 0 : 1;
} finally {
  stop();
  rmSync(folder, { recursive: true, force: true });
}

/** A project with the package, the tools, and the files that use them. */
function setUp(project: string): Place {
  mkdirSync(project);
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(root, "test/bundles", file), join(project, file));
  // Of itself a project says nothing of modules.
  const { type: _, ...plain } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  writeFileSync(join(project, "package.json"), JSON.stringify(plain));
  installPacked(project, ["@opentelemetry/api", "chardet", "oauth4webapi"].map(versionOf));
  const source = readFileSync(join(root, "test/bundles/checks.ts"), "utf8");
  const checks = stripTypeScriptTypes(source);
  for (const [name, text] of Object.entries({ ...files, "checks.mjs": checks, "checks.js": checks }))
    writeFileSync(join(project, name), text);
  return {
    project,
    tool: (name) => join(project, "node_modules/.bin", name),
    ownTool: (name) => join(root, "node_modules/.bin", name),
  };
}

/** What is wrong; `null`: nothing. */
async function tryOut(way: Way, node: string, place: Place): Promise<string | null> {
  const { project } = place;
  try {
    if (way.run !== undefined) await run(way.run(place), project, way.env);
    else if (way.bundle === undefined) await runProgram(node, join(project, way.entry), project);
    else {
      const made = mkdtempSync(join(folder, "made-"));
      const file = way.name.endsWith("cjs") ? "program.cjs" : "program.mjs";
      await run(way.bundle(join(project, way.entry), join(made, file), place), project);
      const programs = readdirSync(made).filter((name) => !name.endsWith(".txt"));
      if (programs.length !== 1) return `more than one file: ${programs.join(", ")}`;
      const away = mkdtempSync(join(folder, "alone-"));
      copyFileSync(join(made, file), join(away, file));
      await runProgram(node, join(away, file), away);
    }
    return null;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }; // of a process, when it was one
    const said = [String(error), stdout, stderr].flatMap((text) => text.split("\n"));
    return said
      .filter((line) => line.trim() !== "" && line.length < 500)
      .slice(0, 60)
      .join("\n");
  }
}

/** @throws unless it says that all is right, and nothing else: no warnings either. */
async function runProgram(node: string, file: string, cwd: string): Promise<void> {
  const { stdout, stderr } = await run([node, file], cwd);
  if (!/^\d+ right\n$/.test(stdout)) throw new Error(`it says: ${stdout}`);
  if (stderr !== "") throw new Error(`it warns: ${stderr}`);
}

function run(
  [command = "", ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> {
  const far_: FarSide = far;
  return execute(command, args, {
    cwd,
    env: { ...process.env, FAR_SIDE: JSON.stringify(far_), ...env },
    timeout: 180_000,
    maxBuffer: 50_000_000,
  });
}
