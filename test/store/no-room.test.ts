/** A disk that is full, folders and files that are not ours, and others that hold the lock: clear errors, and nothing is lost. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, it } from "vitest";

import { Session, SessionLockedError } from "../../src/index.ts";
import { FileSessionStore } from "../../src/store/file-store.ts";
import { rejection } from "../support/messages.ts";
import type { Said } from "./saver.ts";

/** Whoever runs the tests; root may do everything, and lets others try. */
const isRoot = process.getuid?.() === 0;
/** Nobody. */
const UID = 65_534;
const SAVER = fileURLToPath(new URL("saver.ts", import.meta.url));
const HOLDER = fileURLToPath(new URL("holder.ts", import.meta.url));
const NODE = ["--disable-warning=ExperimentalWarning"];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sojourn-no-room-"));
  await chmod(folder, 0o755);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const started = new Set<ChildProcess>();
afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
  started.clear();
});

let count = 0;
/** A folder of its own, in which only what is tried lies. */
async function newFolder(): Promise<string> {
  const path = join(folder, String(++count));
  await mkdir(path, { mode: 0o700 });
  if (isRoot) await chown(path, UID, UID);
  return path;
}

/** A session of one cookie, of whoever tries. */
async function storeOne(path: string): Promise<string> {
  await using session = await Session.open(path);
  session.cookies.set("first", "1", { domain: "shop.example" });
  await session.save();
  if (isRoot) await chown(path, UID, UID);
  return await readFile(path, "utf8");
}

/** What lies in a folder but for the lock, which stays. */
async function contents(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => !name.endsWith(".lock")).toSorted();
}

/** Lets another process, of nobody when we are root, open a session, change and save it once. */
function attempt(path: string, { access = "read-write", env = {} } = {}): Said {
  const args = [...NODE, SAVER, path, "1", String(UID), access];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    input: "",
  });
  return JSON.parse(stdout === "" ? JSON.stringify({ name: stderr }) : stdout) as Said;
}

/** Is there what gives a process other limits while it runs? */
const hasLimits = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

