/** Form encoding: PARITY PAR-3..9, BOD-5; the rows are what requests sent. */
import { describe, expect, it } from "vitest";
import type { FieldsInit } from "../../src/core/options.ts";
import { encodeFields } from "../../src/prepare/form.ts";

describe("encodeFields", () => {
  it.for<[FieldsInit, string]>([
    [{}, ""],
    [{ a: "1", b: "2" }, "a=1&b=2"],
    [{ a: "x y", b: "x+y", " c ": " " }, "a=x+y&b=x%2By&+c+=+"],
    [
      { q: "a b&c=d+e/f?g#h%i~j*k'(l)!@:,;$\"<>[]{}|\\^`-_.", "k&=y": "v" },
      "q=a+b%26c%3Dd%2Be%2Ff%3Fg%23h%25i~j%2Ak%27%28l%29%21%40%3A%2C%3B%24%22%3C%3E%5B%5D%7B%7D%7C%5C%5E%60-_.&k%26%3Dy=v",
    ],
    [{ a: "%41%2f", b: "100%" }, "a=%2541%252f&b=100%25"],
    [{ a: "l1\r\nl2\tx", b: "\u007f\u0000" }, "a=l1%0D%0Al2%09x&b=%7F%00"],
    [
      { ключ: "знач ение", e: "é", emoji: "😀" },
      "%D0%BA%D0%BB%D1%8E%D1%87=%D0%B7%D0%BD%D0%B0%D1%87+%D0%B5%D0%BD%D0%B8%D0%B5&e=%C3%A9&emoji=%F0%9F%98%80",
    ],
    [{ a: "\ud800é" }, "a=%EF%BF%BD%C3%A9"],
    // lists, and what leaves a name out
    [{ a: ["1", "2", "3"], b: "x" }, "a=1&a=2&a=3&b=x"],
    [{ a: "", b: [], c: ["", "1"] }, "a=&c=&c=1"],
    [{ a: null, b: "1", c: [null, "x", undefined], d: [null], e: undefined }, "b=1&c=x"],
    [{ "": "v", a: "1" }, "=v&a=1"],
    // scalars in JavaScript's spelling (PAR-6)
    [
      { i: 1, neg: -5, zero: 0, f: 1.5, g: 1, big: 9_007_199_254_740_993n },
      "i=1&neg=-5&zero=0&f=1.5&g=1&big=9007199254740993",
    ],
    [{ t: true, n: false, e: 1e21 }, "t=true&n=false&e=1e%2B21"],
    // bytes, byte by byte (PAR-7)
    [{ raw: Uint8Array.of(0xff, 0x00, 0x61, 0x20, 0x62) }, "raw=%FF%00a+b"],
    [[[Uint8Array.of(0xe9), "1"]], "%E9=1"],
    // pairs
    [
      [
        ["a", "1"],
        ["b", "2"],
        ["a", "3"],
        ["b", "2"],
      ],
      "a=1&b=2&a=3&b=2",
    ],
    [
      [
        ["a", ["1", "2"]],
        ["b", null],
      ],
      "a=1&a=2",
    ],
    [
      new Map([
        ["a", "1"],
        ["b", "2"],
      ]),
      "a=1&b=2",
    ],
    [new URLSearchParams("a=1&a=x+y~*"), "a=1&a=x+y~%2A"],
    [Object.assign(Object.create(null) as object, { a: "1" }) as FieldsInit, "a=1"],
  ])("writes %o as %s", ([fields, encoded]) => {
    expect(encodeFields(fields, "params")).toBe(encoded);
  });

  it.for<[unknown, string]>([
    [
      { a: { x: "1" } },
      'params["a"] must be a string, number, bigint, boolean, bytes, null, or a list of them, not Object',
    ],
    [{ a: [["1"]] }, 'params["a"] must be'],
    [{ a: [{}] }, "not Object"],
    [{ a: Symbol("s") }, "not symbol"],
    [{ a: () => "x" }, "not function"],
    [{ a: Number.NaN }, 'params["a"] must be a finite number, not NaN'],
    [{ a: [1, Number.POSITIVE_INFINITY] }, 'params["a"] must be a finite number, not Infinity'],
    [new Map([["a", Number.NEGATIVE_INFINITY]]), 'params["a"] must be a finite number, not -Infinity'],
    [{ a: new Date(0) }, "not Date"],
    [{ a: new Map() }, "not Map"],
    [["ab", "cd"], "params[0] must be a pair [name, value], not string"],
    [[["a", "1"], ["b"]], "params[1] must be a pair [name, value], not a list of 1"],
    [[["a", "1", "2"]], "not a list of 3"],
    [[{ a: "1" }], "not Object"],
    [[[1, "x"]], "the name in params[0] must be text or bytes, not number"],
    [new Set(["a"]), "not Set"],
    [new Date(0), "not Date"],
    [5, "not number"],
    [null, "not null"],
  ])("refuses %o", ([fields, message]) => {
    expect(() => encodeFields(fields as FieldsInit, "params")).toThrow(TypeError);
    expect(() => encodeFields(fields as FieldsInit, "params")).toThrow(message);
  });

  it("names the option and the key, but not the value, that it refuses", () => {
    expect(() => encodeFields({ token: { s3cret: 1 } } as unknown as FieldsInit, "data")).toThrow(
      /^data\["token"\] must be/,
    );
  });

  it("reads own properties only", () => {
    expect(encodeFields(JSON.parse('{"__proto__":"1"}') as FieldsInit, "data")).toBe("__proto__=1");
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted["admin"] = "1";
    try {
      expect(encodeFields({ a: "1" }, "data")).toBe("a=1");
    } finally {
      delete polluted["admin"];
    }
  });
});
