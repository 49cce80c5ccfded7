/** Files of a test: in a folder of its own, which goes when the tests of the file are over. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** A folder that is there while the tests of this file run. */
export interface TemporaryFolder {
  /** Its path; `""` before the first test. */
  readonly path: string;
  /** A path in it at which nothing is yet. */
  readonly newPath: () => string;
}

/** Makes one. Call it once, outside of the tests. */
export function temporaryFolder(): TemporaryFolder {
  let path = "";
  let count = 0;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), "sojourn-test-"));
  });
  afterAll(async () => {
    await rm(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    newPath: () => join(path, `${++count}.json`),
  };
}
