import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HeaderMap } from "../../src/core/headers.ts";

type Line = readonly [name: string, value: string];

const name = fc.constantFrom("A", "a", "B", "b", "C", "X-7", "x-7", "X-70");
const value = fc.constantFrom("1", "2", "3");
const step = fc.oneof(
  fc.record({ set: fc.tuple(name, fc.oneof(value, fc.constant(null), fc.array(value, { maxLength: 80 }))) }),
  fc.record({ append: fc.tuple(name, value) }),
  fc.record({ remove: name }),
  fc.record({ update: fc.array(fc.tuple(name, value), { maxLength: 4 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Fields enough to be kept by name; or few, which are scanned. */
const start = fc
  .constantFrom(0, 3, 63, 64, 65, 200)
  .map((size) => Array.from({ length: size }, (_, at): Line => [`X-${at}`, String(at)]));

function isNamed(asked: string): (line: Line) => boolean {
  return ([one]) => one.toLowerCase() === asked.toLowerCase();
}

/** What `set` says, done to a list. */
function setLines(lines: Line[], asked: string, values: readonly string[]): Line[] {
  const place = lines.findIndex(isNamed(asked));
  const fresh = values.map((one): Line => [asked, one]);
  const others = lines.filter((line) => !isNamed(asked)(line));
  const before =
    place === -1 ? others.length : lines.slice(0, place).filter((line) => !isNamed(asked)(line)).length;
  return [...others.slice(0, before), ...fresh, ...others.slice(before)];
}

function changed(lines: Line[], one: Step): Line[] {
  if ("append" in one) return [...lines, one.append];
  if ("remove" in one) return lines.filter((line) => !isNamed(one.remove)(line));
  if ("update" in one) return updated(lines, one.update);
  const [asked, given] = one.set;
  return setLines(lines, asked, given === null ? [] : typeof given === "string" ? [given] : given);
}

/** Each name of `pairs` replaces what is there, with all its values, under its first spelling. */
function updated(lines: Line[], pairs: readonly Line[]): Line[] {
  const firsts = pairs.filter(([one], at) => pairs.findIndex(isNamed(one)) === at);
  const valuesOf = (asked: string): string[] => pairs.filter(isNamed(asked)).map(([, one]) => one);
  return firsts.reduce((all, [one]) => setLines(all, one, valuesOf(one)), lines);
}

function apply(map: HeaderMap, one: Step): void {
  if ("append" in one) map.append(...one.append);
  else if ("remove" in one) map.delete(one.remove);
  else if ("update" in one) map.update(new HeaderMap(one.update));
  else map.set(...one.set);
}

describe("headers, few or many", () => {
  it("are what a list of lines would be", () => {
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 30 }), fc.boolean(), (first, steps, isReceived) => {
        const map = isReceived ? HeaderMap.fromWire(first.flat()) : new HeaderMap(first);
        let lines = [...first];
        for (const one of steps) {
          // Whoever had a copy before keeps it as it was.
          const copy = map.clone();
          const { identity } = copy;
          apply(map, one);
          expect([...copy]).toEqual(lines);
          expect(copy.identity).toBe(identity);
          lines = changed(lines, one);
          expect([...map]).toEqual(lines);
        }
        const keys = lines.map(([one]) => one.toLowerCase());
        expect(map.size).toBe(lines.length);
        expect(map.toWire()).toEqual(lines.flat());
        expect([...map.values()]).toEqual(lines.map(([, one]) => one));
        expect([...map.keys()]).toEqual(
          lines.filter((_, at) => keys.indexOf(keys[at] ?? "") === at).map(([one]) => one),
        );
        for (const asked of ["a", "b", "c", "x-7", "x-70", "x-1", "none"]) {
          const values = lines.filter(isNamed(asked)).map(([, one]) => one);
          expect(map.getAll(asked)).toEqual(values);
          expect(map.get(asked)).toBe(values.length === 0 ? null : values.join(", "));
          expect(map.has(asked)).toBe(values.length > 0);
          expect(map.repeated.map((one) => one.toLowerCase()).includes(asked)).toBe(values.length > 1);
        }
        expect(map.equals(new HeaderMap(map))).toBe(true);
      }),
    );
  });
});
