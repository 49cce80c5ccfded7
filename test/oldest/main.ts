/**
 * Does the built package run on the oldest Node that `package.json` allows? `npm run oldest`, after `npm run build`.
 *
 * Fetches that Node from the package registry into a folder of its own, and runs `program.ts` with it. The other tests run on a
 * newer one, which takes syntax that the oldest refuses, and whose libraries do more.
 *
 * May import: `node:*`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly engines: { readonly node: string };
};

if (!existsSync(join(root, "dist"))) throw new Error("there is no dist/: npm run build makes it");
const folder = mkdtempSync(join(tmpdir(), "sojourn-oldest-"));
try {
  execFileSync(nodeOf(oldest()), [join(root, "test/oldest/program.ts")], { stdio: "inherit" });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** `>=22.19` means 22.19.0. */
function oldest(): string {
  const [, version] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  if (version === undefined) throw new Error(`cannot read ${engines.node}, engines.node of package.json`);
  return `${version}.0`;
}

/** The path of that Node. The package `node` has its binaries in packages of this name. */
function nodeOf(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
  execFileSync("npm", ["install", ...options, "--prefix", folder, `${name}@${version}`], {
    stdio: "inherit",
  });
  return join(folder, "node_modules", name, "bin/node");
}
