/** Writes a report to a file, whole or not at all, for its owner alone: what was sent and received is nobody else's business. */
import { randomBytes } from "node:crypto";
import { open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { HarLog } from "../record/har-types.ts";
import { reportHtml } from "./report.ts";

/** For its owner alone. */
const OWNERS = 0o600;

/**
 * Writes the report of a log, mode 0600. A file that is there is replaced; whoever reads it sees the old one or the new one, never a part.
 *
 * @param to where; of a link, the file that it leads to.
 * @throws {TypeError} for a URL of another scheme than `file:`.
 * @throws what the system says: the folder is not there, nothing may be written. Then the file is as it was.
 */
export async function writeReport(log: HarLog, to: string | URL): Promise<void> {
  const path = typeof to === "string" ? to : fileURLToPath(to);
  const html = reportHtml(log);
  // A rename would put the file in the place of a link.
  const target = await realpath(path).catch(() => resolve(path));
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  // "x": it follows no link that somebody put there.
  const file = await open(temporary, "wx", OWNERS);
  try {
    try {
      await file.writeFile(html);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
