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

/** The option `stream`, as a type: `undefined` asks the session, `boolean` may be either. */
export type StreamOption = boolean | undefined;

/** Options of a request, of whose `stream` is known whether it is there, and what it says. */
export type CallOptions<Stream extends StreamOption> = RequestOptions & { readonly stream?: Stream };

/** Which of the two it is: `true` is streamed, `false` is read, `boolean` may be either. */
type Kind<Streams extends boolean> = Streams extends true ? StreamedResponse : Response;

/** What a call gives: as its own `stream` says, else as the session's does. */
export type Answered<Stream extends StreamOption, Streams extends boolean> = ResponsePromise<
  Stream extends boolean ? Kind<Stream> : Kind<Streams>
>;

/**
 * `head()` does not follow redirects, unless asked to (PARITY FN-4); `undefined` says nothing here either. What are no
 * options goes on as it is, to be refused where all options are checked.
 */
export function headOptions<Stream extends StreamOption>(
  options: CallOptions<Stream> | undefined,
): CallOptions<Stream> {
  if (options === undefined) return { allowRedirects: false };
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  const isAsked = Object.hasOwn(options, "allowRedirects") && options.allowRedirects !== undefined;
  return isAsked ? options : { ...options, allowRedirects: false };
}

/** Shortcuts for `request()`. `Streams` is what the session says of `stream`. */
export abstract class Verbs<Streams extends boolean> {
  /** Sends a request. */
  abstract request<Stream extends StreamOption = undefined>(
    method: string,
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams>;

  /** GET (RFC 9110 §9.3.1). */
  get<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
    return this.request("GET", url, options);
  }

  /** OPTIONS (RFC 9110 §9.3.7). */
  options<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
    return this.request("OPTIONS", url, options);
  }

  /** HEAD (RFC 9110 §9.3.2). Does not follow redirects, unless asked to (PARITY FN-4). */
  head<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
    return this.request("HEAD", url, headOptions(options));
  }

  /** POST (RFC 9110 §9.3.3). */
  post<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
    return this.request("POST", url, options);
  }

  /** PUT (RFC 9110 §9.3.4). */
  put<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
    return this.request("PUT", url, options);
  }

  /** PATCH (RFC 5789). */
  patch<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
    return this.request("PATCH", url, options);
  }

  /** DELETE (RFC 9110 §9.3.5). */
  delete<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
    return this.request("DELETE", url, options);
  }

  /** QUERY: safe and idempotent, with a body (RFC 10008). */
  query<Stream extends StreamOption = undefined>(
    url: string | URL,
    options?: CallOptions<Stream>,
  ): Answered<Stream, Streams> {
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
