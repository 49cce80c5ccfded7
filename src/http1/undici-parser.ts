/**
 * Tunes undici's parser of a connection: it is undici's own object, with some methods laid over (`engine.ts` does that once
 * a connection). What is changed, and why:
 *
 * - an unasked `100 Continue` is skipped as the other 1xx are, not taken for an attack (RFC 9110 §15.2);
 * - tabs at the end of a field value are no part of it;
 * - blanks behind the digits of `Content-Length` are no digits (RFC 9110 §5.5);
 * - the head is taken as bytes came: reason phrase in latin-1, names in their case, and once only;
 * - what is not a body is bounded: reason phrase, chunk extensions and endless 1xx have no limit in undici, header fields one
 *   that does not tell how many came;
 * - a connection may stay open though the response is whole and its last one: the body of the request is still going out;
 * - timers: undici's are coarse and one more per request; ours are in `connect/read-clock.ts` and `transport/pools.ts`.
 */

import { withoutBlanks } from "../core/received-text.ts";
import type { WireHead } from "../core/response.ts";
import { protocolHint } from "../connect/hints.ts";
import { ResponseOverflow, type ResponseLimits } from "../core/response-limits.ts";

/** What came is no HTTP/1 response. */
export class ResponseSyntaxError extends Error {
  override readonly name: string = "ResponseSyntaxError";
  /** Do the header fields contradict each other about where the body ends? */
  readonly framing: boolean;

  constructor(message: string, framing: boolean) {
    super(message);
    this.framing = framing;
  }
}

/** The peer sends on and on without getting to the body, or on in it. */
export class ResponseFloodError extends Error {
  override readonly name: string = "ResponseFloodError";
}

/** What a tuned parser remembers beside undici's own fields. */
export interface TunedParser extends UndiciParser {
  /** Told of the final head. */
  takeHead: (head: WireHead) => void;
  /** Told of the others, but of a switch of protocols. */
  takeInformational: (status: number, fields: string[]) => void;
  /** Has anything come since the request went out? */
  heard: boolean;
  /** When it came last, in milliseconds of the monotonic clock. */
  heardAt: number;
  /** Is the head through? */
  headDone: boolean;
  reason: string;
  /** What is being read. */
  chunk: Uint8Array | null;
  readonly limits: ResponseLimits;
  /** Bytes that came since the body last grew, those of the last read with them. */
  quietBytes: number;
  quietLimit: number;
  bodyBytesSeen: number;
  /** Leave the fields in the parser: somebody listens to undici's channel. */
  keepFields: () => boolean;
}

/** What undici asserts before a head. */
const TIMEOUT_HEADERS = 3;
/** Codes of llhttp: unexpected or invalid Content-Length, invalid Transfer-Encoding. */
const FRAMING_CODES: ReadonlySet<number> = new Set([4, 11, 15]);
/** What may come beside a header section and belongs to no body: chunk sizes, small chunks' extensions. */
const SLACK_BYTES = 65_536;
const NO_FIELDS: Uint8Array[] = [];

let isAnyAtWork = false;

/** Is a parser at work, of whatever connection? They share their memory: another one must not begin meanwhile. */
export function isParsing(): boolean {
  return isAnyAtWork;
}

/** Lays our methods over those of `parser`. */
export function tuneParser(
  parser: UndiciParser,
  given: {
    readonly takeHead: (head: WireHead) => void;
    readonly takeInformational: (status: number, fields: string[]) => void;
    readonly keepFields: () => boolean;
    readonly limits: ResponseLimits;
  },
): TunedParser {
  return Object.assign(parser, {
    takeHead: given.takeHead,
    takeInformational: given.takeInformational,
    keepFields: given.keepFields,
    heard: false,
    heardAt: 0,
    headDone: false,
    reason: "",
    chunk: null,
    quietBytes: 0,
    limits: given.limits,
    quietLimit: 2 * (given.limits.maxHeaderBytes + SLACK_BYTES),
    bodyBytesSeen: 0,
    setTimeout: noteTimeout,
    trackHeader: countHeader,
    execute: executeBounded,
    onStatus: takeReason,
    onHeadersComplete: completeHead,
    createError: describeError,
  });
}

/** A request goes out. */
export function expectResponse(parser: TunedParser): void {
  parser.timeoutType = TIMEOUT_HEADERS;
  parser.heard = false;
  parser.headDone = false;
  parser.reason = "";
  parser.quietBytes = 0;
}

