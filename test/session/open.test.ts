/** A session that outlives its process: what it has is there when it is opened again, and nobody undoes what another one did. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";

import { Request, Session, SessionFileError, type HstsStore, type OpenOptions } from "../../src/index.ts";
import { MemorySessionStore } from "../../src/store/memory-store.ts";
import { rejection } from "../support/messages.ts";
import { temporaryFolder } from "../support/temporary.ts";

const temporary = temporaryFolder();
const { newPath } = temporary;
afterEach(() => {
  vi.unstubAllEnvs();
});

const COOKIE_URL = "https://shop.example/";

describe("a session that is opened again", () => {
  it("has its cookies, also those that a program set without a domain, and sends the same", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path);
      session.cookies.setCookie("sid=1; Path=/; Max-Age=1000; Secure; HttpOnly; SameSite=Lax", COOKIE_URL);
      session.cookies.setCookie("end=1", COOKIE_URL);
      session.cookies.set("loose", "x");
      expect(session.cookies.getCookieHeader(COOKIE_URL)).toBe("sid=1; end=1; loose=x");
    }
    await using session = await Session.open(path);
    expect(session.cookies.getCookieHeader(COOKIE_URL)).toBe("sid=1; end=1; loose=x");
    expect(session.cookies.getCookieHeader("https://other.example/")).toBeNull();
    expect(session.cookies.getCookie("sid")).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: "lax",
      hostOnly: true,
    });
  });

  it("has its plain options, headers beside those of every session, and its HSTS hosts", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path, {
        baseUrl: "https://shop.example/api",
        headers: { "X-Client": "1", accept: null },
        params: { page: 1 },
        timeout: { connect: 1000, read: 2000 },
        maxRedirects: 3,
        hsts: true,
        hooks: { request: () => {} },
      });
      session.proxies = { https: "http://127.0.0.1:3128" };
      session.headers.set("X-Later", "2");
      (session.hsts as HstsStore).note("shop.example", "max-age=1000; includeSubDomains");
    }
    await using session = await Session.open(path);
    expect(session.baseUrl).toBe("https://shop.example/api");
    expect(session.headers.toObject()).toMatchObject({ "X-Client": "1", "X-Later": "2" });
    expect(session.headers.has("accept")).toBe(false);
    expect(session.headers.has("user-agent")).toBe(true);
    expect(session.timeout).toEqual({ connect: 1000, read: 2000 });
    expect(session.maxRedirects).toBe(3);
    expect(session.proxies).toEqual({ https: "http://127.0.0.1:3128" });
    expect((session.hsts as HstsStore).covers("a.shop.example")).toBe(true);
    expect(session.hooks).toBeUndefined();
    expect(await readFile(path, "utf8")).not.toContain("User-Agent");
  });

  it("and in which nothing changed is not stored again", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path, { hsts: true, timeout: 5, headers: { "X-A": "1" } });
      session.cookies.set("loose", "1");
      session.cookies.setCookie("sid=1", COOKIE_URL);
      (session.hsts as HstsStore | null)?.note("shop.example", "max-age=1000");
    }
    const before = await readFile(path, "utf8");
    await (await Session.open(path)).close();
    await (await Session.open(path, { timeout: 5 })).close();
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it("has the hosts of a list that was switched on later", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path);
      session.hsts = true;
      (session.hsts as HstsStore | null)?.note("shop.example", "max-age=1000");
    }
    await using session = await Session.open(path);
    expect(session.hsts?.covers("shop.example", Date.now())).toBe(true);
  });

  it("takes what is given over what was stored, and stores it", async () => {
    const path = newPath();
    await (await Session.open(path, { timeout: 1000, maxRedirects: 3 })).close();
    await (await Session.open(path, { timeout: 2000 })).close();
    await using session = await Session.open(path);
    expect([session.timeout, session.maxRedirects]).toEqual([2000, 3]);
  });

  it("forgets a cookie that was deleted, and an option that was taken back", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path, { timeout: 1000 });
      session.cookies.setCookie("sid=1; Max-Age=1000", COOKIE_URL);
    }
    {
      await using session = await Session.open(path);
      session.cookies.setCookie("sid=; Max-Age=0", COOKIE_URL);
      session.timeout = undefined;
    }
    await using session = await Session.open(path);
    expect(session.cookies.size).toBe(0);
    expect(session.timeout).toBeUndefined();
  });
});

describe("secrets", () => {
  it.for([
    ["auth", { auth: ["user", "password"] }],
    ["a header", { headers: { Authorization: "Bearer secret" } }],
    ["a parameter", { params: { api_key: "secret" } }],
    ["a proxy's", { proxy: "http://user:password@127.0.0.1:1" }],
    ["the URL's", { baseUrl: "https://user:password@shop.example" }],
  ] as const)("that would be stored are an error: %s", async ([, options]) => {
    const path = newPath();
    const error = await rejection(Session.open(path, options));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(
      /is a secret, and would be stored: (?:give \{ env: "NAME" \}|give it as auth)/,
    );
    expect(String(error)).not.toMatch(/secret"|password/);
    await expect(readFile(path)).rejects.toThrow(/ENOENT/);
    await (await Session.open(path, { ...(options as object), secrets: "omit" })).close();
    expect(await readFile(path, "utf8").catch(() => "")).not.toMatch(/secret|password/);
    await (await Session.open(newPath(), { ...(options as object), secrets: "store" })).close();
  });

  it("are those of the environment, of which the name is stored", async () => {
    vi.stubEnv("API_TOKEN", "from-the-environment");
    const path = newPath();
    await (await Session.open(path, { auth: { env: "API_TOKEN" } })).close();
    expect(await readFile(path, "utf8")).toContain('{"env":"API_TOKEN"}');
    expect(await readFile(path, "utf8")).not.toContain("from-the-environment");
    vi.stubEnv("API_TOKEN", undefined);
    expect(String(await rejection(Session.open(path)))).toBe(
      "TypeError: auth is the variable API_TOKEN of the environment, which is not set",
    );
  });

  it("are those of the environment wherever a secret may stand", async () => {
    vi.stubEnv("API_KEY", "key-of-the-environment");
    vi.stubEnv("SHOP_PROXY", "http://user:word-of-the-environment@127.0.0.1:1");
    const path = newPath();
    const options = {
      headers: { "X-Api-Key": { env: "API_KEY" }, "X-Client": "1" },
      params: { api_key: { env: "API_KEY" }, page: 1 },
      proxy: { env: "SHOP_PROXY" },
      proxyHeaders: { "X-Token": { env: "API_KEY" } },
      cert: { cert: "client.pem", key: "client.key", passphrase: { env: "API_KEY" } },
      auth: ["user", { env: "API_KEY" }],
    } as const;
    {
      await using session = await Session.open(path, options);
      session.headers.set("X-Later", "2");
      await session.save();
    }
    const text = await readFile(path, "utf8");
    expect(text).not.toContain("of-the-environment");
    expect(text.match(/\{"env":"API_KEY"\}/g)).toHaveLength(5);
    vi.stubEnv("API_KEY", "other-key");
    {
      await using session = await Session.open(path);
      expect(session.headers.toObject()).toMatchObject({
        "X-Api-Key": "other-key",
        "X-Client": "1",
        "X-Later": "2",
      });
      expect(session.params).toEqual({ api_key: "other-key", page: 1 });
      expect(session.proxy).toBe("http://user:word-of-the-environment@127.0.0.1:1");
      expect(session.cert).toMatchObject({ passphrase: "other-key" });
      expect(session.auth).toEqual(["user", "other-key"]);
      const prepared = session.prepareRequest(new Request("GET", "https://shop.example/"));
      expect(prepared.headers.get("x-api-key")).toBe("other-key");
    }
    expect(await readFile(path, "utf8")).toBe(text);
    await using session = await Session.open(path);
    session.headers.set("X-Api-Key", "literal");
    expect(String(await rejection(session.save()))).toMatch(/headers\["X-Api-Key"\] is a secret/);
    session.headers.set("X-Api-Key", "other-key");
    await session.save();
    vi.stubEnv("API_KEY", "");
    expect(String(await rejection(Session.open(path)))).toMatch(
      /^TypeError: .*is the variable API_KEY of the environment, which is not set$/,
    );
  });

  it.for([
    ["a passphrase", { cert: { cert: "a.pem", key: "a.key", passphrase: "the-secret" } }],
    ["a query", { params: "page=1&api_key=the-secret" }],
    ["pairs", { params: [["token", "the-secret"]] }],
    ["a URLSearchParams", { params: new URLSearchParams({ token: "the-secret" }) }],
    ["a Map", { headers: new Map([["Authorization", "the-secret"]]) }],
  ] as const)("are known wherever they stand: %s", async ([, options]) => {
    const path = newPath();
    expect(String(await rejection(Session.open(path, options as OpenOptions)))).toMatch(/is a secret/);
    await (await Session.open(path, { ...(options as OpenOptions), secrets: "omit" })).close();
    expect(await readFile(path, "utf8").catch(() => "")).not.toContain("the-secret");
  });

  it("in headers that were changed in place are refused when they would be stored, and all else is stored", async () => {
    const path = newPath();
    const session = await Session.open(path);
    session.headers.set("Authorization", "Bearer the-secret");
    session.cookies.setCookie("sid=1; Path=/; Max-Age=1000", COOKIE_URL);
    session.timeout = 5;
    expect(String(await rejection(session.save()))).toMatch(/headers\["Authorization"\] is a secret/);
    session.cookies.setCookie("later=1", COOKIE_URL);
    expect(String(await rejection(session.close()))).toMatch(/headers\["Authorization"\] is a secret/);
    expect(await readFile(path, "utf8")).not.toContain("the-secret");
    await using next = await Session.open(path);
    expect(next.cookies.getDict()).toEqual({ sid: "1", later: "1" });
  });

  it("that are set later are an error then, and nothing is set", async () => {
    await using session = await Session.open(newPath(), { save: "manual" });
    expect(() => (session.auth = ["user", "password"])).toThrow(/auth is a secret/);
    expect(session.auth).toBeUndefined();
    expect(() => (session.headers = { "X-Api-Key": "k" })).toThrow(/headers\["X-Api-Key"\] is a secret/);
    expect(session.headers.has("x-api-key")).toBe(false);
    expect(() => (session.baseUrl = "https://user:password@shop.example")).toThrow(/baseUrl is a secret/);
    expect(session.baseUrl).toBeNull();
  });
});

describe("two sessions of one file", () => {
  it("do not undo what the other one did, whoever saves later", async () => {
    const path = newPath();
    await using first = await Session.open(path, { save: "manual" });
    await using second = await Session.open(path, { save: "manual" });
    first.cookies.set("a", "first", { domain: "shop.example" });
    first.cookies.set("b", "first", { domain: "shop.example" });
    await first.save();
    second.cookies.set("c", "second", { domain: "shop.example" });
    await second.save();
    expect(second.cookies.getDict()).toEqual({ a: "first", b: "first", c: "second" });
    second.cookies.delete("a");
    await second.save();
    first.cookies.set("d", "first", { domain: "shop.example" });
    await first.save();
    expect(first.cookies.getDict()).toEqual({ b: "first", c: "second", d: "first" });
    await second.reload();
    expect(second.cookies.getDict()).toEqual({ b: "first", c: "second", d: "first" });
  });

  it("the later change wins, also when the earlier one is saved later", async () => {
    const store = new MemorySessionStore();
    await using first = await Session.open(store, { save: "manual" });
    await using second = await Session.open(store, { save: "manual" });
    first.cookies.set("a", "earlier", { domain: "shop.example" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    second.cookies.set("a", "later", { domain: "shop.example" });
    await second.save();
    await first.save();
    expect(first.cookies.get("a")).toBe("later");
  });

  it("nor does an earlier option that was not saved when the later one was taken over", async () => {
    const store = new MemorySessionStore();
    await using first = await Session.open(store, { save: "manual" });
    await using second = await Session.open(store, { save: "manual" });
    first.timeout = 2;
    await new Promise((resolve) => setTimeout(resolve, 5));
    second.timeout = 3;
    await second.save();
    await first.reload();
    expect(first.timeout).toBe(2);
    await first.save();
    expect(first.timeout).toBe(3);
  });

  it("take over the options of the other one", async () => {
    const store = new MemorySessionStore();
    await using first = await Session.open(store, { save: "manual" });
    await using second = await Session.open(store, { save: "manual" });
    first.timeout = 1234;
    first.headers.set("X-Other", "1");
    await first.save();
    await second.reload();
    expect(second.timeout).toBe(1234);
    expect(second.headers.get("x-other")).toBe("1");
    second.timeout = undefined;
    await second.save();
    await first.reload();
    expect(first.timeout).toBeUndefined();
  });
});

describe("what changed", () => {
  it("is stored soon after, without being asked for", async () => {
    const path = newPath();
    await using session = await Session.open(path);
    session.cookies.set("a", "1", { domain: "shop.example" });
    await vi.waitFor(async () => expect(await readFile(path, "utf8")).toContain("shop.example"), 2000);
  });

  it("is not stored when the session was opened to be read", async () => {
    const path = newPath();
    {
      await using session = await Session.open(path, { access: "read-only" });
      session.cookies.set("a", "1", { domain: "shop.example" });
      expect(await rejection(session.save())).toBeInstanceOf(TypeError);
    }
    await expect(readFile(path)).rejects.toThrow(/ENOENT/);
  });

  it("and could not be stored is told of when the session is closed, and the file stays as it is", async () => {
    const path = newPath();
    const session = await Session.open(path, { save: "close" });
    await writeFile(path, "something else", { mode: 0o600 });
    session.cookies.set("a", "1", { domain: "shop.example" });
    expect(await rejection(session.close())).toBeInstanceOf(SessionFileError);
    expect(await readFile(path, "utf8")).toBe("something else");
  });
});

describe("what cannot be opened so is told before anything is read", () => {
  it.for<[given: unknown, options: unknown, message: RegExp]>([
    ["work", null, /^TypeError: options must be an object, not null/],
    ["work", "https://shop.example", /^TypeError: options must be an object, not string/],
    ["work", { acces: "read-only" }, /unknown option "acces" of the session; perhaps you meant access\?$/],
    ["work", { lockTimout: 1 }, /perhaps you meant lockTimeout\?$/],
    ["work", { json: 1 }, /"json" is an option of the request/],
    ["work", { access: "write" }, /^TypeError: access must be "read-write" or "read-only", not "write"/],
    ["work", { save: "never" }, /^TypeError: save must be /],
    ["work", { secrets: "show" }, /^TypeError: secrets must be /],
    ["work", { lockTimeout: -1 }, /^RangeError: lockTimeout must be /],
    ["work", { key: "" }, /^TypeError: key must be a passphrase, 32 bytes, or /],
    ["~/work.json", {}, /a path has the home folder in full/],
    ["file:///work.json", {}, /a file: URL is given as a URL/],
    ["C:\\work.json", {}, /a path begins with/],
    ["a/b.json", {}, /a path begins with/],
    ["work.json", {}, /write "\.\/work\.json" for a file, or "work"$/],
    [new URL("https://shop.example/"), {}, /must be a name, a path, a file: URL or a SessionStore/],
    [1, {}, /must be a name, a path, a file: URL or a SessionStore, not number/],
    [
      "work",
      { cert: { cert: "a.pem", key: "-----BEGIN PRIVATE KEY-----\nx" } },
      /give the path of the file that has it/,
    ],
  ])("%s with %j", async ([given, options, message]) => {
    vi.stubEnv("SOJOURN_HOME", join(temporary.path, "untouched"));
    expect(String(await rejection(Session.open(given as string, options as OpenOptions)))).toMatch(message);
  });

  it("names in an Object.prototype that somebody wrote to count for nothing", async () => {
    const path = newPath();
    const polluted = Object.prototype as { access?: string; secrets?: string };
    polluted.access = "read-only";
    polluted.secrets = "store";
    try {
      await using session = await Session.open(path, {});
      session.cookies.setCookie("a=1", COOKIE_URL);
      await session.save();
      expect(() => (session.auth = ["user", "password"])).toThrow(/is a secret/);
    } finally {
      delete polluted.access;
      delete polluted.secrets;
    }
  });
});

describe("names", () => {
  it("stand for files in the user's folder, are listed and removed", async () => {
    vi.stubEnv("SOJOURN_HOME", join(temporary.path, "named"));
    expect(await Session.list()).toEqual([]);
    for (const name of ["work", "home"]) {
      await using session = await Session.open(name);
      session.cookies.set("a", name, { domain: "shop.example" });
    }
    expect((await Session.list()).map(({ name }) => name)).toEqual(["home", "work"]);
    expect(await Session.remove("work")).toBe(true);
    expect(await Session.remove("work")).toBe(false);
    expect((await Session.list()).map(({ name }) => name)).toEqual(["home"]);
    await using session = await Session.open("work");
    expect(session.cookies.size).toBe(0);
  });

  it.for(["", "..", ".", "a/b", "a\\b", "-x", "con", "nul.txt", "a".repeat(65), "ä", "work.json", "a\0b"])(
    "are refused that are none: %j",
    async (name) => {
      expect(await rejection(Session.open(name))).toBeInstanceOf(TypeError);
      expect(await rejection(Session.remove(name))).toBeInstanceOf(TypeError);
    },
  );

  it("of a session that is not stored are none", async () => {
    await using session = new Session();
    expect(session.store).toBeNull();
    expect(await rejection(session.save())).toBeInstanceOf(TypeError);
    expect(await rejection(session.reload())).toBeInstanceOf(TypeError);
  });
});
