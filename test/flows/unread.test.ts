import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

interface Warned {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly stack: string;
}

const index = new URL("../../src/index.ts", import.meta.url).href;

/**
 * Runs `forget(session, url)` in a process of its own, and gives the warnings after garbage was collected: until so many
 * came, and some turns more.
 */
async function warningsOf(
  forget: string,
  { expected = 1, flags = [] }: { expected?: number; flags?: readonly string[] } = {},
): Promise<readonly Warned[]> {
  const body = "x".repeat(1000);
  await using server = await scriptedServer(
    answering(({ line }) => {
      if (line.startsWith("HEAD")) return ok(body).slice(0, -body.length);
      return ok(line.includes("/large") ? body.repeat(1000) : body);
    }),
  );
  const program = `
    const sojourn = await import(${JSON.stringify(index)});
    const { setTimeout: sleep } = await import("node:timers/promises");
    const warnings = [];
    process.on("warning", ({ name, code, message, stack }) => warnings.push({ name, code, message, stack }));
    const session = new sojourn.Session({ trustEnv: false });
    const url = ${JSON.stringify(server.url)};
    ${forget}
    await forget(session, url);
    for (let turn = 0; turn < 300 && warnings.length < ${expected}; turn++) { gc(); await sleep(10); }
    for (let turn = 0; turn < 10; turn++) { gc(); await sleep(10); }
    console.log(JSON.stringify(warnings));
    await session.close();
  `;
  const args = ["--expose-gc", ...flags, "--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  // What the program above has written.
  return (JSON.parse(stdout) as Warned[]).map((warned) => ({
    ...warned,
    message: warned.message.replace(server.url, "URL"),
  }));
}

const message = (method: string, path: string): string =>
  `a streamed response was neither read to its end nor closed, and its connection is given up: ${method} URL${path}`;

describe("a streamed response that is forgotten", () => {
  it("is a warning that names the call, without its secrets", async () => {
    const [warned, ...others] = await warningsOf(`
      async function forget(session, url) {
        await session.post(url.replace("//", "//user:s3cret@") + "/path?token=s3cret", { data: "x", stream: true });
      }
    `);
    expect(others).toEqual([]);
    expect(warned).toMatchObject({
      name: "UnreadResponseWarning",
      code: "SOJOURN_UNREAD",
      message: message("POST", "/path").replace("//URL", "//***@URL"),
    });
    expect(JSON.stringify(warned)).not.toContain("s3cret");
  });

  it.for([
    ["unread", "", 1],
    [
      "half read",
      `const all = await session.get(url + "/large", { stream: true }); await all.iterContent().next();`,
      2,
    ],
    ["three times", `for (const path of ["/1", "/2"]) await session.get(url + path, { stream: true });`, 3],
  ] as const)("is a warning for each: %s", async ([, use, expected]) => {
    const warned = await warningsOf(
      `async function forget(session, url) {
        const response = await session.get(url, { stream: true, hooks: { response: () => {} } });
        ${use}
      }`,
      { expected },
    );
    expect(warned.map(({ name }) => name)).toEqual(Array(expected).fill("UnreadResponseWarning"));
  });

  it("is none when it was read, closed, left or aborted, has no body, or is not streamed", async () => {
    const warned = await warningsOf(`
      const stream = true;
      async function forget(session, url) {
        await (await session.get(url, { stream })).text();
        await (await session.get(url, { stream })).close();
        { await using response = await session.get(url, { stream }); }
        for await (const chunk of await session.get(url, { stream })) break;
        for await (const chunk of (await session.get(url, { stream })).body) {}
        await (await session.get(url, { stream })).body.cancel();
        await session.head(url, { stream });
        await session.get(url);
        const controller = new AbortController();
        await session.get(url, { stream, signal: controller.signal });
        controller.abort();
        await session.get(url + "/forgotten", { stream });
      }
    `);
    expect(warned.map((one) => one.message)).toEqual([message("GET", "/forgotten")]);
  });

  it("is told with the place of the call when warnings are traced", async () => {
    const flags = ["--trace-warnings"];
    const warned = await warningsOf(
      `async function forget(session, url) {
        async function callOne() { await session.get(url + "/1", { stream: true }); }
        async function callAnother() {
          const auth = async (request) => request;
          const prepared = session.prepareRequest(new sojourn.Request("GET", url + "/2", { auth }));
          await session.send(prepared, { stream: true });
        }
        await callOne();
        await callAnother();
      }`,
      { expected: 2, flags },
    );
    const stacks = warned.map(({ stack }) => stack).sort();
    expect(stacks).toHaveLength(2);
    expect(stacks[0]).toMatch(/^UnreadResponseWarning: a streamed .*\/1\n +at callOne /);
    expect(stacks[1]).toMatch(/^UnreadResponseWarning: a streamed .*\/2\n +at callAnother /);
  });

  it("is collected although somebody watches over it", async () => {
    const warned = await warningsOf(
      `async function forget(session, url) {
        const held = new WeakRef(await session.get(url, { stream: true }));
        process.on("warning", () => { if (held.deref() !== undefined) process.exitCode = 1; });
      }`,
      { flags: ["--trace-warnings"] },
    );
    expect(warned).toHaveLength(1);
  });
});
