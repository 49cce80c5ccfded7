import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChunkedEncodingError } from "../../src/core/errors.ts";
import { utf8, WatchedSource } from "../support/bytes.ts";
import { read, streamed } from "../support/responses.ts";

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
});
