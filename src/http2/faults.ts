/** Why a stream or a connection of HTTP/2 ended, in words that say who ended it. */

/** Those that something is made of (RFC 9113 §7). */
export const errorCodes = { noError: 0, refusedStream: 7, http11Required: 13 } as const;

/** All of them, in their order. */
const CODES: readonly string[] = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

/** With these Node, too, ends a stream, when what the server sent breaks the rules. It does not say which of the two it was. */
const OURS_TOO: ReadonlySet<string> = new Set([
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "COMPRESSION_ERROR",
]);

function codeName(code: number): string {
  return CODES[code] ?? `code ${code}`;
}

/** What ended a stream or a connection before its time. */
export class Http2Fault extends Error {
  override readonly name: string = "Http2Fault";
  readonly code: string;

  constructor(message: string, code: string, cause?: Error) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** A stream was reset, on a connection that goes on. */
export function streamReset(code: number): Http2Fault {
  const name = codeName(code);
  const text = OURS_TOO.has(name)
    ? `the stream ended with ${name}: the server said so, or what it sent breaks the rules of HTTP/2`
    : `the server ended the stream: ${name}`;
  return new Http2Fault(text, `ERR_HTTP2_${name}`);
}

/** GOAWAY with an error code. */
export function connectionEnded(code: number): Http2Fault {
  const name = codeName(code);
  return new Http2Fault(`the server ended the connection: ${name}`, `ERR_HTTP2_${name}`);
}

/** The other side ended the connection without a word. */
export function connectionClosed(): Http2Fault {
  return new Http2Fault("the other side closed the connection", "ERR_HTTP2_CLOSED");
}

/** Node could not go on with a connection. */
export function sessionFault(error: Error): Error {
  if (!("code" in error) || error.code !== "ERR_HTTP2_ERROR") return error;
  return new Http2Fault(
    `what the server sent breaks the rules of HTTP/2: ${error.message}`,
    "ERR_HTTP2_ERROR",
    error,
  );
}
