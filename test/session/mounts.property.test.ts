import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Adapter } from "../../src/core/adapter.ts";
import { Mounts } from "../../src/session/mounts.ts";

function adapter(name: string): Adapter & { readonly name: string } {
  return { name, send: () => Promise.reject(new Error("not here")), close: () => Promise.resolve() };
}

function mounted(prefixes: readonly string[]): Mounts {
  const mounts = new Mounts();
  for (const prefix of prefixes) mounts.mount(prefix, adapter(prefix));
  return mounts;
}

const scheme = fc.constantFrom("http://", "https://", "HTTPS://", "mock://");
const authority = fc.constantFrom("", "a.test", "A.test", "a.test:443", "a.test:8443", "b.test");
const path = fc.constantFrom("", "/", "/x", "/X", "/x/", "/x/y", "/xy", "/x?y", "/x?y=1", "/x?y=", "/x/%79");
const prefix = fc
  .tuple(scheme, authority, path)
  .map(([first, second, third]) => (second === "" ? first : first + second + third));
const url = fc
  .tuple(scheme, authority, path, fc.constantFrom("", "/z", "?z", "z"))
  .map(([first, second, third, last]) => `${first}${second === "" ? "c.test" : second}${third}${last}`)
  .filter((one) => URL.canParse(one));

/** The first in the order in which they are tried that fits alone. */
function firstThatFits(mounts: Mounts, asked: string): Adapter | null {
  for (const [one, its] of mounts.adapters) {
    try {
      mounted([one]).find(asked);
      return its;
    } catch {
      // The next one may.
    }
  }
  return null;
}

describe("mounts", () => {
  it("are found as if they were tried one after the other", () => {
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 12 }), url, (prefixes, asked) => {
        const mounts = mounted(prefixes);
        const expected = firstThatFits(mounts, asked);
        if (expected === null) expect(() => mounts.find(asked)).toThrow("No connection adapters");
        else expect(mounts.find(asked)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("are tried in the order of their lengths, and of their mounting", () => {
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 12 }), (prefixes) => {
        const given = [...new Set(prefixes)];
        const expected = given.toSorted((a, b) => b.length - a.length || given.indexOf(a) - given.indexOf(b));
        expect([...mounted(prefixes).adapters.keys()]).toEqual(expected);
      }),
    );
  });
});
