/**
 * A response is whole, or an error of the right class, however it is read; a connection whose bytes cannot be told apart is not
 * used again; and a request is sent once, unless nothing but its repetition is safe.
 */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  ChunkedEncodingError,
  ConnectionError,
  ContentDecodingError,
  InvalidHeader,
  Session,
  type RequestException,
  type RequestOptions,
} from "../../src/index.ts";
import { ok, scriptedServer, type RawRequest } from "../support/scripted-server.ts";

const HEAD = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

/** Ways to read a body to its end. */
const readings: Readonly<Record<string, (session: Session, url: string) => Promise<string>>> = {
  read: async (session, url) => (await session.get(url)).text(),
  "streamed, as a whole": async (session, url) => (await session.get(url, { stream: true })).text(),
  "streamed, piece by piece": async (session, url) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of await session.get(url, { stream: true })) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  },
  "streamed, line by line": async (session, url) => {
    const lines: string[] = [];
    const response = await session.get(url, { stream: true });
    for await (const line of response.iterLines()) lines.push(line);
    return lines.join("\n");
  },
};

/** What came of an answer, of the one after it, and over how many connections. */
async function told(
  bytes: string,
  ending: "open" | "fin",
  read: (session: Session, url: string) => Promise<string>,
): Promise<{
  readonly fate: unknown;
  readonly after: string;
  readonly heard: number;
  readonly connections: number;
}> {
  let heard = 0;
  await using server = await scriptedServer(async (connection) => {
    while ((await connection.request()) !== null) {
      heard++;
      if (heard > 1) connection.write(ok("after"));
      else if (ending === "open") connection.write(bytes);
      else connection.end(bytes);
    }
  });
  await using session = new Session({ trustEnv: false });
  const fate = await read(session, server.url).catch((error: unknown) => error);
  const after = (await session.get(server.url)).text();
  return { fate, after, heard, connections: server.connections.length };
}

const everyReading = Object.entries(readings);

function inEveryWay<Row extends readonly unknown[]>(rows: readonly Row[]): [...Row, string][] {
  return rows.flatMap((row) => everyReading.map(([way]): [...Row, string] => [...row, way]));
}

function wayOf(name: string): (session: Session, url: string) => Promise<string> {
  const way = readings[name];
  if (way === undefined) throw new Error(`there is no way ${name}`);
  return way;
}

describe("a whole response", () => {
  const rows = [
    // what                              bytes                                                        connections
    ["a length", `${HEAD}Content-Length: 2\r\n\r\nab`, 1],
    ["chunks", `${CHUNKED}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`, 1],
    ["one length twice", `${HEAD}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab`, 1],
    ["a list of equal lengths", `${HEAD}Content-Length: 2, 2\r\n\r\nab`, 1],
    ["a field in two lines", `${HEAD}X-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nab`, 1],
    ["lines that end with LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nab", 1],
    ["blanks behind its chunk sizes", `${CHUNKED}2 \t\r\nab\r\n0 \r\n\r\n`, 1],
    [
      "chunks from HTTP/1.0",
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
      2,
    ],
    ["chunks with extensions and trailers", `${CHUNKED}2;x=1\r\nab\r\n0\r\nX-A: 1\r\n\r\n`, 1],
    ["a length, and more bytes", `${HEAD}Content-Length: 2\r\n\r\nabc`, 2],
    ["a length, and another response", `${HEAD}Content-Length: 2\r\n\r\nab${ok("evil")}`, 2],
    ["chunks, and more bytes", `${CHUNKED}2\r\nab\r\n0\r\n\r\nmore`, 2],
    ["chunks, and another response", `${CHUNKED}2\r\nab\r\n0\r\n\r\n${ok("evil")}`, 2],
  ] as const;

  it.for(inEveryWay(rows))("with %s is what was asked for", async ([, bytes, connections, way]) => {
    expect(await told(bytes, "open", wayOf(way))).toEqual({
      fate: "ab",
      after: "after",
      heard: 2,
      connections,
    });
  });
});