describe.skipIf(!hasLimits)("a disk that is full", () => {
  it.for([
    ["while a session is stored for the first time", false],
    ["while a session is stored once more", true],
  ] as const)("is told, and nothing is lost: %s", async ([, isThere], { expect }) => {
    const place = await newFolder();
    const path = join(place, "session.json");
    const before = isThere ? await storeOne(path) : null;
    const child = spawn(
      "bash",
      ["-c", 'ulimit -S -f 16; exec "$@"', "bash", process.execPath, ...NODE, SAVER, path, "50"],
      {
        stdio: ["pipe", "pipe", "inherit"],
        // What it would put there is larger than it may write.
        env: { ...process.env, NODE_COMPILE_CACHE: undefined },
      },
    );
    started.add(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<Said> => JSON.parse((await lines.next()).value ?? "null") as Said;
    const full: Said = { name: "SessionFileError", problem: "unwritable", path, cause: "EFBIG" };
    expect(await next()).toMatchObject(full);
    const expectAsBefore = async (): Promise<void> => {
      expect(await contents(place)).toEqual(isThere ? ["session.json"] : []);
      if (before !== null) expect(await readFile(path, "utf8")).toBe(before);
    };
    await expectAsBefore();
    child.stdin.write("again\n");
    expect(await next()).toMatchObject(full);
    await expectAsBefore();
    execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=unlimited"]);
    child.stdin.write("again\n");
    expect(await next()).toEqual({ name: null, cookies: isThere ? 51 : 50 });
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([0, null]);
    expect((await new FileSessionStore(path).read())?.state.cookies).toHaveLength(isThere ? 51 : 50);
    expect(await contents(place)).toEqual(["session.json"]);
  });
});

describe.skipIf(process.platform === "win32")("a session file", () => {
  it("in a folder that is not to be written is told as such, and stays as it is", async ({ expect }) => {
    const place = await newFolder();
    const path = join(place, "session.json");
    const before = await storeOne(path);
    await rm(`${path}.lock`);
    await chmod(place, 0o500);
    const said = attempt(path);
    const files = await readdir(place);
    const open = attempt(path, { access: "read-only" });
    await chmod(place, 0o700);
    expect(said).toMatchObject({ name: "SessionFileError", problem: "unwritable", path });
    expect(files).toEqual(["session.json"]);
    expect(await readFile(path, "utf8")).toBe(before);
    // It can be read all the same.
    expect(open).toEqual({ name: null, cookies: 1 });
  });

  it("in a folder that is not to be written, whose lock is there, is told as such", async ({ expect }) => {
    const place = await newFolder();
    const path = join(place, "session.json");
    const before = await storeOne(path);
    if (isRoot) await chown(`${path}.lock`, UID, UID);
    await chmod(place, 0o500);
    const said = attempt(path);
    const files = await contents(place);
    await chmod(place, 0o700);
    expect(said).toMatchObject({ name: "SessionFileError", problem: "unwritable", path });
    expect(files).toEqual(["session.json"]);
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("in a folder that is not to be looked into is told as such", async ({ expect }) => {
    const place = await newFolder();
    const path = join(place, "session.json");
    await storeOne(path);
    await chmod(place, 0o000);
    const said = attempt(path);
    await chmod(place, 0o700);
    expect(said).toMatchObject({ name: "SessionFileError", problem: "unreadable", path, cause: "EACCES" });
  });

  it("that is ours, and that others can read, is made one that they cannot", async ({ expect }) => {
    const place = await newFolder();
    const path = join(place, "session.json");
    await storeOne(path);
    await chmod(path, 0o644);
    expect(attempt(path, { access: "read-only" })).toEqual({ name: null, cookies: 1 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.skipIf(!isRoot)(
    "that is not ours, and that others can read, is refused, and stays as it is",
    async ({ expect }) => {
      const place = await newFolder();
      const path = join(place, "session.json");
      const before = await storeOne(path);
      await chown(path, 0, 0);
      await chmod(path, 0o644);
      expect(attempt(path)).toMatchObject({ name: "SessionFileError", problem: "permissions", path });
      expect((await stat(path)).mode & 0o777).toBe(0o644);
      expect(await readFile(path, "utf8")).toBe(before);
    },
  );

  it.skipIf(!isRoot)(
    "that is not ours, and that nobody else can read, is told as such",
    async ({ expect }) => {
      const place = await newFolder();
      const path = join(place, "session.json");
      const before = await storeOne(path);
      await chown(path, 0, 0);
      expect(attempt(path)).toMatchObject({
        name: "SessionFileError",
        problem: "unreadable",
        path,
        cause: "EACCES",
      });
      expect(await readFile(path, "utf8")).toBe(before);
    },
  );

  it.skipIf(!isRoot)(
    "in a folder of sessions that is not ours, and that others write, is refused",
    async ({ expect }) => {
      const home = await newFolder();
      const sessions = join(home, "sessions");
      await mkdir(sessions);
      await chmod(sessions, 0o777);
      const said = attempt("shop", { env: { SOJOURN_HOME: home } });
      expect(said).toMatchObject({ name: "SessionFileError", problem: "permissions" });
      expect(await readdir(sessions)).toEqual([]);
    },
  );

  it.skipIf(!isRoot)(
    "in a folder that is not ours is told as such, and nothing is left there",
    async ({ expect }) => {
      const place = await newFolder();
      await chown(place, 0, 0);
      await chmod(place, 0o755);
      const path = join(place, "session.json");
      expect(attempt(path)).toMatchObject({ name: "SessionFileError", problem: "unwritable", path });
      expect(await readdir(place)).toEqual([]);
    },
  );

  it("beside which a folder lies where it would be written first is told as such, and stays as it is", async ({
    expect,
  }) => {
    const place = await newFolder();
    const path = join(place, "session.json");
    const before = await storeOne(path);
    await mkdir(`${path}.tmp`);
    await writeFile(join(`${path}.tmp`, "mine"), "1");
    expect(
      await rejection(new FileSessionStore(path).commit([{ kind: "setting", key: "a", at: 1, value: 1 }])),
    ).toMatchObject({
      problem: "unwritable",
      path,
    });
    expect(await readFile(path, "utf8")).toBe(before);
    expect(await readdir(`${path}.tmp`)).toEqual(["mine"]);
  });
});

describe("a session whose file another process holds", () => {
  it("fails to save with who holds it and since when, loses nothing, and saves as soon as that is killed", async ({
    expect,
  }) => {
    const path = join(await newFolder(), "session.json");
    const before = await storeOne(path);
    await using session = await Session.open(path, { save: "manual", lockTimeout: 150 });
    const start = Date.now();
    const holder = spawn(process.execPath, [...NODE, HOLDER, path], { stdio: ["ignore", "pipe", "inherit"] });
    started.add(holder);
    await once(holder.stdout, "data");
    session.cookies.set("late", "1", { domain: "shop.example" });
    const error = await rejection(session.save());
    expect(error).toBeInstanceOf(SessionLockedError);
    const { holder: who, path: told, code } = error as SessionLockedError;
    expect([told, code]).toEqual([path, "ERR_SESSION_LOCKED"]);
    expect(who).toMatchObject({ pid: holder.pid, host: hostname() });
    expect(who?.since).toBeGreaterThanOrEqual(start);
    expect(who?.since).toBeLessThanOrEqual(Date.now());
    expect(await readFile(path, "utf8")).toBe(before);
    // Reading asks nobody.
    await session.reload();
    holder.kill("SIGKILL");
    await once(holder, "exit");
    const free = performance.now();
    await session.save();
    expect(performance.now() - free).toBeLessThan(1000);
    expect((await new FileSessionStore(path).read())?.state.cookies.map(({ key }) => key.name)).toEqual([
      "first",
      "late",
    ]);
  });
});
