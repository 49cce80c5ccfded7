/**
 * What a call of fetch asks for. The web's own `Request` reads and checks it, so that fetch's rules are fetch's own; but for
 * bodies other than streams, of which it would make streams that can be sent once.
 */
import { isAbsolute, joinBase, parseBaseUrl } from "../core/base-url.ts";
import { mustBe, ownFields } from "../core/checks.ts";
import { InvalidURL, MissingSchema } from "../core/errors.ts";
import { isToken } from "../core/method.ts";
import { trimmed } from "../core/received-text.ts";
import { bareUrl, shownMethod, shownName } from "../core/redact.ts";
import { isMultipart } from "../prepare/multipart.ts";
import { because } from "./failure.ts";
import { hashesIn } from "./integrity.ts";
import { isAbortSignal, isFetchRequest, isHeaders, isReadableStream } from "../core/realm.ts";

/** What fetch takes as its first argument. */
export type FetchInput = Parameters<typeof globalThis.fetch>[0];

/** The body of a call. */
export interface CallBody {
  readonly value: NonNullable<RequestInit["body"]>;
  /** Is it that of a `Request`, which is a stream, whatever it was made of? */
  readonly isOfRequest: boolean;
  /** Was that made of a form? */
  readonly isForm: boolean;
}

/** What is to be sent, and how. */
export interface Call {
  readonly method: string;
  /** Absolute, with its fragment, and with the user info of the base URL that it goes on from. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: CallBody | null;
  readonly redirect: Request["redirect"];
  readonly integrity: string;
  readonly signal: AbortSignal | null;
}

/** URLs that stand for themselves in every `fetch`, and name no server. */
const OF_THIS_PROCESS = /^(?:data|blob):/i;

/** What a `Request` reads of an `init`. Not its signal: that one is the call's, which lasts longer than the `Request`. */
const OF_INIT = [
  "method",
  "headers",
  "referrer",
  "referrerPolicy",
  "mode",
  "credentials",
  "cache",
  "redirect",
  "integrity",
  "keepalive",
  "duplex",
  "priority",
  "window",
];

/** What is looked at of a `Request` that stands in the place of a URL. The rest means something in a browser only. */
const OF_REQUEST = ["method", "headers", "redirect", "integrity", "keepalive"];

/**
 * Reads the arguments of a call.
 *
 * @param baseUrl that of the session, as {@link joinBase} has it; `null` for none.
 * @throws {TypeError} for what fetch refuses, and for what it would not heed.
 * @throws {InvalidURL} for what {@link joinBase} refuses, and for what only becomes absolute by what is left out of it.
 */
export function readCall(input: FetchInput, init: unknown, baseUrl: string | null): Call {
  const from = isFetchRequest(input) ? input : null;
  const given = initOf(init);
  const body = bodyOf(member(given, "body"), from);
  const isGivenStream = body !== null && !body.isOfRequest && isStream(body.value);
  const options: RequestInit = ownFields({
    ...members(from, OF_REQUEST),
    ...members(given, OF_INIT),
    // A stand-in where it is another kind of iterable: that may not be asked for its pieces twice.
    body: !isGivenStream ? null : body.value instanceof ReadableStream ? body.value : new ReadableStream(),
    signal: null,
  });
  const place = from === null ? located(input, baseUrl) : { url: from.url, userinfo: null };
  // Before the web's own Request refuses them: it shows what it refuses, secrets too.
  checkUrl(place.url);
  checkWords(options);
  if (options.headers !== undefined) options.headers = checkedHeaders(options.headers);
  const request = new Request(place.url, options);
  const { method, headers, redirect, integrity } = request;
  const { userinfo } = place;
  const url = userinfo === null ? request.url : request.url.replace("//", () => `//${userinfo}@`);
  if (body !== null && (method === "GET" || method === "HEAD"))
    throw new TypeError(`a request of ${method} cannot have a body`);
  if (integrity !== "") hashesIn(integrity);
  return { method, url, headers, body, redirect, integrity, signal: signalOf(given, from) };
}

function initOf(init: unknown): object | null {
  if (init === undefined || init === null) return null;
  if (typeof init !== "object" && typeof init !== "function")
    throw mustBe("the options of fetch", "an object", init);
  if (member(init, "dispatcher") != null) {
    throw new TypeError(
      "dispatcher is an option of undici: here connections are the session's, so set its proxies, verify, cert, or mount an adapter",
    );
  }
  return init;
}

/** A URL as it is given to `Request`, and the user info that it may not have there. */
interface Place {
  readonly url: string;
  readonly userinfo: string | null;
}

function located(input: unknown, baseUrl: string | null): Place {
  if (typeof input !== "string") return { url: String(input), userinfo: null };
  const text = heeded(input);
  if (OF_THIS_PROCESS.test(text)) return { url: input, userinfo: null };
  const leadsElsewhere = isAbsolute(text);
  if (baseUrl !== null && leadsElsewhere && !isAbsolute(input.trimStart())) throw hiddenHost(text);
  if (leadsElsewhere) return { url: input, userinfo: null };
  if (baseUrl !== null) {
    const base = parseBaseUrl(baseUrl);
    return { url: joinBase(base, text), userinfo: base.userinfo };
  }
  if (!URL.canParse(text))
    throw because(
      new MissingSchema(`${JSON.stringify(bareUrl(text))} is relative, and the session has no baseUrl`),
    );
  return { url: input, userinfo: null };
}

/** @throws {InvalidURL} for what is no URL; {TypeError} for user info in it. */
function checkUrl(text: string): void {
  const shown = JSON.stringify(bareUrl(text));
  if (!URL.canParse(text)) throw new InvalidURL(`${shown} is no URL`);
  const { username, password } = new URL(text);
  if (username !== "" || password !== "")
    throw new TypeError(
      `fetch failed: fetch takes no URL with a user or a password in it, such as that of ${shown}: give the session auth, or this call an Authorization header`,
    );
}

/** @throws {TypeError} for a method or a referrer that is none. */
function checkWords({ method, referrer }: RequestInit): void {
  if (typeof method === "string" && !isToken(method))
    throw new TypeError(`fetch failed: method ${JSON.stringify(shownMethod(method))} is not a token`);
  if (typeof referrer === "string" && referrer !== "" && !URL.canParse(referrer))
    throw new TypeError(`fetch failed: referrer ${JSON.stringify(bareUrl(referrer))} is no URL`);
}

/** @throws {TypeError} for a name or a value that cannot be sent; the value is not shown. */
function checkedHeaders(given: NonNullable<RequestInit["headers"]>): Headers {
  const isList = typeof given === "object" && given !== null && Symbol.iterator in given;
  // What is iterated once only is to be looked at again.
  const init =
    isList && !Array.isArray(given) && !isHeaders(given) ? [...(given as Iterable<[string, string]>)] : given;
  try {
    return new Headers(init);
  } catch (error) {
    const pairs: readonly (readonly unknown[])[] = Array.isArray(init) ? init : Object.entries(init ?? {});
    for (const [name, value] of pairs) {
      if (typeof name === "string" && !isToken(name))
        throw new TypeError(`fetch failed: header name ${shownName(name)} is not a token`);
      if (/[\0\r\n]/.test(String(value).trim()))
        throw new TypeError(
          `fetch failed: value of header ${shownName(String(name))} has a control character`,
        );
    }
    throw error;
  }
}

/** It names a host by what is left out of it, so a look at how it begins did not show that it does. */
function hiddenHost(text: string): InvalidURL {
  return new InvalidURL(
    `${JSON.stringify(bareUrl(text))} is no path below the base URL: it begins with its scheme only once tabs, line ends and control characters are left out; write it without them`,
  );
}

/** What WHATWG's parser heeds of a URL: what it leaves out can hide no slash or dot from the rules of the base URL. */
function heeded(text: string): string {
  return trimmed(text.replaceAll(/[\t\n\r]/g, ""), (code) => code <= 0x20);
}

function bodyOf(given: unknown, from: Request | null): CallBody | null {
  // The kinds are looked at where it is sent.
  if (given != null) return { value: given as CallBody["value"], isOfRequest: false, isForm: false };
  const value = from?.body ?? null;
  if (from === null || value === null) return null;
  if (from.bodyUsed || value.locked)
    throw new TypeError("the Request's body was read already, or somebody else reads it");
  return { value, isOfRequest: true, isForm: isMultipart(from.headers.get("content-type") ?? "") };
}

/** Is it one of those that are read once? */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === "object" && value !== null && (isReadableStream(value) || Symbol.asyncIterator in value)
  );
}

function signalOf(given: object | null, from: Request | null): AbortSignal | null {
  const own = member(given, "signal");
  // The signal of the new Request is another one, and is gone when nobody holds that Request any more.
  const signal = own === undefined ? (from?.signal ?? null) : own;
  if (signal !== null && !isAbortSignal(signal)) throw mustBe("signal", "an AbortSignal or null", signal);
  return signal;
}

/** Those of `names` that are given. */
function members(of: object | null, names: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const value = member(of, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** A property of an object or of a class of it, such as the getters of a `Request`; not of Object.prototype. */
function member(of: object | null, name: string): unknown {
  for (
    let holder = of;
    holder !== null && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder) as object | null
  )
    if (Object.hasOwn(holder, name)) return Reflect.get(holder, name, of);
  return undefined;
}
