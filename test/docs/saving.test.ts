/** docs/13-saving.md has all options, each on the side on which it is, and all words for what can be wrong with a file. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { rows } from "../../src/options/table.ts";
import { isKept } from "../../src/session/kept-settings.ts";
import { root } from "./pages.ts";

const page = await readFile(join(root, "docs/13-saving.md"), "utf8");

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([a-z]\w*)`/g)].map(([, name = ""]) => name);
}

describe("docs/13-saving.md", () => {
  it("names the options that are stored, and those that are not", () => {
    const [, stored = "", given = ""] =
      /^\| stored \| given each time \|\n.*\n\| (.*) \| (.*) \|$/m.exec(page) ?? [];
    const ofSession = Object.entries(rows)
      .filter(([name, { at }]) => at.session !== false && name !== "cookies")
      .map(([name]) => name);
    expect(namesIn(stored).toSorted()).toEqual(ofSession.filter(isKept).toSorted());
    expect(namesIn(given).toSorted()).toEqual(ofSession.filter((name) => !isKept(name)).toSorted());
  });

  it("has a row for each problem of a file", async () => {
    const source = await readFile(join(root, "src/core/session-store.ts"), "utf8");
    const [, union = ""] = /export type SessionFileProblem =(.*?);\n\n/s.exec(source) ?? [];
    const words = Array.from(union.matchAll(/^ {2}\| "([\w-]+)"/gm), ([, word = ""]) => word);
    expect(words).toContain("wrong-key");
    const [, table = ""] = /^\| `problem` \|.*\n.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
    expect(Array.from(table.matchAll(/^\| `([\w-]+)`/gm), ([, word]) => word)).toEqual(words);
  });
});
