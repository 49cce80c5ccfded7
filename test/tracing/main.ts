/**
 * `npm run tracing`, after `npm run build`
 *
 * Does each request get into the trace that it belongs to? With OpenTelemetry as programs use it, on this Node and on the oldest one
 * that `package.json` allows: async context is made in two ways there. Ends with 1 when a request is in a wrong trace.
 *
 * OpenTelemetry has a package and a lock file of its own in this folder; it is installed when it is not there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { installOldestNode, root } from "../support/packed.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

if (!existsSync(join(root, "dist"))) throw new Error("there is no dist/: npm run build makes it");
if (!existsSync(join(here, "node_modules/.package-lock.json")))
  execFileSync("npm", ["ci", "--prefix", here, "--no-audit", "--no-fund", "--ignore-scripts"], {
    stdio: "inherit",
  });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", here], {
  stdio: "inherit",
});
const folder = mkdtempSync(join(tmpdir(), "sojourn-tracing-"));
try {
  for (const node of [process.execPath, installOldestNode(folder)])
    execFileSync(node, [join(here, "app.ts")], { stdio: "inherit" });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
