/** What docs/sdks.md shows of each SDK stands so in the checks of `npm run sdks`, which run it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./pages.ts";

const page = await readFile(join(root, "docs/sdks.md"), "utf8");
const folder = join(root, "test/sdks");
const { dependencies } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>; // npm wants it so
};
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((section) => [section.slice(0, section.indexOf("\n")), section] as const);

const flat = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

describe("docs/sdks.md", () => {
  it("tells of each SDK that is checked", () => {
    const helper = "@octokit/request-error";
    const checked = Object.keys(dependencies).filter((name) => name !== helper);
    expect(sections.map(([name]) => name).toSorted()).toEqual(checked.toSorted());
  });

  it.for(sections)("shows of %s what runs", async ([name, section]) => {
    const files = (await readdir(folder)).filter((file) => file.endsWith(".ts"));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    const own = texts.filter((text) => text.includes(`from "${name}`)).map(flat);
    const blocks = [...section.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => flat(code));
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks)
      expect(
        own.some((text) => text.includes(block)),
        block,
      ).toBe(true);
  });
});

describe("docs/runtimes.md", () => {
  it("gives Jest the pattern that `npm run bundles` gives it", async () => {
    const [page, ways] = await Promise.all(
      ["docs/runtimes.md", "test/bundles/ways.ts"].map((path) => readFile(join(root, path), "utf8")),
    );
    const pattern = /transformIgnorePatterns: \[("[^"]+")\]/.exec(page ?? "")?.[1] ?? "no pattern";
    expect(ways).toContain(`ES_MODULES = ${pattern}`);
  });
});
