/** How changes become a state: the later one wins, whoever comes first. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Change, CookieKey, KeptCookie } from "../../src/core/session-store.ts";
import { applied, cookieId, emptyState } from "../../src/store/state.ts";

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

function cookie(name: string, value: string, expires: number | null = null): KeptCookie {
  return {
    name,
    value,
    domain: "example.test",
    hostOnly: true,
    path: "/",
    expires,
    secure: false,
    httpOnly: false,
    sameSite: null,
    createdAt: NOW,
  };
}

function keyOf({ name, domain, hostOnly, path }: KeptCookie): CookieKey {
  return { name, domain, hostOnly, path };
}

function set(one: KeptCookie, at: number): Change {
  return { kind: "cookie", key: keyOf(one), at, value: one };
}

function gone(one: KeptCookie, at: number): Change {
  return { kind: "cookie", key: keyOf(one), at, value: undefined };
}

function valuesAfter(changes: readonly Change[], now: number = NOW): Record<string, string> {
  const { cookies } = applied(emptyState, changes, now);
  return Object.fromEntries(
    cookies.flatMap(({ value }) => (value === undefined ? [] : [[value.name, value.value]])),
  );
}

describe("changes", () => {
  it("that were made later win, in whatever order they are committed", () => {
    expect(valuesAfter([set(cookie("a", "new"), NOW), set(cookie("a", "old"), NOW - 1)])).toEqual({
      a: "new",
    });
    expect(valuesAfter([set(cookie("a", "old"), NOW - 1), set(cookie("a", "new"), NOW)])).toEqual({
      a: "new",
    });
  });

  it("of one time: what is committed later wins", () => {
    expect(valuesAfter([set(cookie("a", "1"), NOW), set(cookie("a", "2"), NOW)])).toEqual({ a: "2" });
  });

  it("do not bring back what was deleted after they were made", () => {
    expect(valuesAfter([gone(cookie("a", ""), NOW), set(cookie("a", "1"), NOW - 5)])).toEqual({});
    expect(valuesAfter([gone(cookie("a", ""), NOW), set(cookie("a", "1"), NOW + 5)])).toEqual({ a: "1" });
  });

  it("keep cookies apart that differ in domain, path, name, or in being for one host only", () => {
    const one = cookie("a", "1");
    const all = [
      one,
      { ...one, path: "/b" },
      { ...one, hostOnly: false },
      { ...one, domain: "other.test" },
      { ...one, name: "b" },
    ];
    expect(new Set(all.map((each) => cookieId(keyOf(each)))).size).toBe(all.length);
    expect(
      applied(
        emptyState,
        all.map((each) => set(each, NOW)),
        NOW,
      ).cookies,
    ).toHaveLength(all.length);
  });

  it("that change nothing leave the state as it is", () => {
    const state = applied(emptyState, [set(cookie("a", "1"), NOW)], NOW);
    expect(applied(state, [], NOW)).toBe(state);
    expect(applied(state, [set(cookie("a", "0"), NOW - 1)], NOW)).toBe(state);
  });

  it("forget what has expired, and deletions after thirty days", () => {
    const state = applied(
      emptyState,
      [set(cookie("a", "1", NOW + 1000), NOW), gone(cookie("b", ""), NOW)],
      NOW,
    );
    expect(state.cookies).toHaveLength(2);
    expect(applied(state, [], NOW + 1000).cookies.map(({ key }) => key.name)).toEqual(["b"]);
    expect(applied(state, [], NOW + 30 * DAY_MS - 1).cookies).toHaveLength(1);
    expect(applied(state, [], NOW + 30 * DAY_MS).cookies).toHaveLength(0);
  });

  it("of more things than are stored: those that changed longest ago go", () => {
    const many = Array.from({ length: 10_010 }, (_, at) => set(cookie(`c${at}`, "1"), NOW - at));
    const { cookies } = applied(emptyState, many, NOW);
    expect(cookies).toHaveLength(10_000);
    expect(cookies.some(({ key }) => key.name === "c0")).toBe(true);
    expect(cookies.some(({ key }) => key.name === "c10009")).toBe(false);
  });

  it("of more things than are stored: deletions do not push out what is there", () => {
    const many = Array.from({ length: 10_010 }, (_, at) => gone(cookie(`d${at}`, ""), NOW - at));
    const there = Array.from({ length: 10_000 }, (_, at) => set(cookie(`c${at}`, "1"), NOW - 20_000 - at));
    const { cookies } = applied(emptyState, [...many, ...there], NOW);
    expect(cookies.filter(({ value }) => value !== undefined)).toHaveLength(10_000);
    expect(cookies.filter(({ value }) => value === undefined)).toHaveLength(10_000);
    expect(cookies.some(({ key }) => key.name === "d10009")).toBe(false);
  });

  it("of settings: null is a value, undefined takes the option back", () => {
    const state = applied(emptyState, [{ kind: "setting", key: "proxy", at: NOW, value: null }], NOW);
    expect(state.settings).toEqual([{ key: "proxy", at: NOW, value: null }]);
    const next = applied(state, [{ kind: "setting", key: "proxy", at: NOW + 1, value: undefined }], NOW + 1);
    expect(next.settings).toEqual([{ key: "proxy", at: NOW + 1, value: undefined }]);
  });

  it("committed in any parts and any order come to the same, if their times differ", () => {
    const change = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      at: fc.integer({ min: NOW - 1000, max: NOW }),
      isGone: fc.boolean(),
    });
    const changes = fc.uniqueArray(change, { selector: ({ at }) => at, maxLength: 20 });
    fc.assert(
      fc.property(changes, fc.infiniteStream(fc.nat()), (made, order) => {
        const all = made.map(({ name, at, isGone }) =>
          isGone ? gone(cookie(name, ""), at) : set(cookie(name, `${at}`), at),
        );
        const shuffled = all
          .map((one) => [order.next().value as number, one] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, one]) => one);
        const inParts = shuffled.reduce((state, one) => applied(state, [one], NOW), emptyState);
        const values = inParts.cookies.flatMap(({ value }) =>
          value === undefined ? [] : [[value.name, value.value]],
        );
        expect(Object.fromEntries(values)).toEqual(valuesAfter(all));
      }),
    );
  });
});
