import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { HeaderSection, RequestHead } from "../../src/core/request-head.ts";
import { Http2Heads } from "../../src/http2/fields.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

function section(pairs: Pairs, authority = "a.test"): HeaderSection {
  return { fields: pairs.flat(), authority, framing: "none", isLast: false };
}

function head(pairs: Pairs, more: Partial<RequestHead> = {}): RequestHead {
  return { method: "GET", target: "/", section: section(pairs), ...more };
}

/** What goes out beside the pseudo-fields. */
function sent(pairs: Pairs): readonly string[] {
  return new Http2Heads().of(head(pairs)).slice(8);
}

describe("the head of a message over HTTP/2", () => {
  it("has pseudo-fields first, and no fields about a connection", () => {
    const pairs = [
      ["X-First", "1"],
      ["Host", "a.test:8443"],
      ["Connection", "close"],
      ["Keep-Alive", "timeout=5"],
      ["Proxy-Connection", "close"],
      ["Transfer-Encoding", "chunked"],
      ["Upgrade", "h2c"],
      ["HTTP2-Settings", "AAAA"],
      ["TE", "gzip"],
      ["Set-Thing", "a"],
      ["Set-Thing", "b"],
      ["Empty", ""],
    ] as const;
    const message = head([], { method: "POST", target: "/a?b", section: section(pairs, "a.test:8443") });
    expect(new Http2Heads().of(message)).toEqual(
      [
        [":method", "POST"],
        [":scheme", "https"],
        [":path", "/a?b"],
        [":authority", "a.test:8443"],
        ["x-first", "1"],
        ["set-thing", "a"],
        ["set-thing", "b"],
        ["empty", ""],
      ].flat(),
    );
  });

  it.for([
    ["blanks around a value", [["X-A", " \t1\t "]], ["x-a", "1"]],
    ["of TE the word trailers", [["TE", "gzip, Trailers;q=1 , trailers"]], ["te", "trailers"]],
    [
      "TE once",
      [
        ["TE", "trailers"],
        ["te", "trailers"],
      ],
      ["te", "trailers"],
    ],
    [
      "a list of which Node takes one line",
      [
        ["If-Match", "a"],
        ["X-A", "1"],
        ["if-match", "b"],
      ],
      ["if-match", "a, b", "x-a", "1"],
    ],
    ["Content-Length", [["Content-Length", "3"]], ["content-length", "3"]],
  ] as const)("leaves out, puts together or keeps: %s", ([, pairs, expected]) => {
    expect(sent(pairs)).toEqual(expected);
  });

  it("depends on no message before it", () => {
    const pair = fc.constantFrom(
      ["X-A", "1"] as const,
      ["X-A", "2"] as const,
      ["TE", "trailers"] as const,
      ["Cookie", "a=1"] as const,
    );
    const sections = fc.array(
      fc.tuple(fc.array(pair, { maxLength: 4 }), fc.constantFrom("a.test", "b.test")),
      { minLength: 1, maxLength: 3 },
    );
    const message = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT"),
      target: fc.constantFrom("/", "/a", "/bc?d"),
      which: fc.nat(2),
    });
    fc.assert(
      fc.property(sections, fc.array(message, { maxLength: 12 }), (all, messages) => {
        // One object for those that say the same.
        const made = all.map(([pairs, authority]) => section(pairs, authority));
        const shared = new Http2Heads();
        for (const { method, target, which } of messages) {
          const one = { method, target, section: made[which % made.length] as HeaderSection };
          expect(shared.of(one)).toEqual(new Http2Heads().of(one));
        }
      }),
    );
  });
});
