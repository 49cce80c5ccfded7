/** A session in a file: read, locked, changed, and written whole. */
import { constants, type Stats } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, realpath, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { systemClock } from "../core/clock.ts";
import { assertWithin, optionsOf } from "../core/checks.ts";
import { isObject } from "../core/realm.ts";
import {
  SessionFileError,
  SessionLockedError,
  type Change,
  type Json,
  type SessionStore,
  type Stored,
} from "../core/session-store.ts";
import { CipherError, FileCipher, type SessionKey } from "./cipher.ts";
import {
  checkedChanges,
  documentOf,
  FORMAT,
  FormError,
  moreOpenIn,
  textOf,
  VERSION,
  type SessionDocument,
} from "./document.ts";
import { LockLost, lockOf } from "./file-lock.ts";
import { isJsonRecord, lineOf, repeatedName, type JsonRecord } from "./json.ts";
import { assertName, here, nameOf, placeOf, sessionsFolder, type Place } from "./places.ts";
import { applied, emptyState } from "./state.ts";
import { withFile, writeWhole } from "./write-file.ts";

/** How a file is used. */
export interface FileSessionStoreOptions {
  /**
   * What it is encrypted with: a passphrase, 32 bytes, or a function that gets one of them when it is needed. Default: nothing, it is
   * readable for whoever may read it.
   */
  readonly key?: SessionKey | undefined;
  /** So long it is waited for others that write it, in milliseconds. Default: 10,000. */
  readonly lockTimeout?: number | undefined;
}

const LOCK_MS = 10_000;
const MOST_LOCK_MS = 2_147_483_647;
/** Larger ones were not written here. */
const MOST_BYTES = 268_435_456;
/** Who opens a pipe waits for nobody. On Windows there is no such flag. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const OWNERS_FILE = 0o600;
const OWNERS_FOLDER = 0o700;
/** What others than the owner may do. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

const emptyDocument: SessionDocument = {
  revision: 0,
  state: emptyState,
  more: {},
  moreOpen: {},
  moreOf: new Map(),
};

/** A session that is stored in the user's folder. */
export interface ListedSession {
  /** What {@link Session.open} opens it by. */
  readonly name: string;
  /** Of its file, absolute. */
  readonly path: string;
  /** When it was saved last. */
  readonly savedAt: Date;
}

/** Stores a session in a file. */
export class FileSessionStore implements SessionStore {
  readonly #place: Place;
  readonly #lockMs: number;
  #cipher: FileCipher | null;
  /** What was read or written last. */
  #last: { readonly bytes: Buffer; readonly document: SessionDocument } | null = null;

  /**
   * @param place a name in the folder of the user's sessions, or a path that begins with `/`, `./` or `../`.
   * @throws {TypeError | RangeError} for another place, an unknown option or a value that it cannot have.
   */
  constructor(place: string | URL, options: FileSessionStoreOptions = {}) {
    const { key, lockTimeout = LOCK_MS } = optionsOf(options, "FileSessionStore", ["key", "lockTimeout"]);
    assertWithin(lockTimeout, "lockTimeout", [0, MOST_LOCK_MS], "a number of milliseconds");
    this.#place = placeOf(place, here());
    this.#lockMs = lockTimeout;
    this.#cipher = key === undefined ? null : new FileCipher(key);
  }

