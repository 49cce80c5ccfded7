import { createHook } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Lots, type LotReader } from "../../src/response/lots.ts";

/** So many items come of each piece; or reading it fails, or the source does. */
const source = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom("cannot be read" as const, "fails" as const) },
  ),
  { maxLength: 6 },
);
const calls = fc.array(
  fc.constantFrom("next", "next", "next", "next", "return", "throw", "wait", "wait", "wait"),
  { maxLength: 24 },
);
const end = fc.constantFrom(0, 1, 2, "fails" as const);

type Source = readonly (number | "cannot be read" | "fails")[];

function items(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, at) => `${name}.${at}`);
}

/** Pieces of one byte, which says which step it is; and what was done with them. */
async function* piecesOf(steps: Source, told: string[]): AsyncGenerator<Uint8Array, void> {
  try {
    for (const [at, step] of steps.entries()) {
      await turn();
      if (step === "fails") throw new Error(`piece ${at} fails`);
      yield new Uint8Array([at]);
    }
    told.push("came to its end");
  } finally {
    told.push("ended");
  }
}

function readerOf(steps: Source, last: number | "fails"): LotReader<string> {
  return {
    read: ([at = 0]) => {
      const step = steps[at];
      if (typeof step !== "number") throw new Error(`piece ${at} cannot be read`);
      return items(step, `piece ${at}`);
    },
    flush: () => items(1, "flushed"),
    end: () => {
      if (last === "fails") throw new Error("the end cannot be read");
      return items(last, "end");
    },
  };
}

/** The same, as a generator says it. */
async function* reference(
  pieces: AsyncGenerator<Uint8Array, void>,
  reader: LotReader<string>,
): AsyncGenerator<string, void> {
  for await (const piece of pieces) for (const item of reader.read(piece)) yield item;
  for (const item of reader.flush()) yield item;
  for (const item of reader.end()) yield item;
}

/** What each call came to, in the order in which they were made. */
async function play(generator: AsyncGenerator<string, void>, all: readonly string[]): Promise<unknown[]> {
  const outcomes: Promise<unknown>[] = [];
  for (const call of all) {
    if (call === "wait") await Promise.allSettled(outcomes);
    else {
      const step =
        call === "next"
          ? generator.next()
          : call === "return"
            ? generator.return()
            : generator.throw(new Error("thrown in"));
      outcomes.push(step.catch((error: unknown) => String(error)));
    }
  }
  return await Promise.all(outcomes);
}

describe("Lots", () => {
  it("gives what a generator would give, whoever asks when", async () => {
    await fc.assert(
      fc.asyncProperty(source, end, calls, async (steps, last, all) => {
        const [told, expected]: [string[], string[]] = [[], []];
        const given = await play(new Lots(piecesOf(steps, told), readerOf(steps, last)), all);
        const wanted = await play(reference(piecesOf(steps, expected), readerOf(steps, last)), all);
        expect(given).toEqual(wanted);
        expect(told).toEqual(expected);
      }),
    );
  });

  it("makes one promise for an item that is there", async () => {
    const steps = [1000];
    const reader: LotReader<string> = { ...readerOf(steps, 0), read: () => items(1000, "piece") };
    const lots = new Lots(piecesOf(steps, []), reader);
    await lots.next();
    let promises = 0;
    const hook = createHook({ init: (_id, type) => void (promises += type === "PROMISE" ? 1 : 0) }).enable();
    const asked = Array.from({ length: 900 }, () => lots.next());
    hook.disable();
    expect(promises).toBe(900);
    expect(await Promise.all(asked)).toHaveLength(900);
  });
});
