import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { startOrigin, type TestOrigin } from "../support/origins.ts";

const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/** What a program warns of that makes some streamed requests with `act`, forgets what came, and lets the collector run. */
async function warnings(act: string, flags: readonly string[] = []): Promise<string[]> {
  await using origin: TestOrigin = await startOrigin((_request, response) => {
    response.writeHead(200, { "Content-Length": "1000000" }).end("x".repeat(1_000_000));
  });
  const program = `
    const { Session } = await import(${JSON.stringify(index)});
    const url = ${JSON.stringify(origin.url.replace("://", "://user:secret@"))} + "/a?token=secret";
    process.on("warning", ({ name, code, message, detail }) =>
      console.log(JSON.stringify([name, code, message, detail])));
    await using session = new Session({ trustEnv: false });
    async function callTheServer() { ${act} }
    await callTheServer();
    for (let count = 0; count < 20; count++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const [pool] = session.getAdapter(url).stats;
    console.log("open", pool.open - pool.idle);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    ...flags,
    "--input-type=module",
    "--eval",
    program,
  ]);
  return stdout.trim().split("\n");
}

describe("a streamed response that is forgotten", () => {
  it("is warned of once for a call, without its secrets, and gives up its connection", async () => {
    const [first = "", ...rest] = await warnings(
      `for (let count = 0; count < 3; count++) await session.get(url, { stream: true });`,
    );
    expect(rest).toEqual(["open 0"]);
    const [name, code, message, detail] = JSON.parse(first) as string[];
    expect([name, code]).toEqual(["UnreadResponseWarning", "SOJOURN_UNREAD"]);
    expect(message).toMatch(/^the streamed response of GET http:\/\/127\.0\.0\.1:\d+\/a was neither read/);
    expect(detail).toContain("--trace-warnings");
    expect(first).not.toContain("secret");
  });

  it("is warned of when it was read to the half", async () => {
    const told = await warnings(
      `const response = await session.get(url, { stream: true });
       await response.body[Symbol.asyncIterator]().next();`,
    );
    expect(told).toHaveLength(2);
    expect(told[1]).toBe("open 0");
  });

  it("is found with --trace-warnings", async () => {
    const [told = ""] = await warnings(`await session.get(url, { stream: true });`, ["--trace-warnings"]);
    const detail = (JSON.parse(told) as string[])[3] ?? "";
    expect(detail).toMatch(/^It was asked for here:\n.*\n?.*callTheServer/);
    expect(detail).not.toContain("session.ts");
  });

  it.for<readonly [how: string, act: string]>([
    ["read", `await (await session.get(url, { stream: true })).bytes();`],
    ["iterated over", `for await (const chunk of await session.get(url, { stream: true })) void chunk;`],
    ["left early", `for await (const chunk of await session.get(url, { stream: true })) break;`],
    ["closed", `await (await session.get(url, { stream: true })).close();`],
    ["held by await using", `await using response = await session.get(url, { stream: true });`],
    [
      "aborted",
      `const controller = new AbortController();
       await session.get(url, { stream: true, signal: controller.signal });
       controller.abort();`,
    ],
    ["not streamed", `await session.get(url);`],
    ["without a body", `await session.head(url, { stream: true });`],
  ])("is not one that was %s", async ([, act]) => {
    expect(await warnings(act)).toEqual(["open 0"]);
  });
});
