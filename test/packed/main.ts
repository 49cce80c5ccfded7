/**
 * `npm run packed [-- --only REGEX]`, after `npm run build`
 *
 * Packs the package, installs it into an empty project, and looks at it from outside: compiles what people write under several
 * compilers, in several ways to find modules; looks for types that cannot be named, for members that say nothing when an editor
 * points at them, for what should not be shipped; and asks the tools that check packages. Prints a line for each check. Ends with
 * 1 when one of them is wrong.
 *
 * Compilers and tools have a package and a lock file of their own in this folder; they are installed when they are not there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { root } from "../support/packed.ts";
import { here, setUp, type Check } from "./project.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const only = new RegExp(values.only);

if (!existsSync(join(here, "node_modules/.package-lock.json")))
  execFileSync("npm", ["ci", "--prefix", here, "--no-audit", "--no-fund", "--ignore-scripts"], {
    stdio: "inherit",
  });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", here], {
  stdio: "inherit",
});

const checks: readonly Check[] = [
  ...(await import("./programs.ts")).programs,
  ...(await import("./reachable.ts")).reachable,
  ...(await import("./documentation.ts")).documentation,
  ...(await import("./shipped.ts")).shipped,
];

const folder = mkdtempSync(join(tmpdir(), "sojourn-packed-"));
try {
  const project = setUp(folder);
  const chosen = checks.filter(({ name }) => only.test(name));
  let right = 0;
  for (const { name, run } of chosen) {
    const faults = await run(project);
    if (faults.length === 0) right++;
    console.log(faults.length === 0 ? `right  ${name}` : `WRONG  ${name}\n${faults.join("\n")}`);
  }
  console.log(`${right} passed, ${chosen.length - right} failed`);
  process.exitCode = right === chosen.length && right > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
