/** The package as it is built: its files load, and everything in them has its own name. */
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import config from "../../rolldown.config.ts";
import * as charset from "../../src/charset.ts";
import * as sources from "../../src/index.ts";
import * as oauth2 from "../../src/oauth2.ts";
import * as testing from "../../testing/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a function or a class calls itself. */
function nameOf(value: unknown): unknown {
  return typeof value === "function" ? value.name : typeof value;
}

describe("the built package", () => {
  let folder = "";
  const load = async (entry: string): Promise<Record<string, unknown>> =>
    (await import(pathToFileURL(join(folder, "dist", `${entry}.js`)).href)) as Record<string, unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sojourn-built-"));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const { output, ...input } = config;
    await using bundle = await rolldown({ ...input, cwd: root });
    await bundle.write({ ...(Array.isArray(output) ? output[0] : output), dir: join(folder, "dist") });
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.for([
    ["src/index", sources],
    ["src/charset", charset],
    ["src/oauth2", oauth2],
    ["testing/index", testing],
  ] as const)("%s exports what its source exports, under the same names", async ([entry, source]) => {
    const built = await load(entry);
    expect(Object.keys(built).sort()).toEqual(Object.keys(source).sort());
    for (const [name, value] of Object.entries(source))
      expect([name, nameOf(built[name])]).toEqual([name, nameOf(value)]);
  });

  it("sends, receives, and tells its own errors apart", async () => {
    const { Session, HTTPError } = (await load("src/index")) as typeof sources;
    const { startTestServer } = (await load("testing/index")) as typeof testing;
    await using server = await startTestServer();
    await using session = new Session({ baseUrl: server.url, trustEnv: false });
    expect((await session.get("/cookies/set/a/1")).json()).toEqual({ cookies: { a: "1" } });
    const response = await session.get("/status/404");
    expect(() => response.raiseForStatus()).toThrow(HTTPError);
    expect(String(response)).toMatch(/^<Response \[404\]/);
  });
});
