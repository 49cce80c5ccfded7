/** What comes back: delays, streams, codings, validators, documents. */
import { Buffer } from "node:buffer";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer } from "../../testing/index.ts";
import type { TestServer } from "../../testing/index.ts";
import { ask, askJson, askRaw } from "./ask.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function bytesOf(path: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(server.url + path)).bytes());
}

describe("/delay", () => {
  it("waits for parts of a second, and tells what was asked", async () => {
    const beginMs = performance.now();
    const { json } = await askJson(server.url, "POST /delay/0.2?a=1", { body: "content" });
    // Timers may fire up to a millisecond early.
    expect(performance.now() - beginMs).toBeGreaterThanOrEqual(199);
    expect(json).toMatchObject({ args: { a: "1" }, data: "content" });
  });

  it.for(["none", "-1", "Infinity", "1e3"])("refuses %s", async (seconds) => {
    expect((await ask(server.url, `GET /delay/${seconds}`)).status).toBe(400);
  });
});

describe("/drip", () => {
  it("sends its bytes one after the other, with their number in front", async () => {
    const response = await fetch(`${server.url}/drip?duration=0.3&numbytes=3&code=206`);
    const beginMs = performance.now();
    const pieces: string[] = [];
    for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece).toString());
    expect([response.status, response.headers.get("content-length"), pieces]).toEqual([
      206,
      "3",
      ["*", "*", "*"],
    ]);
    // Two pauses of 100 ms between three bytes; the first one came with the head.
    expect(performance.now() - beginMs).toBeGreaterThan(150);
  });

  it("sends many bytes as fast as they are due", async () => {
    expect(await bytesOf("/drip?duration=0.05&numbytes=100000")).toEqual(Buffer.alloc(100_000, "*"));
  });

  it.for(["numbytes=0", "numbytes=1.5", "numbytes=a", "duration=-1", "delay=a", "code=99", "code=1000"])(
    "refuses %s",
    async (query) => {
      expect((await ask(server.url, `GET /drip?${query}`)).status).toBe(400);
    },
  );
});

describe("streams", () => {
  it.for([
    [0, 0],
    [3, 3],
    [101, 100],
  ] as const)("/stream/%i has %i lines of JSON", async ([asked, count]) => {
    const reply = await ask(server.url, `GET /stream/${asked}?a=1`);
    expect(reply.headers.get("transfer-encoding")).toBe("chunked");
    const lines = reply.text.split("\n").slice(0, -1);
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject(
      Array.from({ length: count }, (_, id) => ({ id, args: { a: "1" } })),
    );
  });

  it.for([
    ["/bytes/0", 0],
    ["/bytes/1000", 1000],
    ["/bytes/102401", 102_400],
    ["/stream-bytes/25000", 25_000],
    ["/stream-bytes/10?chunk_size=3", 10],
  ] as const)("%s has %i bytes", async ([path, size]) => {
    expect((await bytesOf(path)).length).toBe(size);
  });

  it("are the same for the same seed, and others otherwise", async () => {
    const seeded = await bytesOf("/bytes/100?seed=7");
    expect(await bytesOf("/stream-bytes/100?seed=7&chunk_size=9")).toEqual(seeded);
    expect(await bytesOf("/bytes/100?seed=8")).not.toEqual(seeded);
    expect(await bytesOf("/bytes/100")).not.toEqual(await bytesOf("/bytes/100"));
    expect(new Set(await bytesOf("/bytes/10000")).size).toBe(256);
  });
});

describe("/range", () => {
  it.for([
    // Range            status  Content-Range   content
    ["", 200, "bytes 0-5/6", "abcdef"],
    ["bytes=1-2", 206, "bytes 1-2/6", "bc"],
    ["bytes=4-", 206, "bytes 4-5/6", "ef"],
    ["bytes=-1", 206, "bytes 5-5/6", "f"],
    ["bytes=-100", 200, "bytes 0-5/6", "abcdef"],
    ["lines=1-2", 200, "bytes 0-5/6", "abcdef"],
    ["bytes=6-", 416, "bytes */6", ""],
    ["bytes=3-2", 416, "bytes */6", ""],
  ] as const)("with Range '%s' answers %i, %s", async ([range, status, contentRange, content]) => {
    const reply = await ask(server.url, "GET /range/6?chunk_size=4", {
      headers: range === "" ? {} : { range },
    });
    expect([reply.status, reply.headers.get("content-range"), reply.text]).toEqual([
      status,
      contentRange,
      content,
    ]);
  });
});

