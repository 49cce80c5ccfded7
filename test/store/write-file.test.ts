/** Files that are written whole, and how one is told from another. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";

import { factsOf, factsUnlike, isSameFile, writeWhole } from "../../src/store/write-file.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sojourn-write-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("a file that is written whole", () => {
  it("never has the time of the one before it, however soon it comes", async ({ expect }) => {
    const path = join(folder, "soon");
    const first = await writeWhole(path, "1");
    const second = await writeWhole(path, "2");
    const third = await writeWhole(path, "3");
    expect(second.changedAt).toBeGreaterThan(first.changedAt);
    expect(third.changedAt).toBeGreaterThan(second.changedAt);
    expect(isSameFile(first, third)).toBe(false);
  });

  it("that was written in one tick of the clock gets another time", async ({ expect }) => {
    const path = join(folder, "tick");
    const before = await writeWhole(path, "1");
    const after = await factsUnlike(path, before);
    expect(isSameFile(before, after)).toBe(false);
    expect(factsOf(await stat(path, { bigint: true }))).toEqual(after);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
