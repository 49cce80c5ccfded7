/** Stored sessions beside others of the same store: whose change counts, what is noticed by itself, and what keeps what from being stored. */
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";

import { type HstsStore, Session, SessionClosed, SessionFileError } from "../../src/index.ts";
import { MemorySessionStore } from "../../src/store/memory-store.ts";
import type { SessionStore } from "../../src/core/session-store.ts";
import { rejection } from "../support/messages.ts";
import { temporaryFolder } from "../support/temporary.ts";

const { newPath } = temporaryFolder();
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const SHOP = "https://shop.example/";

/** Two sessions of one store that are saved when the test says so. */
async function two(): Promise<[one: Session, other: Session, store: SessionStore]> {
  const store = new MemorySessionStore();
  const open = (): Promise<Session> => Session.open(store, { save: "manual" });
  return [await open(), await open(), store];
}

async function opened<Value>(from: string | SessionStore, look: (session: Session) => Value): Promise<Value> {
  await using session = await Session.open(from, { access: "read-only" });
  return look(session);
}

/** Times of changes are milliseconds. */
async function later(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe("headers", () => {
  it("that each of two processes sets are both stored", async () => {
    const [one, other, store] = await two();
    one.headers.set("X-One", "1");
    await one.save();
    other.headers.set("X-Other", "2");
    await other.save();
    const values = await opened(store, ({ headers }) => [headers.get("x-one"), headers.get("x-other")]);
    expect(values).toEqual(["1", "2"]);
    expect(other.headers.get("X-One")).toBe("1");
  });

  it("of one name: the later change counts, whoever saves later", async () => {
    const [one, other, store] = await two();
    other.headers.set("X-Both", "early");
    await later();
    one.headers.set("X-Both", "late");
    await one.save();
    await later();
    await other.save();
    expect(await opened(store, ({ headers }) => headers.get("X-Both"))).toBe("late");
    expect(other.headers.get("X-Both")).toBe("late");
  });

  it("that were changed in place are stored soon after, without being asked for", async () => {
    const store = new MemorySessionStore();
    await using session = await Session.open(store);
    session.headers.set("X-Set", "1");
    session.headers.append("X-Set", "2");
    session.headers.delete("accept");
    await vi.waitFor(async () => expect(await store.read()).not.toBeNull());
    const pairs = await opened(store, ({ headers }) => [headers.getAll("x-set"), headers.has("accept")]);
    expect(pairs).toEqual([["1", "2"], false]);
  });

  it("that were cleared, or replaced, are stored as they are then", async () => {
    const store = new MemorySessionStore();
    {
      await using session = await Session.open(store, { headers: { "X-Old": "1" } });
      session.headers = { "X-New": "1" };
      session.headers.set("X-Later", "1");
    }
    expect(await opened(store, ({ headers }) => headers.toObject())).toEqual({
      "X-New": "1",
      "X-Later": "1",
    });
    {
      await using session = await Session.open(store);
      session.headers.clear();
    }
    expect(await opened(store, ({ headers }) => headers.size)).toBe(0);
  });

  it("are changed in place by what others did, and are told of from then on, too", async () => {
    const [one, other, store] = await two();
    const { headers } = one;
    other.headers.set("X-Other", "1");
    other.headers.delete("Accept");
    await other.save();
    await one.reload();
    expect(one.headers).toBe(headers);
    expect([headers.get("X-Other"), headers.has("accept")]).toEqual(["1", false]);
    other.headers.delete("X-Other");
    other.headers.set("Accept", "*/*");
    await other.save();
    headers.set("X-One", "1");
    await one.save();
    expect(headers.has("X-Other")).toBe(false);
    expect(await opened(store, (session) => session.headers.get("X-One"))).toBe("1");
    expect(await opened(store, (session) => session.headers.get("accept"))).toBe("*/*");
  });

  it("may stand in a file as a record or a list, as somebody wrote them", async () => {
    const store = new MemorySessionStore();
    await store.commit([
      { kind: "setting", key: "headers", at: 1, value: { "X-Record": "1", "X-Both": "1" } },
      { kind: "setting", key: "headers.x-both", at: 1, value: ["X-Both", "2"] },
    ]);
    {
      await using session = await Session.open(store);
      session.headers.set("X-Own", "3");
    }
    const kept = ({ headers }: Session): unknown[] =>
      ["X-Record", "X-Both", "X-Own"].map((name) => headers.get(name));
    expect(await opened(store, kept)).toEqual(["1", "2", "3"]);
  });

  it.for([["X-A"], ["X-Other", "1"], "X-A", { "X-A": "1" }])(
    "that are no pair of their name are refused: %j",
    async (value) => {
      const store = new MemorySessionStore();
      await store.commit([{ kind: "setting", key: "headers.x-a", at: 1, value }]);
      const error = await rejection(Session.open(store));
      expect(error).toBeInstanceOf(SessionFileError);
      expect(String(error)).toContain('settings["headers.x-a"]');
    },
  );
});

describe("a cookie", () => {
  it("that a server deletes is deleted, also when only others have it", async () => {
    const [one, other, store] = await two();
    other.cookies.setCookie("sid=1; Path=/", SHOP);
    await other.save();
    await later();
    one.cookies.setCookie("sid=; Max-Age=0; Path=/", SHOP);
    await one.save();
    expect(await opened(store, ({ cookies }) => cookies.size)).toBe(0);
    await other.reload();
    expect(other.cookies.size).toBe(0);
  });

  it("that is set after the clock was put back is the later one", async () => {
    const store = new MemorySessionStore();
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now });
    await using session = await Session.open(store, { save: "manual" });
    session.cookies.setCookie("sid=early", SHOP);
    await session.save();
    vi.setSystemTime(now + 10);
    await session.reload();
    await using other = await Session.open(store, { save: "manual" });
    vi.setSystemTime(now - 3_600_000);
    session.cookies.setCookie("sid=late", SHOP);
    await session.save();
    expect(await opened(store, ({ cookies }) => cookies.get("sid"))).toBe("late");
    await other.reload();
    other.cookies.setCookie("sid=latest", SHOP);
    await other.save();
    expect(await opened(store, ({ cookies }) => cookies.get("sid"))).toBe("latest");
  });

  it("with a prefix may be deleted, and the file read again", async () => {
    const path = newPath();
    for (const value of ["1", null]) {
      await using session = await Session.open(path);
      if (value === null) session.cookies.clear();
      else session.cookies.setCookie("__Host-sid=1; Secure; Path=/", SHOP);
    }
    expect(await opened(path, ({ cookies }) => cookies.size)).toBe(0);
  });
});

