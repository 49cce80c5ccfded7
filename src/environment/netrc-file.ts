/**
 * Finds and reads the netrc file, and tells the user of what is wrong with it.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import type { NetrcFile } from "../core/environment.ts";
import { Memo } from "../core/memo.ts";
import { isError } from "../core/realm.ts";
import { firstFilled, type Variables } from "./variables.ts";

/** How many lines are named. */
const MOST_LINES = 5;

/** Each session would give its own. */
const warned = new Memo<string, true>(100);

/** Hears what is wrong with a file. Never with a word of it: that may be a part of a password. */
type Warn = (message: string) => void;

/** `NETRC` names the file, and no other is looked for then. The first file that there is counts. */
export function readNetrc(env: Variables, warn: Warn = warnOnce): NetrcFile | null {
  const home = firstFilled(env, ["HOME", "USERPROFILE"]) ?? homedir();
  const named = env["NETRC"];
  const paths =
    named === undefined
      ? [join(home, ".netrc"), join(home, "_netrc")]
      : [named.replace(/^~(?=[/\\]|$)/, () => home)];
  for (const path of paths) {
    const bytes = contentsOf(path, named === undefined ? null : warn);
    if (bytes !== undefined) return bytes === null ? null : { path, ...fileOf(path, bytes, warn) };
  }
  return null;
}

/**
 * The bytes of a file; `undefined` when there is none. A file that cannot be read counts as one that says nothing, as in
 * requests: it is not ours, and other programs may have locked it away on purpose. Of one that the user named
 * the user is told: a folder, for example, is a mistake.
 *
 * @param warn `null`: nobody named it.
 */
function contentsOf(path: string, warn: Warn | null): Buffer | null | undefined {
  // Mostly there is none, and an error costs ten times as much as to look.
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    const code = isError(error) && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    warn?.(`NETRC names ${path}, which cannot be read (${code}): no request gets credentials of it`);
    return null;
  }
}

/** Windows writes UTF-16, too, with a mark in front. What is no UTF-8 is taken byte by byte, as curl does it. */
function fileOf(path: string, bytes: Buffer, warn: Warn): Omit<NetrcFile, "path"> {
  const tell = (lines: readonly number[]): void => {
    const more = lines.length > MOST_LINES ? " and more" : "";
    const where = `${lines.length === 1 ? "line" : "lines"} ${lines.slice(0, MOST_LINES).join(", ")}${more}`;
    warn(
      `${path}, ${where}: there is something that netrc does not know or that lacks its value; it is skipped, and the rest counts`,
    );
  };
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: decoded(bytes, "utf-16le"), charset: "utf8", tell };
  if (first === 0xfe && second === 0xff) return { text: decoded(bytes, "utf-16be"), charset: "utf8", tell };
  try {
    return { text: decoded(bytes, "utf-8"), charset: "utf8", tell };
  } catch {
    return { text: bytes.toString("latin1"), charset: "latin1", tell };
  }
}

function decoded(bytes: Buffer, charset: string): string {
  return new TextDecoder(charset, { fatal: charset === "utf-8" }).decode(bytes);
}

function warnOnce(message: string): void {
  if (warned.get(message)) return;
  warned.set(message, true);
  process.emitWarning(message, { type: "NetrcWarning", code: "SOJOURN_NETRC" });
}
