/** The idle connections of a pool: which one is next, which are kept and for how long; with connections that do nothing else. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Age } from "../../src/connect/age.ts";
import { IdleConnections, type IdleLimits, type Resting } from "../../src/transport/idle.ts";
import { Surplus } from "../../src/transport/surplus.ts";

class FakeConnection implements Resting {
  readonly facts = { age: new Age() };
  usable = true;
  keepAliveHintMs: number | null = null;
  idleUntil = 0;
  ended = 0;
  end(): Promise<void> {
    this.ended++;
    return Promise.resolve();
  }
}

const limits: IdleLimits = { maxSize: 2, keepAliveMs: 60_000, maxAgeMs: Number.POSITIVE_INFINITY };
/** As many files as anybody wants. */
const plenty = (): Surplus => new Surplus(() => Number.POSITIVE_INFINITY);

function idleOnes(
  given: Partial<IdleLimits> = {},
  surplus: Surplus = plenty(),
): IdleConnections<FakeConnection> {
  return new IdleConnections<FakeConnection>({ ...limits, ...given }, surplus);
}

function several(count: number): FakeConnection[] {
  return Array.from({ length: count }, () => new FakeConnection());
}

/** Time passes, by which clocks? */
function pass(ms: number, clocks: "both" | "wall" | "monotonic" = "both"): void {
  if (clocks !== "wall") vi.advanceTimersByTime(ms);
  // The fake wall clock goes with the timers.
  if (clocks === "wall") vi.setSystemTime(Date.now() + ms);
  if (clocks === "monotonic") vi.setSystemTime(Date.now() - ms);
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "Date"] }));
afterEach(() => void vi.useRealTimers());

const now = (): number => performance.now();

describe("idle connections", () => {
  it("are used again last in, first out", () => {
    const idle = idleOnes();
    const [one, two] = several(2) as [FakeConnection, FakeConnection];
    idle.keep(one, now());
    idle.keep(two, now());
    expect([idle.take(now()), idle.take(now()), idle.take(now())]).toEqual([two, one, null]);
  });

  it.for([
    // the server's hint, the adapter's time, the age that is allowed, and how long one is kept
    [null, 60_000, Number.POSITIVE_INFINITY, 60_000],
    [5000, 60_000, Number.POSITIVE_INFINITY, 5000],
    [90_000, 60_000, Number.POSITIVE_INFINITY, 60_000],
    [5000, 60_000, 3000, 3000],
    [null, 100, 3000, 100],
  ] as const)(
    "hint %s, keepAliveTimeout %i, maxConnectionAge %d: kept for %i ms",
    ([hint, kept, age, ms]) => {
      const idle = idleOnes({ keepAliveMs: kept, maxAgeMs: age });
      const at = now();
      const [one, two] = several(2) as [FakeConnection, FakeConnection];
      one.keepAliveHintMs = two.keepAliveHintMs = hint;
      expect(idle.keep(one, at)).toBe(at + ms);
      idle.keep(two, at);
      pass(ms - 1);
      expect(idle.take(now())).toBe(two);
      pass(1);
      expect(idle.take(now())).toBeNull();
      expect(one.ended).toBe(1);
    },
  );

  it("are ended when they have been there for too long, and by then the next time is told", () => {
    const idle = idleOnes({ maxSize: 10 });
    const all = several(3);
    for (const [at, one] of all.entries()) {
      one.keepAliveHintMs = 1000 * (at + 1);
      idle.keep(one, now());
    }
    const start = now();
    pass(1500);
    expect(idle.sweep(now())).toBe(start + 2000);
    expect(all.map(({ ended }) => ended)).toEqual([1, 0, 0]);
    expect(idle.size).toBe(2);
    pass(5000);
    expect(idle.sweep(now())).toBe(Number.POSITIVE_INFINITY);
    expect(all.map(({ ended }) => ended)).toEqual([1, 1, 1]);
    expect(idle.size).toBe(0);
  });

  it("that have ended are none, wherever they stood, and cost the same however many there are", () => {
    const idle = idleOnes({ maxSize: 10_000 });
    const all = several(10_000);
    for (const one of all) idle.keep(one, now());
    // The oldest first, which stand furthest from where the next one is taken.
    const filter = vi.spyOn(Array.prototype, "filter");
    for (const one of all.slice(0, 9990)) expect(idle.leave(one)).toBe(true);
    const walks = filter.mock.calls.length;
    filter.mockRestore();
    expect(walks).toBeLessThan(20);
    expect(idle.leave(all[0] as FakeConnection)).toBe(false);
    expect(idle.size).toBe(10);
    const taken = Array.from({ length: 11 }, () => idle.take(now()));
    expect(taken).toEqual([...all.slice(9990).toReversed(), null]);
  });

  it("that cannot be used any more are ended, not taken", () => {
    const idle = idleOnes();
    const [one, two] = several(2) as [FakeConnection, FakeConnection];
    idle.keep(one, now());
    idle.keep(two, now());
    two.usable = false;
    expect(idle.take(now())).toBe(one);
    expect(two.ended).toBe(1);
    expect(idle.keep(two, now())).toBe(0);
    expect(idle.size).toBe(0);
  });
});

