/** What pages and comments call a file by its name is there: a file that moves takes its mentions along. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

import { root } from "./pages.ts";

const find = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: root, exclude: (path) => path.includes("node_modules") }).toSorted();
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Folders from which a mention may be read, beside its own. */
const TOPS = ["", "src", "test"];

/** Mentions in backticks of files that are nowhere: by a path from one of the tops, or by a name in the folder of who says it. */
function lostIn(path: string, text: string): readonly string[] {
  const mentions = text.matchAll(/`((?:\w[\w.-]*\/)*\w[\w.-]*\.c?[tj]s)`/g);
  return Array.from(mentions, ([, mention = ""]) => mention).filter(
    (mention) => ![dirname(path), ...TOPS].some((top) => existsSync(join(root, top, mention))),
  );
}

describe("the files that are named", () => {
  // What a release says of files is not said again when they move. `architecture.test.ts` has the pages for who works here.
  const others = ["CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "DECISIONS.md"];
  const pages = [...find("*.md"), ...find("{docs,bench}/*.md")].filter((path) => !others.includes(path));
  it.for(pages)("on the page %s are there", (path) => {
    const paths = read(path).matchAll(/`((?:src|test|testing|docs|bench|examples)\/[\w./-]+)`/g);
    const lost = Array.from(paths, ([, named = ""]) => named).filter(
      (named) => !existsSync(join(root, named)),
    );
    // What is installed there may be absent.
    expect(lost.filter((named) => !named.includes("node_modules"))).toEqual([]);
  });

  it.for(find("{src,testing,bench,examples,test}/"))("in comments below %s are there", (top) => {
    const lost = find(`${top}/**/*.{ts,cts,cjs}`).flatMap((path) => {
      const comments = read(path).matchAll(/\/\*\*.*?\*\/|^\s*\/\/.*$/gms);
      return lostIn(path, Array.from(comments, ([comment]) => comment).join("\n")).map(
        (name) => `${path}: ${name}`,
      );
    });
    expect(lost).toEqual([]);
  });
});