describe("a response that is not whole, or that can be read in two ways", () => {
  const rows = [
    ["less than its length", `${HEAD}Content-Length: 5\r\n\r\nab`, "fin", ChunkedEncodingError],
    ["less than its chunk", `${CHUNKED}5\r\nab`, "fin", ChunkedEncodingError],
    ["no last chunk", `${CHUNKED}2\r\nab\r\n`, "fin", ChunkedEncodingError],
    ["more than its chunk", `${CHUNKED}2\r\nabc\r\n0\r\n\r\n`, "open", ChunkedEncodingError],
    ["a chunk size that is none", `${CHUNKED}2g\r\nab\r\n0\r\n\r\n`, "open", ChunkedEncodingError],
    ["a negative chunk size", `${CHUNKED}-2\r\nab\r\n0\r\n\r\n`, "open", ChunkedEncodingError],
    [
      "a chunk size of 68 bits",
      `${CHUNKED}fffffffffffffffff\r\nab\r\n0\r\n\r\n`,
      "open",
      ChunkedEncodingError,
    ],
    ["a blank before its chunk size", `${CHUNKED} 2\r\nab\r\n0\r\n\r\n`, "open", ChunkedEncodingError],
    ["chunks that end with LF", `${CHUNKED}2\nab\n0\n\n`, "open", ChunkedEncodingError],
    ["a CR in its chunk size", `${CHUNKED}2\rXab\r\n0\r\n\r\n`, "open", ChunkedEncodingError],
    ["a trailer that is none", `${CHUNKED}2\r\nab\r\n0\r\nno trailer\r\n\r\n`, "open", ChunkedEncodingError],
    ["two lengths", `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`, "open", InvalidHeader],
    ["a list of two lengths", `${HEAD}Content-Length: 2, 3\r\n\r\nab`, "open", InvalidHeader],
    ["a length in two lines", `${HEAD}Content-Length:\r\n 2\r\n\r\nab`, "open", InvalidHeader],
    [
      "a length and chunks",
      `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`,
      "open",
      InvalidHeader,
    ],
    [
      "chunks and a length",
      `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nab\r\n0\r\n\r\n`,
      "open",
      InvalidHeader,
    ],
    ...["+2", "-2", "0x2", "2e0", "two", "", "99999999999999999999999"].map(
      (length) =>
        [
          `the length ${length}`,
          `${HEAD}Content-Length: ${length}\r\n\r\nab`,
          "open",
          InvalidHeader,
        ] as const,
    ),
    ...["gzip, chunked", "chunked, identity", "xchunked"].map(
      (coding) =>
        [
          `the transfer coding ${coding}`,
          `${HEAD}Transfer-Encoding: ${coding}\r\n\r\n2\r\nab\r\n0\r\n\r\n`,
          "fin",
          InvalidHeader,
        ] as const,
    ),
    [
      "a control character before chunked",
      `${HEAD}Transfer-Encoding: \vchunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`,
      "open",
      ConnectionError,
    ],
    ["a blank before a colon", `${HEAD}Content-Length : 2\r\n\r\nab`, "open", ConnectionError],
    ["a blank before its first field", `${HEAD} Content-Length: 2\r\n\r\nab`, "open", ConnectionError],
    ["a field without a colon", `${HEAD}Content-Length 2\r\n\r\nab`, "open", ConnectionError],
    [
      "a blank before its first field",
      `${HEAD} X-A: 1\r\nContent-Length: 2\r\n\r\nab`,
      "open",
      ConnectionError,
    ],
    ["a CR in a field", `${HEAD}X-A: 1\rContent-Length: 2\r\n\r\nab`, "fin", ConnectionError],
    ["a NUL in a field", `${HEAD}X-A: 1\x002\r\nContent-Length: 2\r\n\r\nab`, "open", ConnectionError],
    ["no head at all", "ab", "fin", ConnectionError],
    ["a status of two digits", "HTTP/1.1 99 OK\r\nContent-Length: 2\r\n\r\nab", "open", ConnectionError],
  ] as const;

  it.for(inEveryWay(rows))(
    "is an error, and its connection ends: %s",
    async ([, bytes, ending, Kind, way]) => {
      const { fate, ...rest } = await told(bytes, ending, wayOf(way));
      expect(fate).toBeInstanceOf(Kind);
      expect((fate as RequestException).name).toBe(Kind.name);
      // It was not asked for a second time, and the next answer is the next request's.
      expect(rest).toEqual({ after: "after", heard: 2, connections: 2 });
    },
  );
});

