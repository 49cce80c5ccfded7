/** Laws of base URLs: no path that comes from a user reaches another host, or leaves the path of the base. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAbsolute, parseBaseUrl } from "../../src/core/base-url.ts";
import { InvalidURL, RequestException } from "../../src/core/errors.ts";
import { readCall } from "../../src/fetch/call.ts";
import { targetOf } from "../../src/prepare/prepare.ts";

const bases = fc.constantFrom(
  "https://api.test/v1",
  "https://api.test/v1/",
  "https://api.test/a/b//",
  "https://api.test",
  "http://u:p@api.test:8080/v1",
);

const path = fc
  .array(
    fc.constantFrom(
      "..",
      ".",
      "%2e",
      "%2E",
      "%252e",
      "%2f",
      "%5c",
      "/",
      "//",
      "\\",
      "\t",
      "\n",
      "\r",
      " ",
      "\0",
      "\u00a0",
      "\ufeff",
      "?",
      "#",
      ":",
      "@",
      ";",
      "a",
      "v1",
      "http:",
      "HTTPS:",
      "javascript:",
      "data:x",
      "evil.test",
      "u:p@evil.test",
      "[::1]",
      "é",
      "．",
      "／",
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(""));

/** What a call gives, or that it is refused: nothing was sent then. */
function unlessRefused<Value>(call: () => Value): Value | null {
  try {
    return call();
  } catch (error) {
    if (error instanceof InvalidURL) return null;
    throw error;
  }
}

/** Is it below the base, as WHATWG's parser reads both? It takes turned slashes for slashes, and drops tabs. */
function isBelow(url: string, base: string): boolean {
  const [one, home] = [new URL(url), new URL(base)];
  const root = home.pathname.replace(/\/+$/, "");
  return one.origin === home.origin && (one.pathname === root || one.pathname.startsWith(`${root}/`));
}

describe("a path that goes on from a base URL", () => {
  it.for([
    ["prepared", false],
    ["as it was typed", true],
  ] as const)("stays below it: %s", ([, rawUrl]) => {
    fc.assert(
      fc.property(bases, path, (given, text) => {
        fc.pre(!isAbsolute(text.trimStart()));
        const base = parseBaseUrl(given);
        const target = unlessRefused(() => targetOf(text, base, rawUrl));
        if (target === null) return;
        if (typeof target === "string") throw new Error(`${target} is for an adapter`);
        const { origin, path: found, userinfo, href } = target;
        const root = base.path.replace(/\/+$/, "");
        expect(origin).toBe(base.origin);
        expect(found === base.path || found.startsWith(`${root}/`)).toBe(true);
        expect(userinfo).toBe(base.userinfo);
        expect(isBelow(href, given)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("stays below it in fetch, whose parser drops tabs, line ends and blanks at both ends", () => {
    fc.assert(
      fc.property(bases, path, (given, text) => {
        const call = unlessRefused(() => fetchTarget(text, given));
        if (call === null || call.startsWith("data:")) return;
        const written = text.replaceAll(/[\t\n\r]/g, "").replace(/^[\0 ]+/, "");
        if (!isAbsolute(written)) expect(isBelow(call, given)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("is not refused for what it has besides slashes and dots", () => {
    const plain = fc.stringMatching(/^[\w:@;,!$&'()*+=~-]{1,20}$/);
    fc.assert(
      fc.property(bases, fc.array(plain, { minLength: 1, maxLength: 4 }), (given, segments) => {
        const base = parseBaseUrl(given);
        const target = targetOf(segments.join("/"), base);
        expect(typeof target === "string" ? "" : target.origin).toBe(base.origin);
      }),
    );
  });
});

/** The URL of a call of fetch; `null` for what is no URL. */
function fetchTarget(text: string, baseUrl: string): string | null {
  try {
    return readCall(text, null, baseUrl).url;
  } catch (error) {
    // An absolute URL may be malformed, or have credentials.
    if (error instanceof TypeError && !(error instanceof RequestException)) return null;
    throw error;
  }
}
