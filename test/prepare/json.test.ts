/** JSON bodies: PARITY BOD-2. */
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