describe("a host that says the same often", () => {
  it("is stored for longer when all of that is much longer", async () => {
    const store = new MemorySessionStore();
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now });
    await using session = await Session.open(store, { hsts: true, save: "manual" });
    for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
      vi.setSystemTime(now + minutes * 60_000);
      (session.hsts as HstsStore).note("shop.example", "max-age=7200");
      await session.save();
    }
    expect(await opened(store, ({ hsts }) => hsts?.covers("shop.example", Date.now() + 3_000_000))).toBe(
      true,
    );
    // And not each time.
    expect((await store.read())?.revision).toBeLessThan(30);
  });
});

describe("proxy and proxies", () => {
  it("that two processes set do not make the session unreadable: the later one counts", async () => {
    const [one, other, store] = await two();
    one.proxy = "http://one.test:1";
    await later();
    other.proxies = { https: "http://two.test:2" };
    await one.save();
    await other.save();
    await one.reload();
    for (const session of [one, other])
      expect([session.proxy, session.proxies]).toEqual([undefined, { https: "http://two.test:2" }]);
    const seen = await opened(store, ({ proxy, proxies }) => [proxy, proxies]);
    expect(seen).toEqual([undefined, { https: "http://two.test:2" }]);
  });

  it("what is given counts before what was stored, and takes its place", async () => {
    const path = newPath();
    await (await Session.open(path, { proxies: { https: "http://two.test:2" } })).close();
    await (await Session.open(path, { proxy: "http://three.test:3" })).close();
    const seen = await opened(path, ({ proxy, proxies }) => [proxy, proxies]);
    expect(seen).toEqual(["http://three.test:3", undefined]);
  });

  it.for([
    { proxy: "user:SECRET@127.0.0.1:1" },
    { proxies: { https: "//user:SECRET@127.0.0.1:1" } },
    { proxies: { all: "user:SECRET@127.0.0.1:1" } },
  ])("with a secret are an error, also without a scheme", async (options) => {
    const error = await rejection(Session.open(newPath(), options));
    expect(String(error)).toMatch(/is a secret, and would be stored/);
    expect(String(error)).not.toContain("SECRET");
  });
});

describe("a secret that must not be stored", () => {
  it("keeps nothing else from being stored, and is told of", async () => {
    const path = newPath();
    const session = await Session.open(path, { save: "manual" });
    session.headers.set("Authorization", "Bearer SECRET");
    session.headers.set("X-Other", "1");
    session.cookies.setCookie("sid=1", SHOP);
    session.timeout = 7;
    expect(String(await rejection(session.save()))).toContain('headers["Authorization"] is a secret');
    await session.close();
    const kept = await opened(path, ({ cookies, headers, timeout }) => [
      cookies.get("sid"),
      headers.get("X-Other"),
      headers.has("Authorization"),
      timeout,
    ]);
    expect(kept).toEqual(["1", "1", false, 7]);
    expect(await readFile(path, "utf8")).not.toContain("SECRET");
  });

  it.for([
    ["headers", { Authorization: "Bearer SECRET" }],
    ["baseUrl", "https://user:SECRET@shop.example"],
  ] as const)("is not set either: %s", async ([name, value]) => {
    await using session = await Session.open(new MemorySessionStore());
    const before = session[name];
    expect(() => Object.assign(session, { [name]: value })).toThrow(/is a secret, and would be stored/);
    expect(session[name]).toBe(before);
  });
});

describe("params", () => {
  it("keep their order, and are no change when they are given again", async () => {
    const path = newPath();
    await (await Session.open(path, { params: { z: 1, a: 2 } })).close();
    const before = await readFile(path, "utf8");
    await (await Session.open(path, { params: { z: 1, a: 2 } })).close();
    expect(await readFile(path, "utf8")).toBe(before);
    expect(await opened(path, ({ params }) => Object.keys(params ?? {}))).toEqual(["z", "a"]);
  });
});

describe("a session that is closed", () => {
  it("is not saved or reloaded, and says so; closing it again is no error", async () => {
    const session = await Session.open(new MemorySessionStore());
    await session.close();
    await session.close();
    session.timeout = 5;
    for (const attempt of [() => session.save(), () => session.reload()]) {
      const error = await rejection(attempt());
      expect(error).toBeInstanceOf(SessionClosed);
      expect(String(error)).toContain("save() before close()");
    }
  });

  it("is closed again to try again what could not be stored", async () => {
    const store = new MemorySessionStore();
    const commit = vi.spyOn(store, "commit").mockRejectedValueOnce(new Error("the disk is full"));
    const session = await Session.open(store);
    session.cookies.setCookie("sid=1", SHOP);
    expect(String(await rejection(session.close()))).toContain("the disk is full");
    await session.close();
    expect(commit).toHaveBeenCalledTimes(2);
    expect(await opened(store, ({ cookies }) => cookies.get("sid"))).toBe("1");
  });
});
