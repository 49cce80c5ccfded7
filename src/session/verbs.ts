/**
 * The methods of HTTP as methods of a session: each is `request()` with the name filled in. And `download()`, which is
 * `get()` into a file.
 *
 * Each has two signatures. Where the type of the options has `stream`, it says which kind of response comes. Where it may be
 * absent, that may be what the options say or what the session says, which mostly is the same.
 */
import type { RequestOptions } from "../core/options.ts";
import type { SavedFile } from "../core/response.ts";
import type { DownloadOptions } from "./download.ts";
import { isRecord } from "../core/checks.ts";
import { refused } from "../options/surplus.ts";
import type { ResponsePromise } from "../response/promise.ts";
import type { Response } from "../response/response.ts";
import type { StreamedResponse } from "../response/streamed.ts";

/** The response of a call: `true` is streamed, `false` is read, `boolean` may be either. */
export type ResponseOf<Stream extends boolean> = Stream extends true ? StreamedResponse : Response;

/**
 * `head()` does not follow redirects, unless asked to; `undefined` says nothing here either. What are no options goes on as it
 * is, to be refused where all options are checked.
 */
export function headOptions(options: RequestOptions<boolean> | undefined): RequestOptions<boolean> {
  if (options === undefined) return { allowRedirects: false };
  const isPlain: boolean = isRecord(options);
  if (!isPlain) return options;
  const isAsked = Object.hasOwn(options, "allowRedirects") && options.allowRedirects !== undefined;
  return isAsked ? options : { ...options, allowRedirects: false };
}

/** Shortcuts for `request()`. `Streams` is what the session says of `stream`. */
export abstract class Verbs<Streams extends boolean> {
  /** Sends a request with any method. */
  abstract request<Stream extends boolean>(
    method: string,
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /** Sends a request with any method. */
  abstract request<Stream extends boolean = Streams>(
    method: string,
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;

  /**
   * Sends a GET: asks for what is at the URL (RFC 9110 §9.3.1).
   *
   * @throws as {@link Session.request}.
   */
  get<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a GET: asks for what is at the URL (RFC 9110 §9.3.1).
   *
   * @throws as {@link Session.request}.
   */
  get<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  get(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request("GET", url, surplus === undefined ? options : refused("get(url, options)", options));
  }

  /**
   * Sends an OPTIONS: asks what can be done with the URL (RFC 9110 §9.3.7).
   *
   * @throws as {@link Session.request}.
   */
  options<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends an OPTIONS: asks what can be done with the URL (RFC 9110 §9.3.7).
   *
   * @throws as {@link Session.request}.
   */
  options<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  options(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request(
      "OPTIONS",
      url,
      surplus === undefined ? options : refused("options(url, options)", options),
    );
  }

  /**
   * Sends a HEAD: a GET without a body in the answer (RFC 9110 §9.3.2). Follows redirects only with `allowRedirects: true`.
   *
   * @throws as {@link Session.request}.
   */
  head<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a HEAD: a GET without a body in the answer (RFC 9110 §9.3.2). Follows redirects only with `allowRedirects: true`.
   *
   * @throws as {@link Session.request}.
   */
  head<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  head(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request(
      "HEAD",
      url,
      headOptions(surplus === undefined ? options : refused("head(url, options)", options)),
    );
  }

  /**
   * Sends a POST: gives the body to what is at the URL (RFC 9110 §9.3.3).
   *
   * @throws as {@link Session.request}.
   */
  post<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a POST: gives the body to what is at the URL (RFC 9110 §9.3.3).
   *
   * @throws as {@link Session.request}.
   */
  post<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  post(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request(
      "POST",
      url,
      surplus === undefined ? options : refused("post(url, options)", options),
    );
  }

  /**
   * Sends a PUT: puts the body at the URL (RFC 9110 §9.3.4).
   *
   * @throws as {@link Session.request}.
   */
  put<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a PUT: puts the body at the URL (RFC 9110 §9.3.4).
   *
   * @throws as {@link Session.request}.
   */
  put<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  put(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request("PUT", url, surplus === undefined ? options : refused("put(url, options)", options));
  }

  /**
   * Sends a PATCH: changes what is at the URL (RFC 5789).
   *
   * @throws as {@link Session.request}.
   */
  patch<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a PATCH: changes what is at the URL (RFC 5789).
   *
   * @throws as {@link Session.request}.
   */
  patch<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  patch(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request(
      "PATCH",
      url,
      surplus === undefined ? options : refused("patch(url, options)", options),
    );
  }

  /**
   * Sends a DELETE: removes what is at the URL (RFC 9110 §9.3.5).
   *
   * @throws as {@link Session.request}.
   */
  delete<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a DELETE: removes what is at the URL (RFC 9110 §9.3.5).
   *
   * @throws as {@link Session.request}.
   */
  delete<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  delete(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request(
      "DELETE",
      url,
      surplus === undefined ? options : refused("delete(url, options)", options),
    );
  }

  /**
   * Sends a QUERY: asks, with a body; safe and idempotent (RFC 10008).
   *
   * @throws as {@link Session.request}.
   */
  query<Stream extends boolean>(
    url: string | URL,
    options: RequestOptions<Stream> & { readonly stream: Stream },
  ): ResponsePromise<ResponseOf<Stream>>;
  /**
   * Sends a QUERY: asks, with a body; safe and idempotent (RFC 10008).
   *
   * @throws as {@link Session.request}.
   */
  query<Stream extends boolean = Streams>(
    url: string | URL,
    options?: RequestOptions<Stream>,
  ): ResponsePromise<ResponseOf<Stream | Streams>>;
  query(
    url: string | URL,
    options?: RequestOptions<boolean>,
    surplus?: unknown,
  ): ResponsePromise<Response | StreamedResponse> {
    return this.request(
      "QUERY",
      url,
      surplus === undefined ? options : refused("query(url, options)", options),
    );
  }

  /**
   * Downloads into a file, or a folder under the name that the response suggests (as {@link Response.saveTo}). When the
   * body breaks off the rest is asked for, as long as it is the same version by its `ETag` or `Last-Modified`; else it
   * begins anew. The file gets its name when it is whole.
   *
   * @throws {HTTPError} for a status other than 2xx. As `request()`, and the errors of the file system.
   */
  download(url: string | URL, target: string | URL, options?: DownloadOptions): Promise<SavedFile>;
  async download(
    url: string | URL,
    target: string | URL,
    options: DownloadOptions = {},
    surplus?: unknown,
  ): Promise<SavedFile> {
    // Files are rare: what they need is loaded when it is used.
    const { download } = await import("./download.ts");
    return download(
      (more) => this.get(url, more),
      url,
      target,
      surplus === undefined ? options : refused("download(url, target, options)", options),
    );
  }
}
