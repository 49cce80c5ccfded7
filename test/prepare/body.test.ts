/** Which option is the body, and what it becomes. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { DataInit, FilesInit } from "../../src/core/options.ts";
import { chooseBody, type BodyOptions, type ChosenBody } from "../../src/prepare/body.ts";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

function choose(options: Partial<BodyOptions>, givenType: string | null = null): ChosenBody {
  return chooseBody({ data: undefined, json: undefined, files: undefined, ...options }, givenType, () => "b");
}

function text({ payload }: ChosenBody): string | null {
  if (payload === null) return null;
  return payload.kind === "bytes" ? Buffer.from(payload.bytes).toString() : "<stream>";
}

describe("chooseBody", () => {
  it.for<[string, Partial<BodyOptions>, body: string | null, contentType: string | null]>([
    ["nothing", {}, null, null],
    ["null", { data: null, files: null }, null, null],
    // data (BOD-3..8)
    ["text", { data: "a=1&é" }, "a=1&é", null],
    ["bytes", { data: Buffer.from("x") }, "x", null],
    ["an ArrayBuffer", { data: new TextEncoder().encode("x").buffer }, "x", null],
    ["a record", { data: { a: "1", b: ["2", "3"] } }, "a=1&b=2&b=3", FORM],
    [
      "pairs",
      {
        data: [
          ["a", "1"],
          ["b", "2"],
          ["a", "3"],
        ],
      },
      "a=1&b=2&a=3",
      FORM,
    ],
    ["a Map", { data: new Map([["a", "1"]]) }, "a=1", FORM],
    ["URLSearchParams", { data: new URLSearchParams("a=1&a=~") }, "a=1&a=~", FORM],
    ["bytes in a record", { data: { raw: Uint8Array.of(0xff, 0x00, 0x61) } }, "raw=%FF%00a", FORM],
    ["a record that encodes to nothing (BOD-6)", { data: { a: null } }, "", FORM],
    ["a Readable", { data: Readable.from(["a"]) }, "<stream>", null],
    ["a ReadableStream", { data: ReadableStream.from(["a"]) }, "<stream>", null],
    ["an iterator", { data: ["a"].values() }, "<stream>", null],
    [
      "an object that can be iterated",
      {
        data: {
          async *[Symbol.asyncIterator]() {
            yield await Promise.resolve("a");
          },
        },
      },
      "<stream>",
      null,
    ],
    ["a function", { data: () => "a" }, "<stream>", null],
    ["a Blob", { data: new Blob(["a"]) }, "<stream>", null],
    ["a Blob with a type", { data: new Blob(["a"], { type: "text/csv" }) }, "<stream>", "text/csv"],
    // empty data is no body (BOD-7)
    ["an empty text", { data: "" }, null, null],
    ["no bytes", { data: new Uint8Array(0) }, null, null],
    ["an empty record", { data: {} }, null, null],
    ["an empty list", { data: [] }, null, null],
    ["empty URLSearchParams", { data: new URLSearchParams() }, null, null],
    ["false", { data: false as unknown as DataInit }, null, null],
    // json (BOD-2)
    ["json", { json: { a: [1, "é"] } }, '{"a":[1,"é"]}', JSON_TYPE],
    ["json null", { json: null }, "null", JSON_TYPE],
    ["json false", { json: false }, "false", JSON_TYPE],
    ["json 0", { json: 0 }, "0", JSON_TYPE],
    ['json ""', { json: "" }, '""', JSON_TYPE],
    ["json {}", { json: {} }, "{}", JSON_TYPE],
    // precedence (BOD-1)
    ["json when data is empty", { data: {}, json: { a: 1 } }, '{"a":1}', JSON_TYPE],
    ["json when files are empty", { files: {}, json: { a: 1 } }, '{"a":1}', JSON_TYPE],
    ["data when files are empty", { data: { b: "2" }, files: {} }, "b=2", FORM],
    [
      "files",
      { files: { f: [null, "A"] } },
      '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nA\r\n--b--\r\n',
      "multipart/form-data; boundary=b",
    ],
  ])("%s", ([, options, body, contentType]) => {
    const chosen = choose(options);
    expect(text(chosen)).toBe(body);
    expect(chosen.contentType).toBe(contentType);
  });

  // BOD-1
  it.for<[Partial<BodyOptions>, string]>([
    [{ data: { b: "2" }, json: { a: 1 } }, "json and data are both given"],
    [{ data: "b", json: null }, "json and data are both given"],
    [{ files: { f: "A" }, json: { a: 1 } }, "json and files are both given"],
    [{ data: { b: "2" }, files: { f: "A" }, json: 0 }, "json and data are both given"],
  ])("refuses two bodies: %o", ([options, message]) => {
    expect(() => choose(options)).toThrow(TypeError);
    expect(() => choose(options)).toThrow(message);
  });

  it.for<Partial<BodyOptions>>([
    { data: { a: "1" } },
    { json: { a: 1 } },
    { data: new Blob(["a"], { type: "a/b" }) },
  ])("leaves the caller's Content-Type in place for %o", (options) => {
    expect(choose(options, "text/x-custom").contentType).toBeNull();
  });

  it.for<[unknown, string]>([
    [5, "not number"],
    [true, "not boolean"],
    [Symbol("s"), "not symbol"],
    [new Set(["a"]), "not Set"],
    [new Date(0), "not Date"],
    [/x/, "not RegExp"],
    [Promise.resolve("x"), "not Promise"],
    [new Headers({ a: "b" }), "not Headers"],
    [["a", "b"], "data[0] must be a pair [name, value], not string"],
    [[Buffer.from("a")], "data[0] must be a pair"],
    [{ a: { b: 1 } }, 'data["a"] must be'],
  ])("refuses %o as data", ([data, message]) => {
    expect(() => choose({ data: data as DataInit })).toThrow(TypeError);
    expect(() => choose({ data: data as DataInit })).toThrow(message);
  });

  it.for<[string, DataInit]>([
    ["text", "x=1"],
    ["bytes", Buffer.from("x=1")],
    ["a stream", Readable.from(["x"])],
    ["a function", () => "x"],
  ])("refuses %s beside files (BOD-17, MPT-7)", ([, data]) => {
    expect(() => choose({ data, files: { f: "A" } })).toThrow("data must be fields when there are files");
  });

  it.for<unknown>([{ a: Number.NaN }, [Number.NEGATIVE_INFINITY], 5n])("refuses %s as json", (json) => {
    expect(() => choose({ json })).toThrow(expect.objectContaining({ name: "InvalidJSONError" }));
  });

  it("does not change what it is given", () => {
    const data = Object.freeze({ a: Object.freeze(["1"]) });
    const files = Object.freeze({ f: Object.freeze(["n", "A"] as const) }) as FilesInit;
    expect(() => choose({ data, files })).not.toThrow();
  });
});
