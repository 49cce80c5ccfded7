import { setImmediate as turn } from "node:timers/promises";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Pieces, type Walk } from "../../src/response/pieces.ts";
import { runs } from "../support/size.ts";

/** What a source gives, one after another; after the last comes its end. */
const sources = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.constant("fails" as const) },
  ),
  { maxLength: 8 },
);

/** What a caller does: asks for steps side by side, and waits now and then. */
const calls = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant("next" as const) },
    { weight: 1, arbitrary: fc.constant("return" as const) },
    { weight: 1, arbitrary: fc.constant("throw" as const) },
    { weight: 4, arbitrary: fc.constant("wait" as const) },
  ),
  { maxLength: 16 },
);

interface Log {
  readonly told: string[];
}

/** A source that takes its time, and tells when it is asked and left. */
function sourceOf(steps: readonly (number | "fails")[], isSlow: boolean, { told }: Log) {
  let at = 0;
  return {
    async next(): Promise<IteratorResult<Uint8Array, undefined>> {
      told.push("asked");
      const step = steps[at++];
      if (isSlow) await turn();
      if (step === "fails") throw new Error(`at ${at}`);
      return step === undefined
        ? { done: true, value: undefined }
        : { done: false, value: new Uint8Array(step).fill(at) };
    },
    async return(): Promise<IteratorResult<Uint8Array, undefined>> {
      told.push("left");
      at = steps.length;
      return { done: true, value: undefined };
    },
  };
}

/** The same as a generator says it. */
async function* reference(begin: () => Walk): AsyncGenerator<Uint8Array, void> {
  const walk = begin();
  let isThrough = false;
  try {
    for await (const piece of { [Symbol.asyncIterator]: () => walk.source })
      if (piece.byteLength > 0) yield piece;
    isThrough = true;
  } catch (error) {
    isThrough = true;
    throw walk.fail(error);
  } finally {
    if (!isThrough) walk.leave();
  }
  walk.end();
}

async function outcomes(
  make: (begin: () => Walk) => AsyncGenerator<Uint8Array, void>,
  steps: readonly (number | "fails")[],
  asked: readonly ("next" | "return" | "throw" | "wait")[],
  isSlow: boolean,
): Promise<unknown> {
  const log: Log = { told: [] };
  const generator = make(() => {
    log.told.push("begun");
    return {
      source: sourceOf(steps, isSlow, log),
      end: () => log.told.push("end"),
      leave: () => log.told.push("leave"),
      fail: (error) => new Error(`failed: ${(error as Error).message}`),
    };
  });
  const results: Promise<string>[] = [];
  for (const call of asked) {
    if (call === "wait") {
      await Promise.all(results);
      continue;
    }
    const step =
      call === "next"
        ? generator.next()
        : call === "return"
          ? generator.return()
          : generator.throw(new Error("thrown in"));
    results.push(
      step.then(
        (result) => `${String(result.done)} ${String(result.value)}`,
        (error: unknown) => String(error),
      ),
    );
  }
  return { results: await Promise.all(results), told: log.told };
}

describe("Pieces", () => {
  it("are walked through as an async generator is, also when steps are asked for side by side", async () => {
    await fc.assert(
      fc.asyncProperty(sources, calls, fc.boolean(), async (steps, asked, isSlow) => {
        const expected = await outcomes(reference, steps, asked, isSlow);
        expect(await outcomes((begin) => new Pieces(begin), steps, asked, isSlow)).toEqual(expected);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("end when the walk cannot begin", async () => {
    const pieces = new Pieces(() => {
      throw new Error("no");
    });
    await expect(pieces.next()).rejects.toThrow("no");
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });
});
