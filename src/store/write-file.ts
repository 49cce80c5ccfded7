/** Writes a file whole or not at all: whoever reads it sees what was there before, or all of what is there now, also behind a crash. */
import { open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** For its owner alone. */
const OWNERS = 0o600;

/** On Windows nobody can rename over a file while somebody reads it: so long it is tried, in milliseconds. */
const BUSY_MS = 2000;
const BUSY_STEP_MS = 20;
const BUSY_CODES: ReadonlySet<unknown> = new Set(["EPERM", "EACCES", "EBUSY"]);

/**
 * Writes `bytes` to a file of mode 0600. Nobody else may write it meanwhile.
 *
 * @param path no link: a rename would put the file in its place.
 * @param assertOurs throws when others may write it, too: asked before anything is written, right before the file is put in its place, and when something went wrong.
 * @throws what the system or `assertOurs` says; the file is as it was.
 */
export async function writeWhole(path: string, bytes: Uint8Array, assertOurs: () => void): Promise<void> {
  const temporary = `${path}.tmp`;
  assertOurs();
  // Of a process that was killed: nobody else writes.
  await rm(temporary, { force: true });
  const before = await stat(path).catch(() => null);
  try {
    await writeNew(temporary, bytes, before);
    assertOurs();
    await moveOver(temporary, path);
  } catch (error) {
    // What has that name may be another's by now.
    assertOurs();
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Whose a file is. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Its bytes are on the disk before it has the other's name: else a crash could leave the name, and nothing in it. */
async function writeNew(path: string, bytes: Uint8Array, before: Owner | null): Promise<void> {
  // "x": it follows no link that somebody put there.
  await withFile(await open(path, "wx", OWNERS), async (file) => {
    // Who may write for others (root) takes nothing away from them.
    if (before !== null && process.getuid?.() === 0) await file.chown(before.uid, before.gid);
    await file.writeFile(bytes);
    await file.sync();
  });
}

/** Uses a file that is open, and closes it. Node 22 has no `await using`. */
export async function withFile<Value>(
  file: FileHandle,
  use: (file: FileHandle) => Promise<Value>,
): Promise<Value> {
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function moveOver(from: string, to: string): Promise<void> {
  for (let left = BUSY_MS; ; left -= BUSY_STEP_MS) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const isBusy =
        process.platform === "win32" &&
        error instanceof Error &&
        "code" in error &&
        BUSY_CODES.has(error.code);
      if (!isBusy || left <= 0) throw error;
    }
    await pause(BUSY_STEP_MS);
  }
}

/** The name is on the disk, too. Windows opens no folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await withFile(await open(path, "r"), (folder) => folder.sync());
}
