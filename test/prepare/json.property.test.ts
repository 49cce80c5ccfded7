/** The quick way and JSON.stringify say the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson } from "../../src/prepare/json.ts";

describe("encodeJson", () => {
  it("writes every value of JSON as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(encodeJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it("writes what JSON can hold as JSON.stringify does, and refuses the rest", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        let text: string | null = null;
        try {
          text = encodeJson(value);
        } catch (error) {
          expect(error).toMatchObject({ name: "InvalidJSONError" });
        }
        if (text !== null) expect(text).toBe(JSON.stringify(value));
      }),
    );
  });
});
