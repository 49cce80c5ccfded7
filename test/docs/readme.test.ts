/**
 * The examples of the README are run as they stand, against the test server in the place of https://example.com.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../testing/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = await readFile(join(root, "README.md"), "utf8");
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);

describe("every example of the README runs", () => {
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    server = await startTestServer();
    folder = await mkdtemp(join(root, "test/docs/run-"));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
    await server.close();
  });

  it("and there are some", () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.for(examples.map((code, at) => [at + 1, code] as const))("example %i", async ([number, code]) => {
    const file = join(folder, `example-${number}.ts`);
    const runnable = code
      .replaceAll("https://example.com", server.url)
      .replaceAll('"https://"', '"http://"')
      .replaceAll('"sojourn/testing"', '"../../../testing/index.ts"')
      .replaceAll('"sojourn"', '"../../../src/index.ts"');
    await writeFile(file, runnable);
    const { stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 });
    expect(stderr).toBe("");
  });
});
