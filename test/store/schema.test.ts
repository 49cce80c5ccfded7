/** The published schema of session files: what the store writes passes it, and what the store refuses does not. */
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { describe, it } from "vitest";

import type { Change, Json } from "../../src/core/session-store.ts";
import { Session } from "../../src/index.ts";
import { FileSessionStore } from "../../src/store/file-store.ts";
import { rejection } from "../support/messages.ts";
import { runs } from "../support/size.ts";
import { temporaryFolder } from "../support/temporary.ts";

const FIXTURES = new URL("fixtures/", import.meta.url);
// As programs find it.
const schema = createRequire(import.meta.url)("sojourn/schema/session-1.schema.json") as object;
const validate = new Ajv2020({
  allErrors: true,
  strictRequired: false,
  strictTypes: false,
  formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/ },
}).compile(schema);

/** What is wrong with a text. */
function faultsOf(text: string): string[] {
  validate(JSON.parse(text));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const { newPath } = temporaryFolder();

const KEY = new Uint8Array(32).fill(7);

const NOW = Date.now();
const time = fc.integer({ min: NOW - 1000, max: NOW });
// JSON has no -0.
const json = fc.json({ maxDepth: 4 }).map((written) => JSON.parse(written.replaceAll("-0", "0")) as Json);
const text = fc.string({
  unit: fc.constantFrom("a", "B", "%", '"', "\\", "é", " ", "/", "?", ","),
  maxLength: 8,
});
const host = fc.constantFrom("shop.example", "a.shop.example", "xn--bcher-kva.example");
const setting: fc.Arbitrary<Change> = fc
  .record({ key: fc.string({ unit: "binary" }), at: time, value: fc.option(json, { nil: undefined }) })
  .map((kept) => ({ kind: "setting", ...kept }));
const cookie: fc.Arbitrary<Change> = fc
  .record({
    name: text.map((name) => `n${name.trim()}`),
    value: text,
    domain: host,
    hostOnly: fc.boolean(),
    path: text.map((path) => `/${path}`),
    expires: fc.option(fc.integer({ min: NOW + 1e6, max: NOW + 1e12 })),
    secure: fc.boolean(),
    httpOnly: fc.boolean(),
    sameSite: fc.constantFrom("strict", "lax", "none", null),
    createdAt: time,
    at: time,
    isGone: fc.boolean(),
  })
  .map(({ at, isGone, ...value }) => {
    const { name, domain, hostOnly, path } = value;
    return { kind: "cookie", key: { name, domain, hostOnly, path }, at, value: isGone ? undefined : value };
  });
const secured: fc.Arbitrary<Change> = fc
  .record({ key: host, at: time, includeSubDomains: fc.boolean(), isGone: fc.boolean() })
  .map(({ key, at, includeSubDomains, isGone }) => {
    const value = isGone ? undefined : { host: key, includeSubDomains, expires: NOW + 1e9 };
    return { kind: "host", key, at, value };
  });
const changes = fc.array(fc.oneof(setting, cookie, secured), { maxLength: 12 });

describe("the schema of session files", () => {
  it.for([
    ["in the open", {}],
    ["encrypted", { key: KEY }],
  ] as const)(
    "is passed by what the store writes, and that is read as what it was: %s",
    async ([, options], { expect }) => {
      await fc.assert(
        fc.asyncProperty(changes, changes, async (first, second) => {
          const path = newPath();
          const store = new FileSessionStore(path, options);
          await store.commit(first);
          const { revision, state } = await store.commit(second);
          expect(faultsOf(await readFile(path, "utf8"))).toEqual([]);
          const read = await new FileSessionStore(path, options).read();
          expect(read?.revision).toBe(revision);
          // In a file options have an order.
          const bySetting = (one: { readonly key: string }, other: { readonly key: string }): number =>
            one.key < other.key ? -1 : 1;
          expect(read?.state.settings.toSorted(bySetting)).toEqual(state.settings.toSorted(bySetting));
          expect(read?.state.cookies).toEqual(state.cookies);
          expect(read?.state.hosts).toEqual(state.hosts);
        }),
        { numRuns: runs(100) },
      );
    },
  );

  it("is passed by the content of what is encrypted", async ({ expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path, { key: "words" });
    await store.commit([{ kind: "setting", key: "timeout", at: NOW, value: 5 }]);
    expect(faultsOf(await readFile(path, "utf8"))).toEqual([]);
    await store.changeKey(null);
    expect(faultsOf(await readFile(path, "utf8"))).toEqual([]);
  });

  it("is passed by what a session writes", async ({ expect }) => {
    const path = newPath();
    {
      await using session = await Session.open(path, {
        baseUrl: "https://shop.example/api",
        headers: { "X-Client": "1", accept: null },
        params: { page: 1 },
        proxies: { https: null },
        timeout: { connect: 1000, total: null },
        hsts: true,
        auth: { env: "HOME" },
      });
      session.cookies.setCookie("sid=1; Max-Age=1000; Secure; SameSite=Lax", "https://shop.example/");
      session.cookies.set("loose", "1");
      session.cookies.delete("sid");
    }
    expect(faultsOf(await readFile(path, "utf8"))).toEqual([]);
  });

  it("is passed by files of earlier versions", async ({ expect }) => {
    const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(".json"));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names)
      expect([name, ...faultsOf(await readFile(new URL(name, FIXTURES), "utf8"))]).toEqual([name]);
  });

  const whole = { format: "sojourn-session", version: 1, revision: 1 };
  const kept = { at: 1, name: "a", value: "1" };
  it.for([
    ["another format", { ...whole, format: "session" }],
    ["no format", { version: 1, revision: 1 }],
    ["version 2", { ...whole, version: 2 }],
    ["no revision", { format: "sojourn-session", version: 1 }],
    ["half a revision", { ...whole, revision: 0.5 }],
    ["a revision below zero", { ...whole, revision: -1 }],
    ["settings in a list", { ...whole, settings: [] }],
    ["a setting that is a value", { ...whole, settings: { timeout: 1 } }],
    ["a setting without a time", { ...whole, settings: { timeout: { value: 1 } } }],
    ["a setting without a value", { ...whole, settings: { timeout: { at: 1 } } }],
    ["a deletion that is false", { ...whole, settings: { timeout: { at: 1, deleted: false } } }],
    ["cookies that are no list", { ...whole, cookies: {} }],
    ["a cookie that is a text", { ...whole, cookies: ["a=1"] }],
    ["a cookie without a name", { ...whole, cookies: [{ at: 1, value: "1" }] }],
    ["a cookie without a value", { ...whole, cookies: [{ at: 1, name: "a" }] }],
    ["a cookie without a time", { ...whole, cookies: [{ name: "a", value: "1" }] }],
    ["a cookie with a time that is text", { ...whole, cookies: [{ ...kept, at: "1" }] }],
    ["a cookie with a number for a value", { ...whole, cookies: [{ ...kept, value: 1 }] }],
    ["a cookie with a path that is none", { ...whole, cookies: [{ ...kept, path: "a" }] }],
    ["a cookie with another SameSite", { ...whole, cookies: [{ ...kept, sameSite: "no" }] }],
    ["a cookie that expires some day", { ...whole, cookies: [{ ...kept, expires: "tomorrow" }] }],
    ["a cookie with Secure as a text", { ...whole, cookies: [{ ...kept, secure: "yes" }] }],
    ["a host without a name", { ...whole, hosts: [{ at: 1, expires: 1, includeSubDomains: true }] }],
    [
      "a host that expires some day",
      { ...whole, hosts: [{ at: 1, host: "a.example", expires: "1", includeSubDomains: true }] },
    ],
  ] as const)("is not passed by what the store refuses: %s", async ([, record], { expect }) => {
    const text = JSON.stringify(record);
    expect(faultsOf(text)).not.toEqual([]);
    const path = newPath();
    await writeFile(path, text, { mode: 0o600 });
    expect(await rejection(new FileSessionStore(path).read())).toMatchObject({
      name: "SessionFileError",
      path,
    });
  });

  it.for([
    ["no cipher", { cipher: "none" }],
    ["too much of scrypt", { kdf: "scrypt", n: 2 ** 30, r: 8, p: 1 }],
    ["another derivation", { kdf: "md5" }],
    ["salt that is no base64", { salt: "?" }],
  ] as const)("is not passed by encryption that the store refuses: %s", async ([, more], { expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path, { key: KEY });
    await store.commit([{ kind: "setting", key: "timeout", at: NOW, value: 5 }]);
    const record = JSON.parse(await readFile(path, "utf8")) as { readonly encryption: object };
    const text = JSON.stringify({ ...record, encryption: { ...record.encryption, ...more } });
    expect(faultsOf(text)).not.toEqual([]);
    await writeFile(path, text);
    expect(await rejection(store.read())).toMatchObject({ problem: "malformed" });
  });
});

