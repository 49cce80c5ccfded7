/** Who has enough for now pauses the parser, be it in the middle of what is fed; what is left is fed again. */
import { describe, expect, it } from "vitest";

import { ResponseParser } from "../../src/http1/response-parser.ts";

const LIMITS = { maxHeaderBytes: 65_536, maxHeaderCount: 1000, maxInformational: 100 };
const LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";

/** A parser that is paused at each piece, and what it told. */
function pausing() {
  const told: string[] = [];
  const parser: ResponseParser = new ResponseParser(
    {
      onInformational: (status) => void told.push(String(status)),
      onHead: ({ status }) => void told.push(String(status)),
      onData(piece) {
        told.push(Buffer.from(piece).toString());
        parser.pause();
      },
      onEnd: () => void told.push("end"),
    },
    LIMITS,
  );
  return { parser, told };
}

describe("a parser that is paused", () => {
  it("takes nothing more until it goes on", () => {
    const { parser, told } = pausing();
    const bytes = Buffer.from(CHUNKED);
    parser.expect("GET");
    const first = parser.feed(bytes);
    expect([told, parser.isPaused, first]).toEqual([["200", "he"], true, CHUNKED.indexOf("he") + 2]);
    expect(parser.feed(bytes.subarray(first))).toBe(0);
    parser.resume();
    const second = first + parser.feed(bytes.subarray(first));
    expect(told).toEqual(["200", "he", "llo"]);
    parser.resume();
    expect(second + parser.feed(bytes.subarray(second))).toBe(bytes.byteLength);
    expect(told).toEqual(["200", "he", "llo", "end"]);
  });

  it("has told the end of a body with a length with the last of it, and takes the next response", () => {
    const { parser, told } = pausing();
    for (let times = 0; times < 2; times++) {
      parser.expect("GET");
      expect(parser.feed(Buffer.from(LENGTH))).toBe(LENGTH.length);
      expect(parser.isPaused).toBe(false);
    }
    expect(told).toEqual(["200", "hello", "end", "200", "hello", "end"]);
  });
});
