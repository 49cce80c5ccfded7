/** How the bench runs operations: so many at a time, steadily or in bursts. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Rounds } from "../../bench/rounds.ts";

const OPERATION_MS = 10;

/** Takes 10 ms, and knows how many of it run. */
class Counted {
  readonly turns: number[] = [];
  readonly atOnce: number[] = [];
  #running = 0;

  readonly run = async (turn: number): Promise<void> => {
    this.turns.push(turn);
    this.atOnce.push(++this.#running);
    await new Promise((resolve) => setTimeout(resolve, OPERATION_MS));
    this.#running--;
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

async function round(rounds: Rounds, ms: number, leadMs = 0): ReturnType<Rounds["round"]> {
  const sample = rounds.round({ leadMs, ms });
  await vi.runAllTimersAsync();
  return await sample;
}

describe("steadily", () => {
  const manner = { concurrency: 4, count: null, batch: 1, pauseMs: null };

  it("so many run at a time until the round is over", async () => {
    const { run, atOnce } = new Counted();
    const sample = await round(new Rounds(run, manner), 30);
    // One pass before, and three in 30 ms
    expect(sample).toMatchObject({ operations: 12, wallMs: 30 });
    expect(Math.max(...atOnce)).toBe(4);
  });

  it("a round of a fixed count has nothing before it", async () => {
    const { run, turns } = new Counted();
    const sample = await round(new Rounds(run, { ...manner, concurrency: 1, count: 6, batch: 2 }), 1);
    expect(sample.operations).toBe(6);
    expect(turns).toEqual([0, 1, 2]);
  });
});

describe("in bursts", () => {
  const manner = { concurrency: 5, count: null, batch: 1, pauseMs: 50 };

  it("all begin together, again when the last is done and the pause is over", async () => {
    const { run, atOnce, turns } = new Counted();
    const sample = await round(new Rounds(run, manner), 100);
    // One burst before, then at 0 and 60 ms
    expect(sample.operations).toBe(10);
    expect(atOnce).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
    expect(turns).toEqual(Array.from({ length: 15 }, (_, index) => index));
  });

  it("the pauses are no time", async () => {
    const { run } = new Counted();
    expect((await round(new Rounds(run, manner), 100)).wallMs).toBe(2 * OPERATION_MS);
  });
});
