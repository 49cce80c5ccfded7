/**
 * The client of the comparison. All requests of the table go through `send`.
 */
import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import { buffer } from "node:stream/consumers";

import type { Pair, Reply, Step } from "./row.ts";

const TIMEOUT_MS = 15_000;

/** Sends `step` to the server at `base` (no slash at its end), and reads the answer. Redirects are not followed. */
export async function send(base: string, step: Step): Promise<Reply> {
  return step.raw === true ? sendRaw(base, step) : sendByFetch(base, step);
}

async function sendByFetch(base: string, step: Step): Promise<Reply> {
  const response = await fetch(base + step.path, {
    method: step.method ?? "GET",
    headers: (step.headers ?? []).map(([name, value]): [string, string] => [name, value]),
    body: step.chunked === true ? chunksOf(step.body) : (step.body ?? null),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(step.chunked === true ? { duplex: "half" as const } : {}),
  });
  return { status: response.status, headers: [...response.headers], body: await response.bytes() };
}

/** For what fetch does not send: TRACE, a GET with a body, repeated header lines, no User-Agent. */
async function sendRaw(base: string, step: Step): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const { host } = new URL(base);
  const length: readonly Pair[] =
    step.body === undefined ? [] : [["Content-Length", String(bytesOf(step.body).length)]];
  const request = httpRequest(base + step.path, {
    method: step.method ?? "GET",
    headers: [["Host", host], ...(step.headers ?? []), ...length].flat(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  request.once("error", reject);
  request.once("response", (response) => {
    const { rawHeaders, statusCode = 0 } = response;
    const names = rawHeaders.filter((_, index) => index % 2 === 0);
    const headers = names.map((name, index): Pair => [name.toLowerCase(), rawHeaders[2 * index + 1] ?? ""]);
    buffer(response).then((body) => resolve({ status: statusCode, headers, body }), reject);
  });
  request.end(bytesOf(step.body));
  return promise;
}

/** The body in pieces of 1000 bytes. */
function chunksOf(body: Step["body"]): ReadableStream<Uint8Array> {
  const bytes = bytesOf(body);
  return new ReadableStream({
    start(controller) {
      for (let begin = 0; begin < bytes.length; begin += 1000)
        controller.enqueue(bytes.subarray(begin, begin + 1000));
      controller.close();
    },
  });
}

function bytesOf(body: Step["body"]): Uint8Array {
  if (body instanceof FormData) throw new TypeError("only fetch can send a FormData");
  return typeof body === "string" ? Buffer.from(body) : (body ?? new Uint8Array());
}
