/** A session file that others do something to: locks that are deleted, keys that change, editors, changes that are none. */
import { lstat, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

import { SessionFileError, type Change } from "../../src/core/session-store.ts";
import { FileSessionStore } from "../../src/store/file-store.ts";
import { MemorySessionStore } from "../../src/store/memory-store.ts";
import { LAST_TIME } from "../../src/store/state.ts";
import { rejection } from "../support/messages.ts";
import { temporaryFolder } from "../support/temporary.ts";

const temporary = temporaryFolder();
const { newPath } = temporary;

function setting(key: string, value: number, at = 1): Change {
  return { kind: "setting", key, at, value };
}

async function settingsOf(store: FileSessionStore): Promise<Record<string, unknown>> {
  const stored = await store.read();
  return Object.fromEntries((stored?.state.settings ?? []).map(({ key, value }) => [key, value]));
}

describe("a lock that somebody deletes", () => {
  it("is made anew, and nothing is lost", async () => {
    const path = newPath();
    const stores = Array.from({ length: 3 }, () => new FileSessionStore(path));
    const commits: Promise<unknown>[] = [];
    for (let turn = 0; turn < 10; turn++) {
      commits.push(...stores.map((store, at) => store.commit([setting(`s${at}-${turn}`, 1)])));
      await rm(`${path}.lock`, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(commits);
    expect(Object.keys(await settingsOf(new FileSessionStore(path)))).toHaveLength(30);
  });

  it("leaves no journal beside it", async () => {
    const path = newPath();
    await new FileSessionStore(path).commit([setting("a", 1)]);
    expect(await rejection(lstat(`${path}.lock-journal`))).toMatchObject({ code: "ENOENT" });
  });
});

describe("a key that is changed", () => {
  it("while others of the store wait is the one that they write with", async () => {
    const path = newPath();
    const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const store = new FileSessionStore(path, { key: one });
    await store.commit([setting("a", 1)]);
    await Promise.all([
      store.commit([setting("b", 1)]),
      store.changeKey(two),
      store.commit([setting("c", 1)]),
      store.commit([setting("d", 1)]),
    ]);
    const again = new FileSessionStore(path, { key: two });
    expect(Object.keys(await settingsOf(again))).toEqual(["a", "b", "c", "d"]);
  });
});

describe("a file that an editor wrote", () => {
  it("with a byte order mark is told how to save it", async () => {
    const path = newPath();
    await new FileSessionStore(path).commit([setting("a", 1)]);
    await writeFile(path, `\uFEFF${await readFile(path, "utf8")}`);
    const error = await rejection(new FileSessionStore(path).read());
    expect(error).toMatchObject({ problem: "malformed" });
    expect(String(error)).toContain("save it as UTF-8 without one");
  });

  it("is refused when it is not UTF-8: it would be written back as something else", async () => {
    const path = newPath();
    await new FileSessionStore(path).commit([{ kind: "setting", key: "a", at: 1, value: "caf?" }]);
    await writeFile(path, Buffer.from((await readFile(path, "latin1")).replace("?", "\u00e9"), "latin1"));
    const error = await rejection(new FileSessionStore(path).read());
    expect(error).toBeInstanceOf(SessionFileError);
    expect(error).toMatchObject({ problem: "malformed", message: `${path}: it is not in UTF-8` });
  });

  it("wrongly is refused, and no piece of it is in the error", async () => {
    const path = newPath();
    await new FileSessionStore(path).commit([{ kind: "setting", key: "a", at: 1, value: "SECRET" }]);
    const text = await readFile(path, "utf8");
    for (const broken of [text.replace('"SECRET"', "SECRET"), text.slice(0, text.indexOf("SECRET") + 3)]) {
      await writeFile(path, broken);
      const error = await rejection(new FileSessionStore(path).read());
      expect(error).toMatchObject({ problem: "malformed" });
      expect(inspect(error)).not.toContain("SEC");
    }
  });

  it("is read again however little of it changed, and when", async () => {
    const path = newPath();
    const [one, other] = [new FileSessionStore(path), new FileSessionStore(path)];
    for (let value = 10; value < 40; value++) {
      await one.commit([setting("a", value, value)]);
      expect(await settingsOf(other)).toEqual({ a: value });
    }
  });
});

describe("numbers at their end", () => {
  it("can be changed, and read again", async () => {
    const path = newPath();
    await new FileSessionStore(path).commit([setting("a", 1, LAST_TIME)]);
    await new FileSessionStore(path).commit([setting("a", 2, LAST_TIME)]);
    expect(await settingsOf(new FileSessionStore(path))).toEqual({ a: 2 });
  });

  it.for([
    ["revision", /"revision": 1/, `"revision": ${Number.MAX_SAFE_INTEGER}`],
    ["at", /"at":1/, `"at":${LAST_TIME + 1}`],
  ] as const)("and beyond it are refused: %s", async ([what, from, to]) => {
    const path = newPath();
    await new FileSessionStore(path).commit([setting("a", 1)]);
    await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
    expect(String(await rejection(new FileSessionStore(path).read()))).toContain(what);
  });
});

describe("changes that are none", () => {
  const key = { name: "sid", domain: "a.test", hostOnly: true, path: "/" };
  const cookie = {
    ...key,
    value: "1",
    expires: null,
    secure: false,
    httpOnly: false,
    sameSite: null,
    createdAt: 0,
  };
  it.for([
    ["no list", {}, "what commit() takes must be a list of changes, not Object"],
    ["no change", [5], "changes[0] must be a change, not number"],
    ["of no kind", [{ kind: "jar", at: 1 }], 'changes[0].kind must be "setting", "cookie" or "host"'],
    [
      "of no time",
      [{ kind: "setting", key: "a", at: Number.NaN, value: 1 }],
      "changes[0].at is no time in milliseconds",
    ],
    [
      "of a time that is no whole number",
      [{ kind: "cookie", key, at: 1.5, value: cookie }],
      "changes[0].at is no time in milliseconds",
    ],
    [
      "what is no JSON",
      [{ kind: "setting", key: "a", at: 1, value: { b: [new Date(0)] } }],
      'changes[0].value["b"][0] must be what JSON can say, not Date',
    ],
    [
      "a cookie of another key",
      [{ kind: "cookie", key: { ...key, name: "other" }, at: 1, value: cookie }],
      "changes[0].key is not that of its value",
    ],
    [
      "a cookie that no server could have set",
      [{ kind: "cookie", key, at: 1, value: { ...cookie, value: "a;b" } }],
      "changes[0] has a character that cannot stand in a cookie",
    ],
    [
      "a host of another name",
      [
        {
          kind: "host",
          key: "b.test",
          at: 1,
          value: { host: "a.test", includeSubDomains: false, expires: 9 },
        },
      ],
      "changes[0].key is not the host of its value",
    ],
  ] as const)("are refused, and nothing is stored: %s", async ([, changes, message]) => {
    for (const store of [new FileSessionStore(newPath()), new MemorySessionStore()]) {
      const error = await rejection(store.commit(changes as never));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).message).toContain(message);
      expect(await store.read()).toBeNull();
    }
  });

  it("nor can they be too deep to be read again", async () => {
    let value: unknown = 1;
    for (let level = 0; level < 100; level++) value = [value];
    const store = new FileSessionStore(newPath());
    const change = { kind: "setting", key: "a", at: 1, value } as never;
    expect(String(await rejection(store.commit([change])))).toContain("has too many levels");
  });

  it("but a cookie may be deleted whatever its name promises", async () => {
    const path = newPath();
    for (const name of ["__Host-a", "__Secure-a", "__Http-a", "__Host-Http-a", ""])
      await new FileSessionStore(path).commit([
        { kind: "cookie", key: { ...key, name }, at: Date.now(), value: undefined },
      ]);
    expect((await new FileSessionStore(path).read())?.state.cookies).toHaveLength(5);
  });
});

describe("the name of a file", () => {
  it("leaves room for what stands beside it", async () => {
    const error = `the name of a session's file must have at most 248 bytes, not 249`;
    expect(() => new FileSessionStore(join(temporary.path, "\u00e9".repeat(124) + "x"))).toThrow(RangeError);
    expect(() => new FileSessionStore(join(temporary.path, "\u00e9".repeat(124) + "x"))).toThrow(error);
    const path = join(temporary.path, "\u00e9".repeat(124));
    await new FileSessionStore(path).commit([setting("a", 1)]);
    expect(await settingsOf(new FileSessionStore(path))).toEqual({ a: 1 });
  });

  it("is that of a file when it is a URL", () => {
    expect(() => new FileSessionStore(new URL("https://a.test/s.json"))).toThrow(
      "what Session.open() opens must be a name, a path, a file: URL or a SessionStore",
    );
  });
});
