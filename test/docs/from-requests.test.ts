/** docs/from-requests.md tells of every public name of requests, and of everything that behaves differently on purpose. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { codes } from "../../src/index.ts";
import { loadDeviations } from "../conformance/deviations.ts";
import { root } from "./pages.ts";
import { requestsCodes, requestsNames } from "./requests-names.ts";

const page = await readFile(join(root, "docs/from-requests.md"), "utf8");
/** What stands between backticks. */
const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);
const names = new Set(code.flatMap((text) => [text, ...text.split(/[^\w-]+/), ...text.split(/\W+/)]));
const prose = page.replaceAll(/\s+/g, " ");

const ours: Readonly<Record<string, number>> = codes;

describe("docs/from-requests.md", () => {
  it.for(Object.entries(requestsNames))("has all names of %s", ([, list]) => {
    const wanted = list.trim().split(/\s+/);
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  it("has each name of a status, unless it is ours", () => {
    const missing = Object.entries(requestsCodes).flatMap(([status, list]) =>
      list.split(" ").filter((name) => ours[camelCase(name)] !== Number(status) && !names.has(name)),
    );
    expect(missing).toEqual([]);
  });

  it.for(Object.entries(loadDeviations()))("tells of the deviation %s", ([, { told }]) => {
    expect(told.length).toBeGreaterThan(15);
    expect(prose).toContain(told);
  });
});

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
