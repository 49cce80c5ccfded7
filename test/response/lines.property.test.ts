import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineSplitter, type LineOptions } from "../../src/response/lines.ts";

const text = fc
  .array(fc.constantFrom("a", "b", "\n", "\r", "\r\n", "<", ">", "<>"), { maxLength: 40 })
  .map((parts) => parts.join(""));
const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 });
const options = fc.record(
  { delimiter: fc.constantFrom("\n", "<>", "a", "aa", "\r\n"), keepEnds: fc.boolean() },
  { requiredKeys: [] },
);

function lines(whole: string, sizes: readonly number[], how: LineOptions): string[] {
  const splitter = lineSplitter(how);
  const found: string[] = [];
  let rest = whole;
  for (const size of sizes) {
    found.push(...splitter.push(rest.slice(0, size)));
    rest = rest.slice(size);
  }
  return [...found, ...splitter.push(rest), ...splitter.end()];
}

describe("splitting into lines", () => {
  it("does not depend on where the text is cut", () => {
    fc.assert(
      fc.property(text, cuts, options, (whole, sizes, how) => {
        expect(lines(whole, sizes, how)).toEqual(lines(whole, [], how));
      }),
    );
  });

  it("is undone by joining, when the ends are kept", () => {
    fc.assert(
      fc.property(text, cuts, options, (whole, sizes, how) => {
        expect(lines(whole, sizes, { ...how, keepEnds: true }).join("")).toBe(whole);
      }),
    );
  });

  it("agrees with split() about a delimiter", () => {
    fc.assert(
      fc.property(text, cuts, fc.constantFrom("<>", "a", "aa"), (whole, sizes, delimiter) => {
        expect(lines(whole, sizes, { delimiter })).toEqual(whole === "" ? [] : whole.split(delimiter));
      }),
    );
  });

  it("leaves no line end in a line", () => {
    fc.assert(
      fc.property(text, cuts, (whole, sizes) => {
        expect(lines(whole, sizes, {}).join("")).not.toMatch(/[\r\n]/);
      }),
    );
  });
});
