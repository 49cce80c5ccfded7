import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { ContentDecodingError, ResponseTooLarge } from "../../src/core/errors.ts";
import type { ContentCoding } from "../../src/encoding/content-coding.ts";
import { decodeNow } from "../../src/encoding/decode.ts";
import { decodeStream } from "../../src/encoding/decode-stream.ts";
import { inPieces, joined, raw, utf8, WatchedSource } from "../support/bytes.ts";

const text = utf8("The quick brown fox jumps over the lazy dog. é☃ ".repeat(40));
const gzip = zlib.gzipSync(text);
const deflate = zlib.deflateSync(text);
const br = zlib.brotliCompressSync(text);
const zstd = zlib.zstdCompressSync(text);
const request = { method: "GET", url: "https://user:secret@a.test/path?token=secret" };

/** Bytes of which one has other bits. */
function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const index = at < 0 ? copy.byteLength + at : at;
  copy[index] = (copy[index] ?? 0) ^ 0xff;
  return copy;
}

function streamed(bytes: Uint8Array, codings: readonly ContentCoding[], size: number): Promise<Uint8Array> {
  return joined(decodeStream(inPieces(bytes, size), codings, { maxBytes: null, request }));
}

/** Cuts that go through everything, through some things and through nothing. */
const sizes = [1, 7, 1_000_000];

describe.for(sizes)("a body in pieces of %i bytes", (size) => {
  it.for([
    ["gzip", gzip, ["gzip"]],
    ["deflate in the zlib format", deflate, ["deflate"]],
    ["deflate without a header", zlib.deflateRawSync(text), ["deflate"]],
    ["br", br, ["br"]],
    ["zstd", zstd, ["zstd"]],
    ["two codings", zlib.gzipSync(deflate), ["deflate", "gzip"]],
    [
      "all codings",
      zlib.deflateSync(zlib.zstdCompressSync(zlib.brotliCompressSync(gzip))),
      ["gzip", "br", "zstd", "deflate"],
    ],
    ["gzip and an empty member", Buffer.concat([gzip, zlib.gzipSync("")]), ["gzip"]],
    ["gzip with zeros behind", Buffer.concat([gzip, Buffer.alloc(512)]), ["gzip"]],
    ["gzip with garbage behind", Buffer.concat([gzip, utf8("garbage after the end")]), ["gzip"]],
    ["gzip with one byte behind", Buffer.concat([gzip, raw(0x1f)]), ["gzip"]],
    ["deflate with garbage behind", Buffer.concat([deflate, utf8("garbage")]), ["deflate"]],
    ["br with garbage behind", Buffer.concat([br, utf8("garbage")]), ["br"]],
    [
      "zstd after a frame to skip",
      Buffer.concat([raw(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2), zstd]),
      ["zstd"],
    ],
    ["no coding", text, []],
  ] as const)("is decoded: %s", async ([, bytes, codings]) => {
    expect(await streamed(bytes, codings, size)).toEqual(text);
  });

  it.for([
    ["gzip members", gzip, "gzip"],
    ["zstd frames", zstd, "zstd"],
  ] as const)("has all of several %s", async ([, bytes, coding]) => {
    expect(await streamed(Buffer.concat([bytes, bytes, bytes]), [coding], size)).toEqual(
      new Uint8Array(Buffer.concat([text, text, text])),
    );
  });

  // PARITY DEC-5
  it.for(["gzip", "deflate", "br", "zstd"] as const)("may be empty under %s", async (coding) => {
    expect(await streamed(raw(), [coding], size)).toEqual(raw());
  });

  // PARITY DEC-6, BUG-20; the message is that of the coding, and of nothing secret.
  it.for([
    ["gzip that ends in its data", gzip.subarray(0, 40), "gzip"],
    ["gzip that ends in its checksum", gzip.subarray(0, -3), "gzip"],
    ["gzip that ends in its header", gzip.subarray(0, 5), "gzip"],
    ["gzip with a wrong checksum", damaged(gzip, -6), "gzip"],
    ["gzip with a wrong length", damaged(gzip, -2), "gzip"],
    ["gzip damaged in the middle", damaged(gzip, 40), "gzip"],
    ["gzip that is text", utf8("not gzip at all"), "gzip"],
    ["a second gzip member that is cut", Buffer.concat([gzip, gzip.subarray(0, 30)]), "gzip"],
    ["deflate that ends too early", deflate.subarray(0, 20), "deflate"],
    ["deflate with a wrong checksum", damaged(deflate, -1), "deflate"],
    ["deflate that is gzip", gzip, "deflate"],
    ["deflate that is text", utf8("plain text, not deflate"), "deflate"],
    ["br that ends too early", br.subarray(0, -1), "br"],
    ["br that is gzip", gzip, "br"],
    ["zstd that ends too early", zstd.subarray(0, -1), "zstd"],
    ["zstd that is text", utf8("plain text"), "zstd"],
    ["zstd with garbage behind", Buffer.concat([zstd, utf8("garbage")]), "zstd"],
    // RFC 9659 §3: a window of 2 GiB is more than a decoder has to have.
    [
      "zstd with a huge window",
      raw(0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8, 0x29, 0, 0, 104, 101, 108, 108, 111),
      "zstd",
    ],
  ] as const)("is an error: %s", async ([, bytes, coding]) => {
    const error = await streamed(bytes, [coding], size).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ContentDecodingError);
    expect(error).toMatchObject({ phase: "decode", request });
    expect(String(error)).toContain(`not valid ${coding}`);
    expect(String(error)).not.toContain("secret");
  });
});

