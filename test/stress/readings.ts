/** The ways to read a response: in memory, as a stream, into a file, through `toFetch`; to the end, slowly, or half of it. */
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import {
  toFetch,
  type RequestOptions,
  type Response,
  type Session,
  type StreamedResponse,
} from "../../src/index.ts";
import type { Content } from "./content.ts";
import type { ReadingFacts } from "./plan.ts";

/** A request to be made and read. */
export interface Call {
  readonly session: Session<boolean>;
  readonly method: string;
  readonly url: string;
  readonly options: RequestOptions;
  /** A file that is nobody else's. */
  readonly file: string;
  /** Bytes that the body has: some ways read half of them. */
  readonly size: number;
}

/** What a program sees of a head. */
export interface SeenHead {
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** `null`: this way does not tell. */
  readonly httpVersion: string | null;
  readonly hops: number | null;
  readonly trailer: ((name: string) => string | null) | null;
}

/** What was read. */
export interface Got {
  readonly body:
    | { readonly kind: "bytes"; readonly bytes: Uint8Array }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "json"; readonly value: unknown }
    | { readonly kind: "lines"; readonly lines: readonly string[] }
    /** The reader went away in the middle. */
    | { readonly kind: "part"; readonly bytes: Uint8Array };
  /** `null`: the way shows none. */
  readonly head: SeenHead | null;
}

/** A way to read. */
export interface Reading extends ReadingFacts {
  read(call: Call): Promise<Got>;
}

const ANY: readonly Content["kind"][] = ["bytes", "text", "json"];
const TEXT: readonly Content["kind"][] = ["text", "json"];
const BYOB_BYTES = 5000;
const MOST_NAPS = 8;

/** All of them. */
export const readings: readonly Reading[] = [
  inMemory("bytes", ANY, (response) => bytes(response.bytes())),
  inMemory("text", TEXT, (response) => ({ kind: "text", text: response.text() })),
  inMemory("json", ["json"], (response) => ({ kind: "json", value: response.json() })),
  inMemory("blob", ANY, async (response) => bytes(await response.blob().bytes())),
  inMemory("iterContent", ANY, async (response) =>
    bytes(await joined(response.iterContent({ chunkSize: 700 }))),
  ),
  streamed("bytes", ANY, async (response) => bytes(await response.bytes())),
  streamed("text", TEXT, async (response) => ({ kind: "text", text: await response.text() })),
  streamed("json", ["json"], async (response) => ({ kind: "json", value: await response.json() })),
  streamed("for await", ANY, async (response) => bytes(await joined(response))),
  streamed("iterContent 61", ANY, async (response) =>
    bytes(await joined(response.iterContent({ chunkSize: 61 }))),
  ),
  streamed("iterContent 16384", ANY, async (response) =>
    bytes(await joined(response.iterContent({ chunkSize: 16_384 }))),
  ),
  streamed("iterContent, decoded", TEXT, async (response) => ({
    kind: "text",
    text: (await listed(response.iterContent({ chunkSize: 999, decode: true }))).join(""),
  })),
  streamed("iterLines", TEXT, async (response) => ({
    kind: "lines",
    lines: await listed(response.iterLines()),
  })),
  streamed("body, reader", ANY, async (response) => bytes(await throughReader(response.body))),
  streamed("body, for await", ANY, async (response) => bytes(await joined(response.body))),
  streamed("body, Readable", ANY, async (response) => bytes(await joined(Readable.fromWeb(response.body)))),
  streamed("saveTo", ANY, async (response, { file }) => {
    await response.saveTo(file);
    return bytes(await taken(file));
  }),
  streamed("slowly", ANY, async (response) => bytes(await slowly(response))),
  streamed("left half-way", ANY, async (response, { size }) => part(await half(response, size))),
  streamed("closed half-way", ANY, async (response, { size }) => {
    const pieces = response.iterContent({ chunkSize: Math.max(1, size >> 1) });
    const { value } = await pieces.next();
    await response.close();
    return part(value ?? new Uint8Array());
  }),
  streamed("body cancelled half-way", ANY, async (response) => part(await cancelled(response.body))),
  streamed("closed unread", ANY, async (response) => {
    await response.close();
    return part(new Uint8Array());
  }),
  {
    name: "download()",
    content: ANY,
    isWhole: true,
    through: "download",
    read: async ({ session, url, options, file }) => {
      await session.download(url, file, options);
      return { body: bytes(await taken(file)), head: null };
    },
  },
  fetched("text", TEXT, async (response) => ({ kind: "text", text: await response.text() })),
  fetched("json", ["json"], async (response) => ({ kind: "json", value: await response.json() })),
  fetched("arrayBuffer", ANY, async (response) => bytes(new Uint8Array(await response.arrayBuffer()))),
  fetched("blob", ANY, async (response) => bytes(await (await response.blob()).bytes())),
  fetched("body, reader", ANY, async ({ body }) => bytes(await throughReader(body))),
  fetched("body, byob", ANY, async ({ body }) => bytes(await throughByob(body))),
  fetched("clone", ANY, async (response) => {
    const [one, other] = await Promise.all([response.clone().bytes(), response.bytes()]);
    if (!Buffer.from(one).equals(other)) throw new Error("a clone has other bytes");
    return bytes(one);
  }),
  fetched("slowly", ANY, async ({ body }) => bytes(body === null ? new Uint8Array() : await slowly(body))),
  fetched("cancelled half-way", ANY, async ({ body }) => part(await cancelled(body))),
];

