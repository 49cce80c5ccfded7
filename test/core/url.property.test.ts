/** Laws of the URL parser. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidURL } from "../../src/core/errors.ts";
import { parseUrl, type Url } from "../../src/core/url.ts";
import { runs } from "../support/size.ts";

/** Characters that make parsers disagree, and some that do not. */
const part = fc.string({
  unit: fc.constantFrom(...Array.from("aZ09-._~!$&'()*+,;=:@/?#[]%\\ \t\n\u0000é😀<>\"{}|^`")),
});
const host = fc.constantFrom("h", "Example.test", "127.0.0.1", "[::1]", "bücher.test", "0x7f.1");

const rest = fc
  .array(
    fc.constantFrom(
      "/",
      "?",
      "#",
      "\\",
      ".",
      "..",
      "%2e",
      "%",
      "a",
      "é",
      " ",
      ":",
      "@",
      "&",
      "=",
      "\t",
      "\u{1f600}",
    ),
  )
  .map((parts) => parts.join(""));
const site = fc.constantFrom(
  "http://a.test",
  "http://a.test:80",
  "HTTP://A.test",
  "https://a.test",
  "http://a.te",
  "http://[::1]:8080",
  "http://@a.test",
  "http://u:p@a.test",
);

/** The URL, or that there is none. */
function parsed(text: string): Url | "none" {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof InvalidURL) return "none";
    throw error;
  }
}

describe("parseUrl", () => {
  it("does not depend on what was parsed before", () => {
    fc.assert(
      fc.property(site, rest, site, (base, tail, before) => {
        parsed("ws://elsewhere.test/");
        const alone = parsed(base + tail);
        for (const first of [before, `${before}/x?y#z`, base]) {
          parsed(first);
          expect(parsed(base + tail)).toEqual(alone);
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it("prepares what it prepared to the same again", () => {
    fc.assert(
      fc.property(host, part, part, part, (name, path, query, fragment) => {
        const once = parseUrl(`http://${name}/${path}?${query}#${fragment}`);
        expect(parseUrl(once.href).parts()).toEqual(once.parts());
      }),
    );
  });

  it("puts nothing on the wire but visible ASCII without blanks", () => {
    fc.assert(
      fc.property(part, part, (path, query) => {
        expect(parseUrl(`http://h/${path}?${query}`).target).toMatch(/^\/[!-~]*$/);
      }),
    );
  });

  it("sees the host that WHATWG's parser sees, or refuses", () => {
    fc.assert(
      fc.property(part, (authority) => {
        const text = `http://h${authority}/x`;
        const ours = attempt(() => parseUrl(text));
        const theirs = attempt(() => new URL(text.replaceAll(/[\t\n\r]/g, "%09")));
        if (ours === null || theirs === null) return;
        expect(ours.host).toBe(theirs.hostname);
      }),
    );
  });
});

function attempt<Value>(action: () => Value): Value | null {
  try {
    return action();
  } catch {
    return null;
  }
}
