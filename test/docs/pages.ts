/**
 * The pages of the guide and the README, and the examples in them: every block that is marked as TypeScript.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printsOf } from "./printed.ts";

/** Where README.md and docs/ are. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** A block of TypeScript in a page. */
interface Example {
  /** Counted from 1, in its page. */
  readonly number: number;
  /** Line of the page at which its code begins, from 1. */
  readonly line: number;
  readonly code: string;
  /** `false` for blocks marked `ts ignore`: they are compiled, and not run. */
  readonly runs: boolean;
  /** What stands as a comment behind calls of `console.log`, in order: what they print. */
  readonly prints: readonly string[];
}

/** A page of text. */
export interface Page {
  /** Path from the root, such as `docs/1-quickstart.md`. */
  readonly path: string;
  readonly text: string;
  readonly examples: readonly Example[];
}

/** README.md, then the pages of docs/ by name. */
export async function readPages(): Promise<Page[]> {
  const names = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  const paths = ["README.md", ...names.sort().map((name) => `docs/${name}`)];
  return await Promise.all(paths.map(readPage));
}

async function readPage(path: string): Promise<Page> {
  const text = await readFile(join(root, path), "utf8");
  const blocks = [...text.matchAll(/^```ts( ignore)?\n(.*?)^```$/gms)];
  const examples = blocks.map(([, mark, code = ""], at): Example => {
    const before = text.slice(0, blocks[at]?.index);
    return {
      number: at + 1,
      line: before.split("\n").length + 1,
      code,
      runs: mark === undefined,
      prints: printsOf(code),
    };
  });
  return { path, text, examples };
}
