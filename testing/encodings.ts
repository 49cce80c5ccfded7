/**
 * Endpoints whose body has a content coding: `/gzip`, `/deflate`, `/brotli`, and `/zstd`, which httpbin has not.
 *
 * Pure.
 */
import { Buffer } from "node:buffer";
// By its whole: a name that an old Node lacks would hide what sojourn says of such a Node.
import zlib from "node:zlib";

import { json, typed } from "./answers.ts";
import { GET } from "./exchange.ts";
import type { Endpoint, Route } from "./exchange.ts";
import { factsOf } from "./inspect.ts";

/** The routes that compress. */
export const encodingRoutes: readonly Route[] = [
  { methods: GET, pattern: "/gzip", endpoint: compressed("gzip", "gzipped", zlib.gzipSync) },
  { methods: GET, pattern: "/deflate", endpoint: compressed("deflate", "deflated", zlib.deflateSync) },
  { methods: GET, pattern: "/brotli", endpoint: compressed("br", "brotli", zlib.brotliCompressSync) },
  { methods: GET, pattern: "/zstd", endpoint: compressed("zstd", "zstd", zlib.zstdCompressSync) },
];

/** Compresses whatever the client accepts: httpbin does not negotiate, either. */
function compressed(coding: string, flag: string, compress: (content: Buffer) => Uint8Array): Endpoint {
  return (request) => {
    const plain = json({ ...factsOf(request, "headers", "method", "origin"), [flag]: true });
    const content = typeof plain.body === "string" ? plain.body : "";
    return typed("application/json", compress(Buffer.from(content)), {
      headers: [["Content-Encoding", coding]],
    });
  };
}
