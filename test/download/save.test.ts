import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as zlib from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ChunkedEncodingError } from "../../src/core/errors.ts";
import { utf8, WatchedSource } from "../support/bytes.ts";
import { failureOf } from "../support/one-call.ts";
import { read, requestTo, streamed } from "../support/responses.ts";

describe("saveTo", () => {
  let folder = "";
  const file = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sojourn-save-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("writes the decoded body, in the place of what is there", async () => {
    writeFileSync(file("a"), "something longer than the body");
    const headers = { "content-encoding": "gzip" };
    await streamed({ headers, body: zlib.gzipSync("body é") }).saveTo(file("a"));
    expect(readFileSync(file("a"), "utf8")).toBe("body é");
  });

  it("writes a body in memory, which stays there", async () => {
    const response = read({ body: "body" });
    await response.saveTo(pathToFileURL(file("b")));
    expect(readFileSync(file("b"), "utf8")).toBe("body");
    expect(response.text()).toBe("body");
  });

  it("writes an empty file for an empty body", async () => {
    await streamed({ status: 204 }).saveTo(file("c"));
    expect(readFileSync(file("c"))).toHaveLength(0);
  });

  it("leaves no part of a body that breaks off", async () => {
    const failure = new ChunkedEncodingError("the body broke off", { phase: "body" });
    const response = streamed({ body: new WatchedSource([utf8("part")], failure) });
    await expect(response.saveTo(file("d"))).rejects.toBe(failure);
    expect(existsSync(file("d"))).toBe(false);
  });

  it("leaves the body unread when the file cannot be opened", async () => {
    const response = streamed({ body: "body" });
    await expect(response.saveTo(file("no/such/folder"))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await response.text()).toBe("body");
  });

  it("does not remove what is no file", async () => {
    const failure = new ChunkedEncodingError("the body broke off", { phase: "body" });
    await expect(streamed({ body: new WatchedSource([], failure) }).saveTo("/dev/null")).rejects.toBe(
      failure,
    );
    expect(existsSync("/dev/null")).toBe(true);
  });

  it("tells where it wrote how much", async () => {
    expect(await read({ body: "é" }).saveTo(file("told"))).toEqual({ path: file("told"), bytes: 2 });
  });

  it("keeps what was there when the body breaks off, and its permissions when it does not", async () => {
    writeFileSync(file("kept"), "old", { mode: 0o640 });
    chmodSync(file("kept"), 0o640);
    const failure = new ChunkedEncodingError("the body broke off", { phase: "body" });
    await failureOf(streamed({ body: new WatchedSource([utf8("part")], failure) }).saveTo(file("kept")));
    expect(readFileSync(file("kept"), "utf8")).toBe("old");
    await read({ body: "new" }).saveTo(file("kept"));
    expect(readFileSync(file("kept"), "utf8")).toBe("new");
    expect(statSync(file("kept")).mode & 0o777).toBe(0o640);
  });

  it("writes through a link that the caller names", async () => {
    writeFileSync(file("meant"), "old");
    symlinkSync(file("meant"), file("link"));
    expect(await read({ body: "new" }).saveTo(file("link"))).toMatchObject({ path: file("meant") });
    expect(readFileSync(file("meant"), "utf8")).toBe("new");
    expect(lstatSync(file("link")).isSymbolicLink()).toBe(true);
  });

  it("leaves nothing but the file in the folder", async () => {
    const own = mkdtempSync(join(folder, "own-"));
    const failure = new ChunkedEncodingError("the body broke off", { phase: "body" });
    await failureOf(streamed({ body: new WatchedSource([utf8("part")], failure) }).saveTo(join(own, "a")));
    await streamed({ body: "body" }).saveTo(join(own, "b"));
    expect(readdirSync(own)).toEqual(["b"]);
  });

  it.for([
    ["", TypeError],
    [null, TypeError],
    [1, TypeError],
    [new URL("https://a.test/"), TypeError],
  ] as const)("refuses %o as a target, with the body unread", async ([target, Kind]) => {
    const response = streamed({ body: "body" });
    expect(await failureOf(response.saveTo(target as never))).toBeInstanceOf(Kind);
    expect(await response.text()).toBe("body");
  });

  it.for([null, "x", { over: true }, { overwrite: 1 }])("refuses %o as options", async (options) => {
    const saving = read({ body: "body" }).saveTo(file("refused"), options as never);
    expect(await failureOf(saving)).toBeInstanceOf(TypeError);
    expect(existsSync(file("refused"))).toBe(false);
  });
});

describe("saveTo a folder", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sojourn-save-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("takes the name of Content-Disposition", async () => {
    const headers = { "content-disposition": 'attachment; filename="../../report.csv"' };
    expect(await read({ headers, body: "1,2" }).saveTo(folder)).toEqual({
      path: join(folder, "report.csv"),
      bytes: 3,
    });
    expect(readFileSync(join(folder, "report.csv"), "utf8")).toBe("1,2");
  });

  it("takes the name of the URL that was asked for, not of one that a redirect led to", async () => {
    const first = read({ status: 302 }, { request: requestTo("https://a.test/asked.txt") });
    const response = read({ body: "1" }, { request: requestTo("https://b.test/.bashrc"), history: [first] });
    expect(await response.saveTo(pathToFileURL(`${folder}/`))).toMatchObject({
      path: join(folder, "asked.txt"),
    });
  });

  it("does not replace a file, nor what a link leads to, unless told to", async () => {
    const name = join(folder, "path");
    writeFileSync(name, "mine");
    const response = streamed({ body: "theirs" });
    expect(await failureOf(response.saveTo(folder))).toMatchObject({ code: "EEXIST", path: name });
    expect(readFileSync(name, "utf8")).toBe("mine");
    await response.saveTo(folder, { overwrite: true });
    expect(readFileSync(name, "utf8")).toBe("theirs");

    const outside = join(folder, "outside");
    writeFileSync(outside, "mine");
    rmSync(name);
    symlinkSync(outside, name);
    expect(await failureOf(read({ body: "theirs" }).saveTo(folder))).toMatchObject({ code: "EEXIST" });
    await read({ body: "theirs" }).saveTo(folder, { overwrite: true });
    expect(readFileSync(outside, "utf8")).toBe("mine");
    expect(readFileSync(name, "utf8")).toBe("theirs");
  });

  it("does not replace a file that came meanwhile", async () => {
    const name = join(folder, "path");
    const source = async function* (): AsyncGenerator<Uint8Array, void> {
      yield utf8("theirs");
      writeFileSync(name, "mine");
    };
    expect(await failureOf(streamed({ body: source() }).saveTo(folder))).toMatchObject({ code: "EEXIST" });
    expect(readFileSync(name, "utf8")).toBe("mine");
    expect(readdirSync(folder)).toEqual(["path"]);
  });

  it("refuses to replace a file that the caller names, when told so", async () => {
    const name = join(folder, "mine");
    writeFileSync(name, "mine");
    const saving = read({ body: "theirs" }).saveTo(name, { overwrite: false });
    expect(await failureOf(saving)).toMatchObject({ code: "EEXIST" });
  });

  it("fails when a path that is written as a folder is none", async () => {
    expect(await failureOf(read({ body: "1" }).saveTo(join(folder, "no/")))).toMatchObject({
      code: "ENOENT",
    });
  });
});
