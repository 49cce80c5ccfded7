/**
 * Writes a body to a file. Responses load it when it is first used: hardly any is saved.
 *
 * Bytes go to a new file beside the target first, which takes its name when all of them are there: a download that breaks
 * off leaves neither a half file nor a lost one under the name.
 */
import { isError, isUrl } from "../core/realm.ts";
import { link, lstat, open, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { assertBoolean, mustBe, optionsOf } from "../core/checks.ts";
import type { SavedFile, SaveOptions } from "../core/response.ts";

/** Where a body goes. */
export interface Destination {
  /** Absolute. */
  readonly path: string;
  /** Permissions of the file that is there; `null`: there is none. */
  readonly mode: number | null;
  /** Something other than a file, such as `/dev/stdout`: it is written to as it is. */
  readonly isDevice: boolean;
  /** May the file that is there be replaced? */
  readonly overwrite: boolean;
}

/** @throws {TypeError} for a target or an option of `saveTo()` that is none. */
export function checkSaving(target: unknown, options: SaveOptions): void {
  checkTarget("saveTo", target);
  const { overwrite = false } = optionsOf(options, "saveTo()", ["overwrite"]);
  assertBoolean(overwrite, "overwrite");
}

/** @throws {TypeError} for a target that is none. */
export function checkTarget(method: string, target: unknown): void {
  if ((typeof target !== "string" || target === "") && !isUrl(target))
    throw mustBe(`the target of ${method}()`, "a path or a file: URL", target);
}

/**
 * Writes the bytes of `source` to `target`, or under the name that `nameOf` gives in the folder `target`.
 *
 * @throws what `source` throws, and the errors of the file system; `EEXIST` for a file that must not be replaced. Before
 *   anything is read, where it can be known.
 */
export async function saveTo(
  source: AsyncIterable<Uint8Array>,
  target: string | URL,
  nameOf: () => Promise<string>,
  options: SaveOptions,
): Promise<SavedFile> {
  const place = await destinationOf(target, nameOf, options.overwrite);
  if (place.isDevice)
    return { path: place.path, bytes: await writeAndClose(await open(place.path, "w"), source, place) };
  const temporary = join(dirname(place.path), `.${crypto.randomUUID()}.part`);
  // Nobody else is to read meanwhile what they could not read before.
  const file = await open(temporary, "wx", place.mode === null ? 0o666 : 0o600);
  try {
    const bytes = await writeAndClose(file, source, place);
    await putInPlace(temporary, place);
    return { path: place.path, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Looks where `target` leads. @throws `EEXIST` for a file that must not be replaced. */
export async function destinationOf(
  target: string | URL,
  nameOf: () => Promise<string>,
  overwrite: boolean | undefined,
): Promise<Destination> {
  const given = typeof target === "string" ? target : fileURLToPath(target);
  const inFolder = await isFolder(given);
  // What the caller names may be a link to the place that is meant. What the server names may not.
  const path = inFolder ? resolve(given, await nameOf()) : await absent(realpath(given), resolve(given));
  const there = await absent(inFolder ? lstat(path) : stat(path), null);
  const isDevice = there !== null && !inFolder && !there.isFile();
  const place: Destination = {
    path,
    mode: there?.isFile() === true ? there.mode & 0o777 : null,
    isDevice,
    // A name that the server chose may be that of a file which it is not to touch.
    overwrite: overwrite ?? !inFolder,
  };
  if (there !== null && !isDevice && !place.overwrite) throw exists(path);
  return place;
}

/** Gives the file at `temporary` its name. @throws `EEXIST` when another one took it meanwhile. */
export async function putInPlace(temporary: string, { path, overwrite }: Destination): Promise<void> {
  if (overwrite) {
    await rename(temporary, path);
    return;
  }
  try {
    // Unlike rename(), it never replaces.
    await link(temporary, path);
  } catch (error) {
    if (hasCode(error, "EEXIST")) throw exists(path);
    // A file system without links: the name is taken first.
    await (await open(path, "wx")).close();
    await rename(temporary, path);
    return;
  }
  await rm(temporary);
}

/** `fallback` when the file is not there. */
export async function absent<Found, Fallback>(
  looking: Promise<Found>,
  fallback: Fallback,
): Promise<Found | Fallback> {
  try {
    return await looking;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return fallback;
    throw error;
  }
}

/** Is it a folder, or written as one? */
export async function isFolder(path: string): Promise<boolean> {
  if (path.endsWith("/") || path.endsWith(sep)) return true;
  return (await absent(stat(path), null))?.isDirectory() === true;
}

/** Writes all of `source`. How many bytes? */
async function writeAndClose(
  file: FileHandle,
  source: AsyncIterable<Uint8Array>,
  { mode, isDevice }: Destination,
): Promise<number> {
  try {
    let bytes = 0;
    for await (const chunk of source) {
      await file.writeFile(chunk);
      bytes += chunk.byteLength;
    }
    if (mode !== null) await file.chmod(mode);
    // Without it a loss of power could leave the name with an empty file.
    if (!isDevice) await file.datasync();
    return bytes;
  } finally {
    await file.close();
  }
}

/** An error as those of the file system are. */
export function fileError(code: string, problem: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${problem}: ${path}`), { code, path });
}

function exists(path: string): Error {
  return fileError("EEXIST", "the file exists, and is not to be replaced", path);
}

function hasCode(error: unknown, code: string): boolean {
  return isError(error) && "code" in error && error.code === code;
}
