/** Laws of the parser of `Link`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLinks } from "../../src/response/links.ts";

const url = fc.webUrl({ withQueryParameters: true, withFragments: true });
const relation = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
const parameter = fc
  .stringMatching(/^[a-z][a-z0-9*]{0,8}$/)
  .filter((name) => name !== "rel" && name !== "url");
const text = fc.string({ unit: "binary-ascii" });

interface Written {
  readonly url: string;
  readonly rel: string;
  readonly parameters: Readonly<Record<string, string>>;
}

function written(links: readonly Written[]): string {
  return links
    .map((link) => {
      const parameters = Object.entries(link.parameters).map(
        ([name, value]) => `; ${name}="${value.replaceAll(/["\\]/g, "\\$&")}"`,
      );
      return `<${link.url}>; rel="${link.rel}"${parameters.join("")}`;
    })
    .join(", ");
}

describe("links", () => {
  it("are read as they were written, whatever is in their parameters", () => {
    const link = fc.record({
      url,
      rel: relation,
      parameters: fc.dictionary(parameter, text, { noNullPrototype: true }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(link, { selector: ({ rel }) => rel, maxLength: 5 }), (links) => {
        const read = parseLinks(written(links), "http://base.test/");
        expect(Object.keys(read)).toEqual(links.map(({ rel }) => rel));
        for (const { rel, url: target, parameters } of links)
          expect({ ...read[rel] }).toEqual({ url: new URL(target).href, rel, ...parameters });
      }),
    );
  });

  it("have a URL and nothing but text, whatever comes", () => {
    const parts = fc.constantFrom(
      "<",
      ">",
      '"',
      "'",
      "\\",
      ";",
      ",",
      "=",
      " ",
      "rel",
      "__proto__",
      "next",
      "\u00e9",
    );
    const noise = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(parts, { maxLength: 40 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(noise, (header) => {
        const links = parseLinks(header, "http://base.test/");
        expect(Object.getPrototypeOf(links)).toBe(null);
        for (const link of Object.values(links)) {
          expect(typeof link.url).toBe("string");
          expect(Object.values(link).every((value) => typeof value === "string")).toBe(true);
        }
      }),
    );
  });
});
