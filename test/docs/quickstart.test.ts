/** The programs of examples/quickstart/ are whole, run, and print what they say. `npm run quickstart` runs each in a process of its own. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { beforeAll, describe, expect, it } from "vitest";

import { inOrder, printsOf } from "./printed.ts";
import { root } from "./pages.ts";

const run = promisify(execFile);
const folder = join(root, "examples/quickstart");
const files = (await readdir(folder)).filter((name) => /^\d\d-.*\.ts$/.test(name)).sort();
const programs = await Promise.all(
  files.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
);

/** Stands before the output of each program. */
const MARK = "\u0001";

/** One after another in one process, from the sources. */
async function outputs(): Promise<Map<string, string>> {
  const steps = files.map(
    (name) =>
      `console.log(${JSON.stringify(MARK + name)}); await import(${JSON.stringify(pathToFileURL(join(folder, name)).href)});`,
  );
  const hooks = pathToFileURL(join(root, "test/support/from-source.ts")).href;
  const args = ["--import", hooks, "--input-type=module", "--eval", steps.join("\n")];
  const env = { PATH: process.env["PATH"], HOME: folder };
  const { stdout, stderr } = await run(process.execPath, args, { env, timeout: 25_000 });
  expect(stderr).toBe("");
  const parts = stdout.split(MARK).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf("\n")), part]));
}

describe("the quickstart", () => {
  let printed: Map<string, string>;

  beforeAll(async () => {
    printed = await outputs();
  }, 30_000);

  it.for(programs)("prints what it says: %s", ([name, code]) => {
    const wanted = printsOf(code);
    expect(wanted.length).toBeGreaterThan(0);
    expect(inOrder(printed.get(name) ?? "", wanted)).toEqual(wanted);
  });

  it.for(programs)("can be copied: %s", ([, code]) => {
    const imports = [...code.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, from = ""]) => from);
    const foreign = imports.filter(
      (from) => !/^(node:.*|sojourn|sojourn\/testing|\.\/certificates\.ts)$/.test(from),
    );
    expect(foreign).toEqual([]);
    expect(code).toMatch(/^\/\*\* .* \*\/\n/);
    expect(code).not.toMatch(/^\s*(await )?using \w/m);
  });
});

describe("the figures of the README", () => {
  it("are what the programs that they link to print", async () => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const links = [...readme.matchAll(/\[`([^`]+)`\]\(examples\/quickstart\/([\w.-]+\.ts)\)/g)];
    expect(links.length).toBeGreaterThan(1);
    for (const [, figure, name] of links) {
      const code = programs.find(([file]) => file === name)?.[1] ?? "";
      expect(printsOf(code), name).toContain(figure);
    }
  });
});
