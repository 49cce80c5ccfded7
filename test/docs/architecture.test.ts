/** ARCHITECTURE.md and CONTRIBUTING.md tell of folders, files and names that are there, and of imports as the linter holds them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { root } from "./pages.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const architecture = read("ARCHITECTURE.md");

/** A row of the table of folders. */
interface Folder {
  readonly rank: number;
  readonly name: string;
  readonly imports: readonly string[];
}

const folders: readonly Folder[] = [
  ...architecture.matchAll(/^\| (\d) \| `(\w+)\/` \| [^|]+ \| ([^|]+) \|$/gm),
].reduce<readonly Folder[]>((above, [, rank = "", name = "", imports = ""]) => {
  const named = Array.from(imports.matchAll(/\w+(?=\/)/g), ([folder]) => folder);
  const all = imports === "all above" ? above.map((folder) => folder.name) : named;
  return [...above, { rank: Number(rank), name, imports: all }];
}, []);

const tree = readdirSync(join(root, "src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What of the linter's settings is of concern here. */
interface Override {
  readonly files: readonly string[];
  readonly rules: {
    readonly "no-restricted-imports"?: readonly [
      string,
      { readonly patterns: readonly { readonly group?: readonly string[]; readonly regex?: string }[] },
    ];
  };
}

const { overrides } = JSON.parse(read(".oxlintrc.json")) as { overrides: readonly Override[] };

/** Does a pattern with `*`, `**` and `{a,b}` fit all of the path? */
function fits(pattern: string, path: string): boolean {
  const source = pattern
    .replaceAll(/[.+]/g, "\\$&")
    .replaceAll(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(",", "|")})`)
    .replaceAll(/\*\*?/g, (stars) => (stars === "**" ? ".*" : "[^/]*"));
  return new RegExp(`^${source}$`).test(path);
}

/** Would the linter let a file of `from` import `../to/some.ts`? The last entry that fits a file holds for it. */
function isAllowed(from: string, to: string): boolean {
  const rule = overrides.findLast(
    ({ files, rules }) =>
      rules["no-restricted-imports"] !== undefined &&
      files.some((pattern) => fits(pattern, `src/${from}/some.ts`)),
  )?.rules["no-restricted-imports"];
  const imported = `../${to}/some.ts`;
  return (rule?.[1].patterns ?? []).every(({ group = [], regex }) => {
    if (regex !== undefined && new RegExp(regex).test(imported)) return false;
    const last = group.findLast((pattern) => {
      const bare = pattern.replace(/^!/, "");
      return fits(bare, imported) || fits(`${bare}/**`, imported);
    });
    return last === undefined || last.startsWith("!");
  });
}

/** Folders of src/ that files of a folder import. */
function importsOf(folder: string): readonly string[] {
  const files = readdirSync(join(root, "src", folder)).filter((name) => name.endsWith(".ts"));
  const paths = files.flatMap((name) =>
    Array.from(read(`src/${folder}/${name}`).matchAll(/"\.\.\/(\w+)\/[\w.-]+"/g), ([, path = ""]) => path),
  );
  return [...new Set(paths)];
}

describe("the table of folders in ARCHITECTURE.md", () => {
  it("has each folder of src/ once", () => {
    expect(folders.map(({ name }) => name).toSorted()).toEqual(tree.toSorted());
  });

  it.for(folders.map((folder, at) => [folder.name, folder, at] as const))(
    "lets %s import what stands above it, of a lower rank",
    ([, { rank, imports }, at]) => {
      const above = folders.slice(0, at).filter((folder) => folder.rank < rank);
      expect(above.map(({ name }) => name)).toEqual(expect.arrayContaining([...imports]));
    },
  );

  it.for(folders.map((folder) => [folder.name, folder] as const))(
    "says of %s what the linter says",
    ([name, { imports }]) => {
      const allowed = tree.filter((other) => other !== name && isAllowed(name, other));
      expect(allowed.toSorted()).toEqual(imports.toSorted());
    },
  );

  it.for(folders.map((folder) => [folder.name, folder] as const))("is true of %s", ([name, { imports }]) => {
    expect(imports).toEqual(expect.arrayContaining([...importsOf(name)]));
  });
});

/** Everything in backticks that looks like a path. */
function pathsIn(text: string): readonly string[] {
  const code = text.matchAll(/`([\w.@-]+\/[\w./@-]*|[\w-]+\.(?:ts|cjs|json|md))`/g);
  return [...new Set(Array.from(code, ([, path = ""]) => path))];
}

/** Where a path leads: from the top of the project, or from src/. */
function placeOf(path: string): string | undefined {
  return [path, `src/${path}`].find((place) => existsSync(join(root, place)));
}

describe.each(["ARCHITECTURE.md", "CONTRIBUTING.md", "DECISIONS.md"])("%s", (page) => {
  const text = read(page);

  it.for(pathsIn(text))("names %s, which is there", (path) => {
    // Packages, what is beside the project, and what is installed into it are no files of it.
    if (/^(?:sojourn|@|\.\.)|node_modules/.test(path)) return expect(path).not.toMatch(/\.ts$/);
    expect(placeOf(path)).toBeDefined();
  });

  it.for(
    [...text.matchAll(/`([\w./-]+\.ts)` \(([^)]*)\)/g)].map(([, path, names]) => [path, names] as const),
  )("names what is in %s: %s", ([path = "", names = ""]) => {
    const source = read(placeOf(path) ?? "");
    const identifiers = Array.from(names.matchAll(/`(#?\w+)`/g), ([, name = ""]) => name);
    const lost = identifiers.filter((name) => !new RegExp(`(?:^|[^\\w#])${name}\\b`).test(source));
    expect([identifiers.length > 0, lost]).toEqual([true, []]);
  });
});
