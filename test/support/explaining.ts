/** For tests of `session.explain()`: the environment that it is asked in, and what it says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";

import type { ExplainedHeader, Explanation, Source } from "../../src/index.ts";

/** An environment without proxies, bundles and a netrc file; a folder, and in it one of those, to be named. Call it once, outside of the tests. */
export function quietEnvironment(): { readonly folder: string; readonly netrc: string } {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sojourn-explain-"));
    writeFileSync(
      join(folder, "netrc"),
      "machine net.test login me password secret\ndefault login any password 0\n",
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/(?:_proxy|_ca_bundle|^netrc)$/i.test(name)) vi.stubEnv(name, undefined);
    vi.stubEnv("NETRC", join(folder, "none"));
  });
  afterEach(() => void vi.unstubAllEnvs());
  return {
    get folder() {
      return folder;
    },
    get netrc() {
      return join(folder, "netrc");
    },
  };
}

/** The header of this name, in lower case. */
export function headerOf(why: Explanation, name: string): ExplainedHeader {
  const found = why.headers.find((header) => header.name.toLowerCase() === name);
  if (found === undefined) throw new Error(`there is no header ${name}`);
  return found;
}

/** `layer`, `layer name`, or `layer name at`. */
export function shown({ layer, name, at }: Source): string {
  return [layer, name, at].filter((part) => part !== null).join(" ");
}
