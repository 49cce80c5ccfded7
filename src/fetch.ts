/**
 * A `fetch` on top of a session: for SDKs and tools that take a fetch function, and so gain cookies, auth, proxies, retries
 * and all else that the session has.
 *
 * Not here: what belongs to a browser (`mode`, `credentials`, `cache`, `integrity`, `referrer`); it is ignored.
 *
 * May import: `core/`, `response/`; of `session.ts` types only.
 */
import { describe } from "./core/describe.ts";
import { RequestException } from "./core/errors.ts";
import type { DataInit, RequestOptions } from "./core/options.ts";
import type { StreamedResponse } from "./response/streamed.ts";
import type { Session } from "./session.ts";

/** What a body is in a session's words, and the `Content-Type` that fetch gives it. */
interface Content {
  readonly data: DataInit;
  readonly type: string | null;
}

/** Options that every request of a fetch function gets; what fetch itself says comes from each call. */
export type FetchDefaults = Omit<
  RequestOptions,
  "headers" | "data" | "json" | "files" | "stream" | "allowRedirects" | "signal"
>;

/**
 * `fetch()` that sends through `session`. The session's settings go along with each request, as always; relative URLs are
 * resolved against its `baseUrl`. The response's body is streamed.
 *
 * As `fetch` does, it rejects with a `TypeError` when there is no response, whose `cause` is the {@link RequestException};
 * and with the signal's reason when the caller aborts.
 *
 * @param defaults options of every request, such as `timeout`, `retry` or `auth`.
 *
 * @example
 * const client = new SomeSdk({ fetch: toFetch(session) });
 */
export function toFetch(session: Session<boolean>, defaults: FetchDefaults = {}): typeof fetch {
  return async (input, init) => {
    const { body, ...rest } = init ?? {};
    // Merges a Request and what is to be different, and refuses what fetch refuses.
    const request = new Request(locate(input, session), rest);
    const content = body == null ? streamOf(request) : contentOf(body);
    if (content !== null && (request.method === "GET" || request.method === "HEAD")) {
      throw new TypeError(`a request of ${request.method} cannot have a body`);
    }
    const options: RequestOptions & { readonly stream: true } = {
      ...defaults,
      headers: headersOf(request, content),
      ...(content === null ? {} : { data: content.data }),
      allowRedirects: request.redirect === "follow",
      // Not the new request's own: that one goes with the request, when nobody holds it any more.
      signal: signalOf(input, init),
      stream: true,
    };
    const response = await send(session, request, options);
    if (request.redirect === "error" && response.isRedirect) {
      await response.close();
      throw new TypeError("fetch failed: the response is a redirect, and redirect is 'error'");
    }
    return webResponse(response);
  };
}

async function send(
  session: Session<boolean>,
  { method, url }: Request,
  options: RequestOptions & { readonly stream: true },
): Promise<StreamedResponse> {
  try {
    return await session.request(method, url, options);
  } catch (cause) {
    throw cause instanceof RequestException ? new TypeError("fetch failed", { cause }) : cause;
  }
}

function locate(
  input: Parameters<typeof fetch>[0],
  { baseUrl }: Session<boolean>,
): Parameters<typeof fetch>[0] {
  return typeof input === "string" && baseUrl !== null ? new URL(input, baseUrl) : input;
}

function signalOf(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): AbortSignal | null {
  if (init?.signal !== undefined) return init.signal;
  return input instanceof Request ? input.signal : null;
}

function streamOf({ body }: Request): Content | null {
  return body === null ? null : { data: body, type: null };
}

/** What can be sent again, for a redirect or a retry, stays so: a web `Request` would make a one-shot stream of it. */
function contentOf(body: NonNullable<RequestInit["body"]>): Content {
  if (typeof body === "string") return { data: body, type: "text/plain;charset=UTF-8" };
  if (body instanceof URLSearchParams) {
    return { data: body.toString(), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  if (body instanceof Blob) return { data: body, type: body.type === "" ? null : body.type };
  // A form brings its type, with the boundary.
  if (body instanceof FormData) return { data: body, type: null };
  if (body instanceof ArrayBuffer) return { data: body.slice(), type: null };
  if (ArrayBuffer.isView(body)) {
    return { data: new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice(), type: null };
  }
  if (typeof body === "object" && (Symbol.asyncIterator in body || Symbol.iterator in body)) {
    return { data: body as AsyncIterable<unknown>, type: null }; // as was just seen
  }
  throw new TypeError(`fetch cannot send ${describe(body)}`);
}

function headersOf(request: Request, content: Content | null): [name: string, value: string][] {
  const headers = [...request.headers];
  if (content?.type != null && !request.headers.has("content-type")) {
    headers.push(["Content-Type", content.type]);
  }
  return headers;
}

/** Statuses whose responses cannot be made with a body (Fetch §2.2.3). */
const NO_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

async function webResponse(response: StreamedResponse): Promise<globalThis.Response> {
  const { status, statusText, url, redirected } = response;
  const hasBody = !NO_BODY.has(status) && response.request.method !== "HEAD";
  // Its connection is free then.
  if (!hasBody) await response.bytes();
  const made = new Response(hasBody ? response.body : null, {
    status,
    statusText,
    headers: [...response.headers],
  });
  return told(made, { url: withoutFragment(url), redirected });
}

/** A `Response` that is made by hand knows no URL: it is told, and so are its clones. */
function told(
  response: globalThis.Response,
  facts: { readonly url: string; readonly redirected: boolean },
): globalThis.Response {
  const clone = (): globalThis.Response => told(Response.prototype.clone.call(response), facts);
  return Object.defineProperties(response, {
    url: { value: facts.url },
    redirected: { value: facts.redirected },
    clone: { value: clone },
  });
}

function withoutFragment(url: string): string {
  return url.split("#", 1)[0] ?? url;
}
