/** Laws of the parser of media types. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apparentEncoding, charsetOf } from "../../src/encoding/charset.ts";
import { parseMediaType } from "../../src/encoding/media-type.ts";
import { decodeText } from "../../src/encoding/text.ts";

const token = fc.stringMatching(/^[a-z0-9!#$%&*+.^_`|~-]{1,12}$/);
/** Whatever a quoted string may hold; blanks and quotes at its ends are taken for mistakes. */
const value = fc.string({ unit: "binary-ascii" }).filter((text) => !/^[\s"']|[\s"'\\]$|\n/.test(text));
const essence = fc.tuple(token, token).map((parts) => parts.join("/"));
const noise = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom(";", "=", '"', "\\", "'", " ", "charset", "utf-8", "text/html", "\u00a0"))
    .map((all) => all.join("")),
);

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

describe("a media type", () => {
  it("is read as it was written, in any case, with any blanks", () => {
    const blanks = fc.constantFrom("", " ", "\t ");
    fc.assert(
      fc.property(essence, fc.dictionary(token, value), blanks, blanks, (type, parameters, before, after) => {
        const written = Object.entries(parameters)
          .map(([name, text]) => `${before};${after}${name.toUpperCase()}=${quoted(text)}`)
          .join("");
        const read = parseMediaType(type.toUpperCase() + written);
        expect(read.essence).toBe(type);
        expect(Object.fromEntries(read.parameters)).toEqual({ ...parameters });
      }),
    );
  });

  it("is text in two parts, whatever comes", () => {
    fc.assert(
      fc.property(noise, (text) => {
        const { essence: type, parameters } = parseMediaType(text);
        expect(type).toBe(type.replaceAll(/^[ \t]+|[ \t]+$/g, "").toLowerCase());
        for (const name of parameters.keys()) expect(name).toBe(name.toLowerCase());
      }),
    );
  });

  it("never keeps a body from being text", () => {
    fc.assert(
      fc.property(noise, fc.uint8Array(), (type, bytes) => {
        const contentType = `text/plain${type}`;
        expect(typeof decodeText(bytes, charsetOf(contentType))).toBe("string");
        expect(() => apparentEncoding(bytes, { contentType, detectEncoding: null })).not.toThrow();
      }),
    );
  });
});
