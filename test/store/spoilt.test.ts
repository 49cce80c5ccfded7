/**
 * Files that are no session files any more, or never were: each is refused with its path and a reason, by whoever reads or stores, and
 * stays as it is. What stands here is tried in the open and encrypted.
 */
import { execFileSync } from "node:child_process";
import { lstat, mkdir, open, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { describe, it, type ExpectStatic } from "vitest";

import { Session, SessionFileError, type Change, type SessionFileProblem } from "../../src/index.ts";
import { FileSessionStore, type FileSessionStoreOptions } from "../../src/store/file-store.ts";
import { rejection } from "../support/messages.ts";
import { below, randomFrom } from "../support/random.ts";
import { isWhole, runs } from "../support/size.ts";
import { temporaryFolder } from "../support/temporary.ts";

const temporary = temporaryFolder();
const { newPath } = temporary;

const KEY = new Uint8Array(32).fill(7);
const WAYS = [
  ["in the open", {}],
  ["encrypted", { key: KEY }],
] as const;

const NOW = Date.now();
const CHANGES: readonly Change[] = [
  { kind: "setting", key: "timeout", at: NOW, value: 5000 },
  {
    kind: "cookie",
    key: { name: "sid", domain: "shop.example", hostOnly: true, path: "/" },
    at: NOW,
    value: {
      name: "sid",
      value: "1",
      domain: "shop.example",
      hostOnly: true,
      path: "/",
      expires: NOW + 1e9,
      secure: true,
      httpOnly: true,
      sameSite: "lax",
      createdAt: NOW,
    },
  },
  {
    kind: "host",
    key: "shop.example",
    at: NOW,
    value: { host: "shop.example", includeSubDomains: false, expires: NOW + 1e9 },
  },
];
const LATER: readonly Change[] = [{ kind: "setting", key: "maxRedirects", at: NOW + 1, value: 3 }];

/** The bytes of a whole file. */
async function wholeFile(options: FileSessionStoreOptions): Promise<Buffer> {
  const path = newPath();
  await new FileSessionStore(path, options).commit(CHANGES);
  return await readFile(path);
}

/** A file with other bytes in it. */
async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await writeFile(path, bytes, { mode: 0o600 });
}

/** It is refused by who opens a session, reads and stores. */
async function expectRefused(
  expect: ExpectStatic,
  path: string,
  options: FileSessionStoreOptions,
): Promise<SessionFileProblem> {
  const store = new FileSessionStore(path, options);
  const problems: SessionFileProblem[] = [];
  for (const attempt of [
    () => Session.open(path, { ...options, timeout: 1 }),
    () => store.read(),
    () => store.commit(LATER),
    () => store.changeKey(null),
  ]) {
    const error = await rejection(attempt());
    expect(error).toBeInstanceOf(SessionFileError);
    const { path: told, problem, message } = error as SessionFileError;
    expect(told).toBe(path);
    expect(message.startsWith(`${path}: `)).toBe(true);
    problems.push(problem);
  }
  expect(new Set(problems).size).toBe(1);
  return problems[0] ?? "unreadable";
}

