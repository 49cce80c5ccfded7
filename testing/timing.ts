/**
 * Endpoints that take their time: `/delay` waits before it answers, `/drip` sends byte by byte.
 *
 * Both stop as soon as the client goes away.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { binary, json, RefusedRequest } from "./answers.ts";
import { ANY_METHOD, GET, paramOf } from "./exchange.ts";
import type { Answer, Route, TestRequest } from "./exchange.ts";
import { factsOf } from "./inspect.ts";
import { integerOf, numberOf, readNumber } from "./numbers.ts";

/** The routes that take their time. */
export const timingRoutes: readonly Route[] = [
  { methods: ANY_METHOD, pattern: "/delay/:seconds", endpoint: delay },
  { methods: GET, pattern: "/drip", endpoint: drip },
];

const MAX_DELAY_SECONDS = 10;
const MAX_DRIP_SECONDS = 60;
const MAX_DRIP_BYTES = 10 * 1024 * 1024;

async function delay(request: TestRequest): Promise<Answer> {
  const seconds = readNumber(paramOf(request, "seconds"), "the delay");
  await sleep(Math.min(seconds, MAX_DELAY_SECONDS) * 1000, undefined, { signal: request.signal });
  return json(factsOf(request, "args", "data", "files", "form", "headers", "origin", "url"));
}

async function drip(request: TestRequest): Promise<Answer> {
  const durationSeconds = Math.min(numberOf(request, "duration", 2), MAX_DRIP_SECONDS);
  const delaySeconds = Math.min(numberOf(request, "delay", 0), MAX_DRIP_SECONDS);
  const size = Math.min(integerOf(request, "numbytes", 10), MAX_DRIP_BYTES);
  const status = integerOf(request, "code", 200);
  if (size === 0) throw new RefusedRequest(400, "number of bytes must be positive");
  if (status < 200 || status > 999) throw new RefusedRequest(400, "code must be from 200 to 999");

  await sleep(delaySeconds * 1000, undefined, { signal: request.signal });
  const body = drops(size, (durationSeconds * 1000) / size, request.signal);
  return binary(body, { status, headers: [["Content-Length", String(size)]] });
}

/** `size` asterisks, one every `pauseMs`; those which are due at the same time go out together. */
async function* drops(size: number, pauseMs: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const beginMs = performance.now();
  let sent = 0;
  while (sent < size) {
    const elapsedMs = performance.now() - beginMs;
    const due = pauseMs === 0 ? size : Math.min(size, Math.floor(elapsedMs / pauseMs) + 1);
    if (due > sent) yield new Uint8Array(due - sent).fill(0x2a);
    sent = due;
    if (sent < size) await sleep(Math.max(1, sent * pauseMs - elapsedMs), undefined, { signal });
  }
}
