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
import { headOptions, type Answered, type Streaming } from "./verbs.ts";

/** A verb without a session. */
interface Verb {
  (url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  (url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
}

/**
 * Sends one request in a session of its own.
 *
 * @throws as {@link Session.request}.
 */
export function request(
  method: string,
  url: string | URL,
  options: Streaming,
): ResponsePromise<StreamedResponse>;
export function request(
  method: string,
  url: string | URL,
  options?: RequestOptions,
): ResponsePromise<Response>;
export function request(method: string, url: string | URL, options?: RequestOptions): Answered {
  return ResponsePromise.of(sendOnce(method, url, options));
}

async function sendOnce(method: string, url: string | URL, options?: RequestOptions): Promise<Response> {
  // Closing leaves a body that is still being streamed alone: its connection ends with it (PARITY FN-1).
  await using session = new Session();
  return await session.request(method, url, options);
}

function verb(method: string): Verb {
  // An arrow function cannot have overloads; `request()` has the same two.
  return ((url: string | URL, options?: RequestOptions) => request(method, url, options)) as Verb;
}

/** GET without a session. */
export const get: Verb = verb("GET");
/** OPTIONS without a session. */
export const options: Verb = verb("OPTIONS");
/** HEAD without a session. Does not follow redirects, unless asked to (PARITY FN-4). */
export const head: Verb = ((url: string | URL, options?: RequestOptions) =>
  request("HEAD", url, headOptions(options))) as Verb; // as in verb()
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
