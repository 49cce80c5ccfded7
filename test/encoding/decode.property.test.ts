import * as zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContentDecodingError } from "../../src/core/errors.ts";
import type { ContentCoding } from "../../src/encoding/content-coding.ts";
import { decodeNow } from "../../src/encoding/decode.ts";
import { decodeStream } from "../../src/encoding/decode-stream.ts";
import { inPieces, joined } from "../support/bytes.ts";
import { runs } from "../support/size.ts";

const encoders: Record<ContentCoding, (bytes: Uint8Array) => Uint8Array> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } }),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
};

const codings = fc.array(fc.constantFrom<ContentCoding>("gzip", "deflate", "br", "zstd"), { maxLength: 5 });
const body = fc.uint8Array({ maxLength: 3000 });

describe("taking codings off", () => {
  it("gives back what they were put on, however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(body, codings, fc.integer({ min: 1, max: 4000 }), async (bytes, list, size) => {
        const coded = list.reduce<Uint8Array>((inner, coding) => encoders[coding](inner), bytes);
        const decoded = await joined(decodeStream(inPieces(coded, size), list, { maxBytes: null }));
        expect(decoded).toEqual(new Uint8Array(bytes));
        expect(new Uint8Array(decodeNow(coded, list, { maxBytes: null }) ?? [])).toEqual(
          new Uint8Array(bytes),
        );
      }),
      { numRuns: runs(60) },
    );
  });

  it("never gives a part of a body that was cut", async () => {
    const cut = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      coding: fc.constantFrom<ContentCoding>("gzip", "deflate", "br", "zstd"),
      at: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(cut, async ({ bytes, coding, at }) => {
        const coded = encoders[coding](bytes);
        // Nothing at all is an empty body, so at least one byte stays.
        const part = coded.subarray(0, 1 + (at % (coded.byteLength - 1)));
        await expect(
          joined(decodeStream(inPieces(part, 500), [coding], { maxBytes: null })),
        ).rejects.toBeInstanceOf(ContentDecodingError);
      }),
      { numRuns: runs(100) },
    );
  });

  it("ends with bytes or a decoding error for any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(body, codings, async (bytes, list) => {
        const result: unknown = await joined(
          decodeStream(inPieces(bytes, 700), list, { maxBytes: null }),
        ).catch((error: unknown) => error);
        expect(result instanceof Uint8Array || result instanceof ContentDecodingError).toBe(true);
      }),
      { numRuns: runs(100) },
    );
  });
});
