/**
 * A process that opens a stored session, changes it and saves it, and says what came of that: a line of JSON each time. It saves once, and
 * once more for each line that it is sent; at the end of its input it ends.
 *
 * `saver.ts PATH COOKIES [UID [ACCESS]]`: so many cookies of a kilobyte; as the user with that number, when root starts it.
 */
import { createInterface } from "node:readline";

import { Session, SessionFileError, SessionLockedError } from "../../src/index.ts";

/** What it says. */
export interface Said {
  /** What was thrown; `null` for nothing. */
  readonly name: string | null;
  readonly message?: string;
  readonly path?: string;
  readonly problem?: string;
  /** Of the system's error behind it. */
  readonly cause?: string;
  readonly cookies?: number;
}

const [place = "", cookies = "1", uid = "", access = "read-write"] = process.argv.slice(2);

function say(said: Said): void {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

function saidOf(error: unknown): Said {
  if (!(error instanceof Error)) return { name: String(error) };
  const { name, message, cause } = error;
  const code = cause instanceof Error && "code" in cause ? { cause: String(cause.code) } : {};
  if (error instanceof SessionFileError)
    return { name, message, path: error.path, problem: error.problem, ...code };
  return error instanceof SessionLockedError ? { name, message, path: error.path } : { name, message };
}

if (uid !== "" && process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}

try {
  const session = await Session.open(place, {
    save: "manual",
    access: access === "read-only" ? "read-only" : "read-write",
  });
  if (access === "read-only") say({ name: null, cookies: session.cookies.size });
  else {
    for (let at = 0; at < Number(cookies); at++)
      session.cookies.set(`c${at}`, "x".repeat(1024), { domain: "shop.example" });
    const save = (): Promise<void> =>
      session.save().then(
        () => say({ name: null, cookies: session.cookies.size }),
        (error: unknown) => say(saidOf(error)),
      );
    await save();
    for await (const _ of createInterface({ input: process.stdin })) await save();
  }
  await session.close();
} catch (error) {
  say(saidOf(error));
}
