import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JSONDecodeError } from "../../src/core/errors.ts";
import { charsetOf, type Charset } from "../../src/encoding/charset.ts";
import { guessJsonUtf, jsonText, parseJsonText } from "../../src/encoding/json.ts";
import { jsonErrorPosition } from "../../src/encoding/json-position.ts";
import { raw, utf8 } from "../support/bytes.ts";
import { runs } from "../support/size.ts";

const text = '{"a": "é☃"}';
const value = { a: "é☃" };
const wide = (littleEndian: boolean, width: 2 | 4, mark: boolean): Uint8Array => {
  const characters = Array.from((mark ? "\ufeff" : "") + text);
  const view = new DataView(new ArrayBuffer(characters.length * width));
  for (const [at, character] of characters.entries()) {
    const code = character.codePointAt(0) ?? 0;
    if (width === 2) view.setUint16(at * 2, code, littleEndian);
    else view.setUint32(at * 4, code, littleEndian);
  }
  return new Uint8Array(view.buffer);
};

function failure(json: string): JSONDecodeError {
  try {
    const request = { method: "GET", url: "https://user:secret@a.test/x" };
    parseJsonText(json, { request, status: 200, contentType: "application/json; token=s3cret" });
  } catch (error) {
    if (error instanceof JSONDecodeError) return error;
  }
  throw new Error("it was parsed");
}

const parsed = (bytes: Uint8Array, charset: Charset): unknown => parseJsonText(jsonText(bytes, charset));

describe("JSON", () => {
  // PARITY ENC-4, BUG-18: whatever the header says.
  it.for([
    ["utf-8", utf8(text)],
    ["utf-8-sig", Uint8Array.from([0xef, 0xbb, 0xbf, ...utf8(text)])],
    ["utf-16le", wide(true, 2, false)],
    ["utf-16be", wide(false, 2, false)],
    ["utf-16le", wide(true, 2, true)],
    ["utf-16be", wide(false, 2, true)],
    ["utf-32le", wide(true, 4, false)],
    ["utf-32be", wide(false, 4, false)],
    ["utf-32le", wide(true, 4, true)],
    ["utf-32be", wide(false, 4, true)],
  ] as const)("in %s is known by its bytes (row %#)", ([name, bytes]) => {
    expect(guessJsonUtf(bytes)).toBe(name);
    for (const type of [null, "application/json", "text/plain"])
      expect(parsed(bytes, charsetOf(type))).toEqual(value);
  });

  it.for([
    [raw(), "utf-8"],
    [utf8("1"), "utf-8"],
    [raw(0x31, 0), "utf-16le"],
    [raw(0, 0x31), "utf-16be"],
    [raw(0, 0, 0, 0), null],
    [raw(0, 0, 1, 1), null],
  ] as const)("of a few bytes is guessed too (row %#)", ([bytes, expected]) => {
    expect(guessJsonUtf(bytes)).toBe(expected);
  });

  it("is read in the charset that was declared, when its bytes do not tell", () => {
    expect(
      parsed(Buffer.from('{"a": "é"}', "latin1"), charsetOf("application/json; charset=iso-8859-1")),
    ).toEqual({ a: "é" });
    expect(parsed(utf8('{"a": "é"}'), charsetOf("text/plain"))).toEqual({ a: "é" });
  });

  it("may be a scalar, and the last of equal names wins", () => {
    expect(parseJsonText('"text"')).toBe("text");
    expect(parseJsonText('{"a": 1, "a": 2}')).toEqual({ a: 2 });
  });

  it("with the name __proto__ changes no prototype", () => {
    const parsed = parseJsonText('{"__proto__": {"polluted": true}}');
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});

describe("the error of what is no JSON", () => {
  it.for([
    // text            position, and what is there
    ["{'a': 1}", 1, "unexpected character"],
    ['{"a": 1} x', 9, "a second value behind the first"],
    ['{"a": "x\ny"}', 8, "unexpected character"],
    ["[NaN]", 1, "unexpected character"],
    ["[1,]", 3, "unexpected character"],
    ['{"a":1,}', 7, "unexpected character"],
    ["[1 2]", 3, "unexpected character"],
    ['{"a" 1}', 5, "unexpected character"],
    ["[1}", 2, "unexpected character"],
    ["]", 0, "unexpected character"],
    ["01", 1, "a second value behind the first"],
    ["-x", 1, "unexpected character"],
    ["1.x", 2, "unexpected character"],
    ["1ex", 2, "unexpected character"],
    ["+1", 0, "unexpected character"],
    ["tru", 0, "unexpected character"],
    ['"\\x"', 2, "unexpected character"],
    ['"\\u12g4"', 5, "unexpected character"],
    ["<html>500</html>", 0, "it looks like HTML; unexpected character"],
    [" \n<!DOCTYPE html>", 2, "it looks like HTML"],
    ["<?xml version='1.0'?>", 0, "it looks like XML"],
    ["<soap:Envelope>", 0, "it looks like XML"],
    ["data: {}\n\n", 0, "it looks like an event stream"],
    [")]}'\n{}", 0, "a guard against scripts"],
    ["callback({})", 0, "a script"],
    ["// hello\n{}", 0, "a comment"],
    ["\u001f\ufffd\b", 0, "it is binary"],
    ['{"a": 1}\n{"a": 2}', 9, "a second value behind the first"],
    ["\u00a01", 0, "unexpected character"],
    ['{"a": ', 6, "ends too early"],
    ['"abc', 4, "ends too early"],
    ['"abc\\', 5, "ends too early"],
    ["[[[", 3, "ends too early"],
    ["1.", 2, "ends too early"],
    ["-", 1, "ends too early"],
    ["", 0, "empty"],
    [" \n ", 3, "empty"],
  ] as const)("tells where %j is wrong", ([json, position, what]) => {
    const error = failure(json);
    expect(error.position).toBe(position);
    expect(error.message).toContain(what);
    expect(error.phase).toBe("decode");
  });

  it("counts lines and columns as people do", () => {
    expect(failure('{\n  "a": 1,\n  b\n}').message).toContain("at position 14 (line 3, column 3)");
  });

  // PARITY ENC-5
  it("has nothing of the body in it, nor in its cause", () => {
    const error = failure('{"token": "s3cret" oops}');
    expect(inspect(error, { depth: 9 })).not.toMatch(/s3cret|token|oops|user|:secret/);
    expect(error.message).toContain("GET https://a.test/x");
  });
});

describe("jsonErrorPosition", () => {
  it("agrees with JSON.parse about what is JSON", () => {
    const almost = fc.json().chain((json) =>
      fc
        .record({
          at: fc.nat({ max: json.length }),
          with: fc.constantFrom("", '"', "\\", "]", "}", ",", ":", "1", "e", "\n", "x"),
        })
        .map((edit) => json.slice(0, edit.at) + edit.with + json.slice(edit.at + 1)),
    );
    fc.assert(
      fc.property(almost, (json) => {
        let valid = true;
        try {
          JSON.parse(json);
        } catch {
          valid = false;
        }
        expect(jsonErrorPosition(json) === null).toBe(valid);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("does not mind how deep it is nested", () => {
    expect(jsonErrorPosition("[".repeat(200_000))).toBe(200_000);
  });
});
