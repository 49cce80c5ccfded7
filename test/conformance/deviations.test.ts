/** The list of deviations: each has its reason, its row of PARITY.md, and a test of the better behaviour. */
import { existsSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { loadDeviations } from "./deviations.ts";

const ROW =
  /^(?:FN|SES|MRG|ENV|REQ|PRE|URL|PAR|BOD|MPT|HDR|RED|RSP|STR|DEC|ENC|COO|AUT|NET|DIG|ADP|TLS|PRX|TMO|RTY|HOOK|EXC|DATA|COD|UTL|SEC|BUG|FEA)-\d+$/;
const root = new URL("../../", import.meta.url);

describe("deviations.json", () => {
  const entries = Object.entries(loadDeviations());

  it("lists them in the order of their ids", () => {
    const ids = entries.map(([id]) => id);
    expect(ids).toEqual(ids.toSorted());
  });

  it.for(entries)("%s names a row, a reason, places and a test that exists", ([, deviation]) => {
    const { row, reason, test, paths } = deviation;
    for (const one of row.split(", ")) expect(one).toMatch(ROW);
    expect(reason).toMatch(/^\p{Lu}.{20,}\.$/u);
    expect(paths.length).toBeGreaterThan(0);

    const [file = "", ...names] = test.split(" › ");
    expect(file).toMatch(/^test\/.+\.test\.ts$/);
    expect(existsSync(new URL(file, root)), file).toBe(true);
    const source = readFileSync(new URL(file, root), "utf8");
    expect(names).not.toEqual([]);
    for (const name of names) expect(source).toContain(JSON.stringify(name));
  });
});
