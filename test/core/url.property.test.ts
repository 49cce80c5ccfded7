import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { InvalidURL } from "../../src/core/errors.ts";
import { parseUrl, type Url } from "../../src/core/url.ts";

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
      { numRuns: 2000 },
    );
  });
});
