/** What the server makes of one request, as its plan says; over HTTP/1.1 and HTTP/2 alike. */
import { once } from "node:events";
import { ServerResponse, type IncomingMessage } from "node:http";
import { constants, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, constants as zlib, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";

import { below, oneOf, randomFrom, type Random } from "../support/random.ts";
import { bytesOf, checksum } from "./content.ts";
import { planIn, targetOf, type ServerPlan } from "./plan.ts";

type Asked = IncomingMessage | Http2ServerRequest;
type Answer = ServerResponse | Http2ServerResponse;

/** What the server keeps between requests. */
export interface Memory {
  /** Requests whose first answer was to fail, and did. */
  readonly failed: Set<number>;
  /** By connection: how many requests are under way. */
  readonly running: WeakMap<object, number>;
  /** Connections that ended without a word. */
  readonly ended: WeakSet<object>;
  /** Told of what no client may do. */
  readonly onFault: (id: number, what: string) => void;
}

const MOST_WRITES = 40;
const TYPES = {
  bytes: "application/octet-stream",
  text: "text/plain; charset=utf-8",
  json: "application/json",
};

/** Answers one request. Rejects when the client is gone. */
export async function answer(request: Asked, response: Answer, memory: Memory): Promise<void> {
  const plan = planIn(request.url ?? "");
  if (plan === null) {
    response.statusCode = 404;
    return void response.end();
  }
  const random = randomFrom(plan.id);
  if (plan.fate === "refused" && "stream" in response && !memory.failed.has(plan.id)) {
    memory.failed.add(plan.id);
    response.stream.close(constants.NGHTTP2_REFUSED_STREAM);
    return;
  }
  if (plan.echoes) return echo(request, response, plan);
  const answered = plan.isEarly
    ? respond(request, response, { plan, random, memory, received: "early" })
    : null;
  const received = await bodyOf(request);
  await answered;
  if (received === null) {
    // On a connection that the server had ended by then it is cut off, and may come again on another one.
    if (plan.isEarly && !plan.mayGiveUp && !memory.ended.has(request.socket))
      memory.onFault(plan.id, "an upload was cut off, though nobody gave it up");
    return;
  }
  if (plan.upload !== null && !received.equals(bytesOf(plan.upload)))
    memory.onFault(plan.id, `${received.byteLength} bytes of ${plan.upload.size} were uploaded as the whole`);
  if (answered !== null) return;
  if (plan.delayMs > 0) await sleep(plan.delayMs);
  if (plan.hops > 0) return redirect(response, plan);
  await respond(request, response, { plan, random, memory, received: checksum(received) });
}

/** What was uploaded; `null` when it was given up. */
async function bodyOf(request: Asked): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding was set
  } catch {
    // Node's request over HTTP/2 may be closed before it has ended, though all of its stream has come.
    if (!("stream" in request) || !request.stream.readableEnded) return null;
  }
  return isWhole(request) ? Buffer.concat(chunks) : null;
}

/** Node ends the body of a stream that was reset, too. Aborted it calls only one that was not answered yet. */
function isWhole(request: Asked): boolean {
  if (!("stream" in request)) return request.complete;
  const { aborted, rstCode } = request.stream;
  // There is no code while the stream is open.
  return !aborted && !(rstCode > constants.NGHTTP2_NO_ERROR);
}

async function echo(request: Asked, response: Answer, plan: ServerPlan): Promise<void> {
  response.setHeader("x-id", String(plan.id));
  response.setHeader("content-type", TYPES.bytes);
  headOut(response);
  for await (const chunk of request) await written(response, chunk as Buffer); // no encoding was set
  if (isWhole(request)) response.end();
}

function redirect(response: Answer, plan: ServerPlan): void {
  response.statusCode = plan.hopStatus;
  response.setHeader("location", targetOf({ ...plan, hops: plan.hops - 1 }));
  response.setHeader("set-cookie", `${cookieOf(plan.id)}=${plan.id}; Path=/`);
  response.setHeader("content-type", TYPES.text);
  response.end("it is elsewhere");
}

/** Sends the head before there is a body. */
function headOut(response: Answer): void {
  if (response instanceof ServerResponse) response.flushHeaders();
  else response.writeHead(response.statusCode);
}

/** Of a redirect; few at a time, since a jar keeps so many only. */
function cookieOf(id: number): string {
  return `hop${id % 100}`;
}

interface Work {
  readonly plan: ServerPlan;
  readonly random: Random;
  readonly memory: Memory;
  /** Checksum of the request's body. */
  readonly received: string;
}

