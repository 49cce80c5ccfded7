/**
 * The error tree. Everything that goes wrong with a request is one of these; names are requests'.
 *
 * ```text
 * RequestException
 * ├── HTTPError                   raiseForStatus() of a 4xx or 5xx
 * ├── ConnectionError             refused, reset, name not found, not HTTP
 * │   ├── ProxyError              the proxy, not the server
 * │   ├── SSLError                handshake or certificate
 * │   ├── AddressRefused          `addressPolicy` does not allow the address
 * │   └── HeadersTooLarge         more beside the body than the adapter takes
 * ├── Timeout                     phase "total": the whole call took too long
 * │   ├── ConnectTimeout          no connection in time; the server saw nothing
 * │   └── ReadTimeout             silence for too long, before or inside the body
 * ├── TooManyRedirects
 * ├── InvalidURL
 * │   ├── MissingSchema
 * │   ├── InvalidSchema
 * │   └── InvalidProxyURL
 * ├── InvalidHeader               also a response whose header section is not to be trusted
 * ├── InvalidMethod
 * ├── InvalidBody                 a body that was used before, is too long or too short
 * ├── InvalidJSONError
 * │   ├── JSONDecodeError
 * │   └── SchemaError             JSON, but not what the schema says
 * ├── ChunkedEncodingError        the body broke off, or its framing is wrong
 * ├── ContentDecodingError        gzip, deflate, br, zstd
 * │   └── TooManyCodings          more of them on one body than `maxCodings`
 * ├── ResponseTooLarge            more decoded bytes than `maxBodyBytes`
 * ├── StreamConsumedError         a body was read twice
 * ├── UnrewindableBodyError       a one-shot body would have to be sent again
 * ├── RetryError                  the last of several attempts had a status that is to be retried
 * ├── CookieConflictError         several cookies of one name
 * └── SessionClosed               the session was used after `close()`
 * ```
 *
 * Arguments of the wrong kind are `TypeError` and `RangeError`, not these. An abort by the caller is `signal.reason`.
 */
import type { HeaderMap } from "./headers.ts";
import { bareUrl, shownMethod } from "./redact.ts";
import type { PreparedRequest } from "./request.ts";
import type { AnyResponse } from "./response.ts";

/** Where in its life the request was. */
export type Phase =
  | "prepare"
  | "pool"
  | "connect"
  | "send"
  | "head"
  | "body"
  | "decode"
  | "total"
  | "redirect";

/** The least that an error tells of a request. */
export interface FailedRequest {
  /** Its method. */
  readonly method: string;
  /** Its URL, as it was given or prepared. */
  readonly url: string;
}

/** The least that is needed to make an error about a response. */
export interface FailedResponse {
  /** Its status code. */
  readonly status: number;
}

/** One try of a request that did not end it, or was not to: see `reason`. */
export interface Attempt {
  /** The method of its request. */
  readonly method: string;
  /** Without user info, query and fragment. */
  readonly url: string;
  /** Status of the response, or `null` when there was none. */
  readonly status: number | null;
  /** What went wrong, or `null` when there was a response. */
  readonly error: Error | null;
  /** How long was waited after it, in milliseconds. */
  readonly delayMs: number;
  /** Why no attempt followed, though the policy asked for one: the budget of the origin was used up. */
  readonly reason?: "budget";
}

/** What an error carries beside its message. */
export interface ExceptionDetails {
  /** The request that failed. The message ends with its method and URL. */
  readonly request?: FailedRequest | null;
  /** The response that there was. */
  readonly response?: FailedResponse | null;
  /** Where in its life the request was. */
  readonly phase?: Phase;
  /** The attempts before this one, oldest first. */
  readonly attempts?: readonly Attempt[];
  /** The error of the layer below. */
  readonly cause?: unknown;
}

const NO_DETAILS: ExceptionDetails = { request: null, response: null, cause: undefined };

/** The root: something went wrong with a request. */
export class RequestException extends Error {
  /** The name of the class. */
  override readonly name: string = "RequestException";
  /** Stable, for programs. */
  readonly code: string = "ERR_REQUEST";
  /** Where in its life the request was. */
  readonly phase: Phase;
  #details: ExceptionDetails;

