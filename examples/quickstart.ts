/**
 * `npm run quickstart [-- REGEX]`: shows and runs the programs of `quickstart/`, or those whose names fit.
 *
 * Each one is whole, talks to loopback only, and can be copied. A comment behind a `console.log()` is what it prints: one that prints
 * something else, or fails, ends the run with status 1.
 */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { inOrder, printsOf } from "../test/docs/printed.ts";

const run = promisify(execFile);
const folder = new URL("quickstart/", import.meta.url);

/** What the program printed; fails with what it wrote to stderr. */
async function outputOf(name: string): Promise<string> {
  // Node 22 calls its reading of TypeScript an experiment.
  const args = ["--disable-warning=ExperimentalWarning", fileURLToPath(new URL(name, folder))];
  const { stdout, stderr } = await run(process.execPath, args, { timeout: 30_000 });
  if (stderr !== "") throw new Error(stderr);
  return stdout;
}

function indented(text: string, mark: string): string {
  return text.trimEnd().replaceAll(/^/gm, mark).replaceAll(/ +$/gm, "");
}

const asked = new RegExp(process.argv[2] ?? "");
const names = (await readdir(folder)).filter((name) => /^\d\d-.*\.ts$/.test(name) && asked.test(name)).sort();
let lines = 0;
for (const name of names) {
  const text = await readFile(new URL(name, folder), "utf8");
  const [, title = name, code = text] = /^\/\*\* (.*?) \*\/\n(.*)$/s.exec(text) ?? [];
  console.log(`\n── examples/quickstart/${name}\n   ${title}\n\n${indented(code, "   │ ")}\n`);
  const printed = await outputOf(name);
  console.log(indented(printed, "   → "));
  const wanted = printsOf(code);
  const missing = inOrder(printed, wanted).findIndex((line, at) => line !== wanted[at]);
  if (missing !== -1) {
    console.log(`\n${name} did not print: ${wanted[missing]}`);
    process.exit(1);
  }
  lines += wanted.length;
}
console.log(`\n${names.length} programs ran, and printed ${lines} lines as their comments say.`);
