/**
 * A lock between processes that dies with its holder: a transaction of SQLite on a file of its own, which has nothing in it. The system
 * takes it back when a process ends, however it ends.
 *
 * The file is opened by SQLite alone, and never deleted: a process that closes any other handle of it would lose its locks, and behind a
 * deletion two processes would hold two locks of one name. Somebody may delete it all the same, or its folder: so who holds it looks
 * whether it is still the one of that name.
 */
import { chmodSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";

import { systemClock } from "../core/clock.ts";
import { nodeSqlite } from "../core/late.ts";
import { SessionFileError, SessionLockedError, type LockHolder } from "../core/session-store.ts";

/** Tries come at random times between these, in milliseconds: many that wait must not come at one time. */
const SHORTEST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 25;

/** For its owner alone. */
const OWNERS = 0o600;

/** What SQLite says when somebody else holds it (`SQLITE_BUSY`), in the lower byte of its codes. */
const SQLITE_BUSY = 5;

/** Somebody deleted the lock while it was held: others may hold one of the same name. */
export class LockLost extends Error {
  override readonly name: string = "LockLost";
}

/** One for each file that this process locks. */
const locks = new Map<string, FileLock>();

/** The lock of a file. @param path its one spelling: no link is left in it. */
export function lockOf(path: string): FileLock {
  const known = locks.get(path);
  if (known !== undefined) return known;
  const lock = new FileLock(path);
  locks.set(path, lock);
  return lock;
}

/** Lets one at a time do something, in this process and in others. */
class FileLock {
  readonly #path: string;
  /** `null` while nobody of this process wants it. */
  #database: DatabaseSync | null = null;
  /** Which file that is. */
  #inode = 0n;
  /** Who came last in this process. */
  #last: Promise<void> = Promise.resolve();
  #wanting = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Does `act` while nobody else does anything.
   *
   * @param timeoutMs so long it is waited for.
   * @param act is given what throws {@link LockLost} when somebody deleted the lock since.
   * @throws {SessionLockedError} when that is too long.
   * @throws {SessionFileError} when it cannot be locked at all.
   */
  async hold<Value>(timeoutMs: number, act: (assertHeld: () => void) => Promise<Value>): Promise<Value> {
    const start = systemClock.monotonic();
    const before = this.#last;
    let leave: () => void = () => {};
    this.#last = new Promise((resolve) => (leave = resolve));
    this.#wanting++;
    try {
      await this.#turn(before, start, timeoutMs);
      await this.#begin(start, timeoutMs);
      try {
        return await act(() => {
          if (!this.#isOfItsName()) throw new LockLost();
        });
      } finally {
        this.#end();
      }
    } finally {
      this.#wanting--;
      if (this.#wanting === 0) this.#close();
      // Behind those that came before, also when this one did not wait for them.
      void before.then(leave);
    }
  }

  /** Those of this process come in their order. */
  async #turn(before: Promise<void>, start: number, timeoutMs: number): Promise<void> {
    const late = new AbortController();
    const alarm = pause(Math.max(timeoutMs, 0), true, { signal: late.signal }).catch(() => false);
    const isLate = await Promise.race([before.then(() => false), alarm]);
    late.abort();
    if (isLate) throw this.#locked(start);
  }

  async #begin(start: number, timeoutMs: number): Promise<void> {
    for (;;) {
      if (this.#tryBegin()) break;
      if (systemClock.monotonic() - start >= timeoutMs) throw this.#locked(start);
      await pause(SHORTEST_WAIT_MS + Math.random() * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS));
    }
    const holder: LockHolder = { pid: process.pid, host: hostname(), since: systemClock.now() };
    try {
      // Not through a link that somebody put there.
      rmSync(this.#holderPath, { force: true });
      writeFileSync(this.#holderPath, JSON.stringify(holder), { mode: OWNERS, flag: "wx" });
    } catch {
      // It is for the message of who waits too long, and for nothing else.
    }
  }

  #tryBegin(): boolean {
    try {
      this.#database ??= this.#open();
      // In memory: a journal would be a file of its own, for nothing is ever written.
      this.#database.exec("PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE");
      if (this.#isOfItsName()) return true;
      this.#close();
      return false;
    } catch (error) {
      if (error instanceof SessionFileError) throw error;
      if (isBusy(error)) return false;
      throw new SessionFileError(this.#path, "unwritable", "it cannot be locked", error);
    }
  }

  #open(): DatabaseSync {
    const sqlite = nodeSqlite();
    if (sqlite === null)
      throw new SessionFileError(
        this.#path,
        "no-lock",
        "this runtime has no node:sqlite, by which files are locked: give Session.open() a store of your own",
      );
    const database = new sqlite.DatabaseSync(this.#lockPath, { timeout: 0 });
    makeOwners(this.#lockPath);
    this.#inode = inodeOf(this.#lockPath);
    return database;
  }

  #isOfItsName(): boolean {
    return this.#inode === inodeOf(this.#lockPath);
  }

  #end(): void {
    try {
      rmSync(this.#holderPath, { force: true });
    } catch {
      // The folder cannot be written any more. Who holds it next writes it anew.
    }
    this.#database?.exec("ROLLBACK");
  }

  #close(): void {
    this.#database?.close();
    this.#database = null;
  }

  get #lockPath(): string {
    return `${this.#path}.lock`;
  }

  get #holderPath(): string {
    return `${this.#path}.holder`;
  }

  #locked(start: number): SessionLockedError {
    return new SessionLockedError(this.#path, systemClock.monotonic() - start, this.#readHolder());
  }

  #readHolder(): LockHolder | null {
    try {
      const read = JSON.parse(readFileSync(this.#holderPath, "utf8")) as Partial<LockHolder> | null;
      const { pid, host, since } = read ?? {};
      const isWhole = typeof pid === "number" && typeof host === "string" && typeof since === "number";
      return isWhole ? { pid, host, since } : null;
    } catch {
      return null;
    }
  }
}

/** What tells a file from others that had, or will have, its name; 0 when it is not there. By its path, as below. */
function inodeOf(path: string): bigint {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? 0n;
}

/** SQLite makes files as it likes. By its path: who closes a handle of the file loses the lock. */
function makeOwners(path: string): void {
  try {
    const facts = lstatSync(path);
    if (facts.isFile() && facts.uid === process.getuid?.()) chmodSync(path, OWNERS);
  } catch {
    // It has nothing in it that others could read.
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    "errcode" in error &&
    typeof error.errcode === "number" &&
    (error.errcode & 0xff) === SQLITE_BUSY
  );
}
