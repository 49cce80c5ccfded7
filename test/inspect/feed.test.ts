/** What readers are told: everything once, in order, and as much as they take. */
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Feed, type FeedLimits, type Reader, type Sink } from "../../src/inspect/feed.ts";
import { entryOf, eventsIn, ScriptedRecorder } from "../support/watched.ts";

const LIMITS: FeedLimits = { maxWaiting: 5, maxWaitingLength: 100_000, restartMs: 1000, heartbeatMs: 15_000 };

/** Somebody who reads, or does not. */
class ScriptedSink implements Sink {
  text = "";
  takes = true;
  isEnded = false;
  isDestroyed = false;

  write(text: string): boolean {
    this.text += text;
    return this.takes;
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  /** `log`, and the numbers of messages. */
  get told(): readonly unknown[] {
    return eventsIn(this.text).map(({ event, data }) =>
      event === "entry" ? (data as { _sojourn: { message: number } })._sojourn.message : event,
    );
  }
}

interface Stage {
  readonly recorder: ScriptedRecorder;
  readonly feed: Feed;
  readonly record: (...messages: readonly number[]) => Promise<void>;
  readonly join: (sink: ScriptedSink) => Reader;
}

function setStage(limits: Partial<FeedLimits> = {}): Stage {
  const recorder = new ScriptedRecorder();
  const feed = new Feed(recorder, { ...LIMITS, ...limits });
  return {
    recorder,
    feed,
    record: async (...messages) => {
      for (const message of messages) recorder.record(entryOf(message));
      await turn();
    },
    join: (sink) => feed.join(sink),
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a reader", () => {
  it("is told what there was, then what comes", async () => {
    const { record, join } = setStage();
    await record(1, 2);
    const sink = new ScriptedSink();
    join(sink);
    await record(3);
    await record(4, 5);
    expect(sink.told).toEqual(["log", 1, 2, 3, 4, 5]);
  });

  it("is told once of what comes while it is told what there was", async () => {
    const { record, join } = setStage();
    await record(1, 2, 3);
    const sink = new ScriptedSink();
    sink.takes = false;
    const reader = join(sink);
    expect(sink.told).toEqual(["log"]);
    await record(4);
    sink.takes = true;
    reader.onDrain();
    expect(sink.told).toEqual(["log", 1, 2, 3, 4]);
  });

  it("that does not take more is held no more than the limit for, and begins anew", async () => {
    const { record, join, recorder } = setStage();
    const sink = new ScriptedSink();
    sink.takes = false;
    const reader = join(sink);
    await record(...Array.from({ length: 100 }, (_, index) => index + 1));
    sink.takes = true;
    sink.text = "";
    reader.onDrain();
    expect(sink.told, "not yet: it began a moment ago").toEqual([]);
    vi.advanceTimersByTime(LIMITS.restartMs);
    expect(sink.told).toEqual(["log", ...recorder.entries.map(({ _sojourn }) => _sojourn.message)]);
    await record(101);
    expect(sink.told.at(-1)).toBe(101);
  });

  it("that takes less than comes begins anew once in a while, however much comes", async () => {
    const { record, join, recorder } = setStage();
    const sink = new ScriptedSink();
    const reader = join(sink);
    sink.takes = false;
    for (let round = 0; round < 50; round++) {
      await record(...Array.from({ length: 20 }, (_, index) => round * 20 + index));
      reader.onDrain();
      vi.advanceTimersByTime(100);
    }
    // In five seconds.
    expect(recorder.asked).toBeGreaterThan(1);
    expect(recorder.asked).toBeLessThanOrEqual(6);
  });

  it.for([
    ["events", { maxWaiting: 3, maxWaitingLength: 1e9 }],
    ["characters", { maxWaiting: 1e9, maxWaitingLength: 10_000 }],
  ] as const)("is held a number of %s for", async ([, limits]) => {
    const { record, join } = setStage(limits);
    const sink = new ScriptedSink();
    const reader = join(sink);
    sink.takes = false;
    await record(0);
    sink.text = "";
    await record(1, 2, 3);
    await record(...Array.from({ length: 50 }, (_, index) => index + 4));
    sink.takes = true;
    reader.onDrain();
    expect(sink.told, "what waited is dropped").toEqual([]);
  });

  it("that others are slower than is told at once", async () => {
    const { record, join } = setStage();
    const [slow, quick] = [new ScriptedSink(), new ScriptedSink()];
    slow.takes = false;
    join(slow);
    join(quick);
    await record(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect([slow.told, quick.told.slice(0, 1)]).toEqual([["log"], ["log"]]);
    await record(10);
    vi.advanceTimersByTime(LIMITS.restartMs);
    expect(quick.told.at(-1)).toBe(10);
  });

  it("that has left is told nothing", async () => {
    const { record, join, feed } = setStage();
    const sink = new ScriptedSink();
    const reader = join(sink);
    reader.leave();
    reader.leave();
    await record(1);
    reader.onDrain();
    vi.advanceTimersByTime(100_000);
    expect([sink.told, feed.size]).toEqual([["log"], 0]);
  });

  it("hears a sign of life, and is given up when it takes up two of them not", () => {
    const { join, feed } = setStage();
    const [slow, quick] = [new ScriptedSink(), new ScriptedSink()];
    join(slow);
    join(quick);
    slow.takes = false;
    vi.advanceTimersByTime(2 * LIMITS.heartbeatMs);
    expect([slow.text.split(": still here\n\n").length, slow.isDestroyed]).toEqual([2, false]);
    vi.advanceTimersByTime(LIMITS.heartbeatMs);
    expect([slow.isDestroyed, quick.isDestroyed, feed.size]).toEqual([true, false, 1]);
    expect(quick.text.split(": still here\n\n")).toHaveLength(4);
  });

  it("that is slow and takes everything in the end is not given up", () => {
    const { join } = setStage();
    const sink = new ScriptedSink();
    const reader = join(sink);
    sink.takes = false;
    for (let beat = 0; beat < 10; beat++) {
      vi.advanceTimersByTime(LIMITS.heartbeatMs);
      reader.onDrain();
    }
    expect(sink.isDestroyed).toBe(false);
  });

  it("is told what waits, and that it is the end", () => {
    const { join, feed, recorder } = setStage();
    const sink = new ScriptedSink();
    join(sink);
    recorder.record(entryOf(1));
    feed.end();
    expect([sink.told, sink.isEnded, feed.size]).toEqual([["log", 1, "closed"], true, 0]);
  });
});

describe("a recorder", () => {
  it("is listened to while somebody reads, once", () => {
    const { join, recorder } = setStage();
    expect(recorder.listeners).toBe(0);
    const readers = [join(new ScriptedSink()), join(new ScriptedSink())];
    expect(recorder.listeners).toBe(1);
    for (const reader of readers) reader.leave();
    expect([recorder.listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("what a server wrote", () => {
  it.for([
    ["line breaks", "a\n\nevent: closed\ndata: {}\n\n"],
    ["carriage returns", "a\r\revent: closed\rdata: {}\r\r"],
    ["other line breaks", "a\u2028event: closed\u2029\u0085"],
    ["half a character", "\ud800"],
  ])("stays in its event: %s", async ([, url]) => {
    const { record, join, recorder } = setStage();
    recorder.entries.push(entryOf(1, url));
    const sink = new ScriptedSink();
    join(sink);
    recorder.record(entryOf(2, url));
    await record();
    const urls = eventsIn(sink.text).map(({ data }) => (data as { request?: { url: string } }).request?.url);
    expect(urls).toEqual([undefined, url, url]);
    const lines = sink.text.split("\n").map((line) => line.slice(0, 6));
    expect([...new Set(lines)]).toEqual(["event:", "data: ", ""]);
    expect(sink.text).not.toContain("\r");
  });
});