describe("decodeNow", () => {
  it.for([
    [gzip, ["gzip"]],
    [deflate, ["deflate"]],
    [zlib.deflateRawSync(text), ["deflate"]],
    [br, ["br"]],
    [zstd, ["zstd"]],
    [zlib.gzipSync(br), ["br", "gzip"]],
    [text, []],
  ] as const)("decodes a small body at once (row %#)", ([bytes, codings]) => {
    const decoded = decodeNow(bytes, codings, { maxBytes: null });
    expect(decoded === null ? null : new Uint8Array(decoded)).toEqual(text);
  });

  it.for([
    ["large", zlib.gzipSync(Buffer.alloc(70_000), { level: 0 }), ["gzip"]],
    ["damaged", damaged(gzip, 40), ["gzip"]],
    ["followed by garbage", Buffer.concat([gzip, utf8("garbage")]), ["gzip"]],
    // Node decodes the first frame and says nothing of the second.
    ["of several zstd frames", Buffer.concat([zstd, zstd]), ["zstd"]],
    ["large when decoded", zlib.gzipSync(Buffer.alloc(5_000_000)), ["gzip"]],
  ] as const)("leaves a body that is %s to the stream", ([, bytes, codings]) => {
    expect(decodeNow(bytes, codings, { maxBytes: null })).toBeNull();
  });

  it("is empty for an empty body", () => {
    expect(decodeNow(raw(), ["gzip", "br"], { maxBytes: 0 })).toEqual(raw());
  });

  it("gives exactly as many bytes as are allowed, and not one more", () => {
    const bytes = zlib.gzipSync(Buffer.alloc(1000));
    expect(decodeNow(bytes, ["gzip"], { maxBytes: 1000 })).toHaveLength(1000);
    expect(() => decodeNow(bytes, ["gzip"], { maxBytes: 999 })).toThrow(ResponseTooLarge);
    expect(() => decodeNow(bytes, ["gzip"], { maxBytes: 0 })).toThrow("more than 0 bytes");
  });

  it("gives no more between two codings than a sixteenth and 64 KiB above that", () => {
    const between = 1600 + 100 + 65_536;
    const chain = (bytes: number): Uint8Array => {
      const inner = zlib.gzipSync("x");
      return zlib.gzipSync(Buffer.concat([inner, Buffer.alloc(bytes - inner.byteLength)]));
    };
    expect(() => decodeNow(chain(between + 1), ["gzip", "gzip"], { maxBytes: 1600 })).toThrow(
      "more than 1600 bytes between two of its codings",
    );
    expect(() => decodeNow(chain(between), ["gzip", "gzip"], { maxBytes: 1600 })).not.toThrow();
  });

  it.for([
    ["beyond the most that is decoded at once", 5_000_000, 10_000_000],
    ["without a limit", 100_000, null],
  ] as const)("leaves what is between two codings to the stream: %s", ([, bytes, maxBytes]) => {
    const chain = zlib.gzipSync(Buffer.concat([zlib.gzipSync("x"), Buffer.alloc(bytes)]));
    expect(decodeNow(chain, ["gzip", "gzip"], { maxBytes })).toBeNull();
  });
});

