/** The project that the package is installed into, and what is run there. */
import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { installPacked, root, versionOf } from "../support/packed.ts";

/** This folder. */
export const here: string = fileURLToPath(new URL(".", import.meta.url));

/** Where the project is. */
export interface Project {
  readonly folder: string;
}

/** One thing to look at. */
export interface Check {
  readonly name: string;
  /** What is wrong, a line each. */
  readonly run: (project: Project) => readonly string[] | Promise<readonly string[]>;
}

/** What is installed in this folder under other names, since there are two of each. */
export const compilers = ["typescript-5", "typescript-7"] as const;
/** Likewise. */
export const nodeTypes = ["node-types-22", "node-types-24"] as const;

/** Installs the package into `folder`, and writes the pages there. */
export function setUp(folder: string): Project {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "app", version: "1.0.0", type: "module", private: true }),
  );
  installPacked(folder, ["@opentelemetry/api", "chardet", "oauth4webapi"].map(versionOf));
  for (const page of readdirSync(join(here, "pages")))
    cpSync(join(here, "pages", page), join(folder, page), { recursive: true });
  // A compiler looks for them under the name `node`, and for what they need above it.
  for (const types of nodeTypes) {
    cpSync(join(here, "node_modules", types), join(folder, types, "node"), { recursive: true });
    const needed = [
      join(here, "node_modules", types, "node_modules/undici-types"),
      join(here, "node_modules/undici-types"),
    ];
    const found = needed.find((place) => readdirOf(place).length > 0);
    if (found !== undefined)
      cpSync(found, join(folder, types, "node/node_modules/undici-types"), { recursive: true });
  }
  return { folder };
}

function readdirOf(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}

/** Writes a file of the project. */
export function write({ folder }: Project, name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** A file of the project. */
export function read({ folder }: Project, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** The files of the package, below its folder. */
export function filesOfPackage({ folder }: Project): string[] {
  const place = join(folder, "node_modules/sojourn");
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
}

/** What a program said, and how it ended. */
export interface Outcome {
  readonly output: string;
  readonly code: number;
}

/** Runs a file of this folder's packages, or of the tree's, in the project. */
export function run({ folder }: Project, file: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [file.startsWith(root) ? file : join(here, "node_modules", file), ...args],
      { cwd: folder, timeout: 180_000, maxBuffer: 50_000_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ output: stdout + stderr, code });
      },
    );
  });
}
