/** The axis of time, its lines, and what of the time it shows. */
import { describe, expect, it } from "vitest";

import { Axis, roundStep } from "../../src/report/page/axis.ts";
import { messageOf, type Message } from "../../src/report/page/message.ts";
import { firstView, shownSpan, within, zoomed } from "../../src/report/page/time-view.ts";
import { entryOf, START } from "./entries.ts";

const HOUR = 3_600_000;

describe("the axis", () => {
  const axis = new Axis({ from: 1000, to: 3000 }, 10, 400);

  it("puts moments where they belong, and finds them again", () => {
    expect([1000, 2000, 3000].map((at) => axis.x(at))).toEqual([10, 210, 410]);
    expect([10, 210, 410].map((x) => axis.time(x))).toEqual([1000, 2000, 3000]);
  });

  it.for([
    [0.3, 0.5],
    [1, 1],
    [1.1, 2],
    [3, 5],
    [51, 100],
    [700, 1000],
    [12_000, 20_000],
    [25_000, 30_000],
    [40_000, 60_000],
    [90_000, 120_000],
    [5_000_000, 7_200_000],
  ])("steps at least %i ms wide: %i", ([least = 0, expected = 0]) => {
    expect(roundStep(least)).toBeCloseTo(expected, 9);
  });

  it.for([
    [{ from: 0, to: 1000 }, 400, ["0", "200 ms", "400 ms", "600 ms", "800 ms", "1.0 s"]],
    [{ from: 0, to: 2.2 }, 400, ["0", "0.5 ms", "1.0 ms", "1.5 ms", "2.0 ms"]],
    [{ from: 0, to: 30_000 }, 400, ["0", "5 s", "10 s", "15 s", "20 s", "25 s", "30 s"]],
    [{ from: 0, to: 0 }, 400, ["0"]],
    [{ from: 0, to: 36 * HOUR }, 400, ["0", "6 h 0 min", "12 h 0 min", "18 h 0 min", "24 h 0 min"]],
    [{ from: 0, to: 2000 * 24 * HOUR }, 400, ["0", "500 d 0 h", "1,000 d 0 h", "1,500 d 0 h"]],
  ] as const)("has lines at round times, with a unit: %o", ([span, width, labels]) => {
    const shown = new Axis(span, 0, width).ticks(0, 60).map(({ label }) => label);
    expect(shown.slice(0, labels.length)).toEqual(labels);
  });

  it("counts from the beginning of the log, not from what is in sight", () => {
    const [first] = axis.ticks(500, 100);
    expect(first).toEqual({ at: 500, label: "500 ms" });
  });

  it("has a bounded number of lines, however far one zooms", () => {
    expect(new Axis({ from: 0, to: 1e9 }, 0, 1e6).ticks(0, 1).length).toBeLessThanOrEqual(200);
  });
});

describe("what of the time is to be seen", () => {
  const message = (id: number, at: number, wait: number): Message =>
    messageOf(entryOf({ id, at, timings: { wait } }));
  const all = { from: START, to: START + 1000 };
  const inSight = [message(1, 100, 50), message(2, 120, 200)];

  it.for([
    ["all of it", { scale: "log", zoom: null }, all],
    [
      "a part",
      { scale: "log", zoom: { from: START + 5, to: START + 9 } },
      { from: START + 5, to: START + 9 },
    ],
    ["what the rows need", { scale: "rows", zoom: null }, { from: START + 100, to: START + 320 }],
    ["each from its beginning", { scale: "aligned", zoom: null }, { from: 0, to: 200 }],
  ] as const)("%s", ([, view, expected]) => {
    expect(shownSpan(view, all, inSight)).toEqual(expected);
  });

  it("is all of it where no rows are in sight", () => {
    expect(shownSpan({ scale: "rows", zoom: null }, all, [])).toEqual(all);
  });

  it("goes nearer around the middle, and back to all of it", () => {
    const near = zoomed(all, all, 2);
    expect(near).toEqual({ from: START + 250, to: START + 750 });
    expect(zoomed(near ?? all, all, 1 / 2)).toBe(null);
  });

  it("never leaves the log", () => {
    expect(within({ from: START - 300, to: START + 100 }, all)).toEqual({ from: START, to: START + 400 });
    expect(within({ from: START + 900, to: START + 1300 }, all)).toEqual({
      from: START + 600,
      to: START + 1000,
    });
  });

  it("begins with all of few messages, and with the rows in sight of many", () => {
    expect([firstView(20).scale, firstView(3000).scale]).toEqual(["log", "rows"]);
  });
});
