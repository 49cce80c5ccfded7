/**
 * Where the programs of the guide run: projects outside of the tree, in which the packed package is installed as a user would, and
 * servers in the place of the hosts that the programs name.
 */
import { execFile } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { startTestServer, type TestServer } from "../../testing/index.ts";
import { startService, type Service } from "../docs/service.ts";
import { ok, startH2, type H2Server } from "../support/h2-server.ts";
import { installPacked, root, versionOf } from "../support/packed.ts";

const execute = promisify(execFile);

const here = fileURLToPath(new URL(".", import.meta.url));

/** What a process said. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

/** The hosts of the programs. */
export interface Servers extends AsyncDisposable {
  /** `https://example.com`. */
  readonly main: TestServer;
  /** `https://secure.example`: HTTP/2, with its authority in `ca.pem`. */
  readonly secure: H2Server;
  /** `text` with the servers in the place of the names. */
  readonly toServers: (text: string) => string;
  /** The other way round. */
  readonly toNames: (text: string) => string;
}

/** Starts them on loopback. */
export async function startServers(): Promise<Servers> {
  const main = await startTestServer();
  const service: Service = await startService();
  const secure = await startH2((stream) => ok(stream));
  const hosts = [
    ["https://example.com", main.url],
    ["https://api.example.com", service.url],
    ["https://secure.example", secure.url],
  ] as const;
  return {
    main,
    secure,
    toServers: (text) => hosts.reduce((all, [name, url]) => all.replaceAll(name, url), text),
    toNames: (text) => hosts.reduce((all, [name, url]) => all.replaceAll(url, name), text),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([main, service, secure].map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

/** A project with packages of a folder of `test/`, the package itself, and programs. */
export interface Project {
  readonly folder: string;
  /** The command of a tool that is installed there. */
  readonly tool: (name: string) => string;
}

/** A folder of `test/` with a package and a lock file of its own. */
export type Packages = "guide" | "bundles" | "tracing";

/** What a project is made of. */
export interface Parts {
  /** Whose packages it has. */
  readonly packages: Packages;
  /** Packages of this tree's own `package.json` that it has, too. */
  readonly others?: readonly string[];
  /** Files and folders of this folder: they lie in the project under their own names. */
  readonly programs: readonly string[];
}

interface Manifest {
  readonly type?: string;
}

/** Makes one in `folder`. */
export function setUpProject(folder: string, parts: Parts, servers: Servers): Project {
  mkdirSync(folder);
  const packages = join(root, "test", parts.packages);
  copyFileSync(join(packages, "package-lock.json"), join(folder, "package-lock.json"));
  const { type, ...plain } = JSON.parse(readFileSync(join(packages, "package.json"), "utf8")) as Manifest;
  // The one with Jest says nothing of modules, as `npm init` leaves it.
  const manifest = parts.packages === "bundles" ? plain : { type, ...plain };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  installPacked(folder, (parts.others ?? []).map(versionOf));
  for (const name of ["vitest", "@types/node"]) linkOwn(folder, name);
  for (const program of parts.programs)
    cpSync(join(here, program), join(folder, basename(program)), { recursive: true });
  for (const file of readdirSync(folder).filter((name) => /\.[cm]?[jt]s$/.test(name)))
    writeFileSync(join(folder, file), servers.toServers(readFileSync(join(folder, file), "utf8")));
  writeFileSync(join(folder, "ca.pem"), servers.secure.ca);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  return { folder, tool: (name) => join(folder, "node_modules/.bin", name) };
}

const tsconfig = {
  extends: join(root, "tsconfig.json"),
  // Names lead to the installed package, never to the sources.
  compilerOptions: { allowImportingTsExtensions: true, rewriteRelativeImportExtensions: false, paths: {} },
  include: ["*.ts"],
  exclude: [],
};

/** What this tree has, unless the project has it. */
function linkOwn(folder: string, name: string): void {
  const link = join(folder, "node_modules", name);
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(root, "node_modules", name), link, "junction");
}

/** Compiles the programs of a project, without output. @throws with what is wrong. */
export async function compile({ folder }: Project): Promise<void> {
  await run([process.execPath, join(root, "node_modules/typescript/bin/tsc"), "--project", folder], folder);
}

/**
 * Runs a process, with nothing of the environment that could change what requests do.
 *
 * @throws when it ends with another code than 0.
 */
export async function run(
  [command = "", ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const path = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;
  return await execute(command, args, { cwd, env: { PATH: path, HOME: cwd, ...env }, timeout: 60_000 });
}