function bytes(read: Uint8Array): Got["body"] {
  return { kind: "bytes", bytes: read };
}

function part(read: Uint8Array): Got["body"] {
  return { kind: "part", bytes: read };
}

function isWhole(name: string): boolean {
  return !/half-way|unread/.test(name);
}

type MaybeLater<Value> = Value | Promise<Value>;

function inMemory(
  name: string,
  content: Reading["content"],
  read: (response: Response) => MaybeLater<Got["body"]>,
): Reading {
  return {
    name: `memory: ${name}`,
    content,
    isWhole: isWhole(name),
    through: "session",
    read: async ({ session, method, url, options }) => {
      const response = await session.request(method, url, { ...options, stream: false });
      return { body: await read(response), head: headOf(response) };
    },
  };
}

function streamed(
  name: string,
  content: Reading["content"],
  read: (response: StreamedResponse, call: Call) => Promise<Got["body"]>,
): Reading {
  return {
    name: `stream: ${name}`,
    content,
    isWhole: isWhole(name),
    through: "session",
    read: async (call) => {
      const { session, method, url, options } = call;
      const response = await session.request(method, url, { ...options, stream: true });
      const body = await read(response, call);
      return { body, head: headOf(response) };
    },
  };
}

function fetched(
  name: string,
  content: Reading["content"],
  read: (response: globalThis.Response) => Promise<Got["body"]>,
): Reading {
  return {
    name: `fetch: ${name}`,
    content,
    isWhole: isWhole(name),
    through: "fetch",
    read: async ({ session, method, url, options }) => {
      const { data = null, headers, signal = null, ...rest } = options;
      const init = { method, headers, signal, body: data, duplex: "half" };
      // What is given here is what fetch takes; its own types do not know all of it.
      const response = await toFetch(session, rest)(url, init as RequestInit);
      return {
        body: await read(response),
        head: {
          status: response.status,
          header: (field) => response.headers.get(field),
          httpVersion: null,
          hops: null,
          trailer: null,
        },
      };
    },
  };
}

function headOf(response: Response | StreamedResponse): SeenHead {
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? null,
    httpVersion: response.httpVersion,
    hops: response.history.length,
    trailer: (name) => response.trailers?.get(name) ?? null,
  };
}

async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await listed(pieces));
}

async function throughReader(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  const reader = body?.getReader();
  for (let result = await reader?.read(); result?.done === false; result = await reader?.read())
    all.push(result.value);
  return Buffer.concat(all);
}

async function throughByob(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  const reader = body?.getReader({ mode: "byob" });
  for (;;) {
    const result = await reader?.read(new Uint8Array(BYOB_BYTES));
    if (result === undefined || result.done) return Buffer.concat(all);
    all.push(result.value);
  }
}

/** Pauses before and between the pieces. */
async function slowly(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let naps = 0;
  await sleep(15);
  for await (const piece of pieces) {
    all.push(piece);
    if (naps++ < MOST_NAPS) await sleep(3);
  }
  return Buffer.concat(all);
}

async function half(pieces: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    all.push(piece);
    length += piece.byteLength;
    if (2 * length >= size) break;
  }
  return Buffer.concat(all);
}

async function cancelled(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const reader = body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return first?.value ?? new Uint8Array();
}

/** The content of a file, which is then removed. */
async function taken(path: string): Promise<Uint8Array> {
  const file = await open(join(path));
  try {
    return await file.readFile();
  } finally {
    await file.close();
    await rm(path);
  }
}
