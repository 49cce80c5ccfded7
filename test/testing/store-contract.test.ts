/** The cases for stores of sessions can fail: each of these stores is wrong in one way, and some case says so. */
import { AssertionError } from "node:assert/strict";
import { describe, it } from "vitest";

import type { Change, SessionState, SessionStore, Stored } from "../../src/core/session-store.ts";
import { applied, cookieId, emptyState } from "../../src/store/state.ts";
import { sessionStoreContract, sessionStoreModel, type OpenStore } from "../../testing/index.ts";
import { rejection } from "../support/messages.ts";

/** What is at a place, for all stores there. */
interface Place {
  stored: Stored | null;
}

const EMPTY: Stored = { revision: 0, state: emptyState };

/** A store in memory that is right: `with` makes it wrong. */
class PlainStore implements SessionStore {
  readonly place = "memory";
  protected readonly at: Place;

  constructor(at: Place) {
    this.at = at;
  }

  read(): Promise<Stored | null> {
    return Promise.resolve(this.at.stored);
  }

  // oxlint-disable-next-line require-await -- what cannot be copied is a rejection
  async commit(changes: readonly Change[]): Promise<Stored> {
    return (this.at.stored = this.next(this.at.stored ?? EMPTY, structuredClone(changes)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  protected next(before: Stored, changes: readonly Change[]): Stored {
    const state = this.apply(before.state, changes);
    return state === before.state && before.revision > 0 ? before : { revision: before.revision + 1, state };
  }

  protected apply(state: SessionState, changes: readonly Change[]): SessionState {
    return applied(state, changes, Date.now());
  }
}

/** Writes its own copy whole: what others did since it was read is gone. */
class LastWriteWins extends PlainStore {
  #own: Stored | null = null;

  override async read(): Promise<Stored | null> {
    return (this.#own = await super.read());
  }

  // oxlint-disable-next-line require-await -- as above
  override async commit(changes: readonly Change[]): Promise<Stored> {
    this.#own = this.next(this.#own ?? EMPTY, structuredClone(changes));
    return (this.at.stored = this.#own);
  }
}

/** What was deleted is gone without a trace. */
class ForgetsDeletions extends PlainStore {
  protected override apply(before: SessionState, changes: readonly Change[]): SessionState {
    const state = super.apply(before, changes);
    const isLeft = ({ value }: { readonly value: unknown }): boolean => value !== undefined;
    if (state === before) return state;
    return {
      settings: state.settings.filter(isLeft),
      cookies: state.cookies.filter(isLeft),
      hosts: state.hosts.filter(isLeft),
    };
  }
}

/** Reads, takes its time, and writes: of two at a time one is lost. */
class LosesConcurrentChanges extends PlainStore {
  override async commit(changes: readonly Change[]): Promise<Stored> {
    const own = structuredClone(changes);
    const before = this.at.stored ?? EMPTY;
    await new Promise((resolve) => setImmediate(resolve));
    return (this.at.stored = this.next(before, own));
  }
}

/** Whoever comes last wins, however old his change is. */
class IgnoresTimes extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const old = {
      settings: timeless(state.settings),
      cookies: timeless(state.cookies),
      hosts: timeless(state.hosts),
    };
    const times = new Map(changes.map((change) => [JSON.stringify(change.key), change.at]));
    const { settings, cookies, hosts } = super.apply(
      old,
      changes.map((change) => ({ ...change, at: 1e13 })),
    );
    const before = new Map(
      [...state.settings, ...state.cookies, ...state.hosts].map(({ key, at }) => [JSON.stringify(key), at]),
    );
    const withTimes = <Entry extends { readonly key: unknown; readonly at: number }>(
      entries: readonly Entry[],
    ): Entry[] =>
      entries.map((entry) => {
        const key = JSON.stringify(entry.key);
        return { ...entry, at: times.get(key) ?? before.get(key) ?? entry.at };
      });
    return { settings: withTimes(settings), cookies: withTimes(cookies), hosts: withTimes(hosts) };
  }
}

function timeless<Entry extends { readonly at: number }>(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, at: 1 }));
}

/** Of one time the first stays. */
class FirstOfOneTimeWins extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    return changes.reduce((before, change) => {
      const all: readonly Change[] = [
        ...before.settings.map((kept) => ({ kind: "setting", ...kept }) as const),
        ...before.cookies.map((kept) => ({ kind: "cookie", ...kept }) as const),
        ...before.hosts.map((kept) => ({ kind: "host", ...kept }) as const),
      ];
      const isThere = all.some(
        (one) =>
          one.kind === change.kind &&
          one.at === change.at &&
          JSON.stringify(one.key) === JSON.stringify(change.key),
      );
      return isThere ? before : super.apply(before, [change]);
    }, state);
  }
}

