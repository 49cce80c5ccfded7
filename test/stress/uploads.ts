/** The ways to give the body of a request: in memory, as a stream, as a function that makes one; of known and unknown length. */
import { Readable } from "node:stream";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";

import type { RequestOptions } from "../../src/index.ts";
import { below, type Random } from "../support/random.ts";
import type { UploadFacts } from "./plan.ts";

type Given = Pick<RequestOptions, "data" | "json" | "headers">;

/** A way to give a body. */
export interface Upload extends UploadFacts {
  /** @param random how large the pieces are, and when they come. */
  make(bytes: Uint8Array<ArrayBuffer>, random: Random): Given;
}

/** All of them. */
export const uploads: readonly Upload[] = [
  {
    name: "bytes",
    content: "bytes",
    isOnce: false,
    isForFetch: true,
    make: (bytes) => ({ data: bytes }),
  },
  {
    name: "ArrayBuffer",
    content: "bytes",
    isOnce: false,
    isForFetch: true,
    make: (bytes) => ({ data: new Uint8Array(bytes).buffer }),
  },
  {
    name: "Blob",
    content: "bytes",
    isOnce: false,
    isForFetch: true,
    make: (bytes) => ({ data: new Blob([bytes]) }),
  },
  {
    name: "text",
    content: "json",
    isOnce: false,
    isForFetch: true,
    make: (bytes) => ({ data: Buffer.from(bytes).toString("latin1") }),
  },
  {
    name: "json",
    content: "json",
    isOnce: false,
    isForFetch: false,
    make: (bytes) => ({ json: JSON.parse(Buffer.from(bytes).toString("latin1")) as unknown }),
  },
  {
    name: "web stream",
    content: "bytes",
    isOnce: true,
    isForFetch: true,
    make: (bytes, random) => ({ data: ReadableStream.from(inPieces(bytes, random)) }),
  },
  {
    name: "web stream, sized",
    content: "bytes",
    isOnce: true,
    isForFetch: false,
    make: (bytes, random) => ({
      data: ReadableStream.from(inPieces(bytes, random)),
      headers: { "Content-Length": bytes.byteLength },
    }),
  },
  {
    name: "Readable",
    content: "bytes",
    isOnce: true,
    isForFetch: false,
    make: (bytes, random) => ({ data: Readable.from(inPieces(bytes, random), { objectMode: false }) }),
  },
  {
    name: "async iterable",
    content: "bytes",
    isOnce: true,
    isForFetch: true,
    make: (bytes, random) => ({ data: inPieces(bytes, random) }),
  },
  {
    name: "function: iterable",
    content: "bytes",
    isOnce: false,
    isForFetch: false,
    make: (bytes, random) => ({ data: () => inPieces(bytes, random) }),
  },
  {
    name: "function: web stream",
    content: "bytes",
    isOnce: false,
    isForFetch: false,
    make: (bytes, random) => ({ data: () => ReadableStream.from(inPieces(bytes, random)) }),
  },
  {
    name: "function: sized",
    content: "bytes",
    isOnce: false,
    isForFetch: false,
    make: (bytes, random) => ({
      data: () => inPieces(bytes, random),
      headers: { "Content-Length": bytes.byteLength },
    }),
  },
  {
    name: "function: bytes",
    content: "bytes",
    isOnce: false,
    isForFetch: false,
    make: (bytes) => ({ data: () => bytes }),
  },
];

/** Some come at once, some later. */
async function* inPieces(bytes: Uint8Array, random: Random): AsyncGenerator<Uint8Array> {
  const size = Math.max(1, Math.ceil(bytes.byteLength / (1 + below(random, 12))));
  for (let at = 0; at < bytes.byteLength; at += size) {
    const wait = random();
    if (wait < 0.3) await turn();
    else if (wait < 0.4) await sleep(1 + below(random, 3));
    yield bytes.subarray(at, at + size);
  }
}