/** undici asserts which of its timers is running, so that much it is given. */
function noteTimeout(this: TunedParser, _delayMs: number, type: number): void {
  this.timeoutType = type;
}

function executeBounded(this: TunedParser, chunk: Uint8Array): void {
  if (!this.heard) blankTabs(chunk as Buffer); // what sockets give
  this.heard = true;
  // Once for all that is told of this read.
  this.heardAt = performance.now();
  if (this.bytesRead !== this.bodyBytesSeen) {
    this.bodyBytesSeen = this.bytesRead;
    this.quietBytes = 0;
  }
  // Of what came before: most of a large piece is body, and how much of it shows only afterwards.
  if (this.quietBytes > this.quietLimit) {
    this.socket.destroy(
      this.headDone
        ? new ResponseFloodError(`${this.quietBytes} bytes came that belong to no body`)
        : new ResponseOverflow(this.limits, "maxHeaderBytes", this.quietBytes),
    );
    return;
  }
  this.quietBytes += chunk.byteLength;
  this.chunk = chunk;
  isAnyAtWork = true;
  try {
    original(this).execute.call(this, chunk);
  } finally {
    isAnyAtWork = false;
    this.chunk = null;
  }
}

/** Names and values of a section, as they come. */
function countHeader(this: TunedParser, bytes: number): void {
  this.headersSize += bytes;
  if (this.headersSize > this.limits.maxHeaderBytes && !this.socket.destroyed)
    this.socket.destroy(new ResponseOverflow(this.limits, "maxHeaderBytes", this.headersSize));
}

/** llhttp gives the phrase in pieces, as the reads fell. */
function takeReason(this: TunedParser, text: Uint8Array): number {
  this.reason += latin1(text, 0, text.byteLength);
  return 0;
}

function completeHead(this: TunedParser, status: number, upgrade: boolean, keepAlive: boolean): number {
  // The connection was ended for a header section that is too long, and llhttp has not heard of it.
  if (this.socket.destroyed) return -1;
  if (status < 200) {
    this.reason = "";
    if (status !== 101) this.takeInformational(status, textOf(this.headers, this.chunk));
    // The listener may have ended it all.
    if (this.socket.destroyed) return -1;
    return original(this).onHeadersComplete.call(this, status === 100 ? 103 : status, upgrade, keepAlive);
  }
  this.headDone = true;
  const { llhttp, ptr } = this;
  const fields = textOf(this.headers, this.chunk);
  if (this.contentLength !== -1) this.contentLength = declaredLength(fields);
  else {
    const problem = codingProblem(fields, llhttp.llhttp_message_needs_eof(ptr) !== 0);
    if (problem !== null) {
      this.socket.destroy(new ResponseSyntaxError(problem, true));
      return -1;
    }
  }
  this.takeHead({
    status,
    // Blanks around the phrase are no part of it, as in requests.
    reason: withoutBlanks(this.reason),
    fields,
    httpVersion: `${llhttp.llhttp_get_http_major(ptr)}.${llhttp.llhttp_get_http_minor(ptr)}`,
  });
  // undici would make an object of the fields that nobody looks at.
  if (!this.keepFields()) this.headers = NO_FIELDS;
  return original(this).onHeadersComplete.call(this, status, upgrade, keepAlive);
}

/** Asks, when a response is whole, whether the connection is to stay open, whatever the response said of it. */
export function keepOpen(parser: TunedParser, staysOpen: () => boolean): void {
  parser.onMessageComplete = () => {
    if (parser.headDone && staysOpen()) parser.shouldKeepAlive = true;
    return original(parser).onMessageComplete.call(parser);
  };
}

/** undici calls every error before the body a wrong length when there is a `Content-Length`, and quotes what came. */
function describeError(this: TunedParser, code: number, data: Uint8Array): Error {
  if (!this.headDone) this.contentLength = -1;
  const error = original(this).createError.call(this, code, data);
  if (!("data" in error)) return error;
  // llhttp's own words stand in parentheses.
  const reason = /\((.+)\)$/.exec(error.message)?.[1] ?? error.message;
  const hint = this.headDone || this.chunk === null ? "" : protocolHint(this.chunk);
  return new ResponseSyntaxError(
    `not HTTP/1.1 (${reason})${hint}`,
    !this.headDone && FRAMING_CODES.has(code),
  );
}

function original(parser: TunedParser): UndiciParser {
  return Object.getPrototypeOf(parser) as UndiciParser; // our methods lie on the object, undici's on its class
}