describe.for(WAYS)("a session file %s", ([, options]) => {
  it("that was cut at any byte is refused, and stays as it is", async ({ expect }) => {
    const bytes = await wholeFile(options);
    const path = newPath();
    const store = new FileSessionStore(path, options);
    // Without the line break at its end it is whole.
    for (let length = 0; length < bytes.byteLength - 1; length++) {
      await put(path, bytes.subarray(0, length));
      expect(await rejection(store.read())).toMatchObject({
        name: "SessionFileError",
        path,
        problem: length === 0 ? "empty" : "malformed",
      });
      if (length % (isWhole ? 10 : 40) === 0) {
        expect(await expectRefused(expect, path, options)).toBe(length === 0 ? "empty" : "malformed");
        expect(await readFile(path)).toEqual(bytes.subarray(0, length));
      }
    }
    await put(path, bytes.subarray(0, -1));
    expect((await store.read())?.revision).toBe(1);
  });

  it("in which any byte is another one is refused and stays as it is, or says what it says now", async ({
    expect,
  }) => {
    const bytes = await wholeFile(options);
    const path = newPath();
    const store = new FileSessionStore(path, options);
    const isEncrypted = "key" in options;
    let refused = 0;
    for (let at = 0; at < bytes.byteLength; at++) {
      for (const bit of isWhole ? [1 << (at % 8), 128] : [1 << (at % 8)]) {
        const spoilt = Buffer.from(bytes);
        spoilt.writeUInt8(spoilt.readUInt8(at) ^ bit, at);
        await put(path, spoilt);
        const outcome = await store.read().catch((error: unknown) => error);
        // Whoever stores reads first: now and then is enough.
        if (outcome instanceof Error && at % 50 === 0)
          expect(await rejection(store.commit(LATER))).toMatchObject({ name: "SessionFileError", path });
        if (outcome instanceof Error) {
          refused++;
          expect(outcome).toMatchObject({ name: "SessionFileError", path });
          expect(await readFile(path)).toEqual(spoilt);
        }
        // Encrypted, nothing can be changed unseen; in the open, no byte of UTF-8 is without its neighbours.
        if (isEncrypted || bit === 128) expect(outcome).toBeInstanceOf(SessionFileError);
      }
    }
    expect(refused).toBeGreaterThan(bytes.byteLength / 2);
  });

  it("into which bytes were put, or from which some were taken, is refused and stays as it is, or says what it says now", async ({
    expect,
  }) => {
    const bytes = await wholeFile(options);
    const path = newPath();
    const store = new FileSessionStore(path, options);
    const random = randomFrom(7);
    let refused = 0;
    const tries = runs(400);
    for (let turn = 0; turn < tries; turn++) {
      const at = below(random, bytes.byteLength);
      const taken = below(random, 3) === 0 ? 1 + below(random, 40) : 0;
      const added = Buffer.from(
        Array.from({ length: taken > 0 ? 0 : 1 + below(random, 40) }, () => below(random, 256)),
      );
      const spoilt = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + taken)]);
      await put(path, spoilt);
      const outcome = await store.read().catch((error: unknown) => error);
      if (!(outcome instanceof Error)) continue;
      refused++;
      expect(outcome).toMatchObject({ name: "SessionFileError", path });
      if (refused % 10 === 0)
        expect(await rejection(store.commit(LATER))).toMatchObject({ name: "SessionFileError", path });
      expect(await readFile(path)).toEqual(spoilt);
    }
    expect(refused).toBeGreaterThan(tries * 0.9);
  });

  const text = (record: object): string =>
    JSON.stringify({ format: "sojourn-session", version: 1, revision: 1, ...record });

  const spoilt: readonly [what: string, make: (whole: Buffer) => Uint8Array | string, problem: string][] = [
    ["nothing", () => "", "empty"],
    ["white space", () => " \t\r\n", "empty"],
    ["NULs", (whole) => new Uint8Array(whole.byteLength), "malformed"],
    ["a whole one and NULs", (whole) => Buffer.concat([whole, Buffer.alloc(512)]), "malformed"],
    ["a whole one twice", (whole) => Buffer.concat([whole, whole]), "malformed"],
    ["a byte order mark before it", (whole) => Buffer.concat([Buffer.from("\uFEFF"), whole]), "malformed"],
    ["UTF-16", (whole) => Buffer.from(`\uFEFF${whole.toString("utf8")}`, "utf16le"), "malformed"],
    ["UTF-16 without a mark", (whole) => Buffer.from(whole.toString("utf8"), "utf16le"), "malformed"],
    ["random bytes", () => Uint8Array.from({ length: 300 }, (_, at) => (at * 167 + 5) % 256), "malformed"],
    [
      "half of a surrogate pair in UTF-8",
      (whole) => Buffer.concat([whole, Buffer.of(0xed, 0xa0, 0x80)]),
      "malformed",
    ],
    ["JSON that is none of ours", () => '{"version":1,"cookies":[]}', "foreign"],
    ["a JSON list", () => "[]", "foreign"],
    ["the JSON null", () => "null", "foreign"],
    [
      "a format that is inherited",
      () => '{"__proto__":{"format":"sojourn-session","version":1,"revision":1}}',
      "foreign",
    ],
    ["cookies.txt", () => "# Netscape HTTP Cookie File\n", "malformed"],
    ["a later version", (whole) => whole.toString("utf8").replace(/"version": ?1/, '"version":2'), "newer"],
    ["version 0", (whole) => whole.toString("utf8").replace(/"version": ?1/, '"version":0'), "malformed"],
    ["a very deep list", () => `${"[".repeat(200_000)}${"]".repeat(200_000)}`, "foreign"],
    [
      "a field twice",
      (whole) => whole.toString("utf8").replace(/"version": ?1/, '"version":1,"version":1'),
      "malformed",
    ],
    [
      "a field twice, once with an escape",
      (whole) => whole.toString("utf8").replace(/"version": ?1/, '"version":1,"v\\u0065rsion":1'),
      "malformed",
    ],
  ];

  it.for(spoilt)("with %s in it is refused, and stays as it is", async ([, make, problem], { expect }) => {
    const path = newPath();
    const bytes = make(await wholeFile(options));
    await put(path, bytes);
    const before = await readFile(path);
    expect(await expectRefused(expect, path, options)).toBe(problem);
    expect(await readFile(path)).toEqual(before);
    // Nothing is left but the lock.
    const name = basename(path);
    const beside = (await readdir(temporary.path)).filter((one) => one.startsWith(name));
    expect(beside.toSorted()).toEqual([name, `${name}.lock`]);
  });

  const forms: readonly [what: string, text: string][] = [
    ["levels without number", text({ x: "[" }).replace('"["', `${"[".repeat(9000)}${"]".repeat(9000)}`)],
    ["a revision that is no whole number", text({ revision: 1.5 })],
    ["a revision below zero", text({ revision: -1 })],
    ["cookies that are no list", text({ cookies: {} })],
    ["a cookie that is a list", text({ cookies: [[]] })],
    ["settings in a list", text({ settings: [] })],
    ["a setting without value", text({ settings: { timeout: { at: 1 } } })],
    ["a setting with a time that is text", text({ settings: { timeout: { at: "1", value: 1 } } })],
    ["a cookie that has a line break", text({ cookies: [{ at: 1, name: "a", value: "1\r\nX: y" }] })],
    [
      "a cookie with a time in seconds that is a float",
      text({ cookies: [{ at: 1.5, name: "a", value: "" }] }),
    ],
    ["a deletion that is false", text({ cookies: [{ at: 1, name: "a", value: "1", deleted: false }] })],
    [
      "one cookie twice",
      text({ cookies: [1, 2].map((at) => ({ at, name: "a", value: "1", domain: "b.example" })) }),
    ],
    [
      "a host that is an address",
      text({ hosts: [{ at: 1, host: "127.0.0.1", expires: 1, includeSubDomains: true }] }),
    ],
    ["a host twice", text({ hosts: [1, 2].map((at) => ({ at, host: "b.example", deleted: true })) })],
    ["encryption that is a text", text({ encryption: "aes", data: "" })],
    ["encryption without data", text({ encryption: {} })],
  ];

  it.for(forms)("whose form is wrong is refused, and stays as it is: %s", async ([, form], { expect }) => {
    const path = newPath();
    await put(path, form);
    const problem = await expectRefused(expect, path, options);
    const isEncryption = form.includes('"encryption"');
    if ("key" in options) expect(problem).toBe(isEncryption ? "malformed" : "not-encrypted");
    else expect(problem).toBe(isEncryption ? "key-missing" : "malformed");
    expect(await readFile(path, "utf8")).toBe(form);
  });

  it("that is a folder is refused, and keeps its mode", async ({ expect }) => {
    const path = newPath();
    await mkdir(path, { mode: 0o755 });
    expect(await expectRefused(expect, path, options)).toBe("unreadable");
    const facts = await lstat(path);
    expect([facts.isDirectory(), facts.mode & 0o777]).toEqual([true, 0o755]);
  });

  it("that is a link to nothing is refused, and stays a link", async ({ expect }) => {
    const path = newPath();
    await symlink("nowhere", path);
    expect(await expectRefused(expect, path, options)).toBe("unreadable");
    expect(await readlink(path)).toBe("nowhere");
  });

  it("that is a link to itself is refused, and stays a link", async ({ expect }) => {
    const path = newPath();
    await symlink(path, path);
    expect(await expectRefused(expect, path, options)).toBe("unreadable");
    expect(await readlink(path)).toBe(path);
  });

  it.skipIf(process.platform === "win32")(
    "that is a pipe is refused at once, and stays one",
    async ({ expect }) => {
      const path = newPath();
      execFileSync("mkfifo", ["-m", "644", path]);
      expect(await expectRefused(expect, path, options)).toBe("unreadable");
      const facts = await lstat(path);
      expect([facts.isFIFO(), facts.mode & 0o777]).toEqual([true, 0o644]);
    },
  );

  it.skipIf(process.platform === "win32")(
    "that is a device is refused at once, and keeps its mode",
    async ({ expect }) => {
      const before = (await lstat("/dev/zero")).mode;
      const store = new FileSessionStore("/dev/zero", options);
      expect(await rejection(store.read())).toMatchObject({ path: "/dev/zero", problem: "unreadable" });
      const error = await rejection(Session.open("/dev/zero", options));
      expect(error).toMatchObject({ path: "/dev/zero", problem: "unreadable" });
      expect((await lstat("/dev/zero")).mode).toBe(before);
    },
  );

  it("that is larger than any session is refused, and is not read", async ({ expect }) => {
    const path = newPath();
    await put(path, await wholeFile(options));
    {
      await using file = await open(path, "r+");
      await file.truncate(2 ** 40);
    }
    expect(await expectRefused(expect, path, options)).toBe("malformed");
    expect((await lstat(path)).size).toBe(2 ** 40);
    await rm(path);
  });
});

