/**
 * What went wrong below, in our words: one table from the errors of Node and the folders below to the tree of
 * `core/errors.ts`. What the caller threw (an iterable that fails, the reason of an abort) never comes here.
 */
import type { ProxySettings } from "../core/adapter.ts";
import {
  AddressRefused,
  ChunkedEncodingError,
  ConnectionError,
  ConnectTimeout,
  HeadersTooLarge,
  InvalidHeader,
  ProxyError,
  ReadTimeout,
  RequestException,
  SessionClosed,
  SSLError,
  type Phase,
} from "../core/errors.ts";
import type { PreparedRequest } from "../core/request.ts";
import { codeOf, ConnectFailure, ConnectOverdue, reasonOf, UnsentBody } from "../connect/failures.ts";
import { RefusedAddress } from "../connect/guard.ts";
import { ResponseOverflow } from "../core/response-limits.ts";
import { ResponseSyntaxError } from "../http1/syntax-error.ts";
import { proxyVariable } from "../proxy/select.ts";

/** Where a message was when it failed. */
export interface Circumstances {
  readonly request: PreparedRequest;
  readonly phase: Phase;
  /** The request went to a proxy in absolute form: who does not answer is the proxy. */
  readonly isForwarded: boolean;
  /** The proxies that were spoken of. */
  readonly proxies: ProxySettings;
  /** What came of the body, and how much of it was announced (`null`: nobody said). Asked when it broke off. */
  readonly body: { readonly received: number; readonly declared: number | null } | null;
  /** Had nothing come over the connection at all? */
  readonly isUnanswered: boolean;
}

/** `error` in our words. */
export function translate(error: Error, circumstances: Circumstances): RequestException {
  const { request, phase } = circumstances;
  // One reason for all requests that it ends: each has an error of its own.
  if (error instanceof SessionClosed) return new SessionClosed(error.message, { request, phase });
  if (error instanceof RequestException) return error.annotate({ request });
  if (error instanceof ConnectOverdue) {
    const by = error.phase === "connect" ? byVariable(circumstances, ", by way of the proxy of ") : "";
    return new ConnectTimeout(error.message + by, { request, phase: error.phase, limitMs: error.limitMs });
  }
  if (error instanceof ResponseOverflow) return headersTooLarge(error, circumstances);
  if (error instanceof ConnectFailure) return connectFailure(error, circumstances);
  if (error instanceof UnsentBody) return unsent(error, circumstances);
  if (isTlsError(error))
    return new SSLError(`TLS failed: ${reasonOf(error)}`, { request, phase, cause: error });
  return noResponse(error, circumstances);
}

function unsent(error: UnsentBody, circumstances: Circumstances): ConnectionError {
  const { Kind, by } = blamed(error, circumstances);
  return new Kind(error.message + by, { request: circumstances.request, phase: "send", cause: error.cause });
}

/** Whose failure it is: the proxy's that forwards the request, else the server's. */
function blamed(
  error: Error,
  circumstances: Circumstances,
): { readonly Kind: typeof ConnectionError | typeof ProxyError; readonly by: string } {
  return circumstances.isForwarded && !(error instanceof ResponseSyntaxError)
    ? { Kind: ProxyError, by: byVariable(circumstances) }
    : { Kind: ConnectionError, by: "" };
}

/** No answer, or no whole one. */
function noResponse(error: Error, circumstances: Circumstances): RequestException {
  const { request, phase } = circumstances;
  if (phase === "body") {
    return new ChunkedEncodingError(`the body broke off${extent(circumstances)}: ${reasonOf(error)}`, {
      request,
      phase,
      cause: error,
    });
  }
  if (error instanceof ResponseSyntaxError && error.kind === "framing") {
    return new InvalidHeader(`the response's header section is not to be trusted: ${error.message}`, {
      request,
      phase,
      cause: error,
    });
  }
  const hint = isSilentEnd(error, circumstances)
    ? " before it sent anything (as servers of TLS may, whose URL begins with https://)"
    : "";
  const { Kind, by } = blamed(error, circumstances);
  return new Kind(`no valid response: ${reasonOf(error)}${hint}${by}`, { request, phase, cause: error });
}

function extent({ body }: Circumstances): string {
  if (body === null) return "";
  return ` after ${body.received}${body.declared === null ? "" : ` of ${body.declared}`} bytes`;
}

/** Is it what many servers of TLS do when they are spoken to without? */
function isSilentEnd(error: Error, { request, isForwarded, isUnanswered }: Circumstances): boolean {
  const isEnd = ENDS.has(codeOf(error));
  return isEnd && isUnanswered && !isForwarded && request.parsed.scheme === "http";
}

const ENDS: ReadonlySet<string> = new Set(["ECONNRESET", "ERR_CONNECTION_ENDED"]);

/** Names the variable of the environment that chose the proxy: whoever set it may be somebody else. */
function byVariable({ request, proxies }: Circumstances, before: string = "; the proxy is that of "): string {
  const variable = proxyVariable(request.parsed, proxies);
  return variable === null ? "" : before + variable;
}

function headersTooLarge(error: ResponseOverflow, { request, phase }: Circumstances): HeadersTooLarge {
  const { message, option, limit, found } = error;
  const came = found === null ? "" : `; ${found} came`;
  return new HeadersTooLarge(`${message}, which is ${option} of the adapter${came}`, {
    request,
    phase,
    option,
    limit,
    found,
  });
}

/** The adapter that was to send it is closed. */
export function closed(): SessionClosed {
  return new SessionClosed("the adapter was closed");
}

/** Nothing came for `limitMs`. */
export function silence(limitMs: number, request: PreparedRequest, phase: Phase): ReadTimeout {
  const place = SILENCES[phase] ?? "";
  return new ReadTimeout(`read timeout after ${limitMs} ms${place}`, { request, phase, limitMs });
}

const SILENCES: { readonly [In in Phase]?: string } = {
  send: " of silence while the body was sent",
  head: " of silence before the response",
  body: " of silence inside the body of the response",
};

function connectFailure(failure: ConnectFailure, circumstances: Circumstances): RequestException {
  const { request } = circumstances;
  const { message, cause } = failure;
  switch (failure.step) {
    case "address":
      if (cause instanceof RefusedAddress) {
        const { addresses } = cause;
        return new AddressRefused(message, { request, phase: "connect", cause, addresses });
      }
      if (cause instanceof Error && isTlsError(cause))
        return new SSLError(`TLS failed: ${reasonOf(cause)}`, { request, phase: "connect", cause });
      return new ConnectionError(message, { request, phase: "connect", cause });
    case "proxy":
      return new ProxyError(message + byVariable(circumstances), {
        request,
        phase: "connect",
        // A program that sees which limit it was can raise it.
        cause: cause instanceof ResponseOverflow ? headersTooLarge(cause, circumstances) : cause,
        ...failure.answer,
      });
    case "tls":
      return new SSLError(message, { request, phase: "connect", cause });
    case "material":
      return new SSLError(message, { request, phase: "prepare", cause });
  }
}

/** OpenSSL's errors, and those of Node's certificate check. A refused client certificate arrives after the handshake. */
function isTlsError(error: Error): boolean {
  const code = codeOf(error);
  return (
    code === "EPROTO" ||
    code.startsWith("ERR_SSL_") ||
    code.startsWith("ERR_TLS_") ||
    code.startsWith("ERR_OSSL_")
  );
}