describe("surplus", () => {
  it("is kept for five seconds at most, or for less where less is said", () => {
    const idle = idleOnes();
    for (const one of several(2)) idle.keep(one, now());
    const [long, short, hinted] = several(3) as [FakeConnection, FakeConnection, FakeConnection];
    hinted.keepAliveHintMs = 300;
    expect(idle.keep(long, now())).toBe(now() + 5000);
    expect(idle.keep(hinted, now())).toBe(now() + 300);
    expect(idle.surplus).toBe(2);
    pass(5000);
    idle.sweep(now());
    expect([idle.size, idle.surplus, long.ended, hinted.ended]).toEqual([2, 0, 1, 1]);
    const quick = idleOnes({ keepAliveMs: 50, maxSize: 1 });
    quick.keep(new FakeConnection(), now());
    expect(quick.keep(short, now())).toBe(now() + 50);
  });

  it("is no surplus any more when others have been taken, and used again it is kept anew", () => {
    const idle = idleOnes({ maxSize: 1 });
    const all = several(3);
    for (const one of all) idle.keep(one, now());
    pass(4000);
    const taken = idle.take(now()) as FakeConnection;
    expect(taken).toBe(all[2]);
    expect(idle.surplus).toBe(1);
    expect(idle.keep(taken, now())).toBe(now() + 5000);
    pass(1000);
    idle.sweep(now());
    expect(all.map(({ ended }) => ended)).toEqual([0, 1, 0]);
  });

  it("is bounded by half of the files of the process, of which the connections of all pools are counted", () => {
    const asked = vi.fn(() => 20);
    const surplus = new Surplus(asked);
    const [one, other] = [idleOnes({ maxSize: 1 }, surplus), idleOnes({ maxSize: 1 }, surplus)];
    expect(asked).not.toHaveBeenCalled();
    for (let open = 0; open < 10; open++) surplus.onOpen();
    for (const pool of [one, other]) for (const connection of several(3)) pool.keep(connection, now());
    expect([one.surplus, other.surplus]).toEqual([2, 2]);
    surplus.onOpen();
    const late = new FakeConnection();
    expect(one.keep(late, now())).toBe(0);
    expect(late.ended).toBe(1);
    surplus.onClose();
    expect(one.keep(new FakeConnection(), now())).toBeGreaterThan(0);
    // Read once.
    expect(asked).toHaveBeenCalledOnce();
  });

  it("gives way to new connections when a quarter of the files is taken, pool after pool", () => {
    const surplus = new Surplus(() => 40);
    const [one, other] = [idleOnes({ maxSize: 1 }, surplus), idleOnes({ maxSize: 1 }, surplus)];
    const all = several(6);
    for (const [at, connection] of all.entries()) (at < 3 ? one : other).keep(connection, now());
    for (let open = 0; open < 9; open++) surplus.onOpen();
    surplus.makeWay();
    expect([one.surplus, other.surplus]).toEqual([2, 2]);
    surplus.onOpen();
    for (let made = 0; made < 3; made++) surplus.makeWay();
    expect([one.size, other.size]).toEqual([1, 2]);
    // What a pool keeps for long stays.
    for (let made = 0; made < 3; made++) surplus.makeWay();
    expect([one.size, other.size]).toEqual([1, 1]);
    expect(all.filter(({ ended }) => ended > 0)).toHaveLength(4);
  });
});

describe("an old connection", () => {
  it("is not kept any more", () => {
    const idle = idleOnes({ maxAgeMs: 1000 });
    const one = new FakeConnection();
    pass(999);
    expect(idle.keep(one, now())).toBe(one.facts.age.openedAt + 1000);
    expect(idle.take(now())).toBe(one);
    pass(1);
    expect(idle.keep(one, now())).toBe(0);
    expect(one.ended).toBe(1);
  });

  it.for([
    // clocks that go on, how far, and whether a connection is still used that may be idle for 60 s, and 10 s old
    ["both", 9999, true],
    ["both", 10_000, false],
    ["monotonic", 10_000, false],
    ["wall", 10_000, false],
    // Frozen: what became of it meanwhile, nobody knows.
    ["wall", 1001, false],
    ["wall", 999, true],
    // Somebody sets the clock.
    ["wall", -3_600_000, true],
  ] as const)("by the clock: %s, %i ms: used? %s", ([clocks, ms, isUsed]) => {
    const idle = idleOnes({ maxAgeMs: 10_000 });
    const one = new FakeConnection();
    idle.keep(one, now());
    pass(ms, clocks);
    expect(idle.take(now())).toBe(isUsed ? one : null);
    expect(one.ended).toBe(isUsed ? 0 : 1);
  });

  it("is told by what was left of its time when the process was frozen, too", () => {
    const idle = idleOnes({ keepAliveMs: 2000 });
    const one = new FakeConnection();
    idle.keep(one, now());
    pass(1500);
    pass(600, "wall");
    expect(idle.take(now())).toBeNull();
  });
});