/**
 * Names and values as text, values without white space at their ends (RFC 9112 §5): llhttp leaves it at the end.
 *
 * A section mostly lies in one read. Then it is made text once and cut: a call into Node for each of them costs more than all
 * else that is done to a head.
 */
function textOf(raw: readonly Uint8Array[], chunk: Uint8Array | null): string[] {
  const fields: string[] = [];
  const from = raw[0]?.byteOffset ?? 0;
  const section = chunk === null ? null : sectionIn(raw, chunk);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as Uint8Array; // at is below the length
    const value = raw[at + 1] as Uint8Array;
    let end = value.byteLength;
    while (end > 0 && (value[end - 1] === 0x20 || value[end - 1] === 0x09)) end--;
    if (section === null) {
      fields.push(latin1(name, 0, name.byteLength), latin1(value, 0, end));
    } else {
      const nameAt = name.byteOffset - from;
      const valueAt = value.byteOffset - from;
      fields.push(section.slice(nameAt, nameAt + name.byteLength), section.slice(valueAt, valueAt + end));
    }
  }
  return fields;
}

/** The section as text, from its first name to its last value; `null` when a part of it came in another read. */
function sectionIn(raw: readonly Uint8Array[], chunk: Uint8Array): string | null {
  const { buffer, byteOffset: start } = chunk;
  let last = start;
  for (const part of raw) {
    // undici joins what came in two reads: that lies elsewhere.
    if (part.buffer !== buffer || part.byteOffset < last) return null;
    last = part.byteOffset + part.byteLength;
  }
  const [first] = raw;
  if (first === undefined || last > start + chunk.byteLength) return null;
  return latin1(chunk, first.byteOffset - start, last - start);
}

/** llhttp has refused by now what is no number, or two numbers. */
function declaredLength(fields: readonly string[]): number {
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] as string;
    if (name.length === 14 && name.toLowerCase() === "content-length") return Number(fields[at + 1]);
  }
  return -1;
}

/**
 * What is wrong with the transfer codings; `null` for nothing. We send no `TE`, so there must be none but chunks (RFC 9112
 * §7.4), and nobody would undo another: the caller would get compressed bytes for the body. Chunks that are named twice are
 * there once. And where chunks are named, chunks must be what is read: else their sizes would be taken for the body.
 *
 * @param runsToEnd the body is taken to be all that comes.
 */
function codingProblem(fields: readonly string[], runsToEnd: boolean): string | null {
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] as string;
    if (name.length !== 17 || name.toLowerCase() !== "transfer-encoding") continue;
    const value = fields[at + 1] as string;
    if (!/^(?:identity|chunked(?:[ \t]*,[ \t]*chunked)*)?$/i.test(value))
      return "a Transfer-Encoding that nobody asked for";
    if (runsToEnd && /chunked/i.test(value)) return "a Transfer-Encoding that does not end with chunks";
  }
  return null;
}

const HTAB = 0x09;
const SP = 0x20;
const CR = 0x0d;

/**
 * Tabs at the end of field values become blanks, as which they count (RFC 9110 §5.5): llhttp takes them for a part of the
 * value, and no chunks for chunks. Done to the first read of a response, up to the end of its head. When the field lies in a
 * later one, {@link codingProblem} refuses it.
 */
function blankTabs(chunk: Buffer): void {
  let at = chunk.indexOf(HTAB);
  if (at === -1) return;
  const last = headsIn(chunk);
  while (at !== -1 && at < last) {
    let next = at + 1;
    while (chunk[next] === SP || chunk[next] === HTAB) next++;
    if (chunk[next] === CR) chunk.fill(SP, at, next);
    at = chunk.indexOf(HTAB, next);
  }
}

/** How many bytes at the beginning are heads: interim ones, and the one behind them. */
function headsIn(chunk: Buffer): number {
  for (let from = 0; ;) {
    const end = chunk.indexOf("\r\n\r\n", from, "latin1");
    if (end === -1) return chunk.byteLength;
    // HTTP/1.1 1xx
    if (chunk[from + 9] !== 0x31) return end;
    from = end + 4;
  }
}

/** Names and values of trailers. */
export function trailersOf(raw: readonly Uint8Array[] | null): string[] {
  return raw === null ? [] : textOf(raw, null);
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return (bytes as Buffer).toString("latin1", from, to); // undici's parser gives Buffers
}
