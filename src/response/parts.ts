/**
 * What a response is made of: the pipeline gives it, the classes of responses take it.
 */
import type { StoredCookie } from "../core/cookie-store.ts";
import type { Attempt } from "../core/errors.ts";
import type { HeadersInit } from "../core/headers.ts";
import type { DetectEncoding } from "../core/options.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { AnyResponse, WireResponse } from "../core/response.ts";
import { wireResponse } from "./wire.ts";

/** Everything the pipeline knows of a response. */
export interface ResponseParts {
  /** What was sent on this hop. */
  readonly request: PreparedRequest;
  readonly wire: WireResponse;
  /** The cookies which this response set. */
  readonly cookies: readonly StoredCookie[];
  /** Milliseconds from sending the request to the head of the response. */
  readonly elapsed: number;
  /** Most decoded bytes in memory; `null`: no limit. */
  readonly maxBodyBytes: number | null;
  /** Most content codings on the body. */
  readonly maxCodings: number;
  /** Asked for the charset of a text that nobody names. */
  readonly detectEncoding: DetectEncoding | null;
  /** The responses before this one, oldest first: of this list the first {@link historyLength}. */
  readonly history: readonly AnyResponse[];
  /** Responses that follow each other share a list, which grows behind them. Absent: all of it. */
  readonly historyLength?: number | undefined;
  readonly attempts: readonly Attempt[];
  /** Makes the request that would follow this redirect, when it is asked for; `null`: there is none. */
  readonly nextRequest: (() => PreparedRequest | null) | null;
}

/** A response made by a program: `Response.from()`. */
export interface ResponseFields {
  /** What it answers. */
  readonly request: PreparedRequest;
  /** The status code, 100 to 999. Default: 200. */
  readonly status?: number | undefined;
  /** The reason phrase. Default: `""`. */
  readonly statusText?: string | undefined;
  /** Its header fields. Default: `null`, none. */
  readonly headers?: HeadersInit | null | undefined;
  /** The body without content codings, whatever the headers say; text is UTF-8. Default: empty. */
  readonly body?: string | Uint8Array | undefined;
  /** The URL that it is of. Default: that of the request. */
  readonly url?: string | undefined;
}

/** The parts of a response that a program made, and its body. */
export function partsOf(fields: ResponseFields): {
  readonly parts: ResponseParts;
  readonly bytes: Uint8Array;
} {
  const { request, status = 200, statusText = "", headers = null, body = "" } = fields;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const wire = wireResponse({ status, statusText, headers, body: bytes });
  const nothing = { cookies: [], history: [], attempts: [], nextRequest: null };
  return {
    parts: { request, wire, elapsed: 0, maxBodyBytes: null, maxCodings: 5, detectEncoding: null, ...nothing },
    bytes,
  };
}
