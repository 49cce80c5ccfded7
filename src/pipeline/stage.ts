/**
 * The mechanism of the corridor: what walks down, what comes up, and how stages are put around the sender.
 *
 * May import: `core/`, `response/`.
 */
import type { CookieStore } from "../core/cookie-store.ts";
import { describe } from "../core/describe.ts";
import type { Settings } from "../core/options.ts";
import { assertWhole, PreparedRequest } from "../core/request.ts";
import type { Response } from "../response/response.ts";
import type { StreamedResponse } from "../response/streamed.ts";

/** One request on its way down. Stages hand on a changed copy and never change this one. */
export interface Exchange {
  readonly request: PreparedRequest;
  readonly settings: Settings;
  /** Where cookies come from and go to. */
  readonly cookies: CookieStore;
  /** Aborts when the caller gives up or the total deadline is over; `null` when neither can happen. */
  readonly signal: AbortSignal | null;
}

/** What comes up: a body to be read into memory, or one to be streamed. */
export type Reply = Response | StreamedResponse;

/**
 * So many bytes of a redirect's body are read, so that its connection can be used again and hooks can look at it. Above
 * that the connection is given up (PARITY RED-24).
 */
export const HOP_BODY_BYTES: number = 262_144;

/** Sends a request through the rest of the pipeline. */
export type Send = (exchange: Exchange) => Promise<Reply>;

/** Adds one concern around `next`. It may call `next` never, once, or once per attempt. */
export type Stage = (next: Send) => Send;

/** Wraps `last` in `stages`. The first stage is the outermost: it sees requests first and responses last. */
export function compose(stages: readonly Stage[], last: Send): Send {
  return stages.reduceRight((next, stage) => stage(next), last);
}

/**
 * The request that a hook or an auth scheme answered with: `given` when it answered nothing.
 *
 * @param who for the message: whose answer it is.
 * @throws {TypeError} for an answer that is no request.
 */
export function answeredRequest(answer: unknown, given: PreparedRequest, who: string): PreparedRequest {
  const request = answer === undefined ? given : answer;
  if (!(request instanceof PreparedRequest))
    throw new TypeError(`${who} must return a PreparedRequest or nothing, not ${describe(answer)}`);
  assertWhole(request);
  return request;
}
