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
      "..;",
      "..%2F",
      "%5C..",
      "%3b",
      "a",
      "v1",
      "http:",
      "HTTPS:",
      "http://h/",
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

/** What servers make of a path before they resolve its dot segments. */
const steps: readonly ((path: string) => string)[] = [
  (path) => path.replaceAll(/%2f/gi, "/"),
  (path) => path.replaceAll(/%5c/gi, "\\"),
  (path) => path.replaceAll(/%3b/gi, ";"),
  (path) => path.replaceAll(/;[^/]*/g, ""),
  (path) => path.replaceAll(/\/{2,}/g, "/"),
];

/** Each of the ways to read one: some of the steps, in their order. */
const readings: readonly ((path: string) => string)[] = Array.from(
  { length: 2 ** steps.length },
  (_, chosen) => (path: string) =>
    steps.reduce((read, step, at) => ((chosen & (2 ** at)) === 0 ? read : step(read)), path),
);

/**
 * Is it below the base, as WHATWG's parser reads both, which takes turned slashes for slashes, and drops tabs; and as servers
 * read its path?
 */
function isBelow(url: string, base: string): boolean {
  const [one, home] = [new URL(url), new URL(base)];
  if (one.origin !== home.origin) return false;
  const root = home.pathname.replace(/\/+$/, "");
  const sent = /^[^:]*:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "";
  return [sent, one.pathname].every((path) =>
    readings.every((read) => {
      const { pathname } = new URL(`http://h${read(path)}`);
      return pathname === root || pathname.startsWith(`${root}/`);
    }),
  );
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
        if (!isAbsolute(text.trimStart())) expect(isBelow(call, given)).toBe(true);
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
