/**
 * What every store of sessions must do, a case each. The cases know nothing of a runner of tests, and of a store nothing but its
 * interface.
 *
 * Times are those of the last seconds: what was deleted long ago may be forgotten.
 */
import { deepStrictEqual, fail, ok, rejects, strictEqual } from "node:assert/strict";

import {
  atNewPlace,
  comparable,
  cookieGone,
  cookieSet,
  cookieWith,
  hostSaid,
  idOf,
  setting,
  shownOf,
  type NewPlace,
  type StoreCase,
  type TestedChange,
  type TestedState,
  type TestedStore,
} from "./store.ts";

/** What a case gets: opens stores on its place; and a time a moment ago. */
interface Bench {
  readonly open: () => Promise<TestedStore>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Stores and commits of each, in the cases in which many come at a time. */
const STORES = 6;
const COMMITS = 8;
/** Cookies in the case that has many. */
const MANY = 2000;

/**
 * The cases that a `SessionStore` must pass. Each works at a new place, with one store or with several at a time, and closes them.
 *
 * @param newPlace makes a place where nothing is stored, and gives what opens stores on it.
 */
export function sessionStoreContract(newPlace: NewPlace): readonly StoreCase[] {
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: () => atNewPlace(newPlace, (open) => check({ open, now: Date.now() - 5000 })),
  }));
}

