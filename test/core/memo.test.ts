import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Memo } from "../../src/core/memo.ts";

const LIMIT = 10;

function filled(...keys: readonly number[]): Memo<number, string> {
  const memo = new Memo<number, string>(LIMIT);
  for (const key of keys) memo.set(key, String(key));
  return memo;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

function known(memo: Memo<number, string>, keys: readonly number[]): number[] {
  return keys.filter((key) => memo.get(key) !== undefined);
}

describe("Memo", () => {
  it("makes a value once", () => {
    const memo = new Memo<string, string>(LIMIT);
    const asked: string[] = [];
    const make = (key: string): string => `${key}${asked.push(key)}`;
    expect(["a", "b", "a", "b", "a"].map((key) => memo.getOrMake(key, make))).toEqual([
      "a1",
      "b2",
      "a1",
      "b2",
      "a1",
    ]);
  });

  it("has the value that was set last", () => {
    const memo = filled(...range(0, 8));
    memo.set(0, "again");
    expect(memo.get(0)).toBe("again");
    expect(memo.getOrMake(0, () => "made")).toBe("again");
  });

  it("knows falsy values", () => {
    const memo = new Memo<string, number | boolean | string>(LIMIT);
    for (const value of [0, false, ""]) {
      memo.set("key", value);
      expect(memo.getOrMake("key", () => "made")).toBe(value);
    }
  });

  it("keeps nothing of a make that throws", () => {
    const memo = filled();
    const failing = (): string => {
      throw new Error("no value");
    };
    expect(() => memo.getOrMake(1, failing)).toThrow("no value");
    expect(memo.get(1)).toBeUndefined();
    expect(memo.getOrMake(1, () => "made")).toBe("made");
  });

  it("forgets what was set longest ago", () => {
    expect(known(filled(...range(0, 5)), range(0, 5))).toEqual(range(0, 5));
    expect(known(filled(...range(0, 1000)), range(0, 990))).toEqual([]);
    expect(filled(...range(0, 1000)).get(999)).toBe("999");
  });

  it("keeps what is asked for, however many others come", () => {
    const memo = filled(-1);
    for (const key of range(0, 1000)) {
      memo.set(key, String(key));
      if (key % 4 === 0) expect(memo.get(-1)).toBe("-1");
    }
  });

  it("forgets all when it is told to", () => {
    const memo = filled(...range(0, 8));
    memo.clear();
    expect(known(memo, range(0, 8))).toEqual([]);
  });

  it("holds at most its limit, and the keys of the last half for certain", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), (keys) => {
        const memo = new Memo<number, { readonly key: number }>(LIMIT);
        const values = new Map<number, { readonly key: number }>();
        for (const [at, key] of keys.entries()) {
          const value = memo.getOrMake(key, () => ({ key }));
          expect(value.key).toBe(key);
          const latest = [...new Set(keys.slice(0, at).toReversed())].slice(0, LIMIT / 2);
          if (latest.includes(key)) expect(value).toBe(values.get(key));
          values.set(key, value);
        }
        const held = [...values].filter(([key, value]) => memo.get(key) === value);
        expect(held.length).toBeLessThanOrEqual(LIMIT);
      }),
    );
  });
});
