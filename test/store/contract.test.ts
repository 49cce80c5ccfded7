/** Each of our stores does what every store must do: the cases that `sojourn/testing` gives to whoever writes one. */
import { describe, expect, it } from "vitest";

import type { Change, SessionState, SessionStore, Stored } from "../../src/core/session-store.ts";
import { FileSessionStore } from "../../src/store/file-store.ts";
import { MemorySessionStore } from "../../src/store/memory-store.ts";
import {
  sessionStoreContract,
  sessionStoreModel,
  type OpenStore,
  type TestedChange,
  type TestedState,
  type TestedStore,
  type TestedStored,
} from "../../testing/index.ts";
import { runs } from "../support/size.ts";
import { temporaryFolder } from "../support/temporary.ts";

const { newPath } = temporaryFolder();

const KEY = new Uint8Array(32).fill(7);

/** The kinds of stores: a new place of each. */
const KINDS: readonly [kind: string, newPlace: () => OpenStore, runs: number][] = [
  [
    "in memory",
    () => {
      const store = new MemorySessionStore();
      return () => store;
    },
    500,
  ],
  [
    "in a file",
    () => {
      const path = newPath();
      return () => new FileSessionStore(path);
    },
    50,
  ],
  [
    "in an encrypted file",
    () => {
      const path = newPath();
      return () => new FileSessionStore(path, { key: KEY });
    },
    50,
  ],
];

describe.for(KINDS)("a store %s", ([, newPlace, count]) => {
  for (const { name, run } of sessionStoreContract(newPlace))
    it(name, async () => {
      await expect(run()).resolves.toBeUndefined();
    });

  const { name, run } = sessionStoreModel(newPlace, { runs: runs(count) });
  it(name, async () => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe("the shape of a store in sojourn/testing", () => {
  it("is the one that stores have", () => {
    type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;
    const same: readonly true[] = [
      true satisfies Same<TestedStore, SessionStore>,
      true satisfies Same<TestedStored, Stored>,
      true satisfies Same<TestedState, SessionState>,
      true satisfies Same<TestedChange, Change>,
    ];
    expect(same).toHaveLength(4);
  });
});