describe("a change that could not be read again", () => {
  const cookie = { name: "a", value: "1", domain: "shop.example", hostOnly: true, path: "/", expires: null };
  const rest = { secure: false, httpOnly: false, sameSite: null, createdAt: NOW };
  const nested = (levels: number): Json => {
    let value: Json = 1;
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  };
  const set = (fields: object): Change => {
    const value = { ...cookie, ...rest, ...fields };
    const { name, domain, hostOnly, path } = value;
    return { kind: "cookie", key: { name, domain, hostOnly, path }, at: NOW, value };
  };
  const bad: readonly [what: string, change: Change][] = [
    ["a value of very many levels", { kind: "setting", key: "params", at: NOW, value: nested(100) }],
    ["a time that is no whole number", { kind: "setting", key: "params", at: NOW + 0.5, value: 1 }],
    ["a time that is none", { kind: "setting", key: "params", at: Number.NaN, value: 1 }],
    ["a cookie that ends a header", set({ value: "1\r\nX: y" })],
    ["a cookie of two", set({ name: "a;b" })],
    ["a cookie without a path", set({ path: "" })],
    [
      "a host that is an address",
      {
        kind: "host",
        key: "127.0.0.1",
        at: NOW,
        value: { host: "127.0.0.1", includeSubDomains: true, expires: NOW },
      },
    ],
  ];
  it.for(bad)("is refused, and nothing is stored: %s", async ([, change], { expect }) => {
    const path = newPath();
    const store = new FileSessionStore(path);
    await store.commit([{ kind: "setting", key: "timeout", at: NOW, value: 5 }]);
    const before = await readFile(path, "utf8");
    const error = await rejection(
      store.commit([{ kind: "setting", key: "timeout", at: NOW + 1, value: 6 }, change]),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/^TypeError: a change cannot be stored: /);
    expect(await readFile(path, "utf8")).toBe(before);
  });
});