describe("a body that is not what its coding says", () => {
  const text = "whole ".repeat(2000);
  const gzip = gzipSync(text);
  const br = brotliCompressSync(text);
  const deflate = deflateSync(text);
  const zstd = zstdCompressSync(Buffer.from(text));

  function damaged(bytes: Buffer, at: number): Buffer {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 0x55, at);
    return copy;
  }

  const rows = [
    ["gzip", "cut off before its checksum", gzip.subarray(0, -9)],
    ["gzip", "cut off inside its checksum", gzip.subarray(0, -5)],
    ["gzip", "with another checksum", damaged(gzip, gzip.length - 6)],
    ["gzip", "with another length", damaged(gzip, gzip.length - 1)],
    ["gzip", "damaged", damaged(gzip, 20)],
    ["gzip", "plain text", Buffer.from("plain")],
    ["br", "cut off", br.subarray(0, -1)],
    ["br", "damaged", damaged(br, 5)],
    ["deflate", "cut off", deflate.subarray(0, -1)],
    ["deflate", "with another checksum", damaged(deflate, deflate.length - 1)],
    ["zstd", "cut off", zstd.subarray(0, -1)],
    ["zstd", "damaged", damaged(zstd, 10)],
    ["gzip, br", "damaged below", brotliCompressSync(damaged(gzip, 20))],
  ] as const;

  function answer(coding: string, bytes: Buffer, isChunked: boolean): string {
    const body = bytes.toString("latin1");
    const framed = isChunked
      ? `Transfer-Encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
      : `Content-Length: ${bytes.length}\r\n\r\n${body}`;
    return `${HEAD}Content-Encoding: ${coding}\r\n${framed}`;
  }

  it.for(inEveryWay(rows))("is a ContentDecodingError: %s, %s", async ([coding, , bytes, way]) => {
    for (const isChunked of [false, true]) {
      const { fate, after, heard } = await told(answer(coding, bytes, isChunked), "open", wayOf(way));
      expect(fate).toBeInstanceOf(ContentDecodingError);
      expect([after, heard]).toEqual(["after", 2]);
    }
  });

  it.for(
    inEveryWay([
      ["gzip", gzip],
      ["br", br],
      ["deflate", deflate],
      ["zstd", zstd],
    ] as const),
  )("is read when it is what it says: %s", async ([coding, bytes, way]) => {
    const { fate, connections } = await told(answer(coding, bytes, true), "open", wayOf(way));
    expect([fate, connections]).toEqual([text, 1]);
  });
});

describe("a kept connection that dies", () => {
  /** The second request of the first connection hears `words`, and then nothing. */
  async function sent(
    words: string,
    method: string,
    options: RequestOptions<boolean>,
  ): Promise<{ fate: unknown; lines: string[] }> {
    const heard: RawRequest[] = [];
    await using server = await scriptedServer(async (connection) => {
      for (
        let request = await connection.request(), count = 1;
        request !== null;
        request = await connection.request(), count++
      ) {
        heard.push(request);
        if (count === 1) connection.write(ok());
        else connection.end(words);
      }
    });
    await using session = new Session({ trustEnv: false });
    await session.get(server.url);
    const fate = await session.request(method, `${server.url}/again`, options).then(
      ({ status }) => status,
      (error: unknown) => error,
    );
    return { fate, lines: heard.slice(1).map(({ line, rawBody }) => `${line} ${rawBody}`) };
  }

  it.for([
    ["GET", {}],
    ["GET", { stream: true }],
    ["HEAD", {}],
    ["PUT", { data: "x" }],
    ["DELETE", { data: "x" }],
    ["OPTIONS", {}],
    ["POST", { data: "x", headers: { "Idempotency-Key": "1" } }],
    ["POST", { data: "x", idempotencyKey: true }],
    ["POST", { data: "x", idempotencyKey: "mine", stream: true }],
  ] as const)("is replaced once, where twice is once: %s %o", async ([method, options]) => {
    const { fate, lines } = await sent("", method, options);
    expect(fate).toBe(200);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe(lines[0]);
  });

  it.for([
    ["POST", { data: "x" }, ""],
    ["PATCH", { data: "x" }, ""],
    ["POST", { data: "x", stream: true }, ""],
    ["GET", {}, "H"],
    ["GET", { stream: true }, "HTTP/1.1 200 OK\r\n"],
    ["GET", {}, `${HEAD}Content-Length: 5\r\n\r\n`],
    ["GET", {}, `${HEAD}Content-Length: 5\r\n\r\nab`],
    ["POST", { data: "x", idempotencyKey: true }, "H"],
    ["POST", { data: "x", idempotencyKey: true }, `${HEAD}Content-Length: 5\r\n\r\nab`],
  ] as const)("is an error elsewhere, and after a byte: %s %o after %j", async ([method, options, words]) => {
    const { fate, lines } = await sent(words, method, options);
    expect(fate).toBeInstanceOf(words.includes("\r\n\r\n") ? ChunkedEncodingError : ConnectionError);
    expect(lines).toHaveLength(1);
  });
});
