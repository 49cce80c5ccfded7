/**
 * What is around a case: the process's environment, and what must be as it was afterwards.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Case } from "./kit.ts";

/** Does some work in the environment of a case: its variables and its netrc file, and nothing of this machine's. */
export async function withEnvironment<Result>(
  { env, netrc }: Case,
  work: () => Promise<Result>,
): Promise<Result> {
  const saved = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), "sojourn-hostile-home-"));
  const file = join(folder, "netrc");
  writeFileSync(file, netrc ?? "", { mode: 0o600 });
  for (const name of Object.keys(process.env)) {
    if (/_proxy$|^(?:REQUESTS|CURL)_CA_BUNDLE$/i.test(name)) delete process.env[name];
  }
  Object.assign(process.env, env, { NETRC: file });
  try {
    return await work();
  } finally {
    for (const name of Object.keys(process.env)) if (!Object.hasOwn(saved, name)) delete process.env[name];
    Object.assign(process.env, saved);
    rmSync(folder, { recursive: true });
  }
}

/** Does some work, and adds to its complaints what it broke besides: prototypes that grew, errors that nobody caught. */
export async function withInvariants(work: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const before = names();
  const uncaught: string[] = [];
  const note = (reason: unknown): void => {
    uncaught.push(`an error that nobody caught: ${String(reason)}`);
  };
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  try {
    const complaints = await work();
    const added = names().filter((name) => !before.includes(name));
    return [...complaints, ...added.map((name) => `a prototype got ${name}`), ...uncaught];
  } finally {
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
  }
}

/** All that every object and array has. */
function names(): string[] {
  return [Object.prototype, Array.prototype, Function.prototype].flatMap((prototype) =>
    Reflect.ownKeys(prototype).map(String),
  );
}
