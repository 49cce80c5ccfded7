/**
 * The methods of HTTP as methods of a session: each is `request()` with the name filled in.
 *
 * May import: `core/`, `response/`.
 */
import type { RequestOptions } from "./core/options.ts";
import type { ResponsePromise } from "./response/promise.ts";
import type { Response } from "./response/response.ts";
import type { StreamedResponse } from "./response/streamed.ts";

/** Options that ask for a streamed response. */
export type Streaming = RequestOptions & { readonly stream: true };

/** Which of the two the overloads tell. */
export type Answered = ResponsePromise<Response> | ResponsePromise<StreamedResponse>;

/** Shortcuts for `request()`. */
export abstract class Verbs {
  /** Sends a request. */
  abstract request(method: string, url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  abstract request(method: string, url: string | URL, options?: RequestOptions): ResponsePromise<Response>;

  /** GET (RFC 9110 §9.3.1). */
  get(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  get(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  get(url: string | URL, options?: RequestOptions): Answered {
    return this.request("GET", url, options);
  }

  /** OPTIONS (RFC 9110 §9.3.7). */
  options(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  options(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  options(url: string | URL, options?: RequestOptions): Answered {
    return this.request("OPTIONS", url, options);
  }

  /** HEAD (RFC 9110 §9.3.2). Does not follow redirects, unless asked to (PARITY FN-4). */
  head(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  head(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  head(url: string | URL, options?: RequestOptions): Answered {
    // `undefined` says nothing here either.
    return this.request("HEAD", url, { ...options, allowRedirects: options?.allowRedirects ?? false });
  }

  /** POST (RFC 9110 §9.3.3). */
  post(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  post(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  post(url: string | URL, options?: RequestOptions): Answered {
    return this.request("POST", url, options);
  }

  /** PUT (RFC 9110 §9.3.4). */
  put(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  put(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  put(url: string | URL, options?: RequestOptions): Answered {
    return this.request("PUT", url, options);
  }

  /** PATCH (RFC 5789). */
  patch(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  patch(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  patch(url: string | URL, options?: RequestOptions): Answered {
    return this.request("PATCH", url, options);
  }

  /** DELETE (RFC 9110 §9.3.5). */
  delete(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  delete(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  delete(url: string | URL, options?: RequestOptions): Answered {
    return this.request("DELETE", url, options);
  }

  /** QUERY: safe and idempotent, with a body (RFC 10008). */
  query(url: string | URL, options: Streaming): ResponsePromise<StreamedResponse>;
  query(url: string | URL, options?: RequestOptions): ResponsePromise<Response>;
  query(url: string | URL, options?: RequestOptions): Answered {
    return this.request("QUERY", url, options);
  }
}
