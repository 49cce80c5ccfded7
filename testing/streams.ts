/**
 * Endpoints that send bytes: random ones from a seed, a stream of JSON lines, and ranges of a known sequence.
 */
import { Buffer } from "node:buffer";
import { randomInt } from "node:crypto";

import { binary, empty, text, typed, withHeaders } from "./answers.ts";
import { countOf, GET, headerOf, queryOf } from "./exchange.ts";
import type { Answer, Pair, Route, TestRequest } from "./exchange.ts";
import { factsOf } from "./inspect.ts";
import { integerOf } from "./numbers.ts";

/** The routes that send bytes. */
export const streamRoutes: readonly Route[] = [
  { methods: GET, pattern: "/bytes/#n", endpoint: (request) => binary(randomBytesFor(request)) },
  { methods: GET, pattern: "/stream-bytes/#n", endpoint: streamBytes },
  { methods: GET, pattern: "/stream/#n", endpoint: streamLines },
  { methods: GET, pattern: "/range/#n", endpoint: range },
];

const MAX_BYTES = 100 * 1024;
const MAX_LINES = 100;
const CHUNK_BYTES = 10 * 1024;

function streamBytes(request: TestRequest): Answer {
  return binary(
    chunksOf(randomBytesFor(request), Math.max(1, integerOf(request, "chunk_size", CHUNK_BYTES))),
  );
}

function streamLines(request: TestRequest): Answer {
  const facts = factsOf(request, "args", "headers", "origin", "url");
  const count = Math.min(countOf(request, "n"), MAX_LINES);
  return typed("application/json", linesOf(facts, count));
}

/** The letters a to z over and over, whole or in part (RFC 9110 §14). */
function range(request: TestRequest): Answer {
  const size = countOf(request, "n");
  const headers: Pair[] = [
    ["ETag", `range${size}`],
    ["Accept-Ranges", "bytes"],
  ];
  if (size < 1 || size > MAX_BYTES) {
    return withHeaders(
      text(`number of bytes must be in the range (0, ${MAX_BYTES}]`, { status: 404 }),
      ...headers,
    );
  }
  const [first, last] = readRange(headerOf(request, "range"), size);
  if (first > last || last >= size) return empty(416, [...headers, ["Content-Range", `bytes */${size}`]]);

  const letters = Uint8Array.from({ length: last + 1 - first }, (_, index) => 0x61 + ((first + index) % 26));
  headers.push(
    ["Content-Range", `bytes ${first}-${last}/${size}`],
    ["Content-Length", String(letters.length)],
  );
  const chunks = chunksOf(letters, Math.max(1, integerOf(request, "chunk_size", CHUNK_BYTES)));
  return binary(chunks, { status: letters.length === size ? 200 : 206, headers });
}

/** The first and the last position of `bytes=first-last`; everything when the header says nothing readable. */
function readRange(header: string | null, size: number): readonly [first: number, last: number] {
  const [, first, last] = /^\s*bytes=(\d*)-(\d*)\s*$/.exec(header ?? "") ?? [];
  if (!first && !last) return [0, size - 1];
  if (!first) return [Math.max(0, size - Number(last)), size - 1];
  return [Number(first), last ? Number(last) : size - 1];
}

function randomBytesFor(request: TestRequest): Uint8Array {
  const seed = queryOf(request, "seed") === null ? randomInt(2 ** 32) : integerOf(request, "seed", 0);
  return seededBytes(seed, Math.min(countOf(request, "n"), MAX_BYTES));
}

/** The same bytes for the same seed, by mulberry32. They are not those of Python's generator. */
function seededBytes(seed: number, length: number): Uint8Array {
  let state = seed | 0;
  return Uint8Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) & 0xff;
  });
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let begin = 0; begin < bytes.length; begin += size) yield bytes.subarray(begin, begin + size);
}

async function* linesOf(facts: Readonly<Record<string, unknown>>, count: number): AsyncGenerator<Uint8Array> {
  for (let id = 0; id < count; id++) yield Buffer.from(`${JSON.stringify({ ...facts, id })}\n`);
}