describe("a session that was open while its file was spoilt", () => {
  it.for(WAYS)(
    "fails to save, to reload and to close, and the file stays as it is: %s",
    async ([, options], { expect }) => {
      const path = newPath();
      const session = await Session.open(path, { ...options, save: "manual" });
      session.cookies.set("a", "1", { domain: "shop.example" });
      await session.save();
      const whole = await readFile(path);
      const torn = whole.subarray(0, 20);
      await put(path, torn);
      session.cookies.set("b", "2", { domain: "shop.example" });
      expect(await rejection(session.save())).toMatchObject({ path, problem: "malformed" });
      expect(await rejection(session.reload())).toMatchObject({ path, problem: "malformed" });
      expect(await readFile(path)).toEqual(torn);
      // What it has is not lost: behind a file that was put back it is stored.
      await put(path, whole);
      await session.save();
      await session.close();
      await using again = await Session.open(path, options);
      expect(again.cookies.getDict()).toEqual({ a: "1", b: "2" });
    },
  );

  it.for(WAYS)("tells so when it is closed: %s", async ([, options], { expect }) => {
    const path = newPath();
    const session = await Session.open(path, { ...options, save: "close" });
    session.cookies.set("a", "1", { domain: "shop.example" });
    await put(path, "torn");
    expect(await rejection(session.close())).toMatchObject({ path, problem: "malformed" });
    expect(await readFile(path, "utf8")).toBe("torn");
  });
});
