/** A process that dies while it writes a session file leaves the file as it was or as it is to be, and in nobody's way. */
import { spawn } from "node:child_process";
import { copyFile, readdir } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

import { FileSessionStore } from "../../src/store/file-store.ts";
import { randomFrom } from "../support/random.ts";
import { runs } from "../support/size.ts";
import { temporaryFolder } from "../support/temporary.ts";

const STOPPED = fileURLToPath(new URL("stopped.ts", import.meta.url));
const KEY = new Uint8Array(32).fill(7);

const temporary = temporaryFolder();
const { newPath } = temporary;

/** Runs it; gives the moments that it came to, and whether it was killed. */
async function run(args: readonly string[]): Promise<{ moments: string[]; isKilled: boolean }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", STOPPED, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const signal = await new Promise((resolve) => child.once("close", (_, by) => resolve(by)));
  return { moments: text.trimEnd().split("\n"), isKilled: signal === "SIGKILL" };
}

describe.for([
  ["in the open", "plain", {}],
  ["encrypted", "key", { key: KEY }],
] as const)("a session file %s whose writer is killed", ([, kind, options]) => {
  it("is the old one or the new one, at each moment; and whoever writes next is in nobody's way", async ({
    expect,
  }) => {
    const old = newPath();
    await new FileSessionStore(old, options).commit([{ kind: "setting", key: "what", at: 1, value: "old" }]);
    const rehearsal = newPath();
    await copyFile(old, rehearsal);
    const { moments } = await run([rehearsal, kind, "-1"]);
    const renamed = moments.findIndex((line) => line.endsWith("behind rename"));
    expect(moments.map((line) => line.split(" ").slice(1).join(" "))).toEqual(
      expect.arrayContaining(["behind writeFile", "behind sync", "behind rename", "stored"]),
    );

    const random = randomFrom(5);
    // Each moment, in an order that differs, and half as many again in the middle of writing.
    const points = [
      ...moments.map((_, at) => ({ moment: at, part: "" })),
      ...Array.from({ length: moments.length / 2 }, () => ({ moment: -1, part: random().toFixed(3) })),
    ]
      .map((point) => ({ point, order: random() }))
      .toSorted((one, other) => one.order - other.order)
      .map(({ point }) => point)
      .slice(0, runs(moments.length * 2));
    const outcomes = { old: 0, new: 0 };
    const tryPoint = async ({ moment, part }: (typeof points)[number]): Promise<void> => {
      const path = newPath();
      await copyFile(old, path);
      const { isKilled } = await run([path, kind, String(moment), part]);
      expect(isKilled).toBe(true);
      const store = new FileSessionStore(path, { ...options, lockTimeout: 1000 });
      const stored = await store.read();
      const [setting] = stored?.state.settings ?? [];
      const is = setting?.value === "old" ? "old" : "new";
      expect(setting?.value).toBe(is === "old" ? "old" : "new".repeat(500));
      expect(stored?.revision).toBe(is === "old" ? 1 : 2);
      if (part !== "" || moment < renamed) expect(is).toBe("old");
      if (part === "" && moment >= renamed) expect(is).toBe("new");
      outcomes[is]++;
      // The lock died with its holder, and what it left is taken away.
      await store.commit([{ kind: "setting", key: "next", at: Date.now(), value: 1 }]);
      const names = (await store.read())?.state.settings.map(({ key }) => key);
      expect(names?.toSorted()).toEqual(["next", "what"]);
      const left = (await readdir(temporary.path)).filter((name) => name.startsWith(`${basename(path)}.`));
      expect(left).toEqual([`${basename(path)}.lock`]);
    };
    // Two at a time: as many as there are cores at least.
    const waiting = points.values();
    const work = async (): Promise<void> => {
      for (const point of waiting) await tryPoint(point);
    };
    await Promise.all([work(), work()]);
    expect(outcomes.old).toBeGreaterThan(0);
    expect(outcomes.new).toBeGreaterThan(0);
  }, 60_000);
});
