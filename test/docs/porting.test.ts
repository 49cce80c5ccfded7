/** What the porting pages have on the left of their tables of options is answered with what they have on the right. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { takeOfRequest, takeOfSession } from "../support/options.ts";
import { root } from "./pages.ts";

/** A name that others have, what stands beside it, and the row for the test's name. */
interface Told {
  readonly name: string;
  readonly ours: string;
  readonly row: string;
}

/** The rows of the first table below a heading. */
async function rowsOf(path: string, heading: string): Promise<string[][]> {
  const page = await readFile(join(root, path), "utf8");
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? "";
  const [table = ""] = /^\|.*\n(?:\|.*\n)+/m.exec(section) ?? [];
  return table
    .split("\n")
    .slice(2, -1)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Options in a cell: `auth: { … }` is one, `got.stream(url)`, `.buffer()` and packages are none. */
function optionsIn(cell: string): string[] {
  return [...cell.matchAll(/`([a-z_]\w*)(?=[:`=])[^`]*`/g)].map(([, name = ""]) => name);
}

/** Names of ours, in code. */
function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => code.match(/[A-Za-z]\w{2,}/g) ?? []);
}

async function toldBy(path: string, heading: string, columns: number): Promise<Told[]> {
  const rows = await rowsOf(path, heading);
  return rows.flatMap((row) =>
    row
      .slice(0, columns)
      .flatMap(optionsIn)
      .map((name) => ({ name, ours: row.slice(columns).join(" "), row: row.join(" | ") })),
  );
}

function messageOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const tables = [
  ...(await toldBy("docs/from-axios-got-fetch.md", "Options", 3)),
  ...(await toldBy("docs/from-requests.md", "Session", 1)),
  ...(await toldBy("docs/from-requests.md", "Options of a request", 1)),
];

describe("options of the porting pages", () => {
  it("are all found", () => {
    expect(tables.length).toBeGreaterThan(60);
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "baseURL",
        "searchParams",
        "https",
        "agent",
        "validateStatus",
        "allow_redirects",
      ]),
    );
  });

  it.for(tables)("$name: $row", ({ name, ours }) => {
    const answers = [
      messageOf(() => takeOfRequest({ [name]: undefined })),
      messageOf(() => takeOfSession({ [name]: undefined })),
    ];
    const words = namesIn(ours);
    // It is one of ours, at least of one of both: the row says what stands for it, be it another one.
    if (answers.includes(null)) return expect(words).not.toEqual([]);
    for (const answer of answers) {
      const advice = answer?.replace(JSON.stringify(name), "") ?? "";
      if (words.length === 0) expect(advice).toMatch(/browsers|cookies/);
      else expect(words.filter((word) => new RegExp(`\\b${word}\\b`).test(advice))).not.toEqual([]);
      expect(advice).not.toContain("known are");
    }
  });
});
