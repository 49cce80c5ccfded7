/**
 * The part of a file that a download has got so far: beside the target, until it is whole.
 *
 * To go on with it in another call, there is a note beside it: which version of which resource it is. Of the URL it holds a
 * digest only, since a URL may have secrets in it.
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile, rm, writeFile, type FileHandle } from "node:fs/promises";
import type { Version } from "./ranges.ts";
import { absent, fileError, putInPlace, type Destination } from "./save.ts";

/** Windows has no such flag. */
const NO_LINKS = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/** What the note says. */
interface Note {
  readonly url: string;
  readonly version: Version;
}

/** A file that grows. */
export class Part {
  /** How many bytes are there. */
  bytes = 0;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #isKept: boolean;
  #isOver = false;
  #note: Note | null = null;

  private constructor(path: string, file: FileHandle, isKept: boolean) {
    this.#path = path;
    this.#file = file;
    this.#isKept = isKept;
  }

  /** A new part that is gone after the call, whatever happens. */
  static async temporary(path: string, mode: number): Promise<Part> {
    return new Part(path, await open(path, "ax", mode), false);
  }

  /** What is left of an earlier call, or a new part. It stays when the download fails. */
  static async kept(path: string, mode: number): Promise<Part> {
    const { O_WRONLY, O_APPEND, O_CREAT } = constants;
    const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | NO_LINKS, mode);
    const part = new Part(path, file, true);
    try {
      const { size, uid } = await file.stat();
      // In a folder that others write to, somebody else could have left it there.
      if (uid !== (process.geteuid?.() ?? uid))
        throw fileError("EPERM", "the part of a download belongs to another user", path);
      part.#note = size === 0 ? null : await readNote(path);
      if (part.#note === null) await file.truncate(0);
      else part.bytes = size;
      return part;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Which version it is; `null` when it cannot be gone on with. */
  get version(): Version | null {
    return this.bytes === 0 ? null : (this.#note?.version ?? null);
  }

  /** Is it of that URL? */
  isOf(url: string): boolean {
    return this.#note?.url === digest(url);
  }

  /** Begins anew, with that version of the resource at `url`. */
  async restart(url: string, version: Version | null): Promise<void> {
    // In this order: a note must never stand beside bytes of another version.
    if (this.#isKept) await rm(noteOf(this.#path), { force: true });
    await this.#file.truncate(0);
    this.bytes = 0;
    this.#note = version === null ? null : { url: digest(url), version };
    if (this.#isKept && this.#note !== null) await writeNote(this.#path, this.#note);
  }

  /** Adds a piece. */
  async add(chunk: Uint8Array): Promise<void> {
    await this.#file.writeFile(chunk);
    this.bytes += chunk.byteLength;
  }

  /** It is whole: it gets its name. */
  async finish(place: Destination): Promise<void> {
    if (place.mode !== null) await this.#file.chmod(place.mode);
    await this.#file.datasync();
    await this.#file.close();
    this.#isOver = true;
    await putInPlace(this.#path, place);
    if (this.#isKept) await rm(noteOf(this.#path), { force: true });
  }

  /** It will not be whole in this call. Safe to call after {@link finish}. */
  async leave(): Promise<void> {
    if (!this.#isOver) await this.#file.close();
    if (this.#isKept && !this.#isOver && this.version !== null) return;
    await rm(this.#path, { force: true });
    if (this.#isKept) await rm(noteOf(this.#path), { force: true });
  }
}

function noteOf(path: string): string {
  return `${path}.json`;
}

async function writeNote(path: string, note: Note): Promise<void> {
  await rm(noteOf(path), { force: true });
  await writeFile(noteOf(path), JSON.stringify(note), { flag: "wx", mode: 0o600 });
}

/** `null` when there is none, or none that makes sense. */
async function readNote(path: string): Promise<Note | null> {
  const text = await absent(readFile(noteOf(path), "utf8"), "");
  try {
    const note: unknown = JSON.parse(text);
    return isNote(note) ? note : null;
  } catch {
    return null;
  }
}

function isNote(note: unknown): note is Note {
  if (typeof note !== "object" || note === null || !("url" in note) || !("version" in note)) return false;
  const { url, version } = note;
  if (typeof url !== "string" || typeof version !== "object" || version === null) return false;
  const { validator, field, totalBytes } = version as Partial<Version>; // each is looked at
  return (
    typeof validator === "string" &&
    (field === "etag" || field === "last-modified") &&
    (totalBytes === null || typeof totalBytes === "number")
  );
}

function digest(url: string): string {
  return createHash("sha256").update(url).digest("hex");
}
