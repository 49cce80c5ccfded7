/** What is told of a session that is stored: what was saved, what was taken over from others, and what failed. */
import { describe, expect, it } from "vitest";

import { Session } from "../../src/index.ts";
import type { Change, Stored } from "../../src/core/session-store.ts";
import { MemorySessionStore } from "../../src/store/memory-store.ts";
import { Heard } from "../support/heard.ts";

/** Fails while there is something to fail with. */
class FailingStore extends MemorySessionStore {
  failure: Error | null = null;

  override async read(): Promise<Stored | null> {
    if (this.failure !== null) throw this.failure;
    return await super.read();
  }

  override async commit(changes: readonly Change[]): Promise<Stored> {
    if (this.failure !== null) throw this.failure;
    return await super.commit(changes);
  }
}

describe("what is told of a stored session", () => {
  it("has how much was saved, and how much of others was taken over", async () => {
    const store = new MemorySessionStore();
    await using one = await Session.open(store, { save: "close" });
    await using other = await Session.open(store, { save: "close" });
    using heard = new Heard(one);
    one.cookies.set("a", "planted", { domain: "a.test" });
    one.cookies.set("b", "planted", { domain: "a.test" });
    await one.save();
    expect(heard.one("store")).toEqual({ kind: "saved", place: store.place, changes: 2, error: null });
    other.cookies.set("c", "planted", { domain: "a.test" });
    await other.save();
    await one.reload();
    await one.reload();
    expect(heard.of("store").slice(1)).toEqual([
      { kind: "reloaded", place: store.place, changes: 1, error: null },
      { kind: "reloaded", place: store.place, changes: 0, error: null },
    ]);
    expect(JSON.stringify(heard.of("store"))).not.toContain("planted");
    expect(heard.names.every((name) => name === "store")).toBe(true);
  });

  it("has what could not be saved, or read, and why", async () => {
    const store = new FailingStore();
    await using session = await Session.open(store, { save: "close" });
    using heard = new Heard(session);
    const broken = new Error("the disk is full");
    store.failure = broken;
    session.cookies.set("a", "1", { domain: "a.test" });
    await expect(session.save()).rejects.toBe(broken);
    await expect(session.reload()).rejects.toBe(broken);
    store.failure = null;
    const failed = { kind: "failed", place: store.place, changes: 0, error: broken };
    expect(heard.of("store")).toEqual([failed, failed]);
    await session.save();
    expect(heard.of("store")[2]).toMatchObject({ kind: "saved", changes: 1 });
  });
});
