import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ByteQueue } from "../../src/transport/byte-queue.ts";
import { runs } from "../support/size.ts";

/** What happens to a queue: bytes come, the oldest are taken, or all will be wanted at once. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.integer({ min: 1, max: 2000 }).map((size) => ({ kind: "push", size }) as const),
    },
    {
      weight: 2,
      arbitrary: fc.integer({ min: 1, max: 20 }).map((size) => ({ kind: "push", size }) as const),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "shift" } as const) },
  ),
  { maxLength: 200 },
);

/** Pushes the bytes in a buffer of which they are a part, and writes over that unless the queue keeps it. */
function pushed(queue: ByteQueue, bytes: Uint8Array): void {
  const buffer = new Uint8Array(bytes.byteLength * (bytes.byteLength % 4) + bytes.byteLength);
  const part = buffer.subarray(0, bytes.byteLength);
  part.set(bytes);
  if (!queue.push(part)) buffer.fill(255);
}

describe("ByteQueue", () => {
  it("gives back what was put in, in order, and knows how much it is", () => {
    fc.assert(
      fc.property(steps, fc.option(fc.integer({ min: 0, max: 300_000 })), (all, gatherAt) => {
        const queue = new ByteQueue();
        const put: Uint8Array[] = [];
        const taken: Uint8Array[] = [];
        let next = 0;
        for (const step of all) {
          const chunk =
            step.kind === "push" ? Uint8Array.from({ length: step.size }, () => next++ % 251) : queue.shift();
          if (chunk === null) expect(queue.size).toBe(0);
          else if (step.kind === "push") {
            put.push(chunk);
            pushed(queue, chunk);
          } else taken.push(chunk);
          expect(queue.size).toBe(Buffer.concat(put).byteLength - Buffer.concat(taken).byteLength);
        }
        if (gatherAt !== null) {
          queue.gather(gatherAt);
          const last = Uint8Array.from({ length: 70_000 }, () => next++ % 251);
          put.push(last);
          pushed(queue, last);
        }
        taken.push(queue.takeAll());
        expect(Buffer.concat(taken).equals(Buffer.concat(put))).toBe(true);
        expect([queue.size, queue.takeAll().byteLength, queue.shift()]).toEqual([0, 0, null]);
      }),
      { numRuns: runs(50) },
    );
  });

  it("does not copy the only chunk", () => {
    const queue = new ByteQueue();
    const chunk = Uint8Array.of(1, 2, 3);
    queue.push(chunk);
    expect(queue.takeAll()).toBe(chunk);
  });

  it("does not believe an announcement beyond what came", () => {
    const queue = new ByteQueue();
    queue.gather(1e12);
    queue.push(new Uint8Array(10));
    const all = queue.takeAll();
    expect(all.byteLength).toBe(10);
    expect(all.buffer.byteLength).toBeLessThan(10_000_000);
  });
});
