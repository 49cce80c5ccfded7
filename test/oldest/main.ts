/**
 * Does the built package run on the oldest Node that `package.json` allows? `npm run oldest`, after `npm run build`.
 *
 * Fetches that Node from the package registry into a folder of its own, and runs with it: `program.ts`, the quickstart, the
 * examples of README.md and docs/, and the README's first program with the package as `npm pack` makes it. The other tests run on a
 * newer one, which takes syntax that the oldest refuses, and whose libraries do more.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readPages, type Page } from "../docs/pages.ts";
import { faultsOf, setStage } from "../docs/stage.ts";
import { installOldestNode, installPacked, root } from "../support/packed.ts";
import { inOrder } from "../docs/printed.ts";

if (!existsSync(join(root, "dist"))) throw new Error("there is no dist/: npm run build makes it");
const folder = mkdtempSync(join(tmpdir(), "sojourn-oldest-"));
try {
  const node = installOldestNode(folder);
  const pages = await readPages();
  execFileSync(node, [join(root, "test/oldest/program.ts")], { stdio: "inherit" });
  console.log(lastLine(output(node, join(root, "examples/quickstart.ts"))));
  await playPages(node, pages);
  runFirstProgram(node, pages[0]);
  runCompiledUsing(node);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What a program printed; it fails where the program does. */
function output(node: string, script: string, cwd: string = folder): string {
  const args = ["--disable-warning=ExperimentalWarning", script];
  const { status, stdout, stderr } = spawnSync(node, args, { cwd, encoding: "utf8", timeout: 120_000 });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}\n${lastLine(stdout)}`);
  return stdout;
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

async function playPages(node: string, pages: readonly Page[]): Promise<void> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>; // npm wants it so
  };
  const entries = Object.entries(exports).flatMap(([name, entry]) =>
    typeof entry === "string" ? [] : [[name.replace(/^\./, "sojourn"), entry.default] as const],
  );
  await using stage = await setStage(pages, { node, entries: Object.fromEntries(entries) });
  let count = 0;
  for (const page of pages.filter(({ examples }) => examples.length > 0)) {
    const faults = faultsOf(page, await stage.play(page));
    if (faults.length > 0) throw new Error(faults.join("\n"));
    count += page.examples.filter(({ runs }) => runs).length;
  }
  console.log(`${count} examples of README.md and docs/ ran, and printed what they say`);
}

/** As the README has it: the tarball is installed into an empty folder, and the program beside it is started. */
function runFirstProgram(node: string, readme: Page | undefined): void {
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), "{}");
  installPacked(project);
  const first = readme?.examples[0];
  if (first === undefined || first.prints.length === 0) throw new Error("README.md has no first program");
  writeFileSync(join(project, "first.mjs"), first.code);
  const printed = output(node, "first.mjs", project);
  const found = inOrder(printed, first.prints);
  if (found.some((text, at) => text !== first.prints[at])) throw new Error(found.join("\n"));
  console.log("the first program of README.md ran, from the tarball");
}

/** What docs/2-sessions.md says of `await using`: a SyntaxError here, and fine when TypeScript compiled it for es2024. */
function runCompiledUsing(node: string): void {
  const source =
    "await using end = { [Symbol.asyncDispose]: async () => console.log('closed') };\nexport {};\n";
  writeFileSync(join(folder, "using.mts"), source);
  try {
    execFileSync(node, [join(folder, "using.mts")], { stdio: "pipe" });
    throw new Error("this Node takes `await using`: README.md and docs/2-sessions.md say that it does not");
  } catch (error) {
    if (!String(error).includes("SyntaxError")) throw error;
  }
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--target", "es2024", "--module", "nodenext", "--lib", "es2024,esnext.disposable,dom"];
  execFileSync(process.execPath, [tsc, ...options, "--ignoreConfig", join(folder, "using.mts")], {
    stdio: "inherit",
  });
  if (output(node, join(folder, "using.mjs")).trim() !== "closed")
    throw new Error("compiled, it does not run");
  console.log("`await using` runs when TypeScript has compiled it");
}
