/**
 * The methods of HTTP as methods of a session: each is `request()` with the name filled in. And `download()`, which is
 * `get()` into a file.
 *
 * May import: `core/`, `response/`, `download.ts`.
 */
import type { RequestOptions } from "./core/options.ts";
import type { SavedFile } from "./core/response.ts";
import type { DownloadOptions } from "./download.ts";
import type { ResponsePromise } from "./response/promise.ts";
import type { Response } from "./response/response.ts";
import type { StreamedResponse } from "./response/streamed.ts";

/** Options that ask for a streamed response. */
export type Streaming = RequestOptions & { readonly stream: true };

/** Which of the two the overloads tell. */
export type Answered = ResponsePromise<Response> | ResponsePromise<StreamedResponse>;

/**
 * `head()` does not follow redirects, unless asked to (PARITY FN-4); `undefined` says nothing here either. What are no
 * options goes on as it is, to be refused where all options are checked.
 */
export function headOptions(options: RequestOptions | undefined): RequestOptions {
  if (options === undefined) return { allowRedirects: false };
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  const isAsked = Object.hasOwn(options, "allowRedirects") && options.allowRedirects !== undefined;
  return isAsked ? options : { ...options, allowRedirects: false };
}

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
    return this.request("HEAD", url, headOptions(options));
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

  /**
   * Downloads into a file, or a folder under the name that the response suggests (see {@link Response.saveTo}). When the
   * body breaks off the rest is asked for, as long as it is the same version by its `ETag` or `Last-Modified`; else it
   * begins anew. The file gets its name when it is whole.
   *
   * @throws {HTTPError} for a status other than 2xx. As `request()`, and the errors of the file system.
   */
  async download(url: string | URL, target: string | URL, options: DownloadOptions = {}): Promise<SavedFile> {
    // Files are rare: what they need is loaded when it is used.
    const { download } = await import("./download.ts");
    return download((more) => this.get(url, more), url, target, options);
  }
}
