/** JSON bodies: PARITY BOD-2. */
import { Readable } from "node:stream";
import vm from "node:vm";
import * as undici from "undici";
import { describe, expect, it } from "vitest";
import { encodeJson } from "../../src/prepare/json.ts";

class Money {
  readonly amount = 5;
  toJSON(): string {
    return `${this.amount} EUR`;
  }
}

class Point {
  readonly x = 1;
  readonly hidden = undefined;
  norm(): number {
    return this.x;
  }
}

/** Its data are not its fields. */
class Vault {
  readonly #secret: string;
  constructor(secret: string) {
    this.#secret = secret;
  }
  get size(): number {
    return this.#secret.length;
  }
}

const circular: Record<string, unknown> = { list: [{}] };
(circular["list"] as object[]).push(circular);

const deep = (levels: number): unknown => {
  let value: unknown = {};
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

describe("encodeJson", () => {
  it.for<[unknown, string]>([
    [{ a: 1, b: [true, null, "x"] }, '{"a":1,"b":[true,null,"x"]}'],
    [null, "null"],
    [0, "0"],
    [false, "false"],
    ["", '""'],
    [[], "[]"],
    [{}, "{}"],
    [{ é: "☃😀", ctl: '\n\u0000"\\/' }, '{"é":"☃😀","ctl":"\\n\\u0000\\"\\\\/"}'],
    ["\ud800", '"\\ud800"'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [[undefined, 1], "[null,1]"],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ price: new Money() }, '{"price":"5 EUR"}'],
    [new Point(), '{"x":1}'],
    [{ empty: new (class Empty {})() }, '{"empty":{}}'],
    [{ a: new String("x"), b: new Number(1), c: new Boolean(false) }, '{"a":"x","b":1,"c":false}'],
    [
      { at: new URL("http://h.test/"), bytes: Buffer.from("A") },
      '{"at":"http://h.test/","bytes":{"type":"Buffer","data":[65]}}',
    ],
    [{ none: { toJSON: () => null } }, '{"none":null}'],
    [vm.runInNewContext("({ a: [new Date(0)] })"), '{"a":["1970-01-01T00:00:00.000Z"]}'],
    [
      Object.assign(
        new (class Bag {
          *[Symbol.iterator](): Generator<number> {
            yield 1;
          }
        })(),
        { items: [1] },
      ),
      '{"items":[1]}',
    ],
    [Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
    [Array.from({ length: 3 }), "[null,null,null]"],
    [-0, "0"],
    [1e21, "1e+21"],
  ])("writes %o as %s", ([value, text]) => {
    expect(encodeJson(value)).toBe(text);
  });

  it("writes deep values, and says so when one is too deep", () => {
    expect(encodeJson(deep(500))).toBe(`${"[".repeat(500)}{}${"]".repeat(500)}`);
    expect(() => encodeJson(deep(1_000_000))).toThrow(expect.objectContaining({ name: "InvalidJSONError" }));
  });

  it.for<[unknown, string]>([
    [Number.NaN, "JSON cannot hold NaN: json"],
    [{ a: Number.NaN }, "JSON cannot hold NaN: json.a"],
    [[1, Number.NEGATIVE_INFINITY], "JSON cannot hold -Infinity: json[1]"],
    [{ a: [{ "b c": Number.POSITIVE_INFINITY }] }, 'JSON cannot hold Infinity: json.a[0]["b c"]'],
    [{ id: 5n }, "JSON cannot hold a bigint: json.id"],
    [{ f: () => 1 }, "JSON cannot hold a function: json.f"],
    [[() => 1], "JSON cannot hold a function: json[0]"],
    [{ s: Symbol("x") }, "JSON cannot hold a symbol: json.s"],
    [() => 1, "JSON cannot hold a function: json"],
    [Symbol("x"), "JSON cannot hold a symbol: json"],
    [5n, "JSON cannot hold a bigint: json"],
    [{ m: new Map([["a", 1]]) }, "JSON cannot hold a Map: json.m"],
    [{ p: Promise.resolve(1) }, "JSON cannot hold a Promise: json.p"],
    [{ s: new Set([1]) }, "JSON cannot hold a Set: json.s"],
    [{ b: new Blob(["x"]) }, "JSON cannot hold a Blob: json.b"],
    [new File(["x"], "f"), "JSON cannot hold a File: json"],
    [[new FormData()], "JSON cannot hold a FormData: json[0]"],
    [{ q: new URLSearchParams("a=b") }, "JSON cannot hold a URLSearchParams: json.q"],
    [{ h: new Headers({ a: "b" }) }, "JSON cannot hold a Headers: json.h"],
    [{ e: new RangeError("x") }, "JSON cannot hold a RangeError: json.e"],
    [{ e: Object.assign(new Error("x"), { code: "E" }) }, "JSON cannot hold an Error: json.e"],
    [{ e: new DOMException("x") }, "JSON cannot hold a DOMException: json.e"],
    [{ b: new ArrayBuffer(2) }, "JSON cannot hold an ArrayBuffer: json.b"],
    [{ b: new Uint8Array(2) }, "JSON cannot hold a Uint8Array: json.b"],
    [{ b: new DataView(new ArrayBuffer(2)) }, "JSON cannot hold a DataView: json.b"],
    [{ s: Readable.from(["x"]) }, "JSON cannot hold a Readable: json.s"],
    [{ s: new ReadableStream() }, "JSON cannot hold a ReadableStream: json.s"],
    [{ s: new WritableStream() }, "JSON cannot hold a WritableStream: json.s"],
    [{ g: (function* () {})() }, "JSON cannot hold an object: json.g"],
    [{ g: new Map([["a", 1]]).values() }, "json.g"],
    [{ g: (async function* () {})() }, "JSON cannot hold a stream: json.g"],
    [{ r: /x/ }, "JSON cannot hold a RegExp: json.r"],
    [{ r: new Request("http://h.test/") }, "JSON cannot hold a Request: json.r"],
    [{ r: new Response("x") }, "JSON cannot hold a Response: json.r"],
    [{ s: new AbortController().signal }, "JSON cannot hold an AbortSignal: json.s"],
    [{ m: Object.assign(new Map(), { own: 1 }) }, "JSON cannot hold a Map: json.m"],
    [{ b: Object.assign(new Blob(["x"]), { own: 1 }) }, "JSON cannot hold a Blob: json.b"],
    [{ w: new WeakMap() }, "JSON cannot hold a WeakMap: json.w"],
    [{ f: new undici.FormData() }, "JSON cannot hold a FormData: json.f"],
    [{ n: new Number(Number.NaN) }, "JSON cannot hold a Number without a value: json.n"],
    [{ at: new Date(Number.NaN) }, "JSON cannot hold a date that is none: json.at"],
    [[[new Date("no")]], "JSON cannot hold a date that is none: json[0][0]"],
    [{ v: new Vault("s3cret") }, "JSON cannot hold a Vault: json.v"],
    [{ deep: [{ "a-b": new Set() }] }, 'JSON cannot hold a Set: json.deep[0]["a-b"]'],
    [vm.runInNewContext("({ e: new Error('x') })"), "JSON cannot hold an Error: json.e"],
    [vm.runInNewContext("({ m: new Map(), d: new Date(0) })"), "JSON cannot hold a Map: json.m"],
    [undefined, "json cannot be undefined"],
    [{ toJSON: () => undefined }, "json cannot be undefined"],
    [{ toJSON: () => ({ x: Number.NaN }) }, 'JSON cannot hold NaN: property "x"'],
    [circular, "JSON cannot hold a value inside itself: json.list[1]"],
    [{ a: circular }, "JSON cannot hold a value inside itself: json.a.list[1]"],
  ])("refuses %o", ([value, message]) => {
    expect(() => encodeJson(value)).toThrow(expect.objectContaining({ name: "InvalidJSONError" }));
    expect(() => encodeJson(value)).toThrow(message);
  });

  it("keeps the cause when the value's own code fails", () => {
    const cause = new Error("no");
    const value = {
      toJSON(): never {
        throw cause;
      },
    };
    expect(() => encodeJson({ value })).toThrow(expect.objectContaining({ name: "InvalidJSONError", cause }));
  });

  it("takes the same object twice, side by side", () => {
    const shared = { a: 1 };
    expect(encodeJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
    expect(() => encodeJson([shared, shared, 5n])).toThrow("a bigint: json[2]");
  });

  it("never shows the value", () => {
    expect(() => encodeJson({ password: "s3cret", n: Number.NaN })).not.toThrow(/s3cret/);
  });
});
