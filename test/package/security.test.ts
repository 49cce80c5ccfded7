/** SECURITY.md names the tests that show each promise: they must be there. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const text = await readFile(new URL("SECURITY.md", root), "utf8");
const { scripts } = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as {
  scripts: Record<string, string>;
};
const promises = text.split(/^(?=\d+\. \*\*)/m).slice(1);

describe("SECURITY.md", () => {
  it("has promises, numbered in order", () => {
    expect(promises.length).toBeGreaterThan(15);
    expect(promises.map((promise) => Number.parseInt(promise, 10))).toEqual(promises.map((_, at) => at + 1));
  });

  it.for(promises)("names a test for %s", (promise) => {
    expect(promise).toMatch(/\[`(?:test\/|npm run )/);
  });

  it.for([...new Set(text.match(/(?<=`)(?:test|src|docs)\/[^`]*(?=`)/g))])("%s is there", (path) => {
    expect(existsSync(new URL(path, root))).toBe(true);
  });

  it.for([...new Set(text.match(/(?<=`npm run )[\w:]+(?=`)/g))])("npm run %s is there", (script) => {
    expect(Object.keys(scripts)).toContain(script);
  });
});
