import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ResponseParser, type ResponseListener } from "../../src/http1/response-parser.ts";
import { generated } from "../differential/generate.ts";
import { ours } from "../differential/ours.ts";
import { runs } from "../support/size.ts";

/** Streams of two responses, good and spoilt, by their numbers. */
const streams = fc
  .record({ seed: fc.nat(), index: fc.nat() })
  .map(({ seed, index }) => generated(seed, index))
  .map(({ text, methods }) => ({ bytes: Buffer.from(text, "latin1"), methods }));

const places = fc
  .array(fc.nat({ max: 600 }), { maxLength: 8 })
  .map((cuts) => cuts.sort((one, other) => one - other));

describe("a response", () => {
  it("is the same in any pieces, and with any pauses", () => {
    fc.assert(
      fc.property(streams, places, fc.boolean(), ({ bytes, methods }, cuts, isPausing) => {
        expect(ours(bytes, methods, { cuts, isPausing })).toEqual(ours(bytes, methods));
      }),
      { numRuns: runs(5000) },
    );
  });

  it("is the same in any two pieces", () => {
    fc.assert(
      fc.property(streams, ({ bytes, methods }) => {
        const whole = ours(bytes, methods);
        for (let at = 1; at < bytes.byteLength; at++)
          expect(ours(bytes, methods, { cuts: [at] })).toEqual(whole);
      }),
      { numRuns: runs(200) },
    );
  });

  it("has an end with the connection, wherever that is", () => {
    const endings = new Set<string>();
    fc.assert(
      fc.property(streams, fc.nat(), ({ bytes, methods }, place) => {
        const { ending } = ours(bytes.subarray(0, place % (bytes.byteLength + 1)), methods);
        endings.add(ending.kind);
      }),
      { numRuns: runs(5000) },
    );
    expect([...endings].sort()).toEqual(["missing", "refused", "whole"]);
  });

  it("tells nothing more once it is over", () => {
    fc.assert(
      fc.property(streams, fc.nat(), ({ bytes, methods }, place) => {
        const cut = place % (bytes.byteLength + 1);
        const told: string[] = [];
        const parser = new ResponseParser(listing(told), LIMITS);
        parser.expect(methods[0] ?? "GET");
        const taken = quietly(() => parser.feed(bytes.subarray(0, cut))) ?? cut;
        quietly(() => parser.eof());
        const before = [...told];
        // What comes behind the end was not asked for: it is left, or nobody hears of it.
        quietly(() => parser.feed(bytes.subarray(taken)));
        quietly(() => parser.eof());
        expect(told).toEqual(before);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("takes no byte behind its end but those of empty lines", () => {
    fc.assert(
      fc.property(streams, fc.string({ unit: "binary-ascii", maxLength: 20 }), ({ bytes, methods }, rest) => {
        const [first] = ours(bytes, methods.slice(0, 1)).answers;
        fc.pre(first !== undefined && first.end !== -1 && (first.canFollow || first.end < bytes.byteLength));
        if (first === undefined) return;
        const longer = Buffer.concat([bytes.subarray(0, first.end), Buffer.from(`x${rest}`, "latin1")]);
        expect(ours(longer, methods.slice(0, 1)).answers[0]).toEqual(first);
      }),
      { numRuns: runs(2000) },
    );
  });
});

const LIMITS = { maxHeaderBytes: 65_536, maxHeaderCount: 1000, maxInformational: 100 };

/** Writes down what is told. */
function listing(told: string[]): ResponseListener {
  return {
    onInformational: (status) => told.push(`interim ${status}`),
    onHead: ({ status }) => told.push(`head ${status}`),
    onData: (piece) => told.push(`data ${piece.byteLength}`),
    onEnd: () => told.push("end"),
  };
}

/** What it returns; `null` when it throws. */
function quietly<Value>(call: () => Value): Value | null {
  try {
    return call();
  } catch {
    return null;
  }
}
