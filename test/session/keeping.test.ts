/** What a stored session hears of, and what it leaves alone: jars and lists that are given, clocks that differ, options of later versions. */
import { readFile, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";

import { CookieJar, HstsStore, Session, SessionFileError, type Change } from "../../src/index.ts";
import { MemorySessionStore } from "../../src/store/memory-store.ts";
import { rejection } from "../support/messages.ts";
import { temporaryFolder } from "../support/temporary.ts";

const { newPath } = temporaryFolder();
afterEach(() => {
  vi.unstubAllEnvs();
});

const SHOP = "https://shop.example/";

describe("a jar that is given", () => {
  it("is stored with all that is in it, beside what was stored", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path);
      session.cookies.setCookie("stored=1", SHOP);
      session.cookies.setCookie("both=stored", SHOP);
    }
    const jar = new CookieJar();
    jar.setCookie("both=given", SHOP);
    jar.setCookie("given=1", SHOP);
    await (await Session.open(path, { cookies: jar })).close();
    await using session = await Session.open(path);
    expect(session.cookies.getDict()).toEqual({ stored: "1", both: "given", given: "1" });
  });

  it("and has what is stored already is no change", async () => {
    const path = newPath();
    const jar = new CookieJar();
    jar.setCookie("sid=1", SHOP);
    jar.set("loose", "1");
    jar.bind(SHOP);
    await (await Session.open(path, { cookies: jar })).close();
    const before = await readFile(path, "utf8");
    await (await Session.open(path, { cookies: jar })).close();
    await (await Session.open(path, { cookies: CookieJar.fromJSON(jar.toJSON()) })).close();
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("is that of one stored session at a time", async () => {
    const jar = new CookieJar();
    const first = await Session.open(new MemorySessionStore(), { cookies: jar });
    const refused = /cookies is the jar of another stored session/;
    expect(String(await rejection(Session.open(new MemorySessionStore(), { cookies: jar })))).toMatch(
      refused,
    );
    await using other = await Session.open(new MemorySessionStore());
    const before = other.cookies;
    expect(() => (other.cookies = jar)).toThrow(refused);
    expect(other.cookies).toBe(before);
    other.cookies.set("a", "1", { domain: "shop.example" });
    await other.save();
    expect((await other.store?.read())?.state.cookies).toHaveLength(1);
    await first.close();
    await (await Session.open(new MemorySessionStore(), { cookies: jar })).close();
  });

  it("in the place of another one is stored, and what that one had is deleted", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path);
      session.cookies.setCookie("old=1", SHOP);
      session.cookies.setCookie("both=1", SHOP);
      await session.save();
      const jar = new CookieJar();
      jar.setCookie("both=1", SHOP);
      jar.setCookie("fresh=1", SHOP);
      session.cookies = jar;
      await session.save();
      jar.setCookie("later=1", SHOP);
    }
    await using session = await Session.open(path);
    expect(session.cookies.getDict()).toEqual({ both: "1", fresh: "1", later: "1" });
  });

  it("is left alone when the session could not be opened", async () => {
    const jar = new CookieJar();
    const store = new MemorySessionStore();
    expect(await rejection(Session.open(store, { cookies: jar, auth: ["user", "pass"] }))).toBeInstanceOf(
      TypeError,
    );
    jar.setCookie("a=1", SHOP);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await store.read()).toBeNull();
    await (await Session.open(store, { cookies: jar })).close();
    expect((await store.read())?.state.cookies).toHaveLength(1);
  });
});

describe("a list of HSTS hosts that is given", () => {
  it("has those that were stored, and is stored with its own", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path, { hsts: true });
      (session.hsts as HstsStore).note("stored.example", "max-age=1000");
    }
    const hsts = new HstsStore();
    hsts.note("given.example", "max-age=1000");
    {
      await using session = await Session.open(path, { hsts });
      expect(session.hsts?.covers("stored.example", Date.now())).toBe(true);
    }
    await using session = await Session.open(path);
    expect(session.hsts?.covers("given.example", Date.now())).toBe(true);
    expect(session.hsts?.covers("stored.example", Date.now())).toBe(true);
  });

  it("is that of one stored session at a time", async () => {
    const hsts = new HstsStore();
    await using _first = await Session.open(new MemorySessionStore(), { hsts });
    const jar = new CookieJar();
    const error = await rejection(Session.open(new MemorySessionStore(), { hsts, cookies: jar }));
    expect(String(error)).toMatch(/hsts is the list of another stored session/);
    await (await Session.open(new MemorySessionStore(), { cookies: jar })).close();
  });
});

