import { PassThrough } from "node:stream";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { HeaderSection } from "../../src/connect/connection.ts";
import { HeadWriter, RequestSink } from "../../src/http1/request-writer.ts";

function section(fields: readonly string[]): HeaderSection {
  return { fields, authority: "a.test", framing: "none", isLast: false };
}

const plain = section(["Host", "a.test", "X-A", "1", "x-a", "2", "X-Empty", ""]);

describe("the head of a request", () => {
  it("is its line, a line for each field, and an empty one", () => {
    const message = { method: "GET", target: "/p?q=1", section: plain };
    expect(new HeadWriter().textOf(message)).toBe(
      "GET /p?q=1 HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\nx-a: 2\r\nX-Empty: \r\n\r\n",
    );
  });

  it("depends on no message before it", () => {
    const text = fc.constantFrom("a", "b", "c");
    const fields = fc.array(fc.tuple(text, text), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 12 }), (sections) => {
        const shared = new HeadWriter();
        for (const pairs of sections) {
          const message = { method: "GET", target: "/", section: section(pairs.flat()) };
          expect(shared.textOf(message)).toBe(new HeadWriter().textOf(message));
        }
      }),
    );
  });
});

describe("a body that comes piece by piece", () => {
  const pieces = ["first", "", "é", "x".repeat(300)]
    .map((text) => Buffer.from(text))
    .filter((one) => one.length > 0);

  /** What goes out, write by write. */
  function written(isChunked: boolean, use: (sink: RequestSink) => void): string[] {
    const to = new PassThrough({ highWaterMark: 1_048_576 });
    const writes: string[] = [];
    const write = to.write.bind(to);
    to.write = (chunk: string | Uint8Array) => {
      writes.push(Buffer.from(chunk as string, "latin1").toString("latin1"));
      return write(chunk);
    };
    use(new RequestSink(to, "HEAD\r\n\r\n", isChunked));
    return writes;
  }

  it.for([
    [false, "HEAD\r\n\r\nfirst\u00c3\u00a9" + "x".repeat(300)],
    [true, `HEAD\r\n\r\n5\r\nfirst\r\n2\r\n\u00c3\u00a9\r\n12c\r\n${"x".repeat(300)}\r\n0\r\n\r\n`],
  ] as const)("goes out behind the head, in chunks: %s", ([isChunked, expected]) => {
    const writes = written(isChunked, (sink) => {
      for (const piece of pieces) sink.write(piece);
      sink.end();
    });
    expect(writes.join("")).toBe(expected);
  });

  it.for([
    [false, ["HEAD\r\n\r\n"]],
    [true, ["HEAD\r\n\r\n0\r\n\r\n"]],
  ] as const)("may be none, in chunks: %s", ([isChunked, expected]) => {
    expect(written(isChunked, (sink) => sink.end())).toEqual(expected);
  });

  it("may wait for its head to go out first", () => {
    const writes = written(true, (sink) => {
      sink.begin();
      sink.write(Buffer.from("a"));
      sink.end();
    });
    expect(writes).toEqual(["HEAD\r\n\r\n", "1\r\n", "a", "\r\n", "0\r\n\r\n"]);
  });
});
