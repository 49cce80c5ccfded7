import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Expiries } from "../../src/cookies/expiries.ts";

interface Item {
  readonly name: number;
  due: number;
}

function item(name: number): Item {
  return { name, due: Number.POSITIVE_INFINITY };
}

function taken(expiries: Expiries<Item>, now: number): number[] {
  const names: number[] = [];
  for (let next = expiries.take(now); next !== undefined; next = expiries.take(now)) names.push(next.name);
  return names;
}

describe("Expiries", () => {
  it("gives what is due, the earliest first, whatever was added, put forward and removed", () => {
    const step = fc.tuple(fc.nat(15), fc.option(fc.nat(100)));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.nat(100), (steps, now) => {
        const expiries = new Expiries<Item>();
        const items = Array.from({ length: 16 }, (_, at) => item(at));
        const due = new Map<number, number>();
        for (const [name, at] of steps) {
          const one = items[name] as Item; // there are as many
          if (at === null) {
            expiries.remove(one);
            due.delete(name);
          } else {
            expiries.add(one, at);
            due.set(name, Math.min(at, due.get(name) ?? at));
          }
        }
        const names = taken(expiries, now);
        const expected = [...due].filter(([, at]) => at <= now);
        expect(names).toHaveLength(expected.length);
        expect(new Set(names)).toEqual(new Set(expected.map(([name]) => name)));
        const times = names.map((name) => due.get(name) ?? Number.NaN);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(taken(expiries, 100).length).toBe(due.size - expected.length);
      }),
    );
  });

  it("asks a cookie that is prolonged all the time once only", () => {
    const expiries = new Expiries<Item>();
    const one = item(1);
    for (let at = 10; at < 1000; at++) expiries.add(one, at);
    expect(expiries.next).toBe(10);
    expect(taken(expiries, 2000)).toEqual([1]);
    expect(expiries.next).toBe(Number.POSITIVE_INFINITY);
  });

  it("does not keep those that left", async () => {
    setFlagsFromString("--expose_gc");
    const collectGarbage = runInNewContext("gc") as () => void; // the flag has made it
    const expiries = new Expiries<Item>();
    expiries.add(item(-1), 10_000);
    const held = Array.from({ length: 1000 }, (_, at) => {
      const one = item(at);
      expiries.add(one, 1000 + at);
      expiries.remove(one);
      return new WeakRef(one);
    });
    const count = (): number => {
      collectGarbage();
      return held.filter((one) => one.deref() !== undefined).length;
    };
    await expect.poll(count).toBeLessThan(100);
    expect(taken(expiries, 10_000)).toEqual([-1]);
  });
});
