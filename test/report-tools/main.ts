/**
 * `npm run report [-- --pictures FOLDER] [--only REGEX]`: reports are opened from disk in Chromium, as a reader would, and used with mouse and
 * keyboard; the inspector is open while a program runs, and others try to read it; axe-core looks whether everybody can use them. Each check is a sentence; the run ends with `N passed, N failed` and status 1 when one
 * failed. Pictures of all views are written into the folder, to be looked at.
 *
 * Debian: `apt-get install chromium`. The browser's driver and axe-core have a package and a lock file of their own in this folder; they are
 * installed when they are not there.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { pictures: { type: "string" }, only: { type: "string", default: "" } },
});
const here = fileURLToPath(new URL(".", import.meta.url));
if (!existsSync(join(here, "node_modules/.package-lock.json")))
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });

// Only now are its packages there.
const { lookAtReports } = await import("./reports.ts");
const { lookAtInspector } = await import("./inspector.ts");
const folder = await mkdtemp(join(tmpdir(), "sojourn-report-"));
const pictures = values.pictures ?? null;
if (pictures !== null) await mkdir(pictures, { recursive: true });
try {
  const place = { folder, pictures, only: new RegExp(values.only) };
  const counts = [await lookAtReports(place), await lookAtInspector(place)];
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
