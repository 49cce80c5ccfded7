/** Where sojourn frames and writes bodies otherwise than Python requests, on purpose. */
import { describe, expect, it } from "vitest";

import { play } from "../support/one-call.ts";
import { utf8 } from "../support/wire-server.ts";

describe("a body of no bytes whose length is known", () => {
  it.for<[what: string, data: Blob | { readonly a: null }]>([
    ["an empty file", new File([], "x.txt")],
    ["a file read to its end", new Blob(["0123456789"]).slice(10)],
    ["a form of which nothing is left", { a: null }],
  ])("has a Content-Length of 0, not chunks: %s", async ([, data]) => {
    const { heard } = await play([], (session, url) => session.post(url, { data }));
    expect(heard[0]?.header("content-length")).toBe("0");
    expect(heard[0]?.header("transfer-encoding")).toBeNull();
  });
});

describe("a multipart body", () => {
  it("tells its boundary also when the caller gave the Content-Type", async () => {
    const { heard } = await play([], (session, url) =>
      session.post(url, { files: { f: ["a.txt", "A"] }, headers: { "Content-Type": "multipart/form-data" } }),
    );
    const boundary = /^multipart\/form-data; boundary="?([^"]+)"?$/.exec(
      heard[0]?.header("content-type") ?? "",
    )?.[1];
    expect(boundary).toBeDefined();
    expect(heard[0]?.body).toContain(`--${boundary}\r\n`);
  });

  it("keeps a Content-Type that stands among the headers of a part", async () => {
    const { heard } = await play([], (session, url) =>
      session.post(url, { files: { f: ["a.bin", "A", null, { "Content-Type": "application/x-b" }] } }),
    );
    expect(heard[0]?.body).toContain('filename="a.bin"\r\nContent-Type: application/x-b\r\n\r\nA\r\n');
  });
});

describe("a JSON body", () => {
  it("is compact UTF-8, as JSON.stringify writes it", async () => {
    const { heard } = await play([], (session, url) => session.post(url, { json: { é: "☃", a: [1, 2] } }));
    expect(heard[0]?.body).toBe(utf8('{"é":"☃","a":[1,2]}'));
    expect(heard[0]?.header("content-length")).toBe("22");
  });
});