const cases: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "at a new place nothing is stored": async ({ open }) => {
    strictEqual(await (await open()).read(), null);
  },

  "what is committed is what commit() resolves with, and what is read": async ({ open, now }) => {
    const store = await open();
    const changes = [
      setting("timeout", { connect: 1000, read: 0.5 }, now),
      cookieSet(cookieWith({}), now + 1),
      hostSaid("shop.example", false, now + 2),
    ];
    const { state } = await store.commit(changes);
    expectState(state, changes);
    expectState(await stateOf(store), changes);
  },

  "all fields of a cookie are stored": async ({ open, now }) => {
    const store = await open();
    const changes = [
      cookieWith({ name: "a", expires: now + 1e9, secure: true, httpOnly: true, sameSite: "strict" }),
      cookieWith({ name: "b", sameSite: "lax", hostOnly: false, path: "/a/b", createdAt: now }),
      cookieWith({ name: "c", sameSite: "none", secure: true }),
      cookieWith({ name: "d", domain: "", boundTo: "shop.example" }),
      cookieWith({ name: "e", domain: "" }),
    ].map((cookie) => cookieSet(cookie, now));
    await store.commit(changes);
    expectState(await stateOf(store), changes);
  },

  "the first revision is 1, and each commit that changes something is one more": async ({ open, now }) => {
    const [first, second] = [await open(), await open()];
    strictEqual((await first.commit([setting("a", 1, now)])).revision, 1);
    strictEqual((await second.commit([setting("a", 2, now + 1)])).revision, 2);
    strictEqual((await first.commit([setting("a", undefined, now + 2)])).revision, 3);
    strictEqual((await second.read())?.revision, 3);
  },

  "a commit that changes nothing leaves state and revision as they are": async ({ open, now }) => {
    const store = await open();
    await store.commit([setting("a", 1, now)]);
    for (const changes of [[], [setting("a", 2, now - 1)], [setting("a", undefined, now - 1)]]) {
      const { revision, state } = await store.commit(changes);
      strictEqual(revision, 1);
      expectState(state, [setting("a", 1, now)]);
    }
  },

  "of two changes the later one wins, whichever is committed first": async ({ open, now }) => {
    const store = await open();
    const [older, newer] = [setting("a", "older", now), setting("a", "newer", now + 1)];
    await store.commit([newer]);
    expectState((await store.commit([older])).state, [newer]);
    const [olderToo, newerToo] = [setting("b", "older", now), setting("b", "newer", now + 1)];
    await store.commit([olderToo]);
    expectState((await store.commit([newerToo])).state, [newer, newerToo]);
    const [oneCommit, ofBoth] = [setting("c", "newer", now + 1), setting("c", "older", now)];
    expectState((await store.commit([oneCommit, ofBoth])).state, [newer, newerToo, oneCommit]);
  },

  "of two changes of one time the one that is committed later wins": async ({ open, now }) => {
    const [first, second] = [await open(), await open()];
    await first.commit([setting("a", 1, now), setting("b", 1, now)]);
    await second.commit([setting("a", 2, now), setting("c", 1, now), setting("c", 2, now)]);
    expectState(await stateOf(first), [setting("a", 2, now), setting("b", 1, now), setting("c", 2, now)]);
  },

  "a deletion is told to others, with its time": async ({ open, now }) => {
    const [first, second] = [await open(), await open()];
    const cookie = cookieWith({});
    await first.commit([setting("a", 1, now), cookieSet(cookie, now), hostSaid("shop.example", false, now)]);
    const gone = [
      setting("a", undefined, now + 1),
      cookieGone(cookie, now + 1),
      hostSaid("shop.example", true, now + 1),
    ];
    await second.commit(gone);
    expectState(await stateOf(first), gone);
  },

  "what was deleted stays deleted, whoever commits an older change of it": async ({ open, now }) => {
    const [first, second] = [await open(), await open()];
    const cookie = cookieWith({});
    const gone = [setting("a", undefined, now), cookieGone(cookie, now), hostSaid("shop.example", true, now)];
    await first.commit(gone);
    await second.commit([
      setting("a", 1, now - 1),
      cookieSet(cookie, now - 1),
      hostSaid("shop.example", false, now - 1),
    ]);
    expectState(await stateOf(first), gone);
  },

  "what was deleted comes back with a later change": async ({ open, now }) => {
    const store = await open();
    const cookie = cookieWith({});
    await store.commit([cookieGone(cookie, now), setting("a", undefined, now)]);
    const back = [cookieSet(cookie, now + 1), setting("a", 1, now + 1)];
    expectState((await store.commit(back)).state, back);
  },

  "null, false, 0 and an empty text are values, and no deletions": async ({ open, now }) => {
    const store = await open();
    const values = [null, false, 0, "", [], {}].map((value, at) => setting(`s${at}`, value, now));
    const empty = cookieSet(cookieWith({ value: "" }), now);
    await store.commit([...values, empty]);
    expectState(await stateOf(store), [...values, empty]);
  },

  "cookies are told apart by name, domain, path, and whether they are for one host": async ({
    open,
    now,
  }) => {
    const store = await open();
    const different = [
      {},
      { name: "SID" },
      { path: "/a" },
      { path: "/a/" },
      { domain: "other.example" },
      { hostOnly: false },
      { domain: "" },
    ].map((fields) => cookieSet(cookieWith(fields), now));
    await store.commit(different);
    const [gone, ...left] = different.map(
      ({ key }) => ({ kind: "cookie", key, at: now + 1, value: undefined }) as TestedChange,
    );
    ok(gone !== undefined && left.length > 0);
    await store.commit([gone]);
    expectState(await stateOf(store), [gone, ...different.slice(1)]);
  },

  "an option, a cookie and a host of one name are three things": async ({ open, now }) => {
    const store = await open();
    const changes = [
      setting("shop.example", 1, now),
      hostSaid("shop.example", false, now + 1),
      cookieSet(cookieWith({ name: "shop.example" }), now + 2),
    ];
    await store.commit(changes);
    const gone = hostSaid("shop.example", true, now + 5);
    await store.commit([gone]);
    expectState(await stateOf(store), [...changes.filter(({ kind }) => kind !== "host"), gone]);
  },

  "names are data, whatever they are: __proto__, half of a surrogate pair, a line break": async ({
    open,
    now,
  }) => {
    const store = await open();
    const names = [
      "__proto__",
      "constructor",
      "toString",
      "",
      "\uD800",
      "\uDC00",
      "a\nb",
      "a\0b",
      "é",
      "x".repeat(5000),
    ];
    const values = ["\uDEAD", "\u2028", '"', "\\", JSON.parse('{"__proto__":{"polluted":true}}') as string];
    const changes = [
      ...names.map((name, at) => setting(name, at, now)),
      ...values.map((value, at) => setting(`value${at}`, [value], now)),
      ...["__proto__", "constructor", ""].map((name) => cookieSet(cookieWith({ name }), now)),
      ...["/a;v=1/b", "/__proto__", "/%C3%A9"].map((path) => cookieSet(cookieWith({ path }), now)),
      hostSaid("__proto__", false, now),
    ];
    await store.commit(changes);
    expectState(await stateOf(store), changes);
    strictEqual(Object.hasOwn(Object.prototype, "polluted"), false);
    const gone = names.map((name) => setting(name, undefined, now + 1));
    await store.commit(gone);
    expectState(await stateOf(store), [...gone, ...changes.slice(names.length)]);
  },

  "all changes of a commit are stored, or none of them": async ({ open, now }) => {
    const store = await open();
    await store.commit([setting("a", 1, now)]);
    const broken: TestedChange = {
      kind: "setting",
      key: "c",
      at: now + 1,
      get value(): never {
        throw new Error("this change cannot be read");
      },
    };
    await rejects(
      () => store.commit([setting("a", 2, now + 1), setting("b", 2, now + 1), broken]),
      /cannot be read|could not be cloned/,
      "a commit with a change that cannot be read must be rejected",
    );
    strictEqual((await store.read())?.revision, 1);
    expectState(await stateOf(store), [setting("a", 1, now)]);
    // It goes on behind it.
    expectState((await store.commit([setting("a", 3, now + 2)])).state, [setting("a", 3, now + 2)]);
  },

  "whoever reads sees all of a commit, or nothing of it": async ({ open, now }) => {
    const [writer, reader] = [await open(), await open()];
    let isDone = false;
    const write = async (): Promise<void> => {
      for (let turn = 0; turn < COMMITS; turn++) {
        const changes = ["a", "b", "c"].map((name) => setting(name, turn, now + turn));
        await writer.commit(changes);
      }
    };
    const read = async (): Promise<void> => {
      while (!isDone) {
        const { settings } = (await reader.read())?.state ?? { settings: [] };
        const values = new Set(settings.map(({ value }) => value));
        ok(
          values.size <= 1 && [0, 3].includes(settings.length),
          `a part of a commit was read: ${shown(settings)}`,
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    // Both to their end: the stores are closed behind it.
    const outcomes = await Promise.allSettled([read(), write().finally(() => (isDone = true))]);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  },

  "two stores at one place see each other's commits": async ({ open, now }) => {
    const [first, second] = [await open(), await open()];
    await first.read();
    await second.commit([setting("a", 1, now)]);
    await first.commit([setting("b", 2, now)]);
    expectState(await stateOf(second), [setting("a", 1, now), setting("b", 2, now)]);
    expectState(await stateOf(first), [setting("a", 1, now), setting("b", 2, now)]);
  },

  "commits of many stores at a time lose nothing": async ({ open, now }) => {
    const stores = await Promise.all(Array.from({ length: STORES }, open));
    await manyAtATime(stores, now);
  },

  "commits of one store at a time lose nothing": async ({ open, now }) => {
    const store = await open();
    await manyAtATime(
      Array.from({ length: STORES }, () => store),
      now,
    );
  },

  "what was given is stored as it was then, whatever becomes of it": async ({ open, now }) => {
    const store = await open();
    const value = { connect: 1000, more: [1] };
    const changes: TestedChange[] = [setting("timeout", value, now)];
    const committing = store.commit(changes);
    value.connect = 1;
    value.more.push(2);
    changes.push(setting("later", 1, now));
    await committing;
    value.connect = 2;
    expectState(await stateOf(store), [setting("timeout", { connect: 1000, more: [1] }, now)]);
  },

  "what is stored is there when it is opened again": async ({ open, now }) => {
    const first = await open();
    const changes = [setting("a", 1, now), cookieGone(cookieWith({}), now)];
    await first.commit(changes);
    await first.close();
    const second = await open();
    strictEqual((await second.read())?.revision, 1);
    expectState(await stateOf(second), changes);
    strictEqual((await second.commit([setting("a", 2, now + 1)])).revision, 2);
  },

  "thousands of things are stored": async ({ open, now }) => {
    const store = await open();
    const changes = Array.from({ length: MANY }, (_, at) =>
      cookieSet(cookieWith({ name: `c${at}`, domain: `host${at % 100}.example` }), now),
    );
    await store.commit(changes);
    expectState(await stateOf(store), changes);
  },
};

/** Each commit has a thing of its own, and one for which all fight, of which the last must stay. */
async function manyAtATime(stores: readonly TestedStore[], now: number): Promise<void> {
  const [reader] = stores;
  if (reader === undefined) fail("there is no store");
  const commits = stores.flatMap((store, id) =>
    Array.from({ length: COMMITS }, (_, turn) => {
      // The last of all comes in the middle.
      const at = now + (((id * COMMITS + turn) * 7) % (STORES * COMMITS));
      return {
        store,
        own: setting(`own ${id} ${turn}`, turn, now),
        shared: setting("shared", `${id} ${turn}`, at),
      };
    }),
  );
  const all = await Promise.all(
    commits.map(async ({ store, own, shared }) => {
      const { revision, state } = await store.commit([own, shared]);
      const stored = comparable(state);
      strictEqual(stored[idOf(own)], shownOf(own), "commit() resolves with what is stored then");
      return revision;
    }),
  );
  const last = commits.map(({ shared }) => shared).toSorted((one, other) => other.at - one.at)[0];
  ok(last !== undefined);
  expectState(await stateOf(reader), [...commits.map(({ own }) => own), last]);
  deepStrictEqual(
    all.toSorted((one, other) => one - other),
    commits.map((_, at) => at + 1),
    "each commit has a revision of its own",
  );
}

async function stateOf(store: TestedStore): Promise<TestedState> {
  const stored = await store.read();
  if (stored === null) fail("nothing is stored");
  return stored.state;
}

/** These are what is stored, and nothing else is. */
function expectState(state: TestedState, changes: readonly TestedChange[]): void {
  deepStrictEqual(
    comparable(state),
    comparable({
      settings: changes.filter((change) => change.kind === "setting"),
      cookies: changes.filter((change) => change.kind === "cookie"),
      hosts: changes.filter((change) => change.kind === "host"),
    }),
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}
