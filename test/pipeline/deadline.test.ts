import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Timeout } from "../../src/core/errors.ts";
import type { Settings } from "../../src/options/settings.ts";
import { CookieJar } from "../../src/cookies/jar.ts";
import { deadline } from "../../src/pipeline/deadline.ts";
import { initial } from "../../src/options/table.ts";
import { compose, type Exchange } from "../../src/pipeline/stage.ts";
import { read, requestTo, streamed } from "../support/responses.ts";

function exchange(settings: Partial<Settings> & { readonly totalMs: number | null }): Exchange {
  const { totalMs, ...rest } = settings;
  return {
    request: requestTo("http://a.test/"),
    cookies: new CookieJar(),
    signal: null,
    settings: { ...initial, timeouts: { ...initial.timeouts, totalMs }, ...rest },
  };
}

describe("the deadline", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("makes nothing when there is neither a total timeout nor a signal", async () => {
    const one = exchange({ totalMs: null });
    const seen: Exchange[] = [];
    await compose([deadline], async (passed) => (seen.push(passed), read({ status: 200 })))(one);
    expect(seen[0]).toBe(one);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("hands the caller's signal on as it is when there is no total timeout", async () => {
    const { signal } = new AbortController();
    const seen: (AbortSignal | null)[] = [];
    const send = compose([deadline], async (passed) => (seen.push(passed.signal), read({ status: 200 })));
    await send(exchange({ totalMs: null, signal }));
    expect(seen).toEqual([signal]);
  });

  it("lets go of timer and signal once a response is read", async () => {
    const { signal } = new AbortController();
    await compose([deadline], async () => read({ status: 200 }))(exchange({ totalMs: 100, signal }));
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("covers the body of a streamed response, and lets go of the signal when its time is up", async () => {
    const { signal } = new AbortController();
    const seen: AbortSignal[] = [];
    const send = compose([deadline], async (passed) => {
      if (passed.signal !== null) seen.push(passed.signal);
      return streamed({ status: 200 });
    });
    await send(exchange({ totalMs: 100, signal, stream: true }));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    vi.advanceTimersByTime(100);
    expect(seen[0]?.reason).toBeInstanceOf(Timeout);
    expect(seen[0]?.reason).toMatchObject({ phase: "total", limitMs: 100 });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("aborts with the caller's reason, and stops its timer", async () => {
    const caller = new AbortController();
    const seen: AbortSignal[] = [];
    const send = compose([deadline], async (passed) => {
      if (passed.signal !== null) seen.push(passed.signal);
      return streamed({ status: 200 });
    });
    await send(exchange({ totalMs: 100, signal: caller.signal, stream: true }));
    caller.abort("mine");
    expect(seen[0]?.reason).toBe("mine");
    expect(vi.getTimerCount()).toBe(0);
  });
});
