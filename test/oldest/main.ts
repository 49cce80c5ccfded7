/**
 * Does the built package run on the oldest Node that `package.json` allows? `npm run oldest`, after `npm run build`.
 *
 * Fetches that Node from the package registry into a folder of its own, and runs `program.ts` with it. The other tests run on a
 * newer one, which takes syntax that the oldest refuses, and whose libraries do more.
 *
 * May import: `node:*`, `test/support/`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { installOldestNode, root } from "../support/packed.ts";

if (!existsSync(join(root, "dist"))) throw new Error("there is no dist/: npm run build makes it");
const folder = mkdtempSync(join(tmpdir(), "sojourn-oldest-"));
try {
  execFileSync(installOldestNode(folder), [join(root, "test/oldest/program.ts")], { stdio: "inherit" });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
