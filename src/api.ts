/**
 * The functional API: one short-lived session a call. Nothing is remembered, no connection is kept (PARITY FN-1..7).
 *
 * May import: `session.ts` and what it may.
 */
import type { RequestOptions } from "./core/options.ts";
import { ResponsePromise } from "./response/promise.ts";
import type { Response } from "./response/response.ts";
import type { StreamedResponse } from "./response/streamed.ts";
import { Session } from "./session.ts";
import { headOptions, type Answered, type CallOptions, type StreamOption } from "./verbs.ts";

/** A verb without a session. */
type Verb = <Stream extends StreamOption = undefined>(
  url: string | URL,
  options?: CallOptions<Stream>,
) => Answered<Stream, false>;

/**
 * Sends one request in a session of its own.
 *
 * @throws as {@link Session.request}.
 */
export function request<Stream extends StreamOption = undefined>(
  method: string,
  url: string | URL,
  options?: CallOptions<Stream>,
): Answered<Stream, false> {
  // What comes is a StreamedResponse exactly when `stream` says so: the type tells the caller.
  return ResponsePromise.of(sendOnce(method, url, options)) as Answered<Stream, false>;
}

async function sendOnce(
  method: string,
  url: string | URL,
  options: RequestOptions | undefined,
): Promise<Response | StreamedResponse> {
  // Closing leaves a body that is still being streamed alone: its connection ends with it (PARITY FN-1).
  const session = new Session();
  try {
    return await session.request(method, url, options);
  } finally {
    await session.close();
  }
}

function verb(method: string): Verb {
  return (url, options) => request(method, url, options);
}

/** GET without a session. */
export const get: Verb = verb("GET");
/** OPTIONS without a session. */
export const options: Verb = verb("OPTIONS");
/** HEAD without a session. Does not follow redirects, unless asked to (PARITY FN-4). */
export const head: Verb = (url, options) => request("HEAD", url, headOptions(options));
/** POST without a session. */
export const post: Verb = verb("POST");
/** PUT without a session. */
export const put: Verb = verb("PUT");
/** PATCH without a session. */
export const patch: Verb = verb("PATCH");
/** DELETE without a session. `delete` is a reserved word: import it as `delete as del`, or call this one. */
export const del: Verb = verb("DELETE");
/** QUERY without a session: safe, with a body. */
export const query: Verb = verb("QUERY");
