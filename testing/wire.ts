/**
 * Between Node's messages and plain data: reads a request in full, writes an answer.
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { RefusedRequest } from "./answers.ts";
import type { Answer, Pair, TestRequest } from "./exchange.ts";
import { readQuery } from "./payload.ts";

/** The largest request body that is read. A larger one is refused with 413. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Reads the rest of `message`. */
export async function readRequest(message: IncomingMessage, signal: AbortSignal): Promise<TestRequest> {
  const target = message.url ?? "/";
  const { authority, path, rawQuery } = splitTarget(target);
  const { localAddress = "", localPort = 0, remoteAddress = "" } = message.socket;
  return {
    method: message.method ?? "GET",
    target,
    path,
    rawQuery,
    query: readQuery(rawQuery),
    params: new Map(),
    headers: headerLinesOf(message),
    body: await readBody(message),
    host: authority ?? message.headers.host ?? `${localAddress}:${localPort}`,
    remoteAddress,
    signal,
  };
}

/** The header lines of `message` as they came, in order. */
export function headerLinesOf(message: IncomingMessage): readonly Pair[] {
  const { rawHeaders } = message;
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] ?? "",
    rawHeaders[2 * index + 1] ?? "",
  ]);
}

/** Writes `answer`, and resolves when all of it went out. */
export async function writeAnswer(reply: ServerResponse, answer: Answer): Promise<void> {
  const { body, status } = answer;
  const isStream = typeof body !== "string" && !(body instanceof Uint8Array);
  // RFC 9110 §8.6: no Content-Length where there is never content.
  const hasLength = !isStream && status !== 204 && status !== 304;
  const length: readonly Pair[] = hasLength ? [["Content-Length", String(Buffer.byteLength(body))]] : [];
  reply.writeHead(status, [...answer.headers, ...length].flat());
  if (!isStream) {
    // A string would pull the head, which is Latin-1, into the encoding of the body.
    reply.end(Buffer.from(body));
  } else if (reply.req.method === "HEAD") {
    reply.end();
  } else {
    // Who waits for a slow stream sees the head at once.
    reply.flushHeaders();
    await pipeline(Readable.from(body, { objectMode: false }), reply);
  }
}

/** Takes a target apart. A client that thinks it talks to a proxy sends all of the URL (RFC 9112 §3.2.2). */
function splitTarget(target: string): {
  readonly authority: string | null;
  readonly path: string;
  readonly rawQuery: string;
} {
  const [, authority = null, rest = target] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? [];
  const mark = rest.indexOf("?");
  const path = mark < 0 ? rest : rest.slice(0, mark);
  return { authority, path: path === "" ? "/" : path, rawQuery: mark < 0 ? "" : rest.slice(mark + 1) };
}

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const tooLarge = new RefusedRequest(413, `a body has at most ${MAX_BODY_BYTES} bytes here`);
  if (Number(message.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Ending the loop early must not destroy the socket, or the refusal could not be sent.
  const iterator: AsyncIterable<Uint8Array> = message.iterator({ destroyOnReturn: false });
  for await (const chunk of iterator) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