/** Stores what it was given, and not a copy. */
class DoesNotCopy extends PlainStore {
  override async commit(changes: readonly Change[]): Promise<Stored> {
    await Promise.resolve();
    return (this.at.stored = this.next(this.at.stored ?? EMPTY, changes));
  }
}

/** Stores one change after the other. */
class StoresParts extends PlainStore {
  override async commit(changes: readonly Change[]): Promise<Stored> {
    const { length } = changes;
    const { revision } = this.at.stored ?? EMPTY;
    for (let at = 0; at < length; at++) {
      const { state } = this.at.stored ?? EMPTY;
      const next = this.apply(state, structuredClone(changes.slice(at, at + 1)));
      this.at.stored = { revision: next === state ? revision : revision + 1, state: next };
      if (length > 1) await new Promise((resolve) => setImmediate(resolve));
    }
    return (this.at.stored ??= { ...EMPTY, revision: 1 });
  }
}

/** Counts every commit. */
class CountsAll extends PlainStore {
  protected override next(before: Stored, changes: readonly Change[]): Stored {
    return { revision: before.revision + 1, state: this.apply(before.state, changes) };
  }
}

/** Its first revision is 0. */
class CountsFromZero extends PlainStore {
  protected override next(before: Stored, changes: readonly Change[]): Stored {
    const isFirst = this.at.stored === null;
    return { revision: isFirst ? 0 : before.revision + 1, state: this.apply(before.state, changes) };
  }
}

/** Has something before anything was stored. */
class IsNeverEmpty extends PlainStore {
  override read(): Promise<Stored> {
    return Promise.resolve(this.at.stored ?? EMPTY);
  }
}

/** Names are those of an object that inherits. */
class KnowsNoHostileNames extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const isPlain = ({ key }: { readonly key: unknown }): boolean => typeof key !== "string" || !(key in {});
    return super.apply(state, changes.filter(isPlain));
  }
}

/** Text is UTF-8: half of a surrogate pair becomes something else. */
class WritesUtf8 extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const asUtf8 = changes.map((change) =>
      change.kind === "setting" ? { ...change, key: change.key.toWellFormed() } : change,
    );
    return super.apply(state, asUtf8);
  }
}

/** A cookie is a name and a host. */
class TellsCookiesByName extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const next = super.apply(state, changes);
    const byName = new Map(next.cookies.map((kept) => [`${kept.key.domain} ${kept.key.name}`, kept]));
    return byName.size === next.cookies.length ? next : { ...next, cookies: [...byName.values()] };
  }
}

/** An option, a cookie and a host of one name are one. */
class TellsByKeyAlone extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const next = super.apply(state, changes);
    const hosts = new Set(next.hosts.map(({ key }) => key));
    const settings = next.settings.filter(({ key }) => !hosts.has(key));
    return settings.length === next.settings.length ? next : { ...next, settings };
  }
}

/** A cookie has a name and a value. */
class DropsFields extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const bare = changes.map((change) =>
      change.kind === "cookie" && change.value !== undefined
        ? { ...change, value: { ...change.value, sameSite: null } }
        : change,
    );
    return super.apply(state, bare);
  }
}

/** What is empty is nothing. */
class TakesEmptyForDeleted extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const taken = changes.map((change) =>
      change.kind === "setting" ? { ...change, value: change.value ?? undefined } : change,
    );
    return super.apply(state, taken);
  }
}

/** A thing that was deleted is deleted for ever. */
class NeverBringsBack extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const gone = new Set(
      state.cookies.flatMap(({ key, value }) => (value === undefined ? [cookieId(key)] : [])),
    );
    const left = changes.filter((change) => change.kind !== "cookie" || !gone.has(cookieId(change.key)));
    return super.apply(state, left);
  }
}

/** Has no more room than for a hundred. */
class DropsMany extends PlainStore {
  protected override apply(state: SessionState, changes: readonly Change[]): SessionState {
    const next = super.apply(state, changes);
    return next.cookies.length <= 100 ? next : { ...next, cookies: next.cookies.slice(-100) };
  }
}

/** What it has ends with it. */
class ForgetsAtClose extends PlainStore {
  override close(): Promise<void> {
    this.at.stored = null;
    return Promise.resolve();
  }
}

/** Sees nothing of what others do. */
class IsAlone extends PlainStore {
  constructor() {
    super({ stored: null });
  }
}

/** Resolves with what was stored before. */
class ResolvesWithOld extends PlainStore {
  override async commit(changes: readonly Change[]): Promise<Stored> {
    const before = this.at.stored ?? { ...EMPTY, revision: 1 };
    await super.commit(changes);
    return before;
  }
}

function at(Store: new (place: Place) => SessionStore): () => OpenStore {
  return () => {
    const place: Place = { stored: null };
    return () => new Store(place);
  };
}

/** The cases that a store fails. */
async function failedBy(newPlace: () => OpenStore): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of sessionStoreContract(newPlace)) {
    const error = await run().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error !== null) failed.push(name);
  }
  return failed;
}

