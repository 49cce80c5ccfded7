/** The package as it is published: packed, and installed into a folder outside of the tree, so that nothing else is found. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Of the tree. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

const QUIET = ["--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--prefer-offline"];

/** What `package.json` says of this version of something. */
export function versionOf(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>; // npm wants it so
  };
  const version = devDependencies[name];
  if (version === undefined) throw new Error(`${name} is not among the devDependencies`);
  return `${name}@${version}`;
}

/**
 * Installs the packages of `folder`'s lock file, and the built package with `others`.
 *
 * @throws when it was not built.
 */
export function installPacked(folder: string, others: readonly string[] = []): void {
  if (!existsSync(join(root, "dist"))) throw new Error("there is no dist/: npm run build makes it");
  const tarball = execFileSync(
    "npm",
    ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder],
    {
      cwd: root,
      encoding: "utf8",
    },
  ).trim();
  if (existsSync(join(folder, "package-lock.json")))
    execFileSync("npm", ["ci", ...QUIET], { cwd: folder, stdio: "inherit" });
  execFileSync("npm", ["install", "--no-save", ...QUIET, `./${tarball}`, ...others], {
    cwd: folder,
    stdio: "inherit",
  });
}

/** The oldest Node that `package.json` allows: `>=22.19` means 22.19.0. */
export function oldestNode(): string {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly engines: { readonly node: string }; // npm wants it so
  };
  const [, version] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  if (version === undefined) throw new Error(`cannot read ${engines.node}, engines.node of package.json`);
  return `${version}.0`;
}

/** The oldest Node that `package.json` allows, installed into `folder`; gives its path. */
export function installOldestNode(folder: string): string {
  return installNode(folder, oldestNode());
}

/** A Node, installed into `folder`; gives its path. */
export function installNode(folder: string, version: string): string {
  // The package `node` has its binaries in packages of this name.
  const name = `node-${process.platform}-${process.arch}`;
  execFileSync("npm", ["install", "--no-save", ...QUIET, "--prefix", folder, `${name}@${version}`], {
    stdio: "inherit",
  });
  return join(folder, "node_modules", name, "bin/node");
}
