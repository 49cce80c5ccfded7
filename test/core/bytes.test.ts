import { describe, expect, it } from "vitest";
import { collect, concat } from "../../src/core/bytes.ts";
import { raw, utf8, WatchedSource } from "../support/bytes.ts";

const excess = (maxBytes: number): Error => new Error(`more than ${maxBytes}`);

describe("collect", () => {
  it.for([
    [[], ""],
    [["a"], "a"],
    [["ab", "", "cd", "e"], "abcde"],
  ] as const)("puts %j together", async ([chunks, expected]) => {
    expect(await collect(new WatchedSource(chunks.map(utf8)), null, excess)).toEqual(utf8(expected));
  });

  it("stops at the first byte too many, and leaves its source", async () => {
    const source = new WatchedSource([utf8("ab"), utf8("cd"), utf8("ef")]);
    await expect(collect(source, 3, excess)).rejects.toThrow("more than 3");
    expect(source).toMatchObject({ taken: 2, left: true });
  });

  it("takes as many as are allowed", async () => {
    expect(await collect(new WatchedSource([utf8("ab"), utf8("cd")]), 4, excess)).toEqual(utf8("abcd"));
  });

  it("throws what its source throws", async () => {
    const failure = new Error("reset");
    await expect(collect(new WatchedSource([utf8("ab")], failure), null, excess)).rejects.toBe(failure);
  });
});

describe("concat", () => {
  it("does not copy a single chunk", () => {
    const only = raw(1, 2);
    expect(concat([only], 2)).toBe(only);
  });
});