/** How each is wrong, the case that says so, and whether the model sees it, too. */
const WRONG: readonly [Store: new (place: Place) => SessionStore, says: string, isSeenByModel: boolean][] = [
  [LastWriteWins, "two stores at one place see each other's commits", true],
  [ForgetsDeletions, "what was deleted stays deleted, whoever commits an older change of it", true],
  [ForgetsDeletions, "a deletion is told to others, with its time", true],
  [LosesConcurrentChanges, "commits of many stores at a time lose nothing", true],
  [LosesConcurrentChanges, "commits of one store at a time lose nothing", true],
  [IgnoresTimes, "of two changes the later one wins, whichever is committed first", true],
  [IgnoresTimes, "a commit that changes nothing leaves state and revision as they are", true],
  [FirstOfOneTimeWins, "of two changes of one time the one that is committed later wins", true],
  [DoesNotCopy, "what was given is stored as it was then, whatever becomes of it", false],
  [StoresParts, "all changes of a commit are stored, or none of them", true],
  [StoresParts, "whoever reads sees all of a commit, or nothing of it", true],
  [CountsAll, "a commit that changes nothing leaves state and revision as they are", false],
  [CountsFromZero, "the first revision is 1, and each commit that changes something is one more", true],
  [IsNeverEmpty, "at a new place nothing is stored", false],
  [
    KnowsNoHostileNames,
    "names are data, whatever they are: __proto__, half of a surrogate pair, a line break",
    true,
  ],
  [WritesUtf8, "names are data, whatever they are: __proto__, half of a surrogate pair, a line break", true],
  [
    TellsCookiesByName,
    "cookies are told apart by name, domain, path, and whether they are for one host",
    true,
  ],
  [TellsByKeyAlone, "an option, a cookie and a host of one name are three things", false],
  [DropsFields, "all fields of a cookie are stored", false],
  [TakesEmptyForDeleted, "null, false, 0 and an empty text are values, and no deletions", false],
  [NeverBringsBack, "what was deleted comes back with a later change", true],
  [DropsMany, "thousands of things are stored", false],
  [ForgetsAtClose, "what is stored is there when it is opened again", true],
  [IsAlone, "two stores at one place see each other's commits", true],
  [ResolvesWithOld, "what is committed is what commit() resolves with, and what is read", true],
];

describe("the cases of sessionStoreContract()", () => {
  it("are passed by a store that is right", async ({ expect }) => {
    expect(await failedBy(at(PlainStore))).toEqual([]);
  });

  it.for(WRONG.map(([Store, says]) => [Store.name, says, Store] as const))(
    "tell that a store is wrong: %s fails %s",
    async ([, says, Store], { expect }) => {
      expect(await failedBy(at(Store))).toContain(says);
    },
  );

  it("have each a store that fails it", ({ expect }) => {
    const all = sessionStoreContract(at(PlainStore)).map(({ name }) => name);
    expect(new Set(WRONG.map(([, says]) => says))).toEqual(new Set(all));
  });
});

describe("sessionStoreModel()", () => {
  it("finds nothing in a store that is right", async ({ expect }) => {
    await expect(sessionStoreModel(at(PlainStore), { runs: 200 }).run()).resolves.toBeUndefined();
  });

  const seen = new Set(WRONG.flatMap(([Store, , isSeen]) => (isSeen ? [Store] : [])));
  it.for([...seen].map((Store) => [Store.name, Store] as const))(
    "finds what is wrong, and tells a short sequence and a seed that makes it again: %s",
    async ([, Store], { expect }) => {
      const error = await rejection(sessionStoreModel(at(Store), { seed: 1, runs: 200 }).run());
      expect(error).toBeInstanceOf(AssertionError);
      const { message } = error as AssertionError;
      const [, seed = ""] = /again with \{ seed: (\d+), runs: 1, steps: 20, stores: 3 \}/.exec(message) ?? [];
      const steps = message.split("\n").filter((line) => /^  (?:store \d |at one time: )/.test(line));
      expect(steps.length).toBeLessThanOrEqual(3);
      const again = await rejection(sessionStoreModel(at(Store), { seed: Number(seed), runs: 1 }).run());
      expect(again).toBeInstanceOf(AssertionError);
    },
  );

  it.for([
    [{ sead: 1 }, /unknown option sead; allowed are seed, runs, steps, stores/],
    [{ seed: -1 }, /seed must be a whole number from 0 to 4294967295, not -1/],
    [{ runs: 0 }, /runs must be a whole number from 1/],
    [{ steps: 1.5 }, /steps must be a whole number/],
    [{ stores: "3" }, /stores must be a number, not 3/],
    [null, /options must be an object, not null/],
  ] as const)("refuses options that it does not have: %j", ([options, says], { expect }) => {
    expect(() => sessionStoreModel(at(PlainStore), options as object)).toThrow(says);
  });
});
