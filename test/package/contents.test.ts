/** What `npm pack` puts into the package: its pages, whose links lead to files that are in it, too, and nothing of the tests. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { promisify } from "node:util";

import { beforeAll, describe, expect, it } from "vitest";

import { root } from "../docs/pages.ts";
import { linksOf } from "../docs/prose.ts";

/** Paths of the files, as `npm pack` lists them. */
async function packed(): Promise<string[]> {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: root, maxBuffer: 10_000_000 });
  const [contents] = Object.values(
    JSON.parse(stdout) as Readonly<Record<string, { readonly files: readonly { readonly path: string }[] }>>, // npm says so
  );
  return contents?.files.map(({ path }) => path) ?? [];
}

describe("the package", () => {
  let files: string[];

  beforeAll(async () => {
    files = await packed();
  }, 30_000);

  it("has its pages, and the programs that they link to", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/README.md",
        "docs/1-quickstart.md",
        "examples/quickstart/01-cookies.ts",
        "schema/session-1.schema.json",
      ]),
    );
  });

  it("has nothing of what only those need who work on it", () => {
    const others = files.filter(
      (path) => !/^(dist|docs|examples\/quickstart|schema)\/|^(package\.json|LICENSE|[A-Z]+\.md)$/.test(path),
    );
    expect(others).toEqual([]);
    expect(files).not.toContain("docs/parity.md");
  });

  it("is called in README.md what npm pack calls it", async () => {
    const { name, version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      readonly name: string; // npm wants it so
      readonly version: string;
    };
    const readme = await readFile(join(root, "README.md"), "utf8");
    const tarballs = [...readme.matchAll(/[\w.-]+\.tgz/g)].map(([tarball]) => tarball);
    expect(new Set(tarballs)).toEqual(new Set([`${name}-${version}.tgz`]));
    expect(readme).toMatch(/^npm ci && npm run quickstart\b/m);
    expect(readme).toMatch(/^npm ci && npm test\b/m);
  });

  it("has what its pages link to", async () => {
    const pages = files.filter((path) => path.endsWith(".md"));
    expect(pages.length).toBeGreaterThan(10);
    const dead: string[] = [];
    for (const page of pages) {
      for (const link of linksOf(await readFile(join(root, page), "utf8"))) {
        const [path = ""] = link.split("#");
        const target = path === "" ? page : posix.join(posix.dirname(page), path);
        const isThere = files.some(
          (file) => file === target || file.startsWith(`${target.replace(/\/$/, "")}/`),
        );
        if (!isThere) dead.push(`${page}: ${link}`);
      }
    }
    expect(dead).toEqual([]);
  });
});