describe("a cookie that a server deletes", () => {
  it("is deleted for all, also by who never had it", async () => {
    const store = new MemorySessionStore();
    await using stale = await Session.open(store, { save: "manual" });
    await using fresh = await Session.open(store, { save: "manual" });
    fresh.cookies.setCookie("sid=1; Path=/; Max-Age=1000", SHOP);
    await fresh.save();
    await new Promise((resolve) => setTimeout(resolve, 5));
    stale.cookies.setCookie("sid=; Path=/; Max-Age=0", SHOP);
    await stale.save();
    await fresh.reload();
    expect(fresh.cookies.size).toBe(0);
  });

  it("again and again is written once, and the last time with what is written next", async () => {
    const store = new MemorySessionStore();
    await using session = await Session.open(store);
    session.cookies.setCookie("sid=; Path=/; Max-Age=0", SHOP);
    await session.save();
    await using other = await Session.open(store, { save: "manual" });
    other.cookies.setCookie("sid=1; Path=/", SHOP);
    await other.save();
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (let at = 0; at < 3; at++) session.cookies.setCookie("sid=; Path=/; Max-Age=0", SHOP);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await store.read())?.revision).toBe(2);
    session.cookies.setCookie("next=1; Path=/", SHOP);
    await session.save();
    // Also of those that somebody set meanwhile.
    await other.reload();
    expect(other.cookies.getDict()).toEqual({ next: "1" });
  });
});

describe("clocks that differ", () => {
  const ahead = Date.now() + 1_000_000;
  const key = { name: "sid", domain: "shop.example", hostOnly: true, path: "/" };
  const cookie = {
    ...key,
    value: "1",
    expires: null,
    secure: false,
    httpOnly: false,
    sameSite: null,
    createdAt: 0,
  };
  const changes: Change[] = [
    { kind: "cookie", key, at: ahead, value: cookie },
    { kind: "setting", key: "timeout", at: ahead, value: 1 },
    {
      kind: "host",
      key: "shop.example",
      at: ahead,
      value: { host: "shop.example", includeSubDomains: false, expires: ahead },
    },
    { kind: "setting", key: "hsts", at: ahead, value: true },
  ];

  it("do not make a change lose against what it changes", async () => {
    const store = new MemorySessionStore();
    await store.commit(changes);
    {
      await using session = await Session.open(store);
      session.cookies.delete("sid");
      session.timeout = 2;
      (session.hsts as HstsStore).note("shop.example", "max-age=0");
    }
    await using session = await Session.open(store);
    expect(session.cookies.size).toBe(0);
    expect(session.timeout).toBe(2);
    expect(session.hsts?.covers("shop.example", Date.now())).toBe(false);
  });

  it("and are put back do not make a session lose against itself", async () => {
    const store = new MemorySessionStore();
    await using session = await Session.open(store, { save: "manual" });
    vi.useFakeTimers({ toFake: ["Date"], now: ahead });
    try {
      session.cookies.setCookie("sid=early", SHOP);
      await session.save();
      vi.setSystemTime(ahead - 500_000);
      session.cookies.setCookie("sid=late", SHOP);
      session.cookies.setCookie("other=1", SHOP);
      vi.setSystemTime(ahead - 900_000);
      session.cookies.setCookie("other=2", SHOP);
      await session.save();
    } finally {
      vi.useRealTimers();
    }
    const stored = (await store.read())?.state.cookies.map(({ value }) => value?.value);
    expect(stored).toEqual(["late", "2"]);
  });
});

