/**
 * The pages of the guide lead to places that exist, and name everything that the package exports.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as charset from "../../src/charset.ts";
import * as formats from "../../src/formats.ts";
import * as sojourn from "../../src/index.ts";
import * as oauth2 from "../../src/oauth2.ts";
import * as otel from "../../src/otel.ts";
import * as terminal from "../../src/terminal.ts";
import { readPages, root } from "./pages.ts";
import { linksOf, prose } from "./prose.ts";

const pages = await readPages();

/** The anchor that a heading gets on the usual forges. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}

describe("the pages", () => {
  it("are all in the list of docs/README.md", () => {
    const index = pages.find(({ path }) => path === "docs/README.md");
    const listed = new Set(linksOf(index?.text ?? ""));
    // The package does not have docs/parity.md, which is for those who work on it: it is named there, and no link.
    const others = ["docs/README.md", "docs/parity.md"];
    const names = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/"));
    expect(names.filter((name) => !others.includes(name) && !listed.has(name.slice(5)))).toEqual([]);
    expect(index?.text).toContain("`docs/parity.md`");
  });

  it.for(pages.map((page) => [page.path, page] as const))(
    "have links that lead somewhere: %s",
    async ([, page]) => {
      const broken: string[] = [];
      for (const link of linksOf(page.text)) {
        const [path = "", anchor] = link.split("#");
        const file = path === "" ? join(root, page.path) : join(root, dirname(page.path), path);
        if (!existsSync(file)) broken.push(link);
        else if (anchor !== undefined) {
          const headings = [...prose(await readFile(file, "utf8")).matchAll(/^#+ (.*)$/gm)];
          if (!headings.some(([, heading = ""]) => anchorOf(heading) === anchor)) broken.push(link);
        }
      }
      expect(broken).toEqual([]);
    },
  );

  it("name everything that the package exports", () => {
    const guide = pages.map(({ text }) => text).join("\n");
    const names = Object.keys({ ...sojourn, ...oauth2, ...charset, ...formats, ...otel, ...terminal });
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(guide))).toEqual([]);
  });
});
