/** Writes a file whole or not at all: whoever reads it sees what was there before, or all of what is there now, also behind a crash. */
import type { BigIntStats } from "node:fs";
import { chmod, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** For its owner alone. */
const OWNERS = 0o600;

/** On Windows nobody can rename over a file while somebody reads it: so long it is tried, in milliseconds. */
const BUSY_MS = 2000;
const BUSY_STEP_MS = 20;
const BUSY_CODES: ReadonlySet<unknown> = new Set(["EPERM", "EACCES", "EBUSY"]);

/**
 * Writes `text` to a file of mode 0600. Nobody else may write it meanwhile.
 *
 * @param path no link: a rename would put the file in its place.
 * @returns which file it is then.
 * @throws what the system says; the file is as it was.
 */
export async function writeWhole(path: string, text: string): Promise<FileFacts> {
  const temporary = `${path}.tmp`;
  // Of a process that was killed: nobody else writes.
  await rm(temporary, { force: true });
  const before = await stat(path, { bigint: true }).catch(() => null);
  try {
    await writeNew(temporary, text, before);
    await moveOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
  return await factsUnlike(path, before === null ? null : factsOf(before));
}

/** The clock of a file system ticks every few milliseconds. */
const TICK_MS = 1;
const MOST_TICKS = 50;

/**
 * Which file it is, with another time than the file before it: that one's inode goes to the next file but one, and who knows the file of
 * inode, size and time alone would take it for the old one.
 */
export async function factsUnlike(path: string, before: FileFacts | null): Promise<FileFacts> {
  for (let left = MOST_TICKS; ; left--) {
    const facts = factsOf(await stat(path, { bigint: true }));
    if (facts.changedAt !== before?.changedAt || left === 0) return facts;
    await pause(TICK_MS);
    await chmod(path, OWNERS);
  }
}

/** What is another for each file, and each time that it is written. */
export interface FileFacts {
  readonly inode: bigint;
  readonly size: bigint;
  /** Nobody can set it, in nanoseconds since the epoch. */
  readonly changedAt: bigint;
}

/** Those of a file. */
export function factsOf({ ino, size, ctimeNs }: BigIntStats): FileFacts {
  return { inode: ino, size, changedAt: ctimeNs };
}

/** Is it the same file, not written since? */
export function isSameFile(one: FileFacts, other: FileFacts): boolean {
  return one.inode === other.inode && one.size === other.size && one.changedAt === other.changedAt;
}

/** Whose a file is. */
interface Owner {
  readonly uid: bigint;
  readonly gid: bigint;
}

/** Its bytes are on the disk before it has the other's name: else a crash could leave the name, and nothing in it. */
async function writeNew(path: string, text: string, before: Owner | null): Promise<void> {
  // "x": it follows no link that somebody put there.
  const file = await open(path, "wx", OWNERS);
  try {
    // Who may write for others (root) takes nothing away from them.
    if (before !== null && process.getuid?.() === 0) await file.chown(Number(before.uid), Number(before.gid));
    await file.writeFile(text);
    await file.sync();
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
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
