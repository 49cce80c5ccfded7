/**
 * The functional API: one short-lived session a call. Nothing is remembered, no connection is kept.
 */
import type { RequestOptions } from "../core/options.ts";
import { refused } from "../options/surplus.ts";
import { ResponsePromise } from "../response/promise.ts";
import type { Response } from "../response/response.ts";
import type { StreamedResponse } from "../response/streamed.ts";
import { Session } from "./session.ts";
import { headOptions, type ResponseOf } from "./verbs.ts";

/** A method of HTTP as a function. */
export interface Verb {
  /**
   * Sends one request in a session of its own: nothing is remembered, no connection is kept.
   *
   * @param url absolute.
   * @throws as {@link Session.request}.
   */
  <Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends one request in a session of its own: nothing is remembered, no connection is kept.
   *
   * @param url absolute.
   * @throws as {@link Session.request}.
   */
  <Stream extends boolean = false>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | false>>;
}

/**
 * Sends one request in a session of its own: nothing is remembered, no connection is kept.
 *
 * @param method any token of RFC 9110; sent in upper case.
 * @param url absolute.
 * @throws as {@link Session.request}.
 */
export function request<Stream extends boolean>(
  method: string,
  url: string | URL,
  options: RequestOptions<Stream> & { readonly stream: Stream },
): ResponsePromise<ResponseOf<Stream>>;
/**
 * Sends one request in a session of its own: nothing is remembered, no connection is kept.
 *
 * @param method any token of RFC 9110; sent in upper case.
 * @param url absolute.
 * @throws as {@link Session.request}.
 */
export function request<Stream extends boolean = false>(
  method: string,
  url: string | URL,
  options?: RequestOptions<Stream>,
): ResponsePromise<ResponseOf<Stream | false>>;
export function request(
  method: string,
  url: string | URL,
  options?: RequestOptions<boolean>,
  surplus?: unknown,
): ResponsePromise<Response | StreamedResponse> {
  return ResponsePromise.of(
    sendOnce(
      method,
      url,
      surplus === undefined ? options : refused("request(method, url, options)", options),
    ),
  );
}

async function sendOnce(
  method: string,
  url: string | URL,
  options: RequestOptions<boolean> | undefined,
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
  const call = `${method === "DELETE" ? "del" : method.toLowerCase()}(url, options)`;
  return (url: string | URL, options?: RequestOptions<boolean>, surplus?: unknown) =>
    request(method, url, surplus === undefined ? options : refused(call, options));
}

/** GET without a session. */
export const get: Verb = verb("GET");
/** OPTIONS without a session. */
export const options: Verb = verb("OPTIONS");
/** HEAD without a session. Follows redirects only with `allowRedirects: true`. */
export const head: Verb = (url: string | URL, options?: RequestOptions<boolean>, surplus?: unknown) =>
  request("HEAD", url, headOptions(surplus === undefined ? options : refused("head(url, options)", options)));
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
