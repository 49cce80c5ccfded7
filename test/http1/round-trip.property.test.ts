import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import * as fc from "fast-check";
import { afterAll, expect, it } from "vitest";

import type { HeadersInit } from "../../src/core/headers.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";
import { exchange, requestFor, throughProxy } from "../support/messages.ts";
import { runs } from "../support/size.ts";

/** A request as Node's own parser reads it, which refuses what is doubtful. */
interface Arrived {
  readonly line: string;
  /** Name, value, name, value ... */
  readonly fields: readonly string[];
  readonly trailers: readonly string[];
  readonly body: string;
}

const arrived: Arrived[] = [];
const refused: unknown[] = [];
/** Bytes that connections brought. */
let read = 0;

const server = createServer((request, response) => {
  void arrive(request).then(() => response.end());
});
server.on("connection", (socket) => {
  socket.on("close", () => (read += socket.bytesRead));
});
server.on("clientError", (error, socket) => {
  refused.push(error);
  socket.destroy();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo; // it listens on TCP
const adapter = new HttpAdapter();

afterAll(() => {
  server.close();
});

async function arrive(request: IncomingMessage): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer); // no encoding is set
  const { method, url, httpVersion, rawHeaders: fields, rawTrailers: trailers } = request;
  const body = Buffer.concat(pieces).toString("latin1");
  arrived.push({ line: `${method} ${url} HTTP/${httpVersion}`, fields, trailers, body });
}

const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "PROPFIND",
  "M-SEARCH",
  "QUERY",
] as const;
const TOKEN = "!#$%&'*+-.^_`|~09AZaz";
const VALUE = '\t !"#%,/:;=?@AZ[\\]^az{|}~\x80\xa0\xff';
const TARGET = "/?&=%41;:@!$'()*+,-._~aZ09[]|^`{}";

function text(characters: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters.split("")), maxLength });
}

const fields = fc.array(
  fc.tuple(
    text(TOKEN, 12).map((name) => `X-${name}`),
    text(VALUE, 40).map((value) => value.replace(/^[ \t]+|[ \t]+$/g, "")),
  ),
  { maxLength: 8 },
);

const content = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  {
    weight: 20,
    arbitrary: fc
      .constantFrom("\r\n", "0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\0")
      .map((what) => Buffer.from(what)),
  },
  { weight: 1, arbitrary: fc.nat({ max: 300_000 }).map((length) => Buffer.alloc(length, "x")) },
);

/** The pieces of a body, and whether its length is told. */
const bodies = fc.oneof(
  fc.constant(null),
  fc.record({
    kind: fc.constantFrom("bytes", "chunks", "length"),
    pieces: fc.array(content, { maxLength: 4 }),
  }),
);

const requests = fc.record({
  method: fc.constantFrom(...METHODS),
  target: text(TARGET, 30),
  isForwarded: fc.boolean(),
  fields,
  extra: fc.constantFrom<HeadersInit>(
    [],
    [["Host", "other.test"]],
    [["Connection", "close"]],
    [["Expect", "100-continue"]],
  ),
  body: bodies,
});

it("requests arrive as they were meant, and nothing else does", { timeout: 120_000 }, async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, target, isForwarded, fields: given, extra, body }) => {
      const pieces = body?.pieces.map((piece) => Buffer.from(piece)) ?? [];
      const all = Buffer.concat(pieces);
      const headers = [...given, ...(extra as [string, string][])]; // as it stands above
      if (body?.kind === "length") headers.push(["Content-Length", String(all.byteLength)]);
      const request = requestFor(`http://${isForwarded ? "a.test" : `127.0.0.1:${port}`}/${target}`, {
        method,
        headers,
        ...(body === null ? {} : { body: body.kind === "bytes" ? all : () => piecewise(pieces) }),
      });
      const { response } = await exchange(
        adapter,
        request,
        isForwarded ? throughProxy(`http://127.0.0.1:${port}`) : {},
      );
      expect(response.status).toBe(200);

      expect(arrived).toHaveLength(1);
      const [{ line, fields: came, trailers, body: bodyCame }] = arrived.splice(0) as [Arrived]; // one
      const { parsed } = request;
      expect(line).toBe(`${method} ${isForwarded ? parsed.absolute : parsed.target} HTTP/1.1`);
      expect(bodyCame).toBe(all.toString("latin1"));
      expect(trailers).toEqual([]);
      const pairs = pairsOf(came);
      expect(pairs.filter(([name]) => name.startsWith("X-"))).toEqual(given);
      const others = pairs.filter(([name]) => !name.startsWith("X-"));
      expect(Object.fromEntries(others)).toEqual({
        Host: parsed.authority,
        ...Object.fromEntries(extra as [string, string][]), // as above
        ...framingOf(method, body?.kind ?? null, all.byteLength),
      });
      written += bytesOf(line, came) + (body?.kind === "chunks" ? chunkBytes(pieces) : all.byteLength);
    }),
    { numRuns: runs(5000) },
  );
  expect([arrived, refused]).toEqual([[], []]);

  // Not a byte more than that
  await adapter.close();
  await expect.poll(() => read).toBe(written);
});

async function* piecewise(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

function pairsOf(all: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < all.length; at += 2) pairs.push([all[at] as string, all[at + 1] as string]); // below the length
  return pairs;
}

/** RFC 9110 §8.6: a length where there is a body, or would be; RFC 9112 §6.1: chunks where nobody knows it. */
function framingOf(method: string, kind: string | null, length: number): Record<string, string> {
  if (kind === "chunks") return { "Transfer-Encoding": "chunked" };
  if (kind !== null) return { "Content-Length": String(length) };
  return ["GET", "HEAD"].includes(method) ? {} : { "Content-Length": "0" };
}

/** Of request line, fields and the empty line. */
function bytesOf(line: string, all: readonly string[]): number {
  const lines = [line, ...pairsOf(all).map(([name, value]) => `${name}: ${value}`), ""];
  return lines.reduce((bytes, one) => bytes + one.length + 2, 0);
}

/** Of chunks, and of the last one (RFC 9112 §7.1): an empty piece is none, it would end the body. */
function chunkBytes(pieces: readonly Buffer[]): number {
  const sizes = pieces.map((piece) => piece.byteLength).filter((size) => size > 0);
  return sizes.reduce((bytes, size) => bytes + size.toString(16).length + size + 4, 5);
}
