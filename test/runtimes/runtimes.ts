/** The runtimes in which `checks.ts` is gone through. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { installNode, oldestNode } from "../support/packed.ts";

/** The newest Node that is tried. */
const NEWEST_NODE = "26.10.0";

/** One runtime. */
export interface Runtime {
  /** As the page calls it, with its version. */
  readonly name: string;
  /** Runs a file. */
  readonly command: (file: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** All of them; those of Node that are not here are installed into `folder`. `tools`: where Deno and Bun are installed. */
export function runtimesOf(folder: string, tools: string): Runtime[] {
  const { platform, arch } = process;
  const deno = binary(tools, `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, "deno");
  const bun = binary(tools, `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, "bin/bun");
  return [
    ...[
      installNode(join(folder, "oldest"), oldestNode()),
      process.execPath,
      installNode(join(folder, "newest"), NEWEST_NODE),
    ].map((path): Runtime => ({ name: `Node ${versionOf(path)}`, command: (file) => [path, file] })),
    {
      name: `Deno ${versionOf(deno)}`,
      command: (file) => [
        deno,
        "run",
        "--allow-all",
        "--node-modules-dir=manual",
        "--no-lock",
        "--cached-only",
        file,
      ],
      env: { DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    },
    {
      name: `Bun ${versionOf(bun)}`,
      command: (file) => [bun, "--no-install", file],
      env: { DO_NOT_TRACK: "1", NO_COLOR: "1" },
    },
  ];
}

/** npm may not run what would put them in place: they are taken from where they lie. */
function binary(tools: string, name: string, path: string): string {
  const file = join(tools, "node_modules", name, path);
  if (!existsSync(file)) throw new Error(`there is no ${name} for this machine`);
  return file;
}

/** The first two numbers, as the page has them. */
function versionOf(path: string): string {
  const text = execFileSync(path, ["--version"], { encoding: "utf8", env: { DENO_NO_UPDATE_CHECK: "1" } });
  return /\d+\.\d+/.exec(text)?.[0] ?? text;
}

/** Reads a file of text. */
export function textOf(...path: readonly string[]): string {
  return readFileSync(join(...path), "utf8");
}
