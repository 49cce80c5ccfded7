import { constants, zstdCompressSync } from "node:zlib";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ZstdFrames } from "../../src/encoding/zstd-frames.ts";
import { runs } from "../support/size.ts";

/** A frame, with what a header can say in it or not. */
const zstdFrame = fc
  .record({
    data: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 400_000 }).map((size) => new Uint8Array(size).fill(7)),
      fc
        .integer({ min: 1, max: 300_000 })
        .map((size) => Uint8Array.from({ length: size }, (_, at) => (at * at) >> 3)),
    ),
    checksum: fc.boolean(),
    contentSize: fc.boolean(),
    level: fc.constantFrom(1, 3, 19),
  })
  .map(({ data, checksum, contentSize, level }) =>
    zstdCompressSync(data, {
      params: {
        [constants.ZSTD_c_checksumFlag]: Number(checksum),
        [constants.ZSTD_c_contentSizeFlag]: Number(contentSize),
        [constants.ZSTD_c_compressionLevel]: level,
      },
    }),
  );

const skippable = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.uint8Array({ maxLength: 40 }))
  .map(([kind, bytes]) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(0x184d2a50 + kind);
    head.writeUInt32LE(bytes.byteLength, 4);
    return Buffer.concat([head, bytes]);
  });

const frames = fc.array(fc.oneof({ weight: 3, arbitrary: zstdFrame }, { weight: 1, arbitrary: skippable }), {
  minLength: 1,
  maxLength: 4,
});

async function* cut(bytes: Uint8Array, at: number): AsyncGenerator<Uint8Array, void> {
  yield bytes.subarray(0, at);
  yield bytes.subarray(at);
}

describe("frames of Zstandard", () => {
  it("are whole where one ends, and nowhere else", () => {
    fc.assert(
      fc.property(frames, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, part) => {
        const bytes = Buffer.concat(all);
        const ends = all.map((_, at) => Buffer.concat(all.slice(0, at + 1)).byteLength);
        expect(ends.every((end) => ZstdFrames.areWhole(bytes.subarray(0, end)))).toBe(true);
        const at = Math.floor(part * bytes.byteLength);
        expect(ZstdFrames.areWhole(bytes.subarray(0, at))).toBe(at === 0 || ends.includes(at));
      }),
      { numRuns: runs(300) },
    );
  });

  it("are followed in pieces, which come through as they are", async () => {
    await fc.assert(
      fc.asyncProperty(
        frames,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (all, part, isCut) => {
          const bytes = Buffer.concat(all);
          const sent = isCut ? bytes.subarray(0, -1) : bytes;
          const pieces: Uint8Array[] = [];
          const walk = async (): Promise<void> => {
            const source = cut(sent, Math.floor(part * sent.byteLength));
            for await (const piece of new ZstdFrames().through(source)) pieces.push(piece);
          };
          if (isCut) await expect(walk()).rejects.toThrow("unexpected end of data");
          else await walk();
          expect(Buffer.concat(pieces).equals(sent)).toBe(true);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it("are no matter of bytes that are none", () => {
    expect(ZstdFrames.areWhole(Buffer.from("not a frame of any kind"))).toBe(true);
  });
});
