import { describe, expect, it } from "vitest";
import { ContentDecodingError } from "../../src/core/errors.ts";
import { ACCEPT_ENCODING, parseContentEncoding } from "../../src/encoding/content-coding.ts";

describe("parseContentEncoding", () => {
  it.for([
    // Content-Encoding            codings, in the order in which they were put on
    [null, []],
    ["", []],
    ["gzip", ["gzip"]],
    ["x-gzip", ["gzip"]],
    ["GZip", ["gzip"]],
    ["deflate", ["deflate"]],
    ["br", ["br"]],
    ["zstd", ["zstd"]],
    ["deflate, gzip", ["deflate", "gzip"]],
    [" , gzip ,", ["gzip"]],
    ["identity", []],
    ["identity, gzip", ["gzip"]],
    ["gzip,identity", ["gzip"]],
    ["gzip, gzip, gzip, gzip, gzip", ["gzip", "gzip", "gzip", "gzip", "gzip"]],
  ] as const)("reads %j as %j", ([value, expected]) => {
    expect(parseContentEncoding(value, 5)).toEqual(expected);
  });

  // PARITY DEC-3: as a whole, for nobody knows what an unknown coding was put on.
  it.for([
    "x-unknown",
    "gzip, x-unknown",
    "x-unknown, gzip",
    "aws-chunked",
    "compress",
    "constructor",
    "gzip\u00a0",
  ])("leaves a body of the unknown coding %j alone", (value) => {
    expect(parseContentEncoding(value, 5)).toEqual([]);
  });

  it.for([6, 1000])("refuses %i codings", (count) => {
    const value = Array.from({ length: count }, () => "gzip").join(", ");
    expect(() => parseContentEncoding(value, 5)).toThrow(ContentDecodingError);
    expect(() => parseContentEncoding(value, 5)).toThrow(
      expect.objectContaining({ name: "TooManyCodings", limit: 5, found: count }),
    );
    expect(parseContentEncoding(value, count)).toHaveLength(count);
  });

  it("refuses a single one when none is allowed, and lets none pass", () => {
    expect(() => parseContentEncoding("gzip", 0)).toThrow("1 content codings, more than maxCodings (0)");
    expect(parseContentEncoding("identity", 0)).toEqual([]);
    expect(parseContentEncoding(null, 0)).toEqual([]);
  });

  it("asks for nothing that it cannot read", () => {
    for (const name of ACCEPT_ENCODING.split(", ")) expect(parseContentEncoding(name, 5)).toEqual([name]);
  });
});
