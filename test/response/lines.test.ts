import { describe, expect, it } from "vitest";
import { lineSplitter, type LineOptions } from "../../src/response/lines.ts";

/** The lines of `text`, which comes in pieces of `size`. */
function lines(text: string, size: number, options: LineOptions = {}): string[] {
  const splitter = lineSplitter(options);
  const found: string[] = [];
  for (let at = 0; at < text.length; at += size) found.push(...splitter.push(text.slice(at, at + size)));
  return [...found, ...splitter.end()];
}

describe.for([1, 2, 3, 4, 1000])("text in pieces of %i", (size) => {
  // PARITY STR-6, BUG-5
  it.for([
    ["", []],
    ["one", ["one"]],
    ["one\n", ["one"]],
    ["one\ntwo", ["one", "two"]],
    ["one\r\ntwo\n\nthree", ["one", "two", "", "three"]],
    ["one\r\ntwo\r\nend", ["one", "two", "end"]],
    ["\n\none\n\n\ntwo\n\n", ["", "", "one", "", "", "two", ""]],
    ["a\rb\r\rc\r", ["a", "b", "", "c"]],
    ["a\n\rb", ["a", "", "b"]],
    ["\r\n", [""]],
    ["\r\n\r\n", ["", ""]],
    ["\n", [""]],
    // Python's other line ends are data.
    ["a\vb\fc\x1cd\u0085e\u2028f\ng", ["a\vb\fc\x1cd\u0085e\u2028f", "g"]],
  ] as const)("%j is split into lines", ([text, expected]) => {
    expect(lines(text, size)).toEqual(expected);
  });

  it.for([
    ["one\r\ntwo\n\nthree", ["one\r\n", "two\n", "\n", "three"]],
    ["a\rb\r\rc\r", ["a\r", "b\r", "\r", "c\r"]],
    ["\r\n\r\n", ["\r\n", "\r\n"]],
    ["", []],
  ] as const)("%j keeps the ends of its lines", ([text, expected]) => {
    expect(lines(text, size, { keepEnds: true })).toEqual(expected);
  });

  it.for([
    ["a|b||c", "|", ["a", "b", "", "c"]],
    ["a|b|", "|", ["a", "b", ""]],
    ["|", "|", ["", ""]],
    ["a", "|", ["a"]],
    ["", "|", []],
    ["a<>b<>c", "<>", ["a", "b", "c"]],
    ["a<b>c<><", "<>", ["a<b>c", "<"]],
    ["aaab", "aab", ["a", ""]],
    ["xaaay", "aa", ["x", "ay"]],
    ["ababab!", "abab!", ["ab", ""]],
    ["a\nb\r\nc", "\r\n", ["a\nb", "c"]],
  ] as const)("%j is split at %j", ([text, delimiter, expected]) => {
    expect(lines(text, size, { delimiter })).toEqual(expected);
  });

  it("keeps its delimiters", () => {
    expect(lines("a<>b<>", size, { delimiter: "<>", keepEnds: true })).toEqual(["a<>", "b<>", ""]);
  });
});

describe("a line splitter", () => {
  it("gives a line when it ends, without waiting for what may follow a carriage return", () => {
    const splitter = lineSplitter({});
    expect(splitter.push("one\r")).toEqual(["one"]);
    expect(splitter.push("\n")).toEqual([]);
    expect(splitter.push("two\n")).toEqual(["two"]);
  });

  it.for([{}, { keepEnds: true }, { delimiter: "\n" }])(
    "ends for a line that is too long, with %j",
    (options) => {
      const limit = { maxLength: 10, excess: (length: number) => new Error(`more than ${length}`) };
      const splitter = lineSplitter({ ...options, limit });
      expect(splitter.push("012345678\n")).toHaveLength(1);
      expect(splitter.push("01234")).toEqual([]);
      // The lines before it are given first.
      expect(splitter.push("\n01234567890")).toHaveLength(1);
      expect(() => splitter.push("1")).toThrow("more than 10");
      expect(() => splitter.end()).toThrow("more than 10");
    },
  );

  it("takes time in proportion to the length of a line that comes bit by bit", () => {
    for (const options of [{}, { keepEnds: true }, { delimiter: "<>" }]) {
      const splitter = lineSplitter(options);
      for (let piece = 0; piece < 200_000; piece++) splitter.push("abcde");
      expect(splitter.end().join("")).toHaveLength(1_000_000);
    }
  });
});
