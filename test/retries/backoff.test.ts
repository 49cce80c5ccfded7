import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RetryOptions } from "../../src/retries/options.ts";
import { Retry, type FailedAttempt } from "../../src/retries/retry.ts";

const failed: FailedAttempt = {
  method: "GET",
  failure: { kind: "status", status: 503, retryAfter: null },
};

function backoffMs(failures: number, options: RetryOptions, random: number): number {
  return new Retry(
    options,
    Array.from({ length: failures }, () => failed),
  ).backoffMs(random);
}

const shape = { backoffFactor: 200, backoffMax: 120_000, backoffJitter: 0 };

describe("backoffMs", () => {
  // urllib3's test_backoff: nothing, nothing, then doubling.
  it.for([
    [0, 0],
    [1, 0],
    [2, 400],
    [3, 800],
    [4, 1600],
    [10, 102_400],
    [11, 120_000],
    [5000, 120_000],
  ] as const)("after %i failures is %i ms", ([failures, expected]) => {
    expect(backoffMs(failures, shape, 0.5)).toBe(expected);
  });

  it("is nothing without a factor, however many failures", () => {
    expect([2, 50, 5000].map((failures) => backoffMs(failures, { ...shape, backoffFactor: 0 }, 0.5))).toEqual(
      [0, 0, 0],
    );
  });

  it("adds jitter before it is capped", () => {
    const jittered = { ...shape, backoffJitter: 1000 };
    expect(backoffMs(2, jittered, 0)).toBe(400);
    expect(backoffMs(2, jittered, 0.25)).toBe(650);
    expect(backoffMs(11, jittered, 0.25)).toBe(120_000);
    expect(backoffMs(1, jittered, 0.25)).toBe(0);
    expect(backoffMs(5000, { ...jittered, backoffFactor: 0 }, 0.25)).toBe(250);
  });

  it("never shrinks and never exceeds its limit", () => {
    const positive = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        positive,
        positive,
        positive,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (factor, max, jitter, random) => {
          const given = { backoffFactor: factor, backoffMax: max, backoffJitter: jitter };
          const pauses = Array.from({ length: 40 }, (_, failures) => backoffMs(failures, given, random));
          expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
          expect(pauses.every((pause) => pause <= max)).toBe(true);
        },
      ),
    );
  });
});
