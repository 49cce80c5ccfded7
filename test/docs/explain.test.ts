/** What docs/16-explain.md says that an explanation prints, it prints; and it has all words that there are. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Session } from "../../src/index.ts";
import { root } from "./pages.ts";

const page = await readFile(join(root, "docs/16-explain.md"), "utf8");

/** The words of a union of texts in a source, each with the comment above it or without. */
async function wordsOf(path: string, type: string): Promise<string[]> {
  const source = await readFile(join(root, path), "utf8");
  const [, union = ""] = new RegExp(`export type ${type} =(.*?);\n\n`, "s").exec(source) ?? [];
  return [...union.matchAll(/^ {2}\| "([\w-]+)"/gm)].map(([, word = ""]) => word);
}

describe("docs/16-explain.md", () => {
  it("shows the text of its first example", () => {
    const [, comments = ""] = /^console\.log\(String\(why\)\);\n((?:\/\/.*\n)+)/m.exec(page) ?? [];
    const lines = comments.split("\n").map((line) => line.replace(/^\/\/ ?/, ""));
    const session = new Session({
      trustEnv: false,
      baseUrl: "https://shop.example",
      headers: { Accept: "text/html", "X-Api-Key": "secret" },
      params: { lang: "en" },
      timeout: 5_000,
    });
    session.cookies.set("sid", "123", { domain: "shop.example" });
    session.cookies.set("admin", "456", { domain: "shop.example", path: "/admin" });
    session.scope("https://shop.example/cart", { headers: { Accept: "application/json" } });
    const told = String(session.explain("/cart", { params: { page: 2 } })).split("\n");
    const shown = lines.slice(0, lines.indexOf("…"));
    expect(shown.length).toBeGreaterThan(10);
    expect(told.slice(0, shown.length)).toEqual(shown);
  });

  it.for([
    ["src/core/source.ts", "SourceLayer"],
    ["src/core/cookie-store.ts", "CookieWithheldReason"],
    ["src/explain/data.ts", "DropReason"],
  ] as const)("explains each word of %s, %s", async ([path, type]) => {
    const words = await wordsOf(path, type);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => !page.includes(`\n| \`${word}\` |`))).toEqual([]);
  });
});
