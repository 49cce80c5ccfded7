/** Raw bodies: BOD-3, 4, 8..13. */
import { Readable } from "node:stream";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  bytesBody,
  factoryBody,
  isRepeatable,
  isReplayable,
  lengthOf,
  rawBody,
  type Body,
  type RawBody,
} from "../../src/core/body.ts";
import { describe as kindOf } from "../../src/core/describe.ts";

/** What goes over the wire, piece by piece. */
async function pieces(body: Body): Promise<string[]> {
  if (body.kind === "bytes") return [Buffer.from(body.bytes).toString()];
  const all: string[] = [];
  for await (const chunk of body.open()) all.push(Buffer.from(chunk).toString());
  return all;
}

async function* letters(): AsyncGenerator<string> {
  await Promise.resolve();
  yield* ["a", "", "é"];
}

describe("rawBody", () => {
  it.for([
    ["text", "é", 2],
    ["bytes", Uint8Array.of(1, 2, 3), 3],
    ["a buffer", new ArrayBuffer(4), 4],
    ["a view of a part", new Uint16Array(new ArrayBuffer(8), 2, 2), 4],
    ["a DataView", new DataView(new ArrayBuffer(8), 1), 7],
  ] as const)("takes %s as bytes with a length", ([, data, length]) => {
    const body = rawBody(data);
    expect(body.kind).toBe("bytes");
    expect(lengthOf(body)).toBe(length);
    expect(isReplayable(body)).toBe(true);
  });

  it("takes a Blob as a stream of known length that can be sent again", async () => {
    const body = rawBody(new Blob(["ab", "c"]));
    expect(lengthOf(body)).toBe(3);
    expect(isReplayable(body)).toBe(true);
    expect((await pieces(body)).join("")).toBe("abc");
    expect((await pieces(body)).join("")).toBe("abc");
  });

  it("knows that an empty Blob has no bytes (BOD-9)", () => {
    expect(lengthOf(rawBody(new Blob([])))).toBe(0);
  });

  it("takes an open file, from its beginning each time", async () => {
    await using file = await open(fileURLToPath(import.meta.url));
    const body = rawBody(file);
    expect(isReplayable(body)).toBe(true);
    const first = (await pieces(body)).join("");
    expect(first).toMatch(/^\/\*\* Raw bodies/);
    expect((await pieces(body)).join("")).toBe(first);
  });

  it("leaves an open file open, also when it is given up half way", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sojourn-body-"));
    const path = join(folder, "file");
    await writeFile(path, "0123456789".repeat(50_000));
    await using file = await open(path);
    await rm(folder, { recursive: true });
    const body = rawBody(file);
    if (body.kind !== "stream") expect.unreachable();
    for (let count = 0; count < 12; count++) {
      for await (const piece of body.open()) {
        expect(piece.byteLength).toBeGreaterThan(0);
        break;
      }
    }
    expect((await pieces(body)).join("")).toBe("0123456789".repeat(50_000));
  });

  it.for([
    ["an async generator", () => letters()],
    ["a Readable", () => Readable.from(["a", "é"])],
    ["a ReadableStream", () => ReadableStream.from(["a", "", "é"])],
    ["an iterator", () => ["a", "", "é"].values()],
    ["a generator of bytes", () => [Buffer.from("a"), new ArrayBuffer(0), Buffer.from("é")].values()],
  ] as const)("takes %s once, and leaves empty pieces out (BOD-13)", async ([, make]) => {
    const body = rawBody(make() as RawBody);
    expect(lengthOf(body)).toBeNull();
    expect(isRepeatable(body)).toBe(false);
    // Nobody has begun to read it.
    expect(isReplayable(body)).toBe(true);
    expect(await pieces(body)).toEqual(["a", "é"]);
    expect(isReplayable(body)).toBe(false);
    await expect(pieces(body)).rejects.toMatchObject({ name: "UnrewindableBodyError" });
  });

  it("refuses a stream that was read to its end already", async () => {
    const spent = Readable.from(["a"]);
    for await (const chunk of spent) expect(chunk).toBe("a");
    expect(() => rawBody(spent)).toThrow(expect.objectContaining({ name: "InvalidBody" }));
    const destroyed = new Readable();
    destroyed.destroy();
    expect(() => rawBody(destroyed)).toThrow(expect.objectContaining({ name: "InvalidBody" }));
  });

  it("fails when the stream gives anything but text and bytes", async () => {
    await expect(pieces(rawBody([1, 2].values() as unknown as RawBody))).rejects.toThrow("not number");
  });

  it("passes the stream's own error on", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "a";
      await Promise.reject(new RangeError("disk on fire"));
    }
    await expect(pieces(rawBody(failing()))).rejects.toThrow(new RangeError("disk on fire"));
  });

  it.for<unknown>([5, true, null, undefined, {}, new Date(0), Promise.resolve("x"), Symbol("s")])(
    "refuses %s",
    (data) => {
      expect(() => rawBody(data as RawBody)).toThrow(TypeError);
    },
  );
});

describe("factoryBody", () => {
  it.for<[string, () => unknown]>([
    ["text", () => "aé"],
    ["bytes", () => Buffer.from("aé")],
    ["a promise of text", () => Promise.resolve("aé")],
    ["a Blob", () => new Blob(["aé"])],
    ["a generator", () => letters()],
    ["a promise of a stream", () => Promise.resolve(Readable.from(["a", "é"]))],
    ["an array of pieces", () => ["a", "é"]],
  ])("makes %s anew for each sending (BOD-12)", async ([, factory]) => {
    const body = factoryBody(factory);
    expect(isReplayable(body)).toBe(true);
    expect(lengthOf(body)).toBeNull();
    expect((await pieces(body)).join("")).toBe("aé");
    expect((await pieces(body)).join("")).toBe("aé");
  });

  it.for<unknown>([5, null, undefined, {}])("fails when it gives %s", async (given) => {
    await expect((async () => pieces(factoryBody(() => given)))()).rejects.toThrow(TypeError);
  });
});

describe("bytesBody", () => {
  it("writes text as UTF-8, a lone surrogate as U+FFFD", () => {
    expect(bytesBody("é\ud800").bytes).toEqual(Buffer.from([0xc3, 0xa9, 0xef, 0xbf, 0xbd]));
  });
});

describe("describe", () => {
  it.for([
    [null, "null"],
    [undefined, "undefined"],
    ["s3cret", "string"],
    [{}, "Object"],
    [[], "Array"],
    [new Date(0), "Date"],
    [Object.create(null), "an object without a class"],
  ] as const)("names the kind of %s", ([value, kind]) => {
    expect(kindOf(value)).toBe(kind);
  });
});
