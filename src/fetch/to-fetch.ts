/**
 * A `fetch` on top of a session: for SDKs and tools that take a fetch function, and so gain cookies, auth, proxies, retries
 * and all else that the session has. Where the two differ fetch's contract holds; what is left of differences is in the guide.
 *
 * `call.ts` reads what was asked for, `content.ts` its body, `answer.ts` makes the web's Response.
 */
import { unawaited } from "../core/abort.ts";
import { mustBe } from "../core/checks.ts";
import { InvalidSchema, RequestException } from "../core/errors.ts";
import { CONTRACT, type RequestOptions } from "../core/options.ts";
import { isReadableStream } from "../core/realm.ts";
import { isRedirectStatus } from "../core/status.ts";
import { initial, over } from "../options/table.ts";
import { take } from "../options/take.ts";
import type { StreamedResponse } from "../response/streamed.ts";
import type { Session } from "../session/session.ts";
import { answerOf } from "./answer.ts";
import { readCall, type Call, type FetchInput } from "./call.ts";
import { contentOf, leave, requestContent, type Content } from "./content.ts";
import { answerData, isData } from "./data-url.ts";
import { because, failureOf } from "./failure.ts";

/** What comes from each call, so that nothing of it can be a default. */
const OF_CALLS = [
  "headers",
  "data",
  "json",
  "files",
  "stream",
  "allowRedirects",
  "signal",
  "rawUrl",
] as const satisfies readonly Exclude<keyof RequestOptions, keyof FetchDefaults>[];

/** Most bytes of a `data:` URL's body, unless said otherwise: as many as of any body in memory, 256 MiB. */
const MOST_DATA_BYTES = 268_435_456;

/** Options that every request of a fetch function gets; what fetch itself says comes from each call. */
export type FetchDefaults = Omit<
  RequestOptions,
  "headers" | "data" | "json" | "files" | "stream" | "allowRedirects" | "signal" | "rawUrl"
>;

/**
 * `fetch()` that sends through `session`. The session's settings go along with each request, as always; what does not begin
 * with `scheme://` is appended to its `baseUrl`. The response's body is streamed.
 *
 * As `fetch` does, it rejects with a `TypeError` when there is no response, whose `cause` is the {@link RequestException}, and
 * so do the body methods when the body breaks off; with the signal's reason when the caller aborts; and never for a status.
 * Silence may last 300 s, and so may the wait for a free connection, unless something else was set.
 *
 * @param defaults options of every request, such as `timeout`, `retry` or `auth`.
 * @throws {TypeError | RangeError} for what is no session, for an option that is none, or that comes from each call.
 *
 * @example
 * const client = new SomeSdk({ fetch: toFetch(session) });
 */
export function toFetch(session: Session<boolean>, defaults: FetchDefaults = {}): typeof globalThis.fetch {
  checkSession(session);
  checkDefaults(defaults);
  return async function fetch(input: FetchInput, init: RequestInit | null = null): Promise<Response> {
    const call = callOf(input, init, session.baseUrl);
    if (call.signal?.aborted === true) {
      giveUp(call);
      throw call.signal.reason;
    }
    if (!isHttp(call.url) && !hasAdapter(session, call.url)) {
      const { maxBodyBytes = session.maxBodyBytes } = defaults;
      return answerHere(call, maxBodyBytes);
    }
    return await answerOf(call, await send(session, call, defaults));
  };
}

function callOf(input: FetchInput, init: unknown, baseUrl: string | null): Call {
  try {
    return readCall(input, init, baseUrl);
  } catch (error) {
    throw failureOf("fetch failed", error);
  }
}

/** A URL that no server answers. */
function answerHere(call: Call, maxBodyBytes: number | null | undefined): Response {
  if (isData(call.url)) return answerData(call, maxBodyBytes === undefined ? MOST_DATA_BYTES : maxBodyBytes);
  const { protocol } = new URL(call.url);
  const advice = protocol === "blob:" ? "; read the Blob itself" : "";
  throw because(new InvalidSchema(`no adapter is mounted for ${protocol} URLs${advice}`));
}

type Options = RequestOptions<true> & { readonly stream: true; readonly [CONTRACT]: "fetch" };

function optionsOf(call: Call, content: Content | null, defaults: FetchDefaults): Options {
  return {
    ...defaults,
    headers: headersOf(call, content),
    ...(content === null ? {} : { data: content.data }),
    allowRedirects: call.redirect === "follow",
    signal: call.signal,
    // As `Request` spelled it: nothing is spelled a second time.
    rawUrl: true,
    stream: true,
    [CONTRACT]: "fetch",
  };
}

function contentIn({ body, signal }: Call): Content | Promise<Content> | null {
  if (body === null) return null;
  // It is a stream, as all of them are.
  return body.isOfRequest
    ? requestContent(body.value as ReadableStream<unknown>, body.isForm, signal)
    : contentOf(body.value);
}

/** The body that is not going to be sent is told so. */
function giveUp({ body, signal }: Call): void {
  if (body === null || !isReadableStream(body.value) || body.value.locked) return;
  void leave(body.value.getReader(), signal?.reason, body.isForm);
}

async function send(
  session: Session<boolean>,
  call: Call,
  defaults: FetchDefaults,
): Promise<StreamedResponse> {
  let response: StreamedResponse;
  let content: Content | null = null;
  try {
    content = await contentIn(call);
    response = await session.request(call.method, call.url, optionsOf(call, content, defaults));
  } catch (error) {
    // It may not have been begun. One that is being read is told by whoever reads it.
    unawaited(content?.stream?.cancel(error));
    throw failureOf("fetch failed", error);
  }
  if (call.redirect !== "error" || !isRedirectStatus(response.status)) return response;
  await response.close();
  throw because(
    new RequestException("the response is a redirect, and redirect is 'error'", {
      response,
      phase: "redirect",
    }).annotate({ request: response.request }),
  );
}

function headersOf({ headers }: Call, content: Content | null): [name: string, value: string][] {
  const fields = [...headers];
  if (content?.type != null && !headers.has("content-type")) fields.push(["Content-Type", content.type]);
  return fields;
}

function isHttp(url: string): boolean {
  return url.startsWith("http:") || url.startsWith("https:");
}

/** A program may have an adapter of its own for other schemes. */
function hasAdapter(session: Session<boolean>, url: string): boolean {
  try {
    session.getAdapter(url);
    return true;
  } catch (error) {
    if (error instanceof RequestException) return false;
    throw error;
  }
}

/** At once, and not with the first call. It may be that of another copy of this package. */
function checkSession(session: unknown): void {
  const { request, getAdapter } = Object(session) as Partial<Record<"request" | "getAdapter", unknown>>;
  if (typeof request === "function" && typeof getAdapter === "function") return;
  throw mustBe("what toFetch() takes", "a Session", session, ": write toFetch(session)");
}

/** At once, and not with the first call. */
function checkDefaults(defaults: FetchDefaults): void {
  over(initial, take(defaults, "request", "fetch"));
  const ofCall = OF_CALLS.find((name) => name in defaults && Reflect.get(defaults, name) !== undefined);
  if (ofCall !== undefined)
    throw new TypeError(`${ofCall} cannot be a default of toFetch(): each call of fetch says it itself`);
}
