/** Which rows are in sight, and where they stand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Strip } from "../../src/report/page/strip.ts";

describe("a strip of rows", () => {
  const even = new Strip(1000, () => 28);
  const uneven = new Strip(4, (row) => [34, 90, 34, 50][row] ?? 0);

  it.for([
    ["nothing scrolled", even, 0, 280, { first: 0, last: 10 }],
    ["half a row scrolled", even, 14, 280, { first: 0, last: 10 }],
    ["in the middle", even, 2800, 280, { first: 100, last: 110 }],
    ["at the end", even, 28_000 - 280, 280, { first: 990, last: 999 }],
    ["too far", even, 99_999, 280, { first: 1000, last: 999 }],
    ["above the beginning, as when a page springs back", even, -50, 280, { first: 0, last: 8 }],
    ["uneven rows", uneven, 40, 60, { first: 1, last: 1 }],
    ["to the edge of a row", uneven, 34, 90, { first: 1, last: 2 }],
    ["no rows", new Strip(0, () => 28), 0, 280, { first: 0, last: -1 }],
  ] as const)("%s", ([, strip, top, height, expected]) => {
    expect(strip.window(top, height)).toEqual(expected);
  });

  it("has some more rows on both sides when it is asked to, and none that are not there", () => {
    expect([even.window(2800, 280, 4), even.window(0, 280, 4), even.window(28_000 - 280, 280, 4)]).toEqual([
      { first: 96, last: 114 },
      { first: 0, last: 14 },
      { first: 986, last: 999 },
    ]);
  });

  it.for([
    ["is in sight", 12, 280, 280],
    ["above", 3, 280, 84],
    ["below", 30, 280, 588],
  ] as const)("scrolls no more than it must to a row that is %s", ([, row, top, expected]) => {
    expect(even.reveal(row, top, 280)).toBe(expected);
  });

  it("has every place in the row that says so, whatever the heights", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), fc.nat(), (heights, n) => {
        const strip = new Strip(heights.length, (row) => heights[row] ?? 0);
        const y = n % strip.height;
        const row = strip.at(y);
        expect(strip.top(row)).toBeLessThanOrEqual(y);
        expect(strip.top(row) + strip.heightOf(row)).toBeGreaterThan(y);
      }),
    );
  });
});
