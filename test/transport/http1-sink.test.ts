import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { Http1Sink } from "../../src/transport/http1-sink.ts";

describe("a body that comes piece by piece", () => {
  const pieces = ["first", "", "é", "x".repeat(300)]
    .map((text) => Buffer.from(text))
    .filter((one) => one.length > 0);

  /** What goes out, write by write. */
  function written(isChunked: boolean, use: (sink: Http1Sink) => void): string[] {
    const to = new PassThrough({ highWaterMark: 1_048_576 });
    const writes: string[] = [];
    const write = to.write.bind(to);
    to.write = (chunk: string | Uint8Array) => {
      writes.push(Buffer.from(chunk as string, "latin1").toString("latin1"));
      return write(chunk);
    };
    use(new Http1Sink(to, "HEAD\r\n\r\n", isChunked));
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
