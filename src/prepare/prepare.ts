/**
 * Preparing: what is wanted becomes what is sent: method, URL, headers and body, in this order.
 *
 * Cookies and credentials are not put on here: they depend on the jar and on the origin.
 */
import { isAbsolute, joinBase } from "../core/base-url.ts";
import { isUrl } from "../core/realm.ts";
import type { Body } from "../core/body.ts";
import { mustBe } from "../core/checks.ts";
import { InvalidHeader, InvalidMethod, MissingSchema } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { IDEMPOTENCY_KEY, isToken } from "../core/method.ts";
import { bareUrl } from "../core/redact.ts";
import { frame, PreparedRequest } from "../core/request.ts";
import { appendQuery, isHttpLike, isPath, parseRawUrl, parseUrl, type Url } from "../core/url.ts";
import { chooseBody, type BodyOptions } from "./body.ts";

/** What is wanted, after merging. */
export interface Wanted {
  readonly method: string;
  /** As {@link targetOf} gave it. */
  readonly target: Url | string;
  /** Merged. Taken over: what the body needs is added to it. */
  readonly headers: HeaderMap;
  /** Is the `Content-Type` in the headers one of a session or a scope? Asked when there is a body. Absent: it is not. */
  readonly isTypeInherited?: () => boolean;
  /** Encoded query to append, `""` for none. */
  readonly query: string;
  /** `data`, `json` and `files`. */
  readonly options: BodyOptions;
  /** Gives a random boundary, 32 hex digits. Called for multipart only. */
  readonly boundary: () => string;
  /** Ask the server before the body is sent? */
  readonly expectsContinue: boolean;
  /** To be sent as `Idempotency-Key`, unless the headers have one; `null` for none. */
  readonly idempotencyKey: string | null;
  /**
   * Is it a call of fetch? Its method is sent as it is spelled, and not in upper case, and its `Content-Type` whatever the body
   * is. Default: `false`.
   */
  readonly isFetch?: boolean;
}

/**
 * Prepares a request. Its dress is "caller" when a `Cookie` header was given.
 *
 * @throws {InvalidMethod | InvalidURL | InvalidHeader | InvalidJSONError | TypeError} for what cannot be sent.
 */
export function prepare(wanted: Wanted): PreparedRequest {
  const { headers } = wanted;
  const method = prepareMethod(wanted.method, wanted.isFetch ?? false);
  const target = wanted.query === "" ? wanted.target : withQuery(wanted.target, wanted.query);
  const payload = prepareBody(method, wanted);
  if (wanted.expectsContinue && payload !== null && !headers.has("expect"))
    headers.set("Expect", "100-continue");
  if (wanted.idempotencyKey !== null && !headers.has(IDEMPOTENCY_KEY))
    headers.set(IDEMPOTENCY_KEY, wanted.idempotencyKey);
  return new PreparedRequest({
    method,
    url: typeof target === "string" ? target : target.href,
    parsed: typeof target === "string" ? null : target,
    headers,
    payload,
    dress: headers.has("cookie") ? "caller" : "bare",
  });
}

/** @throws {InvalidMethod} unless it is a token. */
function prepareMethod(method: unknown, keepsCase: boolean): string {
  if (method === "GET") return method;
  if (typeof method !== "string")
    throw mustBe("method", "a string", method, ": write request(method, url, options)");
  // Before upper case: that may turn a letter which no token has into two which all have.
  if (!isToken(method)) {
    const hint = method.includes("/") ? ": write request(method, url, options)" : "";
    throw new InvalidMethod(
      `method ${JSON.stringify(bareUrl(method))} is not a token (RFC 9110 §5.6.2)${hint}`,
    );
  }
  return keepsCase ? method : method.toUpperCase();
}

/**
 * Where a request goes. URLs of other schemes stay text: they are their adapter's, untouched and without params.
 *
 * @param baseUrl what does not begin with `scheme://` goes on from it; `null` for none.
 * @param rawUrl path and query stay as they were typed.
 * @throws {InvalidURL | MissingSchema}
 */
export function targetOf(given: string | URL, baseUrl: Url | null, rawUrl: boolean = false): Url | string {
  const written = textOf(given);
  const base = baseUrl === null || typeof given !== "string" || isAbsolute(written) ? null : baseUrl;
  const text = base === null ? written : joinBase(base, written);
  if (!isHttpLike(text)) {
    if (/^[/?#.]/.test(text)) throw noScheme(text);
    return text;
  }
  const url = parsed(text, rawUrl);
  // An absolute URL brings its own user info or has none.
  return base === null || base.userinfo === null ? url : url.with({ userinfo: base.userinfo });
}

function parsed(text: string, rawUrl: boolean): Url {
  try {
    return rawUrl ? parseRawUrl(text) : parseUrl(text);
  } catch (error) {
    if (error instanceof MissingSchema) throw noScheme(text);
    throw error;
  }
}

/** In the place of the URL, they have changed places. */
const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|QUERY|TRACE)$/i;

function noScheme(text: string): MissingSchema {
  const shown = bareUrl(text);
  if (METHOD.test(text))
    return new MissingSchema(
      `no scheme in URL ${JSON.stringify(text)}: the method comes first, as in request("${text.toUpperCase()}", url, options)`,
    );
  const advice = isPath(text)
    ? ": a relative URL"
    : `; perhaps you meant https://${shown.replace(/^\/+/, "")}? A relative URL`;
  return new MissingSchema(
    `no scheme in URL ${JSON.stringify(shown)}${advice} needs a session with a baseUrl`,
  );
}

function withQuery(target: Url | string, query: string): Url | string {
  return typeof target === "string" ? target : appendQuery(target, query);
}

function textOf(url: unknown): string {
  if (typeof url === "string") return url.trimStart();
  if (isUrl(url)) return url.href;
  const advice = ": write get(url, options) or request(method, url, options)";
  throw mustBe("url", "a string or a URL", url, advice);
}

function prepareBody(method: string, wanted: Wanted): Body | null {
  const { headers, options, boundary, isTypeInherited, isFetch } = wanted;
  const { data, json, files } = options;
  if (data == null && json === undefined && files == null) return frameAsGiven(method, headers, null);
  const type = headers.get("content-type");
  const isInherited = type !== null && isTypeInherited?.() === true;
  const standing = isInherited ? "inherited" : isFetch === true ? "final" : "own";
  const { payload, contentType } = chooseBody(options, type, boundary, standing);
  const framed = frameAsGiven(method, headers, payload);
  if (contentType !== null) headers.set("Content-Type", contentType);
  return framed;
}

/** Frames the body; a caller's `Content-Length` stands where nothing better is known. */
function frameAsGiven(method: string, headers: HeaderMap, payload: Body | null): Body | null {
  const length = headers.get("content-length");
  if (length !== null && payload === null) {
    // Nothing to measure: the caller knows why (PARITY BOD-14).
    checkedLength(length);
    headers.delete("transfer-encoding");
    return null;
  }
  // The caller's length of a stream is the only one there is: whoever sends the body holds it to that (PARITY BOD-15).
  const isOpenEnded = payload !== null && payload.kind === "stream" && payload.length === null;
  const framed: Body | null =
    length !== null && isOpenEnded ? { ...payload, length: checkedLength(length) } : payload;
  frame(headers, method, framed);
  return framed;
}

/** @throws {InvalidHeader} unless it is one number (RFC 9110 §8.6). */
function checkedLength(value: string): number {
  const length = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(length))
    throw new InvalidHeader("Content-Length must be one whole number of bytes");
  return length;
}
