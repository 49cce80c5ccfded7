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
    expect(parseContentEncoding(value)).toEqual(expected);
  });

  // PARITY DEC-3: as a whole, for nobody knows what an unknown coding was put on.
  it.for(["x-unknown", "gzip, x-unknown", "x-unknown, gzip", "aws-chunked", "compress", "constructor"])(
    "leaves a body of the unknown coding %j alone",
    (value) => {
      expect(parseContentEncoding(value)).toEqual([]);
    },
  );

  it.for([6, 1000])("refuses %i codings", (count) => {
    const value = Array.from({ length: count }, () => "gzip").join(", ");
    expect(() => parseContentEncoding(value)).toThrow(ContentDecodingError);
    expect(() => parseContentEncoding(value)).toThrow(`${count} content codings`);
  });

  it("asks for nothing that it cannot read", () => {
    for (const name of ACCEPT_ENCODING.split(", ")) expect(parseContentEncoding(name)).toEqual([name]);
  });
});