  /** The names that are stored in the user's folder, in their order. */
  static async list(): Promise<ListedSession[]> {
    const folder = sessionsFolder(here());
    const files = await readdir(folder).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw new SessionFileError(folder, "unreadable", "the folder cannot be read", error);
    });
    const listed: ListedSession[] = [];
    for (const file of files.toSorted((one, other) => (one < other ? -1 : 1))) {
      const name = nameOf(file);
      if (name === null) continue;
      const path = join(folder, file);
      // It may have been removed meanwhile.
      const facts = await stat(path).catch(() => null);
      if (facts?.isFile() === true) listed.push({ name, path, savedAt: facts.mtime });
    }
    return listed;
  }

  /** Removes a session from the user's folder. Was there one? @throws {TypeError} for what is no name. */
  static async remove(name: string): Promise<boolean> {
    assertName(name);
    return await new FileSessionStore(name).#remove();
  }

  /** The file. */
  get place(): string {
    return this.#place.path;
  }

  async read(): Promise<Stored | null> {
    return await this.#load(await this.#target());
  }

  async commit(changes: readonly Change[]): Promise<Stored> {
    const own = checkedChanges(changes);
    return await this.#change((before, now) => {
      const state = applied(before.state, own, now);
      return state === before.state && before.revision > 0 ? before : { ...before, state };
    });
  }

  /**
   * Encrypts it with another key; with `null` not any more. Who holds it open with the old key cannot use it from then on.
   *
   * @throws {TypeError} for what can be no key.
   */
  async changeKey(key: SessionKey | null): Promise<void> {
    const cipher = key === null ? null : new FileCipher(key);
    await this.#change((before) => ({ ...before }), cipher);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Reads it, lets `next` make of it what is to be written, and writes that, while nobody else does.
   *
   * @param cipher of another key: from then on this one is used.
   */
  async #change(
    next: (before: SessionDocument, now: number) => SessionDocument,
    cipher?: FileCipher | null,
  ): Promise<SessionDocument> {
    for (;;) {
      await this.#makeFolder();
      const path = await this.#target();
      try {
        return await lockOf(path).hold(this.#lockMs, async (assertHeld) => {
          const before = (await this.#load(path)) ?? emptyDocument;
          const now = systemClock.now();
          const made = next(before, now);
          if (made === before) return before;
          const document = { ...made, revision: before.revision + 1 };
          // Here, and not before: the key may have been changed while others were waited for.
          await this.#write(path, document, {
            cipher: cipher === undefined ? this.#cipher : cipher,
            now,
            assertHeld,
          });
          return document;
        });
      } catch (error) {
        // Nothing was written. What others did meanwhile is read.
        if (!(error instanceof LockLost)) throw error;
      }
    }
  }

  async #write(
    path: string,
    document: SessionDocument,
    {
      cipher,
      now,
      assertHeld,
    }: { readonly cipher: FileCipher | null; readonly now: number; readonly assertHeld: () => void },
  ): Promise<void> {
    const bytes = Buffer.from(await sealed(document, cipher, now));
    if (bytes.byteLength > MOST_BYTES)
      throw new SessionFileError(
        path,
        "unwritable",
        `it would have ${bytes.byteLength} bytes, and no session has more than ${MOST_BYTES}: it stays as it was`,
      );
    this.#last = null;
    await writable(path, async () => {
      await writeWhole(path, bytes, assertHeld);
    });
    this.#last = { bytes, document };
    this.#cipher = cipher;
  }

  async #remove(): Promise<boolean> {
    const path = await this.#target();
    if ((await stat(path).catch(() => null)) === null) return false;
    return await lockOf(path).hold(this.#lockMs, async () => {
      await writable(path, async () => {
        await rm(path, { force: true });
      });
      return true;
    });
  }

  /** Where it is, links followed: a rename would put the file in the place of a link. */
  async #target(): Promise<string> {
    const { path } = this.#place;
    try {
      return await realpath(path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT")
        throw new SessionFileError(path, "unreadable", `it cannot be found${reasonOf(error)}`, error);
    }
    const facts = await lstat(path).catch(() => null);
    if (facts?.isSymbolicLink() === true)
      throw new SessionFileError(path, "unreadable", "it is a link to what is not there");
    // It is not there yet; its folder may be.
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }

  /** A folder that is made is for nobody else; nor is that of the user's sessions, whoever made it. */
  async #makeFolder(): Promise<void> {
    const { path, isNamed } = this.#place;
    const folder = dirname(path);
    await writable(path, async () => {
      await mkdir(folder, { recursive: true, mode: OWNERS_FOLDER });
    });
    if (!isNamed || process.platform === "win32") return;
    const { mode, uid } = await stat(folder);
    if ((mode & OTHERS) === 0) return;
    if (uid === process.getuid?.()) await chmod(folder, OWNERS_FOLDER);
    else if ((mode & OTHERS_WRITE) !== 0)
      throw new SessionFileError(
        folder,
        "permissions",
        "others can write into this folder, which is not ours",
      );
  }

  /** `null`: there is none. What is there as it was read or written last is known. By its bytes: the system's times are too coarse. */
  async #load(path: string): Promise<SessionDocument | null> {
    const bytes = await readOwn(path);
    if (bytes === null) return null;
    if (this.#last?.bytes.equals(bytes) === true) return this.#last.document;
    const document = await this.#parse(path, decoded(path, bytes));
    this.#last = { bytes, document };
    return document;
  }

  async #parse(path: string, text: string): Promise<SessionDocument> {
    const record = recordIn(path, text);
    const isEncrypted = Object.hasOwn(record, "encryption");
    const cipher = this.#cipher;
    if (isEncrypted && cipher === null)
      throw new SessionFileError(path, "key-missing", "it is encrypted: give the option key");
    if (!isEncrypted && cipher !== null)
      throw new SessionFileError(
        path,
        "not-encrypted",
        "a key was given, and it is not encrypted: changeKey() of a store without a key encrypts it",
      );
    try {
      if (cipher === null) return documentOf(record);
      const content = recordIn(path, await cipher.decipher(record));
      return documentOf(content, moreOpenIn(record));
    } catch (error) {
      if (error instanceof CipherError) throw new SessionFileError(path, error.problem, error.message, error);
      if (error instanceof FormError) throw new SessionFileError(path, "malformed", error.message, error);
      throw error;
    }
  }
}

