import { afterEach, describe, expect, it } from "vitest";

import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange } from "../support/messages.ts";
import { scriptedServer } from "../support/scripted-server.ts";

let adapter = new HttpAdapter();

afterEach(async () => {
  await adapter.close();
  adapter = new HttpAdapter();
});

const CHUNKS = "2\r\nhi\r\n0\r\n\r\n";
const INTERIM = "HTTP/1.1 103 Early\r\nLink: a\t\r\n\r\n";

/** The text of the body, or the name of the error. What is sent is cut at `cut`. */
async function outcome(text: string, cut: number = text.length): Promise<string> {
  await using server = await scriptedServer(async (connection) => {
    await connection.request();
    connection.write(text.slice(0, cut));
    if (cut < text.length) await new Promise((resolve) => setTimeout(resolve, 5));
    connection.end(text.slice(cut));
  });
  return await exchange(adapter, server.url).then(
    (answered) => answered.text,
    (error: unknown) => (error as Error).name,
  );
}

function response(values: readonly string[], body: string): string {
  return `HTTP/1.1 200 OK\r\n${values.map((value) => `Transfer-Encoding:${value}\r\n`).join("")}\r\n${body}`;
}

/** RFC 9110 §5.5, §5.6.1 and RFC 9112 §6.1: blanks and tabs around a value and its elements, any case, repeated fields. */
const chunked: readonly (readonly string[])[] = [
  [" chunked"],
  ["chunked\t"],
  ["\tchunked\t"],
  [" chunked \t \t"],
  [" CHUNKED\t"],
  [" chunked, chunked\t"],
  [" chunked\t,\tchunked"],
  ["chunked", "chunked\t"],
  ["chunked\t", ""],
  ["identity\t", "chunked\t"],
];

/** What nobody asked for, and chunks that are not what is read. */
const refused: readonly (readonly string[])[] = [
  ["gzip"],
  ["gzip, chunked"],
  ["gzip,chunked\t"],
  ["gzip", "chunked"],
  ["chunked", "gzip"],
  ["chunked, gzip\t"],
  ["chunked", "identity"],
  ["chunked;q=1"],
  ["xchunked"],
  ["chunkedx\t"],
  ["\xa0chunked"],
  ["chunked\xa0"],
];

describe("Transfer-Encoding", () => {
  it.for(chunked)("is chunks: %j", async (values) => {
    expect(await outcome(response(values, CHUNKS))).toBe("hi");
    expect(await outcome(INTERIM + response(values, CHUNKS))).toBe("hi");
    // Chunks that are announced must come.
    expect(await outcome(response(values, "hello"))).toBe("ChunkedEncodingError");
  });

  it.for(refused)("is refused: %j", async (values) => {
    expect(await outcome(response(values, CHUNKS))).toBe("InvalidHeader");
    expect(await outcome(response(values, "hello"))).toBe("InvalidHeader");
  });

  it("never lets sizes of chunks through as a body, wherever the reads fall", async () => {
    const text = response(["\tchunked\t "], CHUNKS);
    const seen = new Set<string>();
    for (let cut = 1; cut < text.length; cut++) seen.add(await outcome(text, cut));
    expect([...seen]).toEqual(["hi"]);
  });

  it("leaves tabs of a body, and inside of a value, as they are", async () => {
    const body = "a\t\r\n\t\r\n\r\nb\t\r\n";
    const text = `HTTP/1.1 200 OK\r\nX-Tab: a\tb\t\r\nContent-Length:\t${body.length}\t\r\n\r\n${body}`;
    await using server = await scriptedServer(async (connection) => {
      await connection.request();
      connection.end(text);
    });
    const answered = await exchange(adapter, server.url);
    expect([answered.text, answered.response.headers.get("x-tab")]).toEqual([body, "a\tb"]);
    expect(await outcome(text, text.indexOf("\r\n\r\n") + 3)).toBe(body);
  });
});
