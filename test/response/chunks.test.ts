import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rechunk } from "../../src/response/chunks.ts";
import { inPieces, listed, utf8, WatchedSource } from "../support/bytes.ts";

describe("rechunk", () => {
  it.for([
    ["0123456789", 4, ["0123", "4567", "89"]],
    ["01234567", 4, ["0123", "4567"]],
    ["abc", 1, ["a", "b", "c"]],
    ["abc", 100, ["abc"]],
    ["", 4, []],
  ] as const)("cuts %j into pieces of %i", async ([text, size, expected]) => {
    for (const arrived of [1, 3, 100]) {
      const pieces = await listed(rechunk(inPieces(utf8(text), arrived), size));
      expect(pieces.map((piece) => new TextDecoder().decode(piece))).toEqual(expected);
    }
  });

  it("gives a piece as soon as it is there", async () => {
    const source = new WatchedSource([utf8("abcd"), utf8("ef")]);
    const first = await rechunk(source, 2).next();
    expect(first.value).toEqual(utf8("ab"));
    expect(source.taken).toBe(1);
  });

  it("leaves its source when it is left", async () => {
    const source = new WatchedSource([utf8("abcd")]);
    for await (const _ of rechunk(source, 2)) break;
    expect(source.left).toBe(true);
  });

  it("keeps every byte, and every piece but the last has the size", async () => {
    const size = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), size, size, async (bytes, arrived, wanted) => {
        const pieces = await listed(rechunk(inPieces(bytes, arrived), wanted));
        expect(new Uint8Array(Buffer.concat(pieces))).toEqual(bytes);
        expect(pieces.slice(0, -1).every((piece) => piece.byteLength === wanted)).toBe(true);
        expect(pieces.every((piece) => piece.byteLength > 0)).toBe(true);
      }),
    );
  });
});
