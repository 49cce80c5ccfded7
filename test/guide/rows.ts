/**
 * What `npm run guide` checks, row by row.
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { readPages, root } from "../docs/pages.ts";
import { inOrder, printsOf } from "../docs/printed.ts";
import { compile, run, type Packages, type Project, type Servers } from "./place.ts";

/** Where the rows run. */
export interface Stage {
  readonly servers: Servers;
  /** Path of the oldest Node that the package runs on. */
  readonly oldest: () => string;
  /** The project with the packages of that folder of `test/`. */
  readonly project: (packages: Packages) => Project;
}

/** One of them. */
export interface Row {
  readonly name: string;
  /** Rejects with what is wrong. */
  readonly check: (stage: Stage) => Promise<void>;
}

const CHROMIUM = "/usr/bin/chromium";

/** A program of `guide` or `tracing`. */
function program(file: string, project: "guide" | "tracing" = "guide"): Row {
  return {
    name: file,
    check: async (stage) => printsWhatItSays(stage, stage.project(project), file, process.execPath),
  };
}

/** The same on the oldest Node. */
function programOnOldest(file: string): Row {
  return {
    name: `${file}, oldest Node`,
    check: async (stage) => printsWhatItSays(stage, stage.project("guide"), file, stage.oldest()),
  };
}

async function printsWhatItSays(stage: Stage, project: Project, file: string, node: string): Promise<void> {
  const wanted = printsOf(readFileSync(join(project.folder, file), "utf8")).map(stage.servers.toNames);
  const { stdout, stderr } = await run([node, file], project.folder);
  equal(stderr, "");
  equal(wanted.length > 0, true);
  deepEqual(inOrder(stage.servers.toNames(stdout), wanted), wanted);
}

/** A program that needs a browser. */
function withBrowser(file: string): Row {
  return {
    name: file,
    check: async (stage) => {
      if (!existsSync(CHROMIUM))
        throw new Error(`there is no ${CHROMIUM} (Debian: apt-get install chromium)`);
      await printsWhatItSays(stage, stage.project("guide"), file, process.execPath);
    },
  };
}

/** A test runner. */
interface Runner {
  readonly name: string;
  readonly packages: Packages;
  readonly command: (project: Project) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it says when all tests of the programs ran, and passed. */
  readonly says: RegExp;
}

function runner({ name, packages, command, env, says }: Runner): Row {
  return {
    name,
    check: async ({ project }) => {
      const place = project(packages);
      const { stdout, stderr } = await run(command(place), place.folder, { NO_COLOR: "1", ...env });
      match(stdout + stderr, says);
    },
  };
}

const ownTool = (name: string): string => join(root, "node_modules/.bin", name);

/** The command that the guide's page makes of a request has curl send the same. */
async function curlSendsTheSame({ project, servers }: Stage): Promise<void> {
  const { folder } = project("guide");
  const page = (await readPages()).find(({ path }) => path === "docs/how-do-i.md");
  const code = page?.examples.find((example) => example.code.includes("toCurl("))?.code ?? "";
  const end = "await session.close();\n";
  equal(code.endsWith(end), true);
  const more = `console.log(JSON.stringify(command));\nconsole.log(await session.send(session.prepareRequest(request)).text());\n`;
  writeFileSync(join(folder, "curl.ts"), servers.toServers(code.replace(end, more + end)));
  const { stdout } = await run([process.execPath, "curl.ts"], folder);
  const [written = "", ...answer] = stdout.split("\n").slice(1);
  const command = JSON.parse(written) as string; // as was just printed
  const bySession = JSON.parse(answer.join("\n")) as Record<string, unknown>; // the server answers so
  const byCurl = JSON.parse((await run(["sh", "-c", command], folder)).stdout) as typeof bySession;
  deepEqual(byCurl, bySession);
}

/** One file, alone in a folder. */
async function bundleRunsAlone({ project, servers }: Stage): Promise<void> {
  const { folder } = project("guide");
  const page = readFileSync(join(root, "docs/how-do-i.md"), "utf8");
  const [, command = ""] = /^npx esbuild (.*)$/m.exec(page) ?? [];
  await run([project("bundles").tool("esbuild"), ...command.split(" "), "--log-level=warning"], folder);
  const alone = join(folder, "..", "alone");
  mkdirSync(alone);
  copyFileSync(join(folder, "out/handler.mjs"), join(alone, "handler.mjs"));
  const call = 'import { handler } from "./handler.mjs"; console.log((await handler({ page: 7 })).body);';
  writeFileSync(join(alone, "call.mjs"), call);
  const { stdout, stderr } = await run([process.execPath, "call.mjs"], alone);
  equal(stderr, "");
  deepEqual((JSON.parse(stdout) as { args: unknown }).args, { page: "7" });
  equal(servers.main.requests.at(-1)?.path, "/get?page=7");
}

/** All of them. */
export const rows: readonly Row[] = [
  { name: "types of the programs", check: async ({ project }) => await compile(project("guide")) },
  {
    name: "types of the programs with OpenTelemetry",
    check: async ({ project }) => await compile(project("tracing")),
  },
  program("msw.ts"),
  programOnOldest("msw.ts"),
  program("nock.ts"),
  program("mock-agent.ts"),
  programOnOldest("mock-agent.ts"),
  program("pino.ts"),
  program("program.cjs"),
  programOnOldest("program.cjs"),
  program("global-dispatcher.ts"),
  program("setup-server.ts"),
  withBrowser("browser-to-session.ts"),
  withBrowser("session-to-browser.ts"),
  withBrowser("har-to-browser.ts"),
  withBrowser("route-from-har.ts"),
  program("tracing.ts", "tracing"),
  program("otel.ts", "tracing"),
  { name: "a bundle of handler.ts", check: bundleRunsAlone },
  { name: "curl of a request", check: curlSendsTheSame },
  runner({
    name: "vitest",
    packages: "guide",
    command: ({ folder }) => [ownTool("vitest"), "run", "--root", folder, "vitest", "fake-timers"],
    says: /Tests {2}4 passed \(4\)/,
  }),
  runner({
    name: "node:test",
    packages: "guide",
    command: () => [process.execPath, "--test", "node-test.spec.ts"],
    says: /pass 2\b/,
  }),
  runner({
    name: "node:test, a store of sessions",
    packages: "guide",
    command: () => [process.execPath, "--test", "store.spec.ts"],
    says: /pass 2\d\b[^]*fail 0\b/,
  }),
  runner({
    name: "jest, ES modules",
    packages: "bundles",
    command: ({ tool }) => [tool("jest"), "--config", "jest-modules/jest.config.mjs"],
    env: { NODE_OPTIONS: "--experimental-vm-modules" },
    says: /Tests: +2 passed, 2 total/,
  }),
  runner({
    name: "jest, CommonJS",
    packages: "bundles",
    command: ({ tool }) => [tool("jest"), "--config", "jest-commonjs/jest.config.js"],
    says: /Tests: +2 passed, 2 total/,
  }),
];
