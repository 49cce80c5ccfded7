/** Streamed bodies that fail leave nothing in memory: neither the response nor, through its error, the connection. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, it } from "vitest";

import { wireServer } from "../support/wire-server.ts";

const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/** How many of ten responses are still there when `act` has failed with each and the collector ran. */
async function kept(url: string, act: string): Promise<number> {
  const program = `
    const { Session } = await import(${JSON.stringify(index)});
    await using session = new Session({ baseUrl: ${JSON.stringify(url)}, trustEnv: false, timeout: { read: 100 } });
    const seen = [];
    for (let count = 0; count < 10; count++) {
      await (async () => {
        const response = await session.get("/", { stream: true, maxBodyBytes: 100 });
        seen.push(new WeakRef(response));
        await ${act};
      })().then(() => { throw new Error("it did not fail"); }, (error) => {
        if (!("phase" in error)) throw error;
      });
    }
    for (let count = 0; count < 10; count++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    console.log(seen.filter((ref) => ref.deref() !== undefined).length);
  `;
  const node = promisify(execFile);
  const flags = ["--expose-gc", "--input-type=module", "--eval", program];
  return Number((await node(process.execPath, flags)).stdout);
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";

describe.concurrent("a streamed body that fails", () => {
  it.for([
    ["cut off", "bytes()", { last: `${HEAD}half` }, "response.bytes()"],
    ["cut off", "a loop", { last: `${HEAD}half` }, "Array.fromAsync(response)"],
    ["not going on", "text()", `${HEAD}half`, "response.text()"],
    ["too large", "bytes()", `${HEAD}${"x".repeat(1000)}`, "response.bytes()"],
  ] as const)("by being %s, read by %s, is not kept", async ([, , answer, act], { expect }) => {
    await using server = await wireServer(answer);
    // One may be on the stack of the program still.
    expect(await kept(server.url, act)).toBeLessThanOrEqual(1);
  });
});
