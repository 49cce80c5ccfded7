import { describe, expect, it } from "vitest";
import { InvalidHeader, RequestException, ResponseTooLarge } from "../../src/core/errors.ts";
import { wireBodyFrom, wireResponse } from "../../src/response/wire.ts";
import { joined, raw, utf8, WatchedSource } from "../support/bytes.ts";

describe("wireResponse", () => {
  it("has what was given, and defaults for the rest", () => {
    const wire = wireResponse({ status: 204 });
    expect(wire).toMatchObject({ status: 204, statusText: "", httpVersion: "1.1" });
    expect(wire.headers.size).toBe(0);
    expect("trailers" in wire || "timings" in wire).toBe(false);
    const timings = { connect: null, head: 1 };
    const full = wireResponse({
      status: 200,
      statusText: "OK",
      headers: { a: "1" },
      httpVersion: "2",
      trailers: { b: "2" },
      timings,
    });
    expect(full).toMatchObject({ statusText: "OK", httpVersion: "2", timings });
    expect([full.headers.get("a"), full.trailers?.get("b")]).toEqual(["1", "2"]);
  });

  it("refuses what is no status or no header", () => {
    expect(() => wireResponse({ status: 0 })).toThrow("status must be a whole number from 100 to 999, not 0");
    expect(() => wireResponse({ status: 200, headers: { "a b": "1" } })).toThrow(InvalidHeader);
  });
});

describe("wireBodyFrom", () => {
  it.for([
    ["null", null, ""],
    ["text", "é", "é"],
    ["bytes", utf8("é"), "é"],
    ["an array of pieces", ["a", utf8("é")], "aé"],
    ["a stream", new Blob(["a", "é"]).stream(), "aé"],
  ] as const)("takes %s", async ([, source, expected]) => {
    expect(new TextDecoder().decode(await wireBodyFrom(source).collect(null))).toBe(expected);
    const again =
      typeof source === "object" && source instanceof ReadableStream ? new Blob([expected]).stream() : source;
    expect(await joined(wireBodyFrom(again).stream())).toEqual(utf8(expected));
  });

  it("gives bytes at once when they are there", () => {
    expect(wireBodyFrom("body").collect(4)).toEqual(utf8("body"));
  });

  it("keeps to the limit", async () => {
    expect(() => wireBodyFrom("body").collect(3)).toThrow(ResponseTooLarge);
    const source = new WatchedSource([utf8("bo"), utf8("dy"), utf8("!")]);
    await expect(Promise.resolve(wireBodyFrom(source).collect(3))).rejects.toMatchObject({
      limitBytes: 3,
      phase: "body",
    });
    expect(source).toMatchObject({ taken: 2, left: true });
  });

  it("drains up to a limit, and never throws", async () => {
    const short = new WatchedSource([utf8("bo"), utf8("dy")]);
    await wireBodyFrom(short).drain(4);
    expect(short).toMatchObject({ ended: true, left: false });
    const long = new WatchedSource([utf8("bo"), utf8("dy"), utf8("!")]);
    await wireBodyFrom(long).drain(3);
    expect(long).toMatchObject({ taken: 2, left: true });
    await wireBodyFrom(new WatchedSource([], new Error("reset"))).drain(3);
    await wireBodyFrom("bytes").drain(1);
  });

  it("leaves its source when it is cancelled, and does not mind what that throws", async () => {
    const source = new WatchedSource([utf8("body")]);
    wireBodyFrom(source).cancel();
    expect(source.left).toBe(true);
    const stubborn: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true, value: undefined }),
        return: async () => {
          throw new Error("no");
        },
      }),
    };
    wireBodyFrom(stubborn).cancel();
    wireBodyFrom("bytes").cancel();
    await Promise.resolve();
  });

  it("refuses pieces that are neither text nor bytes", async () => {
    const numbers = [raw(1), 2] as unknown as Iterable<Uint8Array>;
    await expect(joined(wireBodyFrom(numbers).stream())).rejects.toBeInstanceOf(RequestException);
  });
});
