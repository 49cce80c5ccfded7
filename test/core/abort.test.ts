import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";

import { listen, unlessAborted, unlisten, type AbortListener } from "../../src/core/abort.ts";

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

/** Those who were told, in order. */
function audience(names: readonly string[], told: unknown[]): AbortListener[] {
  return names.map((name) => ({ onAbort: (reason) => void told.push([name, reason]) }));
}

describe("listen()", () => {
  it("adds one listener to a signal, however many listen", () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    const all = audience(
      Array.from({ length: 1000 }, (_, at) => String(at)),
      [],
    );
    for (const one of all) listen(signal, one);
    expect(listeners(signal)).toBe(1);
    for (const one of all) unlisten(signal, one);
    expect(listeners(signal)).toBe(0);
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
  });

  it("tells each of them once, with the reason", () => {
    const controller = new AbortController();
    const told: unknown[] = [];
    const all = audience(["a", "b", "c"], told);
    for (const one of [...all, ...all]) listen(controller.signal, one);
    controller.abort("enough");
    expect(told).toEqual(["a", "b", "c"].map((name) => [name, "enough"]));
    expect(listeners(controller.signal)).toBe(0);
  });

  it("does not tell who left, be it because another one was told", () => {
    const controller = new AbortController();
    const { signal } = controller;
    const told: unknown[] = [];
    const [first, second, third] = audience(["first", "second", "third"], told) as [
      AbortListener,
      AbortListener,
      AbortListener,
    ];
    listen(signal, first);
    listen(signal, { onAbort: () => unlisten(signal, third) });
    listen(signal, second);
    listen(signal, third);
    unlisten(signal, second);
    controller.abort("enough");
    expect(told).toEqual([["first", "enough"]]);
  });

  it("listens to a signal anew when all had left", () => {
    const controller = new AbortController();
    const told: unknown[] = [];
    const [one] = audience(["one"], told) as [AbortListener];
    listen(controller.signal, one);
    unlisten(controller.signal, one);
    unlisten(controller.signal, one);
    listen(controller.signal, one);
    controller.abort("enough");
    expect(told).toEqual([["one", "enough"]]);
  });

  it("does nothing with a signal that has aborted, or none", () => {
    const signal = AbortSignal.abort("before");
    const told: unknown[] = [];
    const [one] = audience(["one"], told) as [AbortListener];
    listen(signal, one);
    listen(null, one);
    unlisten(signal, one);
    unlisten(null, one);
    expect([told, listeners(signal)]).toEqual([[], 0]);
  });

  it("keeps signals apart", () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const told: unknown[] = [];
    const [one] = audience(["one"], told) as [AbortListener];
    listen(a.signal, one);
    listen(b.signal, one);
    unlisten(a.signal, one);
    b.abort("b");
    a.abort("a");
    expect(told).toEqual([["one", "b"]]);
  });
});

describe("unlessAborted()", () => {
  it("leaves the signal when the result is there, and when the signal aborted first", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
    expect(listeners(signal)).toBe(0);
    const waiting = Array.from({ length: 20 }, () => unlessAborted(new Promise(() => undefined), signal));
    expect(listeners(signal)).toBe(1);
    controller.abort("enough");
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes).toEqual(outcomes.map(() => ({ status: "rejected", reason: "enough" })));
    expect(listeners(signal)).toBe(0);
    await expect(unlessAborted(Promise.resolve(1), signal)).rejects.toBe("enough");
  });
});
