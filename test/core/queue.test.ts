import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Queue, type Place } from "../../src/core/queue.ts";

function listed(queue: Queue<number>): number[] {
  const all: number[] = [];
  for (let place = queue.first; place !== null; place = place.behind) all.push(place.value);
  return all;
}

describe("Queue", () => {
  it("has who came first at its head, whoever leaves and comes again", () => {
    const step = fc.tuple(fc.constantFrom("join", "leave", "rejoin", "clear"), fc.nat(5));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const queue = new Queue<number>();
        const places = new Map<number, Place<number>>();
        let expected: number[] = [];
        for (const [act, value] of steps) {
          const place = places.get(value);
          if (act === "clear") {
            queue.clear();
            places.clear();
            expected = [];
          } else if (act === "join" && place === undefined) {
            places.set(value, queue.join(value));
            expected.push(value);
          } else if (place !== undefined) {
            if (act === "leave") queue.leave(place);
            else queue.rejoin(place);
            expected = expected.filter((one) => one !== value);
            if (act !== "leave") expected.push(value);
          }
          expect(listed(queue)).toEqual(expected);
          for (const [one, its] of places) expect(its.queue === queue).toBe(expected.includes(one));
        }
      }),
    );
  });

  it("lets nobody leave who stands in another one", () => {
    const [one, other] = [new Queue<number>(), new Queue<number>()];
    const place = one.join(1);
    other.leave(place);
    expect([listed(one), listed(other)]).toEqual([[1], []]);
  });
});
