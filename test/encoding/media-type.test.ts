import { describe, expect, it } from "vitest";
import { parseMediaType } from "../../src/encoding/media-type.ts";

describe("parseMediaType", () => {
  // PARITY UTL-5; RFC 9110 §8.3.1
  it.for([
    ["application/json", "application/json", {}],
    ["application/json ; charset=utf-8", "application/json", { charset: "utf-8" }],
    ["application/json ; Charset=UTF-8", "application/json", { charset: "UTF-8" }],
    ["TEXT/HTML;charset=x", "text/html", { charset: "x" }],
    [
      "a/b; boundary = something ; boundary2='else' ; no_equals ",
      "a/b",
      { boundary: "something", boundary2: "else", no_equals: "" },
    ],
    [
      'a/b; boundary = something ; boundary2="else" ; no_equals ',
      "a/b",
      { boundary: "something", boundary2: "else", no_equals: "" },
    ],
    ["a/b; 'boundary2=else' ; x", "a/b", { boundary2: "else", x: "" }],
    ['a/b; "boundary2=else" ; x', "a/b", { boundary2: "else", x: "" }],
    ["application/json ; ; ", "application/json", {}],
    ['a/b; x="1;2"; y=3', "a/b", { x: "1;2", y: "3" }],
    ['a/b; x="1\\"2;3"; y=3', "a/b", { x: '1"2;3', y: "3" }],
    ['a/b; x="never closed; y=3', "a/b", { x: "never closed; y=3" }],
    ["a/b; x=1; x=2", "a/b", { x: "2" }],
    ["a/b; x=1=2", "a/b", { x: "1=2" }],
    ["a/b; =1", "a/b", {}],
    ["a/b; charset=", "a/b", { charset: "" }],
    // A0 is a byte of UTF-8, and a blank to Unicode only.
    ["a/b\u00a0; name=voil\u00c3\u00a0", "a/b\u00a0", { name: "voil\u00c3\u00a0" }],
    ['a/b;\u00a0x="\u00a0y\u0085"', "a/b", { "\u00a0x": "\u00a0y\u0085" }],
    ["", "", {}],
    [";;;", "", {}],
    ["a/b; __proto__=1", "a/b", { ["__proto__"]: "1" }],
  ] as const)("reads %j", ([value, essence, parameters]) => {
    const type = parseMediaType(value);
    expect(type.essence).toBe(essence);
    expect([...type.parameters]).toEqual(Object.entries(parameters));
  });

  it("takes time in proportion to the length", () => {
    const hostile = `a/b; x="${"\\".repeat(100_000)}${" ".repeat(100_000)}x${"' ".repeat(100_000)}`;
    expect(parseMediaType(hostile).essence).toBe("a/b");
  });
});
