/** After `close()` nothing of a session keeps the process: no socket, no timer, whatever its requests were doing. */
import { execFile } from "node:child_process";
import { channel } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { Session } from "../../src/index.ts";
import { phases, waits } from "../support/phases.ts";
import { answering, ok, scriptedServer } from "../support/scripted-server.ts";

const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
const support = fileURLToPath(new URL("../support/phases.ts", import.meta.url));

/** What a process is held by when requests in all of these phases were ended so, and their sessions closed. It ends by itself. */
async function holders(table: "phases" | "waits", end: string): Promise<unknown> {
  const program = `
    const { Session } = await import(${JSON.stringify(index)});
    const table = (await import(${JSON.stringify(support)})).${table};
    const later = () => new Promise((resolve) => setTimeout(resolve, 5));
    // Those of this program: its pipes.
    const before = process.getActiveResourcesInfo();
    const ended = [];
    for (const [name, start] of Object.entries(table)) {
      const controller = new AbortController();
      const session = new Session({ trustEnv: false });
      const ongoing = await start(session, { signal: controller.signal });
      const fate = ongoing.call.then(() => "answered", (error) => error.name);
      while (!ongoing.isThere()) await later();
      ${end}
      ended.push(await fate);
      await session.close();
      await ongoing[Symbol.asyncDispose]();
    }
    for (let rounds = 0; rounds < 100 && process.getActiveResourcesInfo().length > before.length; rounds++) await later();
    const held = process.getActiveResourcesInfo();
    for (const name of before) if (held.includes(name)) held.splice(held.indexOf(name), 1);
    console.log(JSON.stringify({ ended: [...new Set(ended)], count: ended.length, held }));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  return JSON.parse(stdout);
}

describe.concurrent("a process", () => {
  it.for([
    ["close()", "phases", "await session.close();", "SessionClosed"],
    ["an abort", "phases", "controller.abort();", "AbortError"],
    ["an abort", "waits", "controller.abort();", "AbortError"],
  ] as const)("ends by itself after %s in all %s", async ([, table, end, name], { expect }) => {
    const count = Object.keys(table === "phases" ? phases : waits).length;
    expect(await holders(table, end)).toEqual({ ended: [name], count, held: [] });
  });
});

describe("a kept connection", () => {
  it("has as many listeners after 1,000 requests as after one", async () => {
    const sockets = new Set<Socket>();
    const onSocket = (message: unknown): void =>
      void sockets.add((message as { readonly socket: Socket }).socket);
    const created = channel("net.client.socket");
    created.subscribe(onSocket);
    await using server = await scriptedServer(answering(ok()));
    await using session = new Session({ trustEnv: false });
    const { signal } = new AbortController();
    const listeners = (): number => {
      const [socket, ...others] = sockets;
      expect(others).toEqual([]);
      return socket?.eventNames().reduce((sum, event) => sum + socket.listenerCount(event), 0) ?? 0;
    };
    await session.get(server.url, { signal });
    const once = listeners();
    for (let count = 0; count < 250; count++) {
      await session.get(server.url, { signal });
      await session.post(server.url, { data: () => ["a", "b"], signal });
      await (await session.get(server.url, { stream: true, timeout: { total: 60_000 } })).text();
      await session.put(server.url, { data: new Blob(["x"]), signal });
    }
    created.unsubscribe(onSocket);
    expect(once).toBeGreaterThan(0);
    expect(listeners()).toBe(once);
    expect(server.connections).toHaveLength(1);
  });
});
