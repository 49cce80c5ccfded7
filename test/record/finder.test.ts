/** Finder: many texts in another one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Finder } from "../../src/record/finder.ts";

/** A finder of these. */
function finderOf(...texts: readonly string[]): Finder {
  const finder = new Finder();
  for (const text of texts) finder.add(text);
  return finder;
}

/** The text with `_` in the place of each character that was found. */
function marked(finder: Finder, text: string, isCut = false): string {
  const characters = text.split("");
  for (const { from, to } of finder.find(text, isCut)) characters.fill("_", from, to);
  return characters.join("");
}

describe("a finder", () => {
  it.for([
    // sought, text, found
    [["secret"], "a secret here", "a ______ here"],
    [["secret"], "secret", "______"],
    [["secret"], "secresecret", "secre______"],
    [["secret"], "nothing", "nothing"],
    [["secret"], "", ""],
    [["secret"], "secretsecret", "____________"],
    [["secret", "secrets of all"], "secrets of none, secrets of all", "______s of none, ______________"],
    [["abcdef", "defghi"], "abcdefghi", "_________"],
    [["abcdef", "xyz"], "xyz abcdef", "xyz ______"],
    [["aaaaaa"], "aaaaaaaaa", "_________"],
    [["pässwörd"], "ein pässwörd", "ein ________"],
    [["secret-1", "secret-2"], "secret-2 secret-3", "________ secret-3"],
  ] as const)("of %j finds in %j: %j", ([sought, text, found]) => {
    expect(marked(finderOf(...sought), text)).toBe(found);
  });

  it.for([
    ["the secret-to", "the _________"],
    ["the secr", "the ____"],
    ["the sec", "the sec"],
    ["secret-token", "____________"],
    ["secret-token secret", "____________ ______"],
    ["secrecy", "secrecy"],
  ] as const)("finds one that %j breaks off in", ([text, found]) => {
    expect(marked(finderOf("secret-token"), text, true)).toBe(found);
  });

  it("takes the characters beside base64 with it", () => {
    const finder = new Finder();
    finder.add("c2VjcmV0", true);
    expect(marked(finder, "xxxxc2VjcmV0yyyy, c2VjcmV0==.")).toBe("xx____________yy, __________.");
  });

  it("finds what a search for one after the other finds", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 60 });
    const sought = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 6, maxLength: 9 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(sought, text, (all, within) => {
        const expected = within.split("");
        for (const one of all)
          for (let at = within.indexOf(one); at !== -1; at = within.indexOf(one, at + 1))
            expected.fill("_", at, at + one.length);
        expect(marked(finderOf(...all), within)).toBe(expected.join(""));
      }),
    );
  });

  it("finds as much of a long one as there is, from 64 characters on", () => {
    const long = Array.from({ length: 50 }, (_, at) => `${at}-`).join("");
    const other = `${long.slice(0, 90)}other`;
    const finder = finderOf(long, other);
    expect(finder.find(`x${long}y`)).toEqual([{ from: 1, to: long.length + 1 }]);
    expect(finder.find(`x${other}y`)).toEqual([{ from: 1, to: other.length + 1 }]);
    expect(finder.find(`x${long.slice(0, 80)}y`)).toEqual([{ from: 1, to: 81 }]);
    expect(finder.find(`x${long.slice(0, 63)}y`)).toEqual([]);
    expect(finder.find(`x${long.slice(0, 63)}`, true)).toEqual([{ from: 1, to: 64 }]);
    expect(finder.find(`x${other.slice(0, 92)}`, true)).toEqual([{ from: 1, to: 93 }]);
  });

  it("takes all of a text for found whose search would take too long", () => {
    const finder = new Finder();
    for (let length = 6; length < 2000; length++) finder.add("ab".repeat(length));
    const text = `${"ab".repeat(30_000)}!`;
    expect(finder.find(text)).toEqual([{ from: 0, to: text.length }]);
  });
});
