/** A lock that dies with its holder, however that ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

import { SessionFileError, SessionLockedError } from "../../src/core/session-store.ts";
import { lockOf } from "../../src/store/file-lock.ts";
import { FileSessionStore } from "../../src/store/file-store.ts";
import { rejection } from "../support/messages.ts";
import { temporaryFolder } from "../support/temporary.ts";

const { newPath } = temporaryFolder();

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const SETTING = { kind: "setting", key: "timeout", at: 1, value: 5 } as const;

describe("a lock", () => {
  it("lets one at a time in, in the order in which they came", async ({ expect }) => {
    const path = newPath();
    let inside = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        lockOf(path).hold(5000, async () => {
          expect(++inside).toBe(1);
          order.push(at);
          await pause(1);
          inside--;
        }),
      ),
    );
    expect(order).toEqual(Array.from({ length: 20 }, (_, at) => at));
  });

  it("is let go of by who fails", async ({ expect }) => {
    const path = newPath();
    expect(await rejection(lockOf(path).hold(100, () => Promise.reject(new Error("mine"))))).toEqual(
      new Error("mine"),
    );
    expect(await lockOf(path).hold(100, () => Promise.resolve(1))).toBe(1);
  });

  it("of another process is waited for, and who holds it is told; it is free when that is killed", async ({
    expect,
  }) => {
    const path = newPath();
    const script = fileURLToPath(new URL("holder.ts", import.meta.url));
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const before = Date.now();
    await once(child.stdout, "data");
    const error = await rejection(new FileSessionStore(path, { lockTimeout: 100 }).commit([SETTING]));
    expect(error).toBeInstanceOf(SessionLockedError);
    const { holder, waitedMs, message } = error as SessionLockedError;
    expect(holder?.pid).toBe(child.pid);
    expect(holder?.since).toBeGreaterThanOrEqual(before);
    expect(waitedMs).toBeGreaterThanOrEqual(99);
    expect(message).toMatch(
      /process \d+ on .+, since 20.+Z, holds it, and did not let go in \d+ ms \(lockTimeout\)$/,
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    const stored = await new FileSessionStore(path, { lockTimeout: 1000 }).commit([SETTING]);
    expect(stored.revision).toBe(1);
  });

  it("of this process that is held too long is told, and the next one gets its turn", async ({ expect }) => {
    const path = newPath();
    let letGo: () => void = () => {};
    const first = lockOf(path).hold(1000, () => new Promise<void>((resolve) => (letGo = resolve)));
    const second = await rejection(lockOf(path).hold(20, () => Promise.resolve()));
    expect(second).toBeInstanceOf(SessionLockedError);
    const third = lockOf(path).hold(1000, () => Promise.resolve(3));
    letGo();
    await first;
    expect(await third).toBe(3);
  });

  it("that cannot be had is told: its file is something else", async ({ expect }) => {
    const path = newPath();
    await writeFile(`${path}.lock`, "this is no database, and long enough to be seen as none".repeat(10));
    const error = await rejection(new FileSessionStore(path).commit([SETTING]));
    expect(error).toBeInstanceOf(SessionFileError);
    expect(error).toMatchObject({ problem: "unwritable" });
  });
});