describe("a bomb", () => {
  const bomb = zlib.gzipSync(Buffer.alloc(50_000_000));

  it("is decoded no further than it is read", async () => {
    const source = new WatchedSource([
      bomb.subarray(0, 10_000),
      bomb.subarray(10_000, 20_000),
      bomb.subarray(20_000),
    ]);
    let bytes = 0;
    for await (const chunk of decodeStream(source, ["gzip"], { maxBytes: null })) {
      bytes += chunk.byteLength;
      if (bytes >= 65_536) break;
    }
    expect(bytes).toBeLessThan(200_000);
    expect(source.taken).toBe(1);
    expect(source.left).toBe(true);
  });

  it("inside a chain of codings ends when it gives more than the whole may have", async () => {
    // Blocks of no bytes: the whole is empty, and no limit on its length would ever be reached.
    const blocks = Buffer.concat(Array.from({ length: 100_000 }, () => raw(0, 0, 0, 0xff, 0xff)));
    const chain = zlib.gzipSync(zlib.gzipSync(blocks));
    const decoding = joined(
      decodeStream(inPieces(chain, 1000), ["deflate", "gzip", "gzip"], { maxBytes: 1000, request }),
    );
    await expect(decoding).rejects.toBeInstanceOf(ResponseTooLarge);
  });

  it("of many small members ends", async () => {
    const members = Buffer.concat(Array.from({ length: 1001 }, () => zlib.gzipSync("")));
    await expect(streamed(members, ["gzip"], 100_000)).rejects.toThrow("too many small members");
  });
});

describe("a gzip header", () => {
  const body = gzip.subarray(10);
  const start = (flags: number): Uint8Array => raw(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3);
  const checked = Buffer.concat([start(2 + 8), utf8("name\0")]);

  it.for([
    ["a file name", Buffer.concat([start(8), utf8("../../etc/passwd\0")])],
    ["a comment", Buffer.concat([start(16), utf8("comment\0")])],
    ["an extra field", Buffer.concat([start(4), raw(3, 0, 1, 2, 3)])],
    [
      "a checksum",
      Buffer.concat([checked, raw(zlib.crc32(checked) & 0xff, (zlib.crc32(checked) >> 8) & 0xff)]),
    ],
    ["everything", Buffer.concat([start(4 + 8 + 16), raw(1, 0, 9), utf8("name\0comment\0")])],
  ] as const)("may have %s", async ([, header]) => {
    for (const size of sizes)
      expect(await streamed(Buffer.concat([header, body]), ["gzip"], size)).toEqual(text);
  });

  it.for([
    ["a name without end", Buffer.concat([start(8), Buffer.alloc(2_000_000, "A")]), "header of more than"],
    ["a name that is cut", Buffer.concat([start(8), utf8("name")]), "unexpected end"],
    ["a wrong checksum", Buffer.concat([checked, raw(0, 0), body]), "incorrect header check"],
    ["unknown flags", Buffer.concat([start(0x20), body]), "unknown header flags"],
    [
      "an unknown method",
      Buffer.concat([raw(0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 3), body]),
      "unknown compression method",
    ],
  ] as const)("must not have %s", async ([, bytes, message]) => {
    await expect(streamed(bytes, ["gzip"], 1000)).rejects.toThrow(message);
  });
});

describe("the source of a decoder", () => {
  it("is read to its end, where it shows whether it is whole", async () => {
    const failure = new Error("broke off after the last byte");
    const decoding = joined(decodeStream(new WatchedSource([gzip], failure), ["gzip"], { maxBytes: null }));
    await expect(decoding).rejects.toBe(failure);
  });

  it("is left when its data is damaged", async () => {
    const source = new WatchedSource([damaged(gzip, 20), gzip, gzip]);
    await expect(joined(decodeStream(source, ["gzip"], { maxBytes: null }))).rejects.toThrow();
    expect(source.left).toBe(true);
  });

  it("is left when garbage without end follows", async () => {
    const garbage = Buffer.alloc(600_000, "x");
    const source = new WatchedSource([gzip, garbage, garbage, garbage, garbage]);
    expect(await joined(decodeStream(source, ["gzip"], { maxBytes: null }))).toEqual(text);
    expect(source).toMatchObject({ left: true, ended: false });
  });
});
