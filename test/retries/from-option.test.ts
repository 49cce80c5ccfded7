import { describe, expect, it } from "vitest";
import { toPolicy } from "../../src/retries/from-option.ts";
import { Retry } from "../../src/retries/retry.ts";

describe("the option `retry`", () => {
  const mine = new Retry({ total: 1 });

  it.for([
    [undefined, undefined],
    [null, null],
    [false, null],
    [mine, mine],
  ] as const)("%s means %s", ([option, policy]) => {
    expect(toPolicy(option)).toBe(policy);
  });

  it.for([0, 3])("%i means so many retries, with one policy for all who say so", (count) => {
    const policy = toPolicy(count);
    expect(policy).toBeInstanceOf(Retry);
    expect(policy).toMatchObject({ settings: { total: count } });
    expect(toPolicy(count)).toBe(policy);
  });

  it.for([-1, 0.5, Number.NaN])("%d is no number of retries", (count) => {
    expect(() => toPolicy(count)).toThrow(RangeError);
  });
});
