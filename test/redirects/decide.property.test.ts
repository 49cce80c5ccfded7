/** Laws of `Location`: whatever a server writes there is a request that can be sent, or refused with an error of ours. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeaderMap } from "../../src/core/headers.ts";
import { atHome } from "../../src/core/options.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import { noFields, noOrigins } from "../../src/options/trusted-origins.ts";
import type { RedirectTerms } from "../../src/redirects/border.ts";
import { decideRedirect, type RedirectDecision } from "../../src/redirects/decide.ts";
import { runs } from "../support/size.ts";

const border: RedirectTerms = {
  trustedOrigins: noOrigins,
  crossOriginHeaders: noFields,
  verify: { kind: "default" },
  journey: atHome,
};
const piece = fc.constantFrom(
  "http:",
  "https:",
  "HTTP:",
  "file:",
  "javascript:",
  "data:",
  "//",
  "/",
  "\\",
  "?",
  "#",
  "@",
  ":",
  "..",
  ".",
  "%",
  "%0d%0a",
  "\r\n",
  "\0",
  " ",
  "\t",
  "a.test",
  "b.test",
  "user:secret",
  "[::1]",
  "[",
  "]",
  "127.0.0.1",
  ":80",
  ":443",
  ":99999",
  "\u00e9",
  "\u010d\u010a",
  "x=1&y=%zz",
  "a b",
  "<>",
);
const location = fc.oneof(
  { weight: 3, arbitrary: fc.array(piece, { maxLength: 8 }).map((parts) => parts.join("")) },
  fc.string({ unit: "binary" }),
);
const status = fc.constantFrom(301, 302, 303, 307, 308);

function decided(code: number, value: string, method = "GET"): RedirectDecision {
  const headers = new HeaderMap({
    Authorization: "Bearer secret",
    Cookie: "sid=secret",
    "X-Api-Key": "secret",
    Accept: "text/plain",
  });
  const request = new PreparedRequest({
    method,
    url: "https://me:secret@a.test/b/c?d=e#f",
    headers,
    payload: null,
  });
  const answer = { status: code, headers: HeaderMap.fromWire(["Location", value]), request };
  return decideRedirect(answer, border, (url) => url);
}

describe("a Location", () => {
  it("leads to http or https, to a target of visible ASCII, and with no user info of the server's", () => {
    fc.assert(
      fc.property(status, location, (code, value) => {
        const decision = decided(code, value);
        if (decision.kind !== "follow") return;
        const { parsed, url, headers } = decision.request;
        expect(["http", "https"]).toContain(parsed.scheme);
        expect(parsed.target).toMatch(/^\/[!-~]*$/);
        expect(url).not.toMatch(/[\p{Cc} ]/u);
        expect([null, "me:secret"]).toContain(parsed.userinfo);
        for (const [, text] of headers) expect(text).not.toMatch(/[\r\n\0]/);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("takes secrets to the origin that they are for, and no further", () => {
    fc.assert(
      fc.property(status, location, (code, value) => {
        const decision = decided(code, value);
        if (decision.kind !== "follow") return;
        const { request, crossing } = decision;
        const { scheme, host, effectivePort } = request.parsed;
        const isHome = `${scheme} ${host} ${effectivePort}` === "https a.test 443";
        expect(crossing).toBe(isHome ? "none" : "foreign");
        const shown = JSON.stringify([...request.headers]) + request.parsed.userinfo;
        expect(shown.includes("secret")).toBe(isHome);
        // What the server wrote is the server's, and may be there.
        if (!value.includes("secret")) expect(request.url.includes("secret")).toBe(isHome);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("leads to the same place when it is written as it was understood", () => {
    fc.assert(
      fc.property(location, (value) => {
        const first = decided(302, value);
        if (first.kind !== "follow") return;
        const second = decided(302, first.request.url);
        expect(second).toMatchObject({ kind: "follow", crossing: first.crossing });
        if (second.kind === "follow")
          expect(second.request.parsed.parts()).toEqual(first.request.parsed.parts());
      }),
      { numRuns: runs(500) },
    );
  });
});
