/** Laws of the URLs of proxies. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidProxyURL, InvalidURL } from "../../src/core/errors.ts";
import { parseProxy } from "../../src/proxy/select.ts";
import { runs } from "../support/size.ts";

const scheme = fc.constantFrom("http", "https", "socks5", "socks5h");
const text = fc.string({ unit: "binary", minLength: 1 }).map((one) => one.toWellFormed());
const parts = fc.constantFrom(
  "http://",
  "socks5://",
  "ftp://",
  "//",
  "@",
  ":",
  "/",
  "?",
  "#",
  "%",
  "%40",
  " ",
  "\r\n",
  "\0",
  "h.test",
  "[::1]",
  "1080",
  "user",
  "\u00e9",
);

describe("the URL of a proxy", () => {
  it("gives back user and password as they were encoded, whatever is in them", () => {
    fc.assert(
      fc.property(
        scheme,
        text,
        text,
        fc.integer({ min: 1, max: 65_535 }),
        (kind, username, password, port) => {
          const url = `${kind}://${encodeURIComponent(username)}:${encodeURIComponent(password)}@h.test:${port}/path`;
          // oxlint-disable-next-line no-control-regex -- no scheme can send them (RFC 7617 §2)
          if (/[\x00-\x1f\x7f]/.test(username + password)) {
            expect(() => parseProxy(url)).toThrow(InvalidProxyURL);
            return;
          }
          const target = parseProxy(url);
          expect(target.credentials).toEqual(username + password === "" ? null : { username, password });
          expect([target.scheme, target.hostname, target.port]).toEqual([kind, "h.test", port]);
          expect(target.origin).toBe(`${kind}://h.test:${port}`);
        },
      ),
    );
  });

  it("is a host and a port to connect to, or InvalidURL, whatever comes", () => {
    const noise = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(parts, { maxLength: 8 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(noise, (one) => {
        try {
          const { hostname, port } = parseProxy(one);
          expect(hostname).toMatch(/^[^\s/@?#\\]+$/);
          expect(port).toBeGreaterThanOrEqual(0);
          expect(port).toBeLessThanOrEqual(65_535);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidURL);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
