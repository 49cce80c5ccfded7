import { describe, expect, it } from "vitest";
import { asUtf8, withoutBlanks } from "../../src/core/received-text.ts";

describe("withoutBlanks", () => {
  it.for([
    ["", ""],
    [" \t", ""],
    ["a", "a"],
    ["\t a b \t", "a b"],
    // bytes of UTF-8, blanks only to Unicode
    ["\u00a0a\u00a0", "\u00a0a\u00a0"],
    ["\u0085\ufeff\u2028a", "\u0085\ufeff\u2028a"],
    ["\r\na\v\f", "\r\na\v\f"],
  ] as const)("of %j is %j", ([text, expected]) => {
    expect(withoutBlanks(text)).toBe(expected);
  });
});

describe("asUtf8", () => {
  it.for([
    ["plain", "plain"],
    ["caf\u00c3\u00a9", "café"],
    ["voil\u00c3\u00a0", "voilà"],
    ["\u00f0\u009f\u0098\u0080", "😀"],
    // no UTF-8
    ["caf\u00e9", "caf\u00e9"],
    // no bytes at all
    ["\u010d\u00c3\u00a9", "\u010d\u00c3\u00a9"],
  ] as const)("reads %j as %j", ([text, expected]) => {
    expect(asUtf8(text)).toBe(expected);
  });
});
