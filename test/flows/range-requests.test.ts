/** A Range asks for bytes of a file, and so for no content coding, unless the program says which ones it takes. */
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { Request, Session, toFetch, type PreparedRequest, type SessionOptions } from "../../src/index.ts";
import { startH2 } from "../support/h2-server.ts";
import { startOrigin, type TestOrigin } from "../support/origins.ts";

const file = Buffer.alloc(5000, "abcdefghij");

/** Compresses as it sends, and knows no ranges then: as nginx does. */
function nginx(): Promise<TestOrigin> {
  return startOrigin(({ headers }, response) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
    if (/gzip/.test(String(headers["accept-encoding"])))
      response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(file));
    else if (range === null) response.end(file);
    else {
      const [first, last] = [Number(range[1]), Number(range[2])];
      response
        .writeHead(206, { "Content-Range": `bytes ${first}-${last}/${file.length}` })
        .end(file.subarray(first, last + 1));
    }
  });
}

const DEFAULT = "gzip, deflate, br, zstd";
const Range = "bytes=2-4";

describe("a request with a Range", () => {
  it("gets that part, from a server that compresses as well", async () => {
    await using origin = await nginx();
    await using session = new Session({ trustEnv: false });
    const part = await session.get(origin.url, { headers: { Range } });
    expect([part.status, part.text()]).toEqual([206, "cde"]);
    await using streamed = await session.get(origin.url, { headers: { Range }, stream: true });
    expect([streamed.status, await streamed.text()]).toEqual([206, "cde"]);
    const fetched = await toFetch(session)(origin.url, { headers: { Range } });
    expect([fetched.status, await fetched.text()]).toEqual([206, "cde"]);
    expect((await session.get(origin.url)).text()).toBe(file.toString());
  });

  it.for<
    readonly [what: string, session: SessionOptions, headers: Record<string, string | null>, offer: unknown]
  >([
    ["identity", {}, { Range }, "identity"],
    ["identity, however it is spelled", {}, { rAnGe: Range }, "identity"],
    ["identity, where the session has it", { headers: { Range } }, {}, "identity"],
    ["what it says itself", {}, { Range, "accept-encoding": "gzip" }, "gzip"],
    ["what it says itself, be it the default", {}, { Range, "Accept-Encoding": DEFAULT }, DEFAULT],
    ["what its session says", { headers: { "Accept-Encoding": "br" } }, { Range }, "br"],
    ["nothing, where that was taken away", {}, { Range, "Accept-Encoding": null }, undefined],
    [
      "nothing, where its session took it away",
      { headers: { "Accept-Encoding": null } },
      { Range },
      undefined,
    ],
    ["all that is known, where there is no range", { headers: { Range } }, { Range: null }, DEFAULT],
  ])("offers %s", async ([, options, headers, offer]) => {
    await using origin = await startOrigin((_request, response) => void response.end());
    await using session = new Session({ trustEnv: false, ...(options as object) });
    await session.get(origin.url, { headers });
    await session.send(session.prepareRequest(new Request("GET", origin.url, { headers })));
    expect(origin.arrived.map(({ headers: arrived }) => arrived["accept-encoding"])).toEqual([offer, offer]);
    // The session's own stay as they were.
    const before = new Session({ ...(options as object) }).headers;
    expect(session.headers.get("accept-encoding")).toBe(before.get("accept-encoding"));
  });

  it("does so where a scope says it, over HTTP/2, and on each hop of a redirect", async () => {
    await using server = await startH2((stream, headers) => {
      const to = String(headers[":path"]) === "/a" ? { location: "/b" } : {};
      stream.respond({ ":status": "location" in to ? 302 : 206, ...to });
      stream.end();
    });
    await using session = new Session({ trustEnv: false, http2: true, verify: server.ca });
    session.scope(server.url, { headers: { Range } });
    await session.get(`${server.url}/a`);
    expect(server.seen.map((headers) => headers["accept-encoding"])).toEqual(["identity", "identity"]);
  });

  it.for<
    readonly [what: string, headers: Record<string, string>, set: Record<string, string>, offer: unknown]
  >([
    ["identity", {}, { Range }, "identity"],
    ["identity, however it is spelled", {}, { rAnGe: Range }, "identity"],
    ["what the call says itself", { "Accept-Encoding": "br" }, { Range }, "br"],
    ["what the hook says itself", {}, { Range, "Accept-Encoding": "gzip" }, "gzip"],
    [
      "the default, where the call has a range and says so",
      { Range, "Accept-Encoding": DEFAULT },
      { Range },
      DEFAULT,
    ],
    ["all that is known, where the hook sets no range", {}, { "X-A": "1" }, DEFAULT],
  ])("that a hook sets offers %s", async ([, headers, set, offer]) => {
    await using origin = await startOrigin((_request, response) => void response.end());
    const plain = (request: PreparedRequest): void => {
      for (const [name, value] of Object.entries(set)) request.headers.set(name, value);
    };
    const late = async (request: PreparedRequest): Promise<PreparedRequest> => {
      await Promise.resolve();
      plain(request);
      return request;
    };
    for (const hook of [plain, late]) {
      await using session = new Session({ trustEnv: false, hooks: { request: hook } });
      await session.get(origin.url, { headers });
      await (await toFetch(session)(origin.url, { headers })).text();
      const prepared = session.prepareRequest(new Request("GET", origin.url, { headers }));
      await session.send(prepared);
      // What was prepared stays as it was shown.
      expect(prepared.headers.get("accept-encoding")).toBe(headers["Accept-Encoding"] ?? DEFAULT);
    }
    const offers = origin.arrived.map(({ headers: arrived }) => arrived["accept-encoding"]);
    expect(offers).toEqual(Array.from({ length: 6 }, () => offer));
  });

  it("of a request that a hook made itself is sent as that was made", async () => {
    await using origin = await startOrigin((_request, response) => void response.end());
    const headers = { Range, "Accept-Encoding": DEFAULT };
    await using session = new Session({ trustEnv: false });
    const made = session.prepareRequest(new Request("GET", origin.url, { headers }));
    await session.get(origin.url, { hooks: { request: () => made } });
    expect(origin.arrived[0]?.headers["accept-encoding"]).toBe(DEFAULT);
  });

  it("that a hook sets gets that part, over HTTP/2, too", async () => {
    const hook = (request: PreparedRequest): void => void request.headers.set("Range", Range);
    await using origin = await nginx();
    await using session = new Session({ trustEnv: false, hooks: { request: hook } });
    const part = await session.get(origin.url);
    expect([part.status, part.text()]).toEqual([206, "cde"]);
    await using server = await startH2((stream) => stream.respond({ ":status": 206 }, { endStream: true }));
    await using modern = new Session({ http2: true, verify: server.ca, hooks: { request: hook } });
    await modern.get(server.url);
    expect(server.seen[0]?.["accept-encoding"]).toBe("identity");
  });
});
