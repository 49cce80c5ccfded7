/**
 * `npm run guide [-- --only REGEX]`, after `npm run build`
 *
 * Runs the programs of docs/how-do-i.md and docs/testing.md that need other packages: with msw, nock, undici, a browser,
 * OpenTelemetry, esbuild, Vitest, `node:test` and Jest. Each is compiled and run as it stands, and has to print what it says that it
 * prints. Prints a line for each; ends with 1 when one is wrong.
 *
 * The packages are installed outside of the tree, by the lock files of this folder, `test/bundles/` and `test/tracing/`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { installOldestNode } from "../support/packed.ts";
import { setUpProject, startServers, type Parts, type Project, type Servers } from "./place.ts";
import { rows, type Row, type Stage } from "./rows.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const only = new RegExp(values.only);

const PARTS: readonly Parts[] = [
  {
    packages: "guide",
    others: ["undici"],
    programs: [
      "programs/msw.ts",
      "programs/nock.ts",
      "programs/mock-agent.ts",
      "programs/vitest.spec.ts",
      "programs/fake-timers.spec.ts",
      "programs/node-test.spec.ts",
      "programs/store.spec.ts",
      "programs/browser-to-session.ts",
      "programs/session-to-browser.ts",
      "programs/har-to-browser.ts",
      "programs/handler.ts",
      "programs/pino.ts",
      "programs/program.cjs",
      "claims/global-dispatcher.ts",
      "claims/setup-server.ts",
      "claims/route-from-har.ts",
    ],
  },
  { packages: "bundles", programs: ["programs/jest-modules", "programs/jest-commonjs"] },
  {
    packages: "tracing",
    programs: ["programs/tracing.ts", "programs/otel.ts"],
  },
];

/** Projects and the oldest Node are installed when a row first needs them. */
function setStage(servers: Servers, folder: string): Stage {
  const made = new Map<string, Project>();
  let oldest: string | null = null;
  return {
    servers,
    oldest: () => (oldest ??= installOldestNode(join(folder, "oldest"))),
    project: (packages) => {
      const parts = PARTS.find((each) => each.packages === packages);
      if (parts === undefined) throw new Error(`there is no project ${packages}`);
      const project = made.get(packages) ?? setUpProject(join(folder, packages), parts, servers);
      made.set(packages, project);
      return project;
    },
  };
}

async function isRight({ name, check }: Row, stage: Stage): Promise<boolean> {
  try {
    await check(stage);
    console.log(`right  ${name}`);
    return true;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }; // of a process, when it was one
    const said = [String(error), stdout, stderr].flatMap((text) => text.split("\n"));
    const lines = said.filter((line) => line.trim() !== "" && line.length < 500).slice(0, 60);
    console.log(`WRONG  ${name}\n    ${lines.join("\n    ")}`);
    return false;
  }
}

const folder = mkdtempSync(join(tmpdir(), "sojourn-guide-"));
await using servers = await startServers();
try {
  const stage = setStage(servers, folder);
  const chosen = rows.filter(({ name }) => only.test(name));
  let right = 0;
  for (const row of chosen) if (await isRight(row, stage)) right++;
  console.log(`${right} passed, ${chosen.length - right} failed`);
  process.exitCode = right === chosen.length && right > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