  constructor(message: string, given: ExceptionDetails = {}) {
    // Own properties only: a polluted prototype must not make a request of something else.
    const details: ExceptionDetails = { ...NO_DETAILS, ...given };
    const { request, cause } = details;
    const where = request == null ? "" : `: ${shownMethod(request.method)} ${bareUrl(request.url)}`;
    // A reason of the layer below may be empty.
    super(
      (where === "" ? message : message.replace(/[:\s]+$/, "")) + where,
      cause === undefined ? undefined : { cause },
    );
    this.phase = details.phase ?? "prepare";
    this.#details = details;
  }

  /** The request that failed: method and URL as given when it could not be prepared. `null` outside of requests. */
  get request(): PreparedRequest | FailedRequest | null {
    return this.#details.request ?? null;
  }

  /** The response that there was, or `null`. */
  get response(): AnyResponse | null {
    return (this.#details.response ?? null) as AnyResponse | null; // rooms pass on what they got from there
  }

  /** The attempts before this one, oldest first; this one too, when the budget of its origin kept it from another. */
  get attempts(): readonly Attempt[] {
    return this.#details.attempts ?? [];
  }

  /** Adds what an outer stage knows; what is known already stays. The error keeps its identity and its stack. */
  annotate(details: ExceptionDetails): this {
    this.#details = { ...details, ...defined(this.#details) };
    return this;
  }

  /** Plain data for a log: no secret in it. */
  toJSON(): Record<string, unknown> {
    const { request, response } = this;
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      phase: this.phase,
      ...(request === null ? {} : { method: shownMethod(request.method), url: bareUrl(request.url) }),
      ...(response === null ? {} : { status: response.status }),
      ...(this.attempts.length === 0 ? {} : { attempts: this.attempts.length }),
    };
  }
}

