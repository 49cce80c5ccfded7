/** Where session files are: a name stands for a file in the folder of the user's sessions, a path for any other. */
import { homedir } from "node:os";
import { basename, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { mustBe } from "../core/checks.ts";
import { isUrl } from "../core/realm.ts";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
/** What Windows takes for devices, whatever stands behind the dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** A path that says that it is one. */
const PATH = /^\.{1,2}[/\\]/;
const SUFFIX = ".json";
/** Of the 255 that file systems give a name, less what stands behind it: `.holder`. */
const MOST_NAME_BYTES = 248;

/** Of the environment, what says where the folder is. */
export interface Whereabouts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** Those of this process. */
export function here(): Whereabouts {
  return { env: process.env, platform: process.platform, home: homedir() };
}

/**
 * The folder of the user's sessions: `sessions` in `SOJOURN_HOME`; else in a folder `sojourn` where programs keep what should outlive them
 * (`XDG_STATE_HOME`, `~/Library/Application Support`, `LOCALAPPDATA`).
 */
export function sessionsFolder({ env, platform, home }: Whereabouts): string {
  const { SOJOURN_HOME: own, XDG_STATE_HOME: xdg, LOCALAPPDATA: local } = env;
  if (own !== undefined && own !== "") return join(resolve(own), "sessions");
  switch (platform) {
    case "darwin":
      return join(home, "Library", "Application Support", "sojourn", "sessions");
    case "win32":
      return join(
        local === undefined || local === "" ? join(home, "AppData", "Local") : local,
        "sojourn",
        "sessions",
      );
    default: {
      // One that is not absolute is to be ignored (XDG Base Directory Specification).
      const state = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".local", "state");
      return join(state, "sojourn", "sessions");
    }
  }
}

/** A file, and whether it is in the folder of the user's sessions: that folder is ours. */
export interface Place {
  readonly path: string;
  readonly isNamed: boolean;
}

/**
 * The file that a name or a path stands for.
 *
 * @throws {TypeError} for what is neither.
 */
export function placeOf(given: string | URL, whereabouts: Whereabouts): Place {
  const isFile = isUrl(given) && given.protocol === "file:";
  if (isFile) return { path: assertShort(fileURLToPath(given)), isNamed: false };
  if (typeof given !== "string")
    throw mustBe("what Session.open() opens", "a name, a path, a file: URL or a SessionStore", given);
  if (isAbsolute(given) || PATH.test(given)) return { path: assertShort(resolve(given)), isNamed: false };
  assertName(given);
  return { path: join(sessionsFolder(whereabouts), given + SUFFIX), isNamed: true };
}

/** Beside it stand files with longer names. @throws {RangeError} */
function assertShort(path: string): string {
  const bytes = Buffer.byteLength(basename(path));
  if (bytes > MOST_NAME_BYTES)
    throw new RangeError(
      `the name of a session's file must have at most ${MOST_NAME_BYTES} bytes, not ${bytes}`,
    );
  return path;
}

/** @throws {TypeError} unless a session can be called so. */
export function assertName(name: unknown): asserts name is string {
  const allowed = "1 to 64 letters, digits, dots, dashes and underscores, and begin with no dot or dash";
  if (typeof name !== "string") throw mustBe("the name of a session", allowed, name);
  if (name.endsWith(SUFFIX) && NAME.test(name))
    throw new TypeError(
      `the name of a session must not end with "${SUFFIX}": write ${JSON.stringify(`./${name}`)} for a file, or ${JSON.stringify(name.slice(0, -SUFFIX.length))}`,
    );
  if (!NAME.test(name) || DEVICE.test(name))
    throw new TypeError(
      `the name of a session must be ${allowed}, not ${JSON.stringify(name)}; ${adviceFor(name)}`,
    );
}

/** What to write for what is no name. */
function adviceFor(text: string): string {
  if (text.startsWith("~"))
    return "a path has the home folder in full: join(homedir(), …) of node:os and node:path";
  if (/^file:/i.test(text)) return "a file: URL is given as a URL: new URL(…)";
  return 'a path begins with "/", "./" or "../"';
}

/** The name that a file in the folder has; `null` when it is no session's. */
export function nameOf(file: string): string | null {
  if (!file.endsWith(SUFFIX)) return null;
  const name = file.slice(0, -SUFFIX.length);
  return NAME.test(name) && !DEVICE.test(name) && !name.endsWith(SUFFIX) ? name : null;
}