describe("what is stored of options", () => {
  it("that a later version has is left as it is", async () => {
    const store = new MemorySessionStore();
    await store.commit([{ kind: "setting", key: "teleport", at: 1, value: { fast: true } }]);
    {
      await using session = await Session.open(store);
      session.timeout = 5;
      await session.save();
      await session.reload();
      expect("teleport" in session).toBe(false);
    }
    expect((await store.read())?.state.settings).toEqual([
      { key: "teleport", at: 1, value: { fast: true } },
      { key: "timeout", at: expect.any(Number) as number, value: 5 },
    ]);
  });

  it.for([
    ["timeout", -1],
    ["maxRedirects", "many"],
    ["proxies", { "": "x" }],
    ["headers", [["a\nb", "1"]]],
    ["baseUrl", "no URL"],
    ["auth", { user: "x" }],
  ] as const)("and can be none of its is told with its name: %s", async ([key, value]) => {
    const path = newPath();
    await (await Session.open(path, { maxCodings: 3 })).close();
    const text = await readFile(path, "utf8");
    const edited = text.replace(
      '"maxCodings"',
      `${JSON.stringify(key)}: {"at":1,"value":${JSON.stringify(value)}}, "maxCodings"`,
    );
    await writeFile(path, edited);
    const error = await rejection(Session.open(path));
    expect(error).toBeInstanceOf(SessionFileError);
    expect(error).toMatchObject({ path, problem: "malformed" });
    expect(String(error)).toContain(`settings[${JSON.stringify(key)}]: `);
    expect(await readFile(path, "utf8")).toBe(edited);
  });

  it("may be null, and is no change then", async () => {
    const path = newPath();
    await (await Session.open(path, { timeout: null, params: null })).close();
    const before = await readFile(path, "utf8");
    await (await Session.open(path)).close();
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("and is a secret that was stored is no error when nothing of it changes", async () => {
    const path = newPath();
    await (await Session.open(path, { secrets: "store", auth: ["user", "password"] })).close();
    await using session = await Session.open(path);
    expect(session.auth).toEqual(["user", "password"]);
    session.timeout = 3;
    await session.save();
    expect(() => (session.auth = ["user", "other"])).toThrow(/is a secret/);
  });
});

describe("a session that is closed", () => {
  it("stores nothing any more", async () => {
    const store = new MemorySessionStore();
    const session = await Session.open(store);
    session.cookies.setCookie("a=1", SHOP);
    await session.close();
    session.cookies.setCookie("b=1", SHOP);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await store.read())?.state.cookies.map(({ key }) => key.name)).toEqual(["a"]);
  });

  it("is stored also when an adapter does not close", async () => {
    const store = new MemorySessionStore();
    const session = await Session.open(store);
    session.mount("broken://", {
      send: () => Promise.reject(new Error("never")),
      close: () => Promise.reject(new Error("it is stuck")),
    });
    session.cookies.setCookie("a=1", SHOP);
    expect(String(await rejection(session.close()))).toContain("it is stuck");
    expect((await store.read())?.state.cookies).toHaveLength(1);
  });
});

describe("an explanation", () => {
  it("says what was stored, and what the program gave", async () => {
    const path = newPath();
    await (
      await Session.open(path, { timeout: 5, maxRedirects: 3, headers: { "X-Stored": "1", "X-Both": "1" } })
    ).close();
    await using session = await Session.open(path, { maxRedirects: 4, headers: { "X-Both": "2" } });
    session.headers.set("X-Own", "1");
    session.cookies.setCookie("sid=1", SHOP);
    const why = session.explain(SHOP);
    const file = { layer: "session-file", name: null, at: path };
    const own = { layer: "session", name: null, at: null };
    const sourceOf = (name: string): unknown => why.headers.find((header) => header.name === name)?.source;
    expect(sourceOf("X-Stored")).toEqual(file);
    expect(sourceOf("X-Both")).toEqual(own);
    expect(sourceOf("X-Own")).toEqual(own);
    const settings = new Map(why.settings.map(({ option, source }) => [option, source]));
    expect(settings.get("timeout")).toEqual(file);
    expect(settings.get("maxRedirects")).toEqual(own);
    expect(why.cookies.sent[0]?.source).toEqual({ layer: "jar", name: null, at: path });
    session.timeout = 6;
    expect(session.explain(SHOP).settings.find(({ option }) => option === "timeout")?.source).toEqual(own);
  });
});
