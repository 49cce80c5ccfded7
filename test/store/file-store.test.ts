/** A session in a file: what is written, what is refused, and that nothing is lost. */
import {
  chmod,
  chown,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "vitest";

import { SessionFileError, type Change, type KeptCookie } from "../../src/core/session-store.ts";
import { FileCipher } from "../../src/store/cipher.ts";
import type { JsonRecord } from "../../src/store/json.ts";
import { FileSessionStore } from "../../src/store/file-store.ts";
import { rejection } from "../support/messages.ts";
import { temporaryFolder } from "../support/temporary.ts";

const NOW = Date.now();

function set(name: string, value: string, at: number = NOW): Change {
  const cookie: KeptCookie = {
    name,
    value,
    domain: "example.test",
    hostOnly: true,
    path: "/",
    expires: null,
    secure: false,
    httpOnly: false,
    sameSite: null,
    createdAt: NOW,
  };
  return {
    kind: "cookie",
    key: { name, domain: "example.test", hostOnly: true, path: "/" },
    at,
    value: cookie,
  };
}

const temporary = temporaryFolder();
const { newPath } = temporary;

async function names(store: FileSessionStore): Promise<string[]> {
  const stored = await store.read();
  return (stored?.state.cookies ?? []).map(({ key }) => key.name);
}

describe("a session file", () => {
  it("is not there until something is stored, and then for its owner alone", async ({ expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path);
    expect(await store.read()).toBeNull();
    const { revision } = await store.commit([set("a", "1")]);
    expect(revision).toBe(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await names(new FileSessionStore(path))).toEqual(["a"]);
    expect(
      await readdir(temporary.path).then((files) => files.filter((file) => file.endsWith(".tmp"))),
    ).toEqual([]);
  });

  it("and all that stands beside it is for its owner alone", async ({ expect }) => {
    const own = await mkdtemp(join(temporary.path, "own-"));
    await new FileSessionStore(join(own, "a.json")).commit([set("a", "1")]);
    const files = await readdir(own);
    expect(files.toSorted()).toEqual(["a.json", "a.json.lock"]);
    for (const file of files) expect((await stat(join(own, file))).mode & 0o777).toBe(0o600);
  });

  it("follows no link that stands where it writes beside it", async ({ expect }) => {
    const path = newPath();
    const other = newPath();
    await writeFile(other, "untouched");
    for (const suffix of ["tmp", "holder"]) await symlink(other, `${path}.${suffix}`);
    await new FileSessionStore(path).commit([set("a", "1")]);
    expect(await readFile(other, "utf8")).toBe("untouched");
  });

  it("has sorted keys, and a line for each cookie", async ({ expect }) => {
    const path = newPath();
    await new FileSessionStore(path).commit([set("b", "2"), set("a", "1")]);
    const text = await readFile(path, "utf8");
    expect(text.split("\n").filter((line) => line.includes('"example.test"'))).toHaveLength(2);
    const keys = Object.keys(JSON.parse(text) as object);
    expect(keys).toEqual(keys.toSorted());
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("is repaired when others can read it", async ({ expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path);
    await store.commit([set("a", "1")]);
    await chmod(path, 0o644);
    await store.read();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("that is a link is written where the link leads", async ({ expect }) => {
    const target = newPath();
    const link = newPath();
    await new FileSessionStore(target).commit([set("a", "1")]);
    await symlink(target, link);
    await new FileSessionStore(link).commit([set("b", "2")]);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await names(new FileSessionStore(target))).toEqual(["a", "b"]);
  });

  it("keeps what a later version wrote beside what is known", async ({ expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path);
    await store.commit([set("a", "1"), set("b", "2")]);
    const record = JSON.parse(await readFile(path, "utf8")) as {
      cookies: Record<string, unknown>[];
    } & Record<string, unknown>;
    record["later"] = { z: 1, a: [true] };
    for (const cookie of record.cookies) cookie["partition"] = "p";
    await writeFile(path, JSON.stringify(record), { mode: 0o600 });
    await store.commit([set("a", "3", NOW + 1)]);
    const after = JSON.parse(await readFile(path, "utf8")) as typeof record;
    expect(after["later"]).toEqual({ a: [true], z: 1 });
    expect(after.cookies.map(({ name, value, partition }) => [name, value, partition])).toEqual([
      ["a", "3", undefined],
      ["b", "2", "p"],
    ]);
  });

  it("is written by many at a time, and nothing is lost", async ({ expect }) => {
    const path = newPath();
    const stores = Array.from({ length: 5 }, () => new FileSessionStore(path));
    await Promise.all(
      stores.flatMap((store, at) =>
        Array.from({ length: 10 }, (_, turn) => store.commit([set(`c${at}-${turn}`, "1")])),
      ),
    );
    expect(await names(new FileSessionStore(path))).toHaveLength(50);
    expect((await new FileSessionStore(path).read())?.revision).toBe(50);
  });

  it.for([
    ["empty", "", "empty"],
    ["white space", " \n", "empty"],
    ["another JSON", '{"cookies":[]}', "foreign"],
    ["a list", "[]", "foreign"],
    ["no JSON", "# Netscape HTTP Cookie File", "malformed"],
    ["a later version", '{"format":"sojourn-session","version":2}', "newer"],
    ["no version", '{"format":"sojourn-session"}', "malformed"],
    ["no revision", '{"format":"sojourn-session","version":1}', "malformed"],
    [
      "cookies that are none",
      '{"format":"sojourn-session","version":1,"revision":1,"cookies":[{"at":1}]}',
      "malformed",
    ],
    [
      "a cookie that breaks a header",
      '{"format":"sojourn-session","version":1,"revision":1,"cookies":[{"at":1,"name":"a","value":"1\\r\\nX: y"}]}',
      "malformed",
    ],
    [
      "settings that are none",
      '{"format":"sojourn-session","version":1,"revision":1,"settings":{"a":1}}',
      "malformed",
    ],
    [
      "very many levels",
      `{"format":"sojourn-session","version":1,"revision":1,"x":${"[".repeat(5000)}${"]".repeat(5000)}}`,
      "malformed",
    ],
  ] as const)("with %s in it is refused, and stays as it is", async ([, text, problem], { expect }) => {
    const path = newPath();
    await writeFile(path, text, { mode: 0o600 });
    const store = new FileSessionStore(path);
    for (const attempt of [() => store.read(), () => store.commit([set("a", "1")])]) {
      const error = await rejection(attempt());
      expect(error).toBeInstanceOf(SessionFileError);
      expect(error).toMatchObject({ path, problem, code: "ERR_SESSION_FILE" });
    }
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("that was cut at any byte is refused, and stays as it is", async ({ expect }) => {
    const whole = newPath();
    await new FileSessionStore(whole).commit([
      set("a", "1"),
      { kind: "setting", key: "timeout", at: NOW, value: 5 },
    ]);
    const bytes = await readFile(whole);
    const path = newPath();
    // Without the line break at its end it is whole.
    for (let length = 0; length < bytes.byteLength - 1; length++) {
      await writeFile(path, bytes.subarray(0, length), { mode: 0o600 });
      expect(await rejection(new FileSessionStore(path).read())).toBeInstanceOf(SessionFileError);
    }
    const error = await rejection(new FileSessionStore(path).commit([set("b", "2")]));
    expect(error).toBeInstanceOf(SessionFileError);
    expect((await stat(path)).size).toBe(bytes.byteLength - 2);
  });

  it("of somebody else stays theirs when root writes it", async ({ expect, skip }) => {
    skip(process.getuid?.() !== 0, "only root may");
    const path = newPath();
    const store = new FileSessionStore(path);
    await store.commit([set("a", "1")]);
    await chown(path, 65_534, 65_533);
    await store.commit([set("b", "2")]);
    expect(await stat(path)).toMatchObject({ uid: 65_534, gid: 65_533 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("in a folder that is not there makes one, for its owner alone", async ({ expect }) => {
    const path = join(temporary.path, "fresh", "deep", "a.json");
    const store = new FileSessionStore(path);
    expect(await store.read()).toBeNull();
    await expect(stat(join(temporary.path, "fresh"))).rejects.toThrow(/ENOENT/);
    await store.commit([set("a", "1")]);
    expect(await names(store)).toEqual(["a"]);
    for (const made of ["fresh", "fresh/deep"])
      expect((await stat(join(temporary.path, made))).mode & 0o777).toBe(0o700);
  });

  it("below what is no folder is told as such", async ({ expect }) => {
    const path = newPath();
    await new FileSessionStore(path).commit([set("a", "1")]);
    const below = new FileSessionStore(join(path, "b.json"));
    expect(await rejection(below.read())).toMatchObject({ problem: "unreadable" });
    expect(await rejection(below.commit([set("a", "1")]))).toBeInstanceOf(SessionFileError);
  });
});

describe("an encrypted session file", () => {
  const KEY = new Uint8Array(32).fill(7);

  it.for([
    ["bytes", KEY],
    ["a passphrase", "correct horse battery staple"],
    ["a function", () => Promise.resolve(KEY)],
  ] as const)("is read with the key it was written with: %s", async ([, key], { expect }) => {
    const path = newPath();
    await new FileSessionStore(path, { key }).commit([set("secret-name", "secret-value")]);
    const text = await readFile(path, "utf8");
    expect(text).not.toContain("secret");
    const store = new FileSessionStore(path, { key });
    await store.commit([set("other", "1")]);
    expect(await names(store)).toEqual(["secret-name", "other"]);
  });

  it("is refused with another key, without one, and with one where there is none", async ({ expect }) => {
    const path = newPath();
    await new FileSessionStore(path, { key: KEY }).commit([set("a", "1")]);
    const before = await readFile(path, "utf8");
    const other = new FileSessionStore(path, { key: new Uint8Array(32) });
    expect(await rejection(other.read())).toMatchObject({ problem: "wrong-key" });
    expect(await rejection(other.commit([set("b", "2")]))).toMatchObject({ problem: "wrong-key" });
    expect(await rejection(new FileSessionStore(path, { key: "words" }).read())).toMatchObject({
      problem: "wrong-key",
    });
    expect(await rejection(new FileSessionStore(path).read())).toMatchObject({ problem: "key-missing" });
    expect(await readFile(path, "utf8")).toBe(before);
    const open = newPath();
    await new FileSessionStore(open).commit([set("a", "1")]);
    expect(await rejection(new FileSessionStore(open, { key: KEY }).read())).toMatchObject({
      problem: "not-encrypted",
    });
  });

  it("is refused when anything in it was changed", async ({ expect }) => {
    const path = newPath();
    await new FileSessionStore(path, { key: KEY }).commit([set("a", "1")]);
    const record = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const data = String(record["data"]);
    const changed: Record<string, unknown>[] = [
      { ...record, revision: 7 },
      { ...record, savedAt: new Date(0).toISOString() },
      { ...record, more: 1 },
      { ...record, data: `${data.startsWith("A") ? "B" : "A"}${data.slice(1)}` },
    ];
    for (const one of changed) {
      await writeFile(path, JSON.stringify(one), { mode: 0o600 });
      expect(await rejection(new FileSessionStore(path, { key: KEY }).read())).toMatchObject({
        problem: "tampered",
      });
    }
    await truncate(path, 10);
    expect(await rejection(new FileSessionStore(path, { key: KEY }).read())).toMatchObject({
      problem: "malformed",
    });
  });

  it("keeps what a later version wrote in the open", async ({ expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path, { key: KEY });
    await store.commit([set("a", "1")]);
    const record = JSON.parse(await readFile(path, "utf8")) as JsonRecord;
    const cipher = new FileCipher(KEY);
    const { data: _, encryption: __, ...header } = record;
    const text = await cipher.decipher(record);
    const later = await cipher.encrypt(text, { ...header, later: { kept: true } });
    await writeFile(path, JSON.stringify(later));
    await store.commit([set("b", "2")]);
    expect(await names(store)).toEqual(["a", "b"]);
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ later: { kept: true }, revision: 2 });
  });

  it("asks for no more of scrypt than is allowed", async ({ expect }) => {
    const path = newPath();
    await new FileSessionStore(path, { key: "words" }).commit([set("a", "1")]);
    const record = JSON.parse(await readFile(path, "utf8")) as { encryption: object };
    for (const more of [
      { n: 2 ** 30 },
      { n: 3 },
      { r: 1000 },
      { p: -1 },
      { kdf: "md5" },
      { cipher: "none" },
      { salt: "?" },
    ]) {
      await writeFile(path, JSON.stringify({ ...record, encryption: { ...record.encryption, ...more } }), {
        mode: 0o600,
      });
      expect(await rejection(new FileSessionStore(path, { key: "words" }).read())).toMatchObject({
        problem: "malformed",
      });
    }
  });

  it("gets another key, or none", async ({ expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path);
    await store.commit([set("a", "1")]);
    await store.changeKey(KEY);
    expect(await readFile(path, "utf8")).not.toContain("example.test");
    await store.commit([set("b", "2")]);
    expect(await names(new FileSessionStore(path, { key: KEY }))).toEqual(["a", "b"]);
    await store.changeKey(null);
    expect(await names(new FileSessionStore(path))).toEqual(["a", "b"]);
  });

  it.for([
    ["empty", ""],
    ["too short", new Uint8Array(16)],
    ["a number", 5],
  ] as const)("takes no key that is %s", ([, key], { expect }) => {
    expect(() => new FileSessionStore(newPath(), { key: key as string })).toThrow(
      /key must be a passphrase, 32 bytes/,
    );
  });
});
