/** Files of earlier versions, as they lie in `fixtures/`, are read as what they were when they were written. They are never written anew. */
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";

import type { KeptCookie, SessionState } from "../../src/core/session-store.ts";
import { FileSessionStore, type FileSessionStoreOptions } from "../../src/store/file-store.ts";

const FIXTURES = new URL("fixtures/", import.meta.url);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sojourn-stored-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** When the first change was made that is in the files. */
const FIRST = 1_796_000_000_000;
const IN_2100 = 4_102_444_800_000;

function cookie(fields: Partial<KeptCookie>, at: number): SessionState["cookies"][number] {
  const value: KeptCookie = {
    name: "sid",
    value: "1",
    domain: "shop.example",
    hostOnly: true,
    path: "/",
    expires: null,
    secure: false,
    httpOnly: false,
    sameSite: null,
    createdAt: FIRST,
    ...fields,
  };
  const { name, domain, hostOnly, path } = value;
  return { key: { name, domain, hostOnly, path }, at: FIRST + at, value };
}

function gone<Entry extends { readonly at: number }>(entry: Entry): Entry & { readonly value: undefined } {
  return { ...entry, value: undefined };
}

function host(key: string, at: number): SessionState["hosts"][number] {
  return { key, at: FIRST + at, value: { host: key, includeSubDomains: true, expires: IN_2100 } };
}

const others = [
  cookie({ name: "lang", value: 'de"\\é', hostOnly: false, path: "/a;v=1/b", sameSite: "strict" }, 6),
  cookie({ name: "", value: "nameless", secure: true, sameSite: "none" }, 7),
  cookie({ name: "loose", value: "", domain: "", boundTo: "shop.example" }, 8),
];
const settings = [
  { key: "__proto__", at: FIRST + 3, value: { __proto__x: null } },
  { key: "auth", at: FIRST + 2, value: { env: "API_TOKEN" } },
  { key: "baseUrl", at: FIRST, value: "https://shop.example/api" },
  {
    key: "headers",
    at: FIRST + 1,
    value: [
      ["X-Client", "1"],
      ["accept", null],
    ],
  },
  { key: "proxy", at: FIRST + 4, value: null },
];

const plain: SessionState = {
  settings,
  cookies: [cookie({ expires: IN_2100, secure: true, httpOnly: true, sameSite: "lax" }, 5), ...others],
  hosts: [host("shop.example", 9)],
};
const deletions: SessionState = {
  settings: [
    ...settings.map((kept) => (kept.key === "auth" ? { ...kept, at: FIRST + 20, value: undefined } : kept)),
    { key: "timeout", at: FIRST + 21, value: undefined },
  ],
  cookies: [gone(cookie({}, 22)), ...others, gone(cookie({ name: "never" }, 23))],
  hosts: [gone(host("shop.example", 24)), gone(host("other.example", 25))],
};
const nothing: SessionState = { settings: [], cookies: [], hosts: [] };

const BYTES = Uint8Array.from({ length: 32 }, (_, at) => at);

const files: readonly [
  name: string,
  options: FileSessionStoreOptions,
  revision: number,
  state: SessionState,
][] = [
  ["plain", {}, 1, plain],
  ["deletions", {}, 2, deletions],
  ["unknown-fields", {}, 1, plain],
  ["passphrase", { key: "correct horse battery staple" }, 1, plain],
  ["bytes", { key: BYTES }, 1, plain],
  ["unknown-fields-bytes", { key: BYTES }, 1, plain],
  ["empty", {}, 1, nothing],
  ["least", {}, 0, nothing],
];

/** A copy: whoever reads a file makes it one that only its owner can read. */
async function copyOf(name: string): Promise<string> {
  const path = join(folder, `${name}.json`);
  await copyFile(new URL(`${name}.json`, FIXTURES), path);
  return path;
}

describe("a session file of version 1", () => {
  it.for(files)("is read as what it was: %s", async ([name, options, revision, state], { expect }) => {
    const stored = await new FileSessionStore(await copyOf(name), options).read();
    expect(stored?.revision).toBe(revision);
    expect(stored?.state).toEqual(state);
  });

  it("has its row in this table, and in the page beside it", async ({ expect }) => {
    const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(".json"));
    expect(names.toSorted()).toEqual(files.map(([name]) => `${name}.json`).toSorted());
    const page = await readFile(new URL("README.md", FIXTURES), "utf8");
    const rows = Array.from(page.matchAll(/^\| `(.+?)`/gm), ([, name = ""]) => name);
    expect(new Set(rows)).toEqual(new Set(names));
  });

  it("keeps unknown fields wherever they are, when something else in it changes", async ({ expect }) => {
    const path = await copyOf("unknown-fields");
    await new FileSessionStore(path).commit([{ kind: "setting", key: "timeout", at: Date.now(), value: 1 }]);
    const after = JSON.parse(await readFile(path, "utf8")) as unknown;
    const before = JSON.parse(await readFile(new URL("unknown-fields.json", FIXTURES), "utf8")) as object;
    expect(after).toMatchObject({
      ...before,
      revision: 2,
      savedAt: expect.any(String) as string,
      writtenBy: expect.any(String) as string,
    });
  });

  it("that is encrypted keeps unknown fields, inside and outside", async ({ expect }) => {
    const path = await copyOf("unknown-fields-bytes");
    const store = new FileSessionStore(path, { key: BYTES });
    await store.commit([{ kind: "setting", key: "timeout", at: Date.now(), value: 1 }]);
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({
      hint: { under: "the mat" },
      revision: 2,
    });
    await store.changeKey(null);
    const after = JSON.parse(await readFile(path, "utf8")) as unknown;
    expect(after).toMatchObject({
      later: { z: 1, a: [true, null, { b: "c" }] },
      zeta: "of a later version",
      settings: { baseUrl: { why: "a later version knows" } },
      cookies: plain.cookies.map(() => ({ partition: "p" })),
      hosts: [{ preload: true }],
    });
  });
});
