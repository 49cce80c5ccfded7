import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Http2Heads } from "../../src/http2/sent-head.ts";

function head(method: string, target: string, lines: readonly string[]): string {
  return `${method} ${target} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
}

describe("the fields of a message over HTTP/2", () => {
  it("are those of its head, pseudo-fields first, without those about a connection", () => {
    const lines = [
      "X-First: 1",
      "Host: a.test:8443",
      "Connection: close",
      "Keep-Alive: timeout=5",
      "Proxy-Connection: close",
      "Transfer-Encoding: chunked",
      "Upgrade: h2c",
      "TE: gzip",
      "Set-Thing: a",
      "Set-Thing: b",
      "Empty: ",
    ];
    expect(new Http2Heads().fieldsOf("POST", "/a?b", head("POST", "/a?b", lines))).toEqual(
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

  it("depend on no message before it", () => {
    const message = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT"),
      target: fc.constantFrom("/", "/a", "/bc?d"),
      lines: fc.array(
        fc.constantFrom("Host: a.test", "Host: b.test", "X-A: 1", "X-A: 2", "TE: trailers", "Cookie: a=1"),
        { maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const shared = new Http2Heads();
        for (const { method, target, lines } of messages) {
          const text = head(method, target, ["Host: own.test", ...lines]);
          const expected = new Http2Heads().fieldsOf(method, target, text);
          expect(shared.fieldsOf(method, target, text)).toEqual(expected);
        }
      }),
    );
  });
});
