/** Merging of `params`: PARITY MRG-3, MRG-6, MRG-7, PAR-1, PAR-2, PAR-8, BUG-35. */
import { describe, expect, it } from "vitest";
import type { ParamsInit } from "../../src/core/options.ts";
import { encodeParams, layerParams } from "../../src/prepare/query.ts";

type Given = ParamsInit | null | undefined;

/** The query of a request: what it says over what its session says. */
function query(session: Given, request: Given): string {
  const general = session ?? null;
  const params = request === undefined ? general : layerParams(request, general);
  return params === null ? "" : encodeParams(params);
}

describe("params", () => {
  it.for<[session: Given, request: Given, query: string]>([
    [undefined, undefined, ""],
    [null, undefined, ""],
    [{}, {}, ""],
    [{ a: "1" }, undefined, "a=1"],
    [{ a: "1" }, {}, "a=1"],
    [{ a: "1" }, "", "a=1"],
    [{ a: "1" }, [], "a=1"],
    [undefined, { a: "1" }, "a=1"],
    // null for all turns the session's off
    [{ a: "1" }, null, ""],
    // name by name: replaced in place, added behind, removed
    [{ s: "1", t: "2" }, { q: "1" }, "s=1&t=2&q=1"],
    [{ s: "1", t: "2" }, { s: "9", q: "1" }, "s=9&t=2&q=1"],
    [{ s: ["1", "2"], t: "2" }, { s: "9" }, "s=9&t=2"],
    [{ s: "1", t: "2" }, { s: null, q: "1" }, "t=2&q=1"],
    [{ s: "1" }, { s: undefined }, ""],
    [{ s: "1" }, { S: "2" }, "s=1&S=2"],
    [{ s: "1" }, new Map([["s", "2"]]), "s=2"],
    // a session of pairs, too: the first keeps the place
    [
      [
        ["s", "1"],
        ["t", "2"],
        ["s", "3"],
      ],
      { s: "9" },
      "s=9&t=2",
    ],
    [new URLSearchParams("s=1&t=2"), { s: null }, "t=2"],
    // pairs and encoded queries come after the session's
    [
      { s: "1" },
      [
        ["s", "2"],
        ["s", "3"],
      ],
      "s=1&s=2&s=3",
    ],
    [{ s: "1" }, new URLSearchParams("s=2"), "s=1&s=2"],
    [{ s: "1" }, "a=b c&d", "s=1&a=b c&d"],
    ["x=y z", { a: "1" }, "x=y z&a=1"],
    ["x=1", "y=2", "x=1&y=2"],
    // encoded queries as they are, but for the mark of a query in front of them
    [undefined, "?a=1", "a=1"],
    [undefined, "&a=1", "a=1"],
    [undefined, "??a=1", "?a=1"],
    [{ s: "1" }, Buffer.from("?a=1"), "s=1&a=1"],
    [undefined, "a=%20%7Ex&b=1+2", "a=%20%7Ex&b=1+2"],
    [undefined, Buffer.from("a=1&b=c d"), "a=1&b=c d"],
    [undefined, Uint8Array.of(0x61, 0x3d, 0xe9), "a=%E9"],
    [{ s: "1" }, Buffer.from("a=1"), "s=1&a=1"],
    // nothing left
    [{ a: null }, { b: [] }, ""],
  ])("session %o, request %o: %j", ([session, request, expected]) => {
    expect(query(session, request)).toBe(expected);
  });

  it("changes neither side", () => {
    const session = { a: "1", b: "2" };
    const request = { a: null, c: "3" };
    query(session, request);
    expect([session, request]).toEqual([
      { a: "1", b: "2" },
      { a: null, c: "3" },
    ]);
  });

  it.for<unknown>([5, true, Symbol("s"), new Set(["a"]), { a: {} }])("refuses %s", (params) => {
    expect(() => query(undefined, params as ParamsInit)).toThrow(TypeError);
    expect(() => query({ a: "1" }, params as ParamsInit)).toThrow(TypeError);
  });
});