async function respond(request: Asked, response: Answer, work: Work): Promise<void> {
  const { plan, random, memory } = work;
  for (let times = 0; times < plan.interim; times++)
    response.writeEarlyHints({ link: "</style>; rel=preload" });
  const content = bytesOf(plan.body);
  const all = coded(content, plan.coding);
  const hasBody = request.method !== "HEAD" && plan.status === 200;
  const range = hasBody ? rangeOf(request, plan, all.byteLength) : 0;
  const sent = all.subarray(range);
  if (hasBody || request.method === "HEAD") response.setHeader("content-type", TYPES[plan.body.kind]);
  if (plan.framing === "length" && plan.status !== 204) response.setHeader("content-length", sent.byteLength);
  if (range > 0)
    response.setHeader("content-range", `bytes ${range}-${all.byteLength - 1}/${all.byteLength}`);
  if (plan.coding !== null) response.setHeader("content-encoding", plan.coding);
  const cookie = new RegExp(`${cookieOf(plan.id)}=(\\d+)`).exec(String(request.headers.cookie))?.[1];
  response.setHeader("x-id", String(plan.id));
  response.setHeader("x-received", work.received);
  response.setHeader("x-cookie", cookie ?? "none");
  response.setHeader("etag", `"${plan.id}"`);
  response.setHeader("set-cookie", [`last=${plan.id}`, `also=${plan.id}; Max-Age=60`]);
  if (response instanceof ServerResponse) frame(response, plan);
  response.statusCode = range > 0 ? 206 : plan.status;
  const isCut = plan.fate === "cut" && !memory.failed.has(plan.id);
  if (isCut) memory.failed.add(plan.id);
  else if (memory.failed.has(plan.id)) response.setHeader("x-again", "1");
  if (hasBody && isCut) return cut(response, sent.subarray(0, 1 + below(random, sent.byteLength - 1)), work);
  if (hasBody) await send(response, sent, work);
  if (plan.hasTrailers && hasBody) response.addTrailers({ "x-checksum": checksum(content) });
  response.end();
  if (plan.afterwards === "ends" && response instanceof ServerResponse) {
    await once(response, "close");
    await sleep(below(random, 3));
    // A request that has begun meanwhile is not to be broken.
    if (memory.running.get(request.socket) === undefined) {
      memory.ended.add(request.socket);
      request.socket.end();
    }
  }
}

function coded(bytes: Uint8Array, coding: ServerPlan["coding"]): Uint8Array {
  switch (coding) {
    case null:
      return bytes;
    case "gzip":
      return gzipSync(bytes, { level: 1 });
    case "deflate":
      return deflateSync(bytes, { level: 1 });
    case "br":
      return brotliCompressSync(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 1 } });
    case "zstd":
      return zstdCompressSync(bytes);
  }
}

/** Where the rest begins that the client asks for. */
function rangeOf({ headers }: Asked, plan: ServerPlan, size: number): number {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  return from < size && headers["if-range"] === `"${plan.id}"` ? from : 0;
}

function frame(response: ServerResponse, { framing, afterwards }: ServerPlan): void {
  if (framing === "close") response.useChunkedEncodingByDefault = false;
  if (framing === "close" || afterwards === "announced") response.shouldKeepAlive = false;
}

/** Sends a part, and breaks off. */
async function cut(response: Answer, part: Uint8Array, work: Work): Promise<void> {
  await send(response, part, { ...work, plan: { ...work.plan, writes: "large" } });
  if ("stream" in response) {
    const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants;
    response.stream.close(oneOf(work.random, [NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR]));
  } else response.socket?.end();
}

async function send(response: Answer, bytes: Uint8Array, { plan, random }: Work): Promise<void> {
  // The head has not gone yet: both come in one segment, or in two that are read at once.
  if (plan.writes === "one") return written(response, bytes);
  const count = plan.writes === "large" ? 2 + below(random, 4) : 1 + below(random, MOST_WRITES);
  const size = Math.max(1, Math.ceil(bytes.byteLength / count));
  if (random() < 0.5) headOut(response);
  for (let at = 0; at < bytes.byteLength; at += size) {
    if (random() < 0.4) await turn();
    if (random() < 0.3 && plan.pauseMs > 0) await sleep(1 + below(random, plan.pauseMs));
    await written(response, bytes.subarray(at, at + size));
  }
}

/** Writes with back-pressure. Rejects when the client is gone. */
async function written(response: Answer, bytes: Uint8Array): Promise<void> {
  if (bytes.byteLength === 0) return;
  const gone = response instanceof ServerResponse ? response.destroyed : response.stream.destroyed;
  if (gone) throw new Error("the client is gone");
  // Written by the same method of the one or the other.
  if ((response as ServerResponse).write(bytes)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

/** Counts the requests that are under way on a connection. */
export function track(socket: Socket | object, response: Answer, { running }: Memory): void {
  running.set(socket, (running.get(socket) ?? 0) + 1);
  response.once("close", () => {
    const left = (running.get(socket) ?? 1) - 1;
    if (left > 0) running.set(socket, left);
    else running.delete(socket);
  });
}
