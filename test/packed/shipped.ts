/** What lies in the package, and what the tools that check packages say of it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";

import { root } from "../support/packed.ts";
import { filesOfPackage, read, run, type Check, type Project } from "./project.ts";

/** All of them. */
export const shipped: readonly Check[] = [
  { name: "nothing in the package speaks of how it was made", run: asides },
  { name: "every map brings its sources", run: maps },
  { name: "publint", run: ({ folder }) => linted(folder) },
  { name: "@arethetypeswrong/cli", run: typesAreRight },
];

/** Numbers of rows of a ledger, rules of the house about imports, issues. */
const ASIDE = /\b(?:PARITY|CVE-PLAN)\b|\bMay import\b|\b[A-Z]{2,5}-\d{1,3}\b(?!\d)/g;
/** Names of that form that are others': charsets, ciphers, hashes, cookies, advisories. */
const OTHERS = /^(?:UTF|ISO|SHA|MD|TLS|RFC|CVE|GHSA|IEEE|GB|EUC|KOI|PKCS|BASE|SPKI|HTTP|ISO|US)-/;

function asides(project: Project): string[] {
  const files = filesOfPackage(project).filter((file) => /\.(?:d\.[cm]?ts|[cm]?js)$/.test(file));
  const faults = files.flatMap((file) => {
    const found = [...read(project, join("node_modules/sojourn", file)).matchAll(ASIDE)]
      .map(([text]) => text)
      .filter((text) => !OTHERS.test(text));
    return found.length === 0 ? [] : [`${file}: ${[...new Set(found)].join(", ")}`];
  });
  return files.length < 20 ? [`there are only ${files.length} files`] : faults;
}

/** One without them leads an editor to a file that is not there. */
function maps(project: Project): string[] {
  const files = filesOfPackage(project);
  const faults = files
    .filter((file) => file.endsWith(".map"))
    .filter((file) => {
      const map = JSON.parse(read(project, join("node_modules/sojourn", file))) as {
        readonly sources: readonly string[];
        readonly sourcesContent?: readonly (string | null)[];
      };
      return map.sources.some((_, at) => typeof map.sourcesContent?.[at] !== "string");
    });
  const named = files.filter((file) => {
    if (!/\.(?:d\.[cm]?ts|[cm]?js)$/.test(file)) return false;
    const [, map] =
      /\/\/# sourceMappingURL=(\S+)/.exec(read(project, join("node_modules/sojourn", file))) ?? [];
    return map !== undefined && !files.includes(join(file, "..", map));
  });
  return [
    ...faults.map((file) => `${file} has none`),
    ...named.map((file) => `${file} names a map that is not there`),
  ];
}

async function linted(folder: string): Promise<string[]> {
  const place = join(folder, "node_modules/sojourn");
  const { output, code } = await run({ folder }, join(root, "node_modules/publint/src/cli.js"), [
    place,
    "--strict",
    "--level",
    "suggestion",
  ]);
  return code === 0 && !/Warnings:|Errors:|Suggestions:/.test(output) ? [] : [output];
}

/**
 * All entry points, in all ways. What it says of CommonJS is no fault: a `require` of an ES module works in every Node that the
 * package is for.
 */
async function typesAreRight({ folder }: Project): Promise<string[]> {
  const into = mkdtempSync(join(folder, "tarball-"));
  const tarball = execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", into], {
    cwd: root,
    encoding: "utf8",
  }).trim();
  const { output, code } = await run({ folder }, "@arethetypeswrong/cli/dist/index.js", [
    join(into, tarball),
    "--ignore-rules",
    "cjs-resolves-to-esm",
    "--no-color",
    "--no-emoji",
  ]);
  return code === 0 ? [] : [output];
}