function defined(details: ExceptionDetails): ExceptionDetails {
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** `raiseForStatus()` of a 4xx or 5xx. The message has the whole URL, less user info and values that look secret. */
export class HTTPError extends RequestException {
  override readonly name: string = "HTTPError";
  override readonly code: string = "ERR_HTTP_STATUS";

  constructor(message: string, details: ExceptionDetails = {}) {
    // The message names the URL itself, as requests' does (PARITY RSP-4).
    super(message, { ...details, request: null });
    this.annotate(details);
  }
}

/** No connection, or it ended before the response did. */
export class ConnectionError extends RequestException {
  override readonly name: string = "ConnectionError";
  override readonly code: string = "ERR_CONNECTION";
}

/** The proxy could not be reached, or refused. */
export class ProxyError extends ConnectionError {
  override readonly name: string = "ProxyError";
  override readonly code: string = "ERR_PROXY";
  /** Status of the proxy's answer to CONNECT, or `null` when there was none. */
  readonly status: number | null;
  /** Its header fields, or `null` when there was none. */
  readonly headers: HeaderMap | null;

  constructor(
    message: string,
    details: ExceptionDetails & { readonly status?: number; readonly headers?: HeaderMap } = {},
  ) {
    super(message, details);
    this.status = details.status ?? null;
    this.headers = details.headers ?? null;
  }
}

/** The TLS handshake failed, or the certificate is not to be trusted. */
export class SSLError extends ConnectionError {
  override readonly name: string = "SSLError";
  override readonly code: string = "ERR_SSL";
}

/** `addressPolicy` does not allow to connect there. Nothing was sent, and it is not tried again. */
export class AddressRefused extends ConnectionError {
  override readonly name: string = "AddressRefused";
  override readonly code: string = "ERR_ADDRESS_REFUSED";
  /** The addresses that were refused; none when it cannot be known where a proxy would connect to. */
  readonly addresses: readonly string[];

  constructor(message: string, details: ExceptionDetails & { readonly addresses: readonly string[] }) {
    super(message, details);
    this.addresses = details.addresses;
  }
}

/** Something took longer than allowed. */
export class Timeout extends RequestException {
  override readonly name: string = "Timeout";
  override readonly code: string = "ERR_TIMEOUT";
  /** The limit that it ran into, in milliseconds. */
  readonly limitMs: number;

  constructor(message: string, details: ExceptionDetails & { readonly limitMs: number }) {
    super(message + (details.limitMs <= LIKE_SECONDS ? " (times are milliseconds)" : ""), details);
    this.limitMs = details.limitMs;
  }
}

/** Up to here a time is more likely meant to be seconds: nobody waits so little. */
const LIKE_SECONDS = 60;

/** No connection in time: name look-up, TCP, proxy and TLS together. The server saw nothing of the request. */
export class ConnectTimeout extends Timeout {
  override readonly name: string = "ConnectTimeout";
  override readonly code: string = "ERR_CONNECT_TIMEOUT";
}

/** The server was silent for too long: before the head of the response, or inside the body. */
export class ReadTimeout extends Timeout {
  override readonly name: string = "ReadTimeout";
  override readonly code: string = "ERR_READ_TIMEOUT";
}

/** One redirect more than `maxRedirects`; `response` is the last one, with the others as its history. */
export class TooManyRedirects extends RequestException {
  override readonly name: string = "TooManyRedirects";
  override readonly code: string = "ERR_TOO_MANY_REDIRECTS";
}

/** The URL cannot be asked for. */
export class InvalidURL extends RequestException {
  override readonly name: string = "InvalidURL";
  override readonly code: string = "ERR_INVALID_URL";
}

/** The URL has no scheme. */
export class MissingSchema extends InvalidURL {
  override readonly name: string = "MissingSchema";
  override readonly code: string = "ERR_MISSING_SCHEMA";
}

/** No adapter is mounted for the URL's scheme. */
export class InvalidSchema extends InvalidURL {
  override readonly name: string = "InvalidSchema";
  override readonly code: string = "ERR_INVALID_SCHEMA";
}

/** The URL of a proxy is malformed, or its scheme unknown. */
export class InvalidProxyURL extends InvalidURL {
  override readonly name: string = "InvalidProxyURL";
  override readonly code: string = "ERR_INVALID_PROXY_URL";
}

/** A header cannot be sent as it is, or a received header section cannot be trusted. */
export class InvalidHeader extends RequestException {
  override readonly name: string = "InvalidHeader";
  override readonly code: string = "ERR_INVALID_HEADER";
}

/** The method is no token of RFC 9110 §5.6.2. */
export class InvalidMethod extends RequestException {
  override readonly name: string = "InvalidMethod";
  override readonly code: string = "ERR_INVALID_METHOD";
}

/** A request's body cannot be sent: used before, or not as long as its `Content-Length` says. */
export class InvalidBody extends RequestException {
  override readonly name: string = "InvalidBody";
  override readonly code: string = "ERR_INVALID_BODY";
}

/** A value cannot be written as JSON, or a body not read as JSON. */
export class InvalidJSONError extends RequestException {
  override readonly name: string = "InvalidJSONError";
  override readonly code: string = "ERR_INVALID_JSON";
}

/** The body is not JSON. The text is not in the message; `response` has it. */
export class JSONDecodeError extends InvalidJSONError {
  override readonly name: string = "JSONDecodeError";
  override readonly code: string = "ERR_JSON_DECODE";
  /** Offset of the first character that is wrong, or `null` when the parser did not tell. */
  readonly position: number | null;

  constructor(message: string, details: ExceptionDetails & { readonly position?: number | null } = {}) {
    super(message, details);
    this.position = details.position ?? null;
  }
}

/** One thing that a schema found wrong. */
export interface SchemaIssue {
  /** Keys and indexes that lead to what is wrong; empty for the whole value. */
  readonly path: readonly PropertyKey[];
  /** In the validator's words. What it quoted of the body is hidden. */
  readonly message: string;
}

/** The body is JSON, but its value does not fit the schema. No value is in it; `response` has them. */
export class SchemaError extends InvalidJSONError {
  override readonly name: string = "SchemaError";
  override readonly code: string = "ERR_SCHEMA";
  /** Everything that is wrong, in the validator's order. */
  readonly issues: readonly SchemaIssue[];

  constructor(message: string, details: ExceptionDetails & { readonly issues: readonly SchemaIssue[] }) {
    super(message, details);
    this.issues = details.issues;
  }
}

/** The body of the response broke off, or its framing is wrong. */
export class ChunkedEncodingError extends RequestException {
  override readonly name: string = "ChunkedEncodingError";
  override readonly code: string = "ERR_INCOMPLETE_BODY";
}

/** The body of the response is not what its `Content-Encoding` says. */
export class ContentDecodingError extends RequestException {
  override readonly name: string = "ContentDecodingError";
  override readonly code: string = "ERR_CONTENT_DECODING";
}

/** The body of the response has more content codings than `maxCodings`. None of them was taken off. */
export class TooManyCodings extends ContentDecodingError {
  override readonly name: string = "TooManyCodings";
  override readonly code: string = "ERR_TOO_MANY_CODINGS";
  /** The most that are allowed. */
  readonly limit: number;
  /** How many `Content-Encoding` names, `identity` not counted. */
  readonly found: number;

  constructor(message: string, details: ExceptionDetails & Pick<TooManyCodings, "limit" | "found">) {
    super(message, details);
    this.limit = details.limit;
    this.found = details.found;
  }
}

/** The response's body has more decoded bytes than `maxBodyBytes`, at its end or between two of its codings. */
export class ResponseTooLarge extends RequestException {
  override readonly name: string = "ResponseTooLarge";
  override readonly code: string = "ERR_RESPONSE_TOO_LARGE";
  /** The limit, in bytes. */
  readonly limitBytes: number;
  /** Bytes that were announced, or had come when it was given up; `null` when decoding was stopped at the limit. */
  readonly foundBytes: number | null;

  constructor(
    message: string,
    details: ExceptionDetails & { readonly limitBytes: number; readonly foundBytes?: number | null },
  ) {
    super(message, details);
    this.limitBytes = details.limitBytes;
    this.foundBytes = details.foundBytes ?? null;
  }
}

/** What a response has beside its body is more than the adapter takes. The connection is not used again. */
export class HeadersTooLarge extends ConnectionError {
  override readonly name: string = "HeadersTooLarge";
  override readonly code: string = "ERR_HEADERS_TOO_LARGE";
  /** The option that says how much it takes: `maxHeaderSize`, `maxHeaderCount` or `maxInformational`. */
  readonly option: string;
  /** Its value: bytes, fields, or responses. */
  readonly limit: number;
  /** How many had come when it was given up; `null` when nobody could count them. */
  readonly found: number | null;

  constructor(
    message: string,
    details: ExceptionDetails & Pick<HeadersTooLarge, "option" | "limit" | "found">,
  ) {
    super(message, details);
    this.option = details.option;
    this.limit = details.limit;
    this.found = details.found;
  }
}

/** The body of a response was consumed before. */
export class StreamConsumedError extends RequestException {
  override readonly name: string = "StreamConsumedError";
  override readonly code: string = "ERR_STREAM_CONSUMED";
}

/** A body that can be read only once would have to be sent again. */
export class UnrewindableBodyError extends RequestException {
  override readonly name: string = "UnrewindableBodyError";
  override readonly code: string = "ERR_UNREWINDABLE_BODY";
}

/** All attempts are used up, and the last response's status is one to be retried; `response` is that response. */
export class RetryError extends RequestException {
  override readonly name: string = "RetryError";
  override readonly code: string = "ERR_RETRY";
  /** What is used up: a count of the policy, or the budget of the origin. */
  readonly reason: "count" | "budget";

  constructor(message: string, details: ExceptionDetails & { readonly reason?: "count" | "budget" } = {}) {
    super(message, details);
    this.reason = Object.hasOwn(details, "reason") ? (details.reason ?? "count") : "count";
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), reason: this.reason };
  }
}

/** Several cookies have the name that was asked for: say which domain or path. */
export class CookieConflictError extends RequestException {
  override readonly name: string = "CookieConflictError";
  override readonly code: string = "ERR_COOKIE_CONFLICT";
}

/** The session was used after `close()`. */
export class SessionClosed extends RequestException {
  override readonly name: string = "SessionClosed";
  override readonly code: string = "ERR_SESSION_CLOSED";
}
