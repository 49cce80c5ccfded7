import { describe, expect, it } from "vitest";
import { read, streamed } from "../support/responses.ts";

/** What a program without types could give. */
function iterContent(options: unknown): () => unknown {
  return () => read({ body: "x" }).iterContent(options as { chunkSize: number });
}

function iterLines(options: unknown): () => unknown {
  return () => streamed({ body: "x" }).iterLines(options as { chunkSize: number });
}

describe("wrong options", () => {
  // PARITY STR-4: at once, not when the first piece is asked for.
  it.for([
    [{ chunkSize: "10" }, TypeError, "chunkSize must be a whole number of 1 or more, or null, not string"],
    [{ chunkSize: true }, TypeError, "chunkSize must be a whole number of 1 or more, or null, not boolean"],
    [{ chunkSize: 0 }, RangeError, "chunkSize must be a whole number of 1 or more, or null, not 0"],
    [{ chunkSize: -1 }, RangeError, "not -1"],
    [{ chunkSize: 1.5 }, RangeError, "not 1.5"],
    [{ chunkSize: Number.NaN }, RangeError, "not NaN"],
    [{ decode: "yes" }, TypeError, "decode must be true or false, not string"],
    [{ chunksize: 1 }, TypeError, 'has no option "chunksize"; perhaps you meant chunkSize?'],
    [512, TypeError, "() must be an object, not number"],
    [null, TypeError, "() must be an object, not null"],
  ] as const)("%j are refused by both iterations", ([options, kind, message]) => {
    for (const iterate of [iterContent(options), iterLines(options)]) {
      expect(iterate).toThrow(kind);
      expect(iterate).toThrow(message);
    }
  });

  it.for([
    [{ delimiter: "" }, RangeError, "delimiter must not be empty"],
    [{ delimiter: new Uint8Array(0) }, RangeError, "delimiter must not be empty"],
    [{ delimiter: 10 }, TypeError, "delimiter must be a string, bytes or null, not number"],
    [{ keepEnds: 1 }, TypeError, "keepEnds must be true or false, not number"],
  ] as const)("%j are refused by iterLines", ([options, kind, message]) => {
    expect(iterLines(options)).toThrow(kind);
    expect(iterLines(options)).toThrow(message);
  });

  it("leave the body where it is", async () => {
    const response = streamed({ body: "body" });
    expect(() => response.iterContent({ chunkSize: 0 })).toThrow(RangeError);
    expect(await response.text()).toBe("body");
  });
});

describe("options that are not given", () => {
  it("mean the same as their defaults", async () => {
    const response = read({ body: "a\nb" });
    expect((await response.iterContent({ chunkSize: null }).next()).value).toEqual(response.bytes());
    expect((await response.iterLines({ delimiter: null, chunkSize: null }).next()).value).toBe("a");
  });
});