describe("content codings", () => {
  it.for([
    ["/gzip", "gzip", "gzipped", gunzipSync],
    ["/deflate", "deflate", "deflated", inflateSync],
    ["/brotli", "br", "brotli", brotliDecompressSync],
    ["/zstd", "zstd", "zstd", zstdDecompressSync],
  ] as const)("%s is encoded with %s", async ([path, coding, flag, decode]) => {
    // Fetch takes codings off, and may not know all of them: the content is wanted as it comes.
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    get(server.url + path, resolve).once("error", reject);
    const message = await promise;
    expect(message.headers["content-encoding"]).toBe(coding);
    const response = await buffer(message);
    expect(JSON.parse(decode(response).toString())).toMatchObject({
      [flag]: true,
      method: "GET",
      origin: "127.0.0.1",
    });
  });
});

describe("validators", () => {
  it.for([
    // path       condition                              status  ETag
    ["/etag/a", {}, 200, "a"],
    ["/etag/a", { "if-none-match": "a" }, 304, "a"],
    ["/etag/a", { "if-none-match": '"x", W/"a"' }, 304, "a"],
    ["/etag/a", { "if-none-match": "*" }, 304, "a"],
    ["/etag/a", { "if-none-match": '"x"' }, 200, "a"],
    ["/etag/a", { "if-match": '"x"' }, 412, null],
    ["/etag/a", { "if-match": '"a"' }, 200, "a"],
    ["/etag/a", { "if-match": '"x"', "if-none-match": '"y"' }, 200, "a"],
    ["/cache", { "if-none-match": "x" }, 304, null],
    ["/cache", { "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT" }, 304, null],
  ] as const)("%s with %j answers %i", async ([path, headers, status, etag]) => {
    const reply = await ask(server.url, `GET ${path}`, { headers });
    expect([reply.status, reply.headers.get("etag")]).toEqual([status, etag]);
  });

  it("come with /cache", async () => {
    const { headers } = await ask(server.url, "GET /cache");
    expect(headers.get("etag")).toMatch(/^[0-9a-f]{32}$/);
    expect(Date.parse(headers.get("last-modified") ?? "")).toBeGreaterThan(0);
  });

  it("give way to a time with /cache/n", async () => {
    expect((await ask(server.url, "GET /cache/60")).headers.get("cache-control")).toBe("public, max-age=60");
  });
});

describe("/response-headers", () => {
  it("sends what the query says, and tells it", async () => {
    for (const method of ["GET", "POST"]) {
      const target = "/response-headers?X-A=1&X-A=2&Set-Cookie=a%3D1&X-U=%C3%A9";
      const reply = await askRaw(server.url, { method, target });
      expect(reply.rawHeaders.slice(0, 10)).toEqual([
        "Content-Type",
        "application/json",
        "X-A",
        "1",
        "X-A",
        "2",
        "Set-Cookie",
        "a=1",
        "X-U",
        "Ã©",
      ]);
      expect(JSON.parse(reply.text)).toEqual({
        "Content-Type": "application/json",
        "Content-Length": String(Buffer.byteLength(reply.text)),
        "X-A": ["1", "2"],
        "Set-Cookie": "a=1",
        "X-U": "é",
      });
    }
  });

  it.for(["a%20b=1", "X=%0D%0AY:1", "Content-Length=1", "transfer-encoding=chunked", "=1"])(
    "refuses %s",
    async (query) => {
      expect((await ask(server.url, `GET /response-headers?${query}`)).status).toBe(400);
    },
  );
});

describe("documents", () => {
  it.for([
    // path                 content type                 what it has
    ["/html", "text/html; charset=utf-8", "<h1>"],
    ["/xml", "application/xml", "<slideshow"],
    ["/json", "application/json", '"slideshow"'],
    ["/encoding/utf8", "text/html; charset=utf-8", "灯台"],
    ["/uuid", "application/json", /"uuid": "[0-9a-f-]{36}"/],
    ["/base64/w7xiZXItX18_", "text/html; charset=utf-8", "über-__?"],
    ["/links/3/1", "text/html; charset=utf-8", "<a href='/links/3/0'>0</a> 1 <a href='/links/3/2'>2</a>"],
    ["/links/0/0", "text/html; charset=utf-8", "<body>0 </body>"],
  ] as const)("%s is %s", async ([path, type, content]) => {
    const reply = await ask(server.url, `GET ${path}`);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, type]);
    expect(reply.text).toMatch(content);
  });

  it("/links has at most 200 of them", async () => {
    expect((await ask(server.url, "GET /links/1000/0")).text.match(/<a /g)).toHaveLength(199);
  });

  it.for(["a", "a*b=", "%C3%A9"])("/base64/%s is refused", async (value) => {
    expect((await ask(server.url, `GET /base64/${value}`)).status).toBe(400);
  });
});
