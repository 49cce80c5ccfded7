/** Laws of form encoding. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFields } from "../../src/prepare/form.ts";

const text = fc.string({ unit: "binary" }).map((string) => string.toWellFormed());

describe("a form", () => {
  it("is read back by any form decoder as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        expect([...new URLSearchParams(encodeFields(pairs, "data"))]).toEqual(pairs);
      }),
    );
  });

  it("uses nothing but the letters of a form", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), (fields) => {
        expect(encodeFields(fields, "data")).toMatch(/^(?:[A-Za-z0-9_.~+&=-]|%[0-9A-F]{2})*$/);
      }),
    );
  });

  it("escapes bytes as it escapes the text that they are", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(encodeFields([[Buffer.from(value), Buffer.from(value)]], "data")).toBe(
          encodeFields([[value, value]], "data"),
        );
      }),
    );
  });
});