/** Reads a file; `null` when it is not there. Others must not be able to read it: that is mended where it can be. */
async function readOwn(path: string): Promise<Buffer | null> {
  try {
    return await withFile(await open(path, READ), async (file) => {
      const stats = await file.stat();
      if (!stats.isFile())
        throw new SessionFileError(path, "unreadable", `it is no file, but ${kindOf(stats)}`);
      await makeOwners(path, file, stats);
      if (stats.size > MOST_BYTES)
        throw new SessionFileError(
          path,
          "malformed",
          `it has ${stats.size} bytes, and no session has more than ${MOST_BYTES}`,
        );
      return await file.readFile();
    });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    if (error instanceof SessionFileError) throw error;
    throw new SessionFileError(path, "unreadable", `it cannot be read${reasonOf(error)}`, error);
  }
}

/** Bytes that are no UTF-8 are not replaced: what they were would be lost with the next commit. */
function decoded(path: string, bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SessionFileError(path, "malformed", "it is not in UTF-8", error);
  }
  if (text.startsWith("\uFEFF"))
    throw new SessionFileError(
      path,
      "malformed",
      "a byte order mark is before it: save it as UTF-8 without one",
    );
  return text;
}

/** What a thing with a path is that is no file. */
function kindOf(facts: Stats): string {
  if (facts.isDirectory()) return "a folder";
  return facts.isFIFO() ? "a pipe" : facts.isSocket() ? "a socket" : "a device";
}

/** @throws {SessionFileError} when others can read it, and that cannot be changed. */
async function makeOwners(path: string, file: FileHandle, { mode, uid }: Stats): Promise<void> {
  if (process.platform === "win32" || (mode & OTHERS) === 0) return;
  if (uid !== process.getuid?.())
    throw new SessionFileError(path, "permissions", "others can read it, and it is not ours to change that");
  await file.chmod(OWNERS_FILE).catch((error: unknown) => {
    throw new SessionFileError(path, "permissions", "others can read it, and that cannot be changed", error);
  });
}

/** The record that a text is, of this format and a version that is known. */
function recordIn(path: string, text: string): JsonRecord {
  if (text.trim() === "")
    throw new SessionFileError(path, "empty", "there is nothing in it: remove it to begin anew");
  const value = parsed(path, text);
  if (!isJsonRecord(value) || value["format"] !== FORMAT)
    throw new SessionFileError(
      path,
      "foreign",
      `it is no session file: its format is not ${JSON.stringify(FORMAT)}`,
    );
  const { version } = value;
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1)
    throw new SessionFileError(path, "malformed", "its version is no whole number from 1 on");
  if (version > VERSION)
    throw new SessionFileError(
      path,
      "newer",
      `its version is ${version}, and this sojourn knows none later than ${VERSION}: use a later one`,
    );
  return value;
}

function parsed(path: string, text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // Without what JSON.parse() says: that has a piece of the file in it.
    throw new SessionFileError(
      path,
      "malformed",
      "it is no whole JSON: it was cut off, or changed by something else. Put a copy in its place, or remove it to begin anew",
    );
  }
  const twice = repeatedName(text);
  if (twice !== null)
    throw new SessionFileError(path, "malformed", `an object in it has ${JSON.stringify(twice)} twice`);
  return value;
}

/** What is written: the document, or an envelope of which it is the content. */
async function sealed(document: SessionDocument, cipher: FileCipher | null, now: number): Promise<string> {
  const savedAt = new Date(now);
  const text = textOf(document, savedAt);
  if (cipher === null) return text;
  const { revision } = document;
  const header = {
    ...document.moreOpen,
    format: FORMAT,
    version: VERSION,
    revision,
    savedAt: savedAt.toISOString(),
  };
  return `${lineOf(await cipher.encrypt(text, header))}\n`;
}

/** What cannot be written is told as such. */
async function writable(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof SessionFileError || error instanceof SessionLockedError || error instanceof LockLost)
      throw error;
    throw new SessionFileError(
      path,
      "unwritable",
      `it cannot be written, and is as it was${reasonOf(error)}`,
      error,
    );
  }
}

/** What the system says, for a message: such as `: ENOSPC`. */
function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return typeof code === "string" ? `: ${code}` : "";
}

function codeOf(error: unknown): unknown {
  return isObject(error) && "code" in error ? error.code : undefined;
}
