/**
 * The request as bytes: request line, header section, and which way the body goes (RFC 9112 §3, §6). HTTP/2 has its head from here,
 * too: `http2/sent-head.ts` reads it back from the text.
 *
 * Everything is checked once more here, whoever made the request: nothing invalid goes on the wire.
 */
import type { Body } from "../core/body.ts";
import { InvalidBody, InvalidHeader, InvalidMethod, InvalidURL } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { isToken } from "../core/method.ts";
import { shownMethod, shownName } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";

/** What the way of a request does to its head. */
export interface Way {
  /**
   * A proxy gets the whole URL in the request line (RFC 9112 §3.2.2), and nothing is encrypted. On any other way the request
   * goes to the server, be it through a tunnel: what is meant for proxies must not be in it (RFC 9110 §11.7.2,
   * CVE-2023-32681 in requests).
   */
  readonly isForwarded: boolean;
  /** The value of `Proxy-Authorization` that follows from the proxy's URL, for a request that has none. */
  readonly proxyAuthorization: string | null;
  /** Fields for the proxy that the request goes to; `null` for none. */
  readonly proxyHeaders: HeaderMap | null;
}

/** How the end of a body is told: its length in bytes, in chunks, or there is none. */
type Framing = number | "chunked" | "none";

/** A request in the form in which it is sent. */
export interface Outgoing {
  readonly target: string;
  /** Request line and fields, with the empty line. */
  readonly head: string;
  readonly body: Body | null;
  readonly framing: Framing;
  /** The caller asked for `Connection: close`. */
  readonly isLast: boolean;
}

/** A field line: a token, and what may stand in a value, one byte a character (RFC 9110 §5.1, §5.5). */
const FIELD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*$/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
/** `close` among the options of a `Connection` field. */
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;

/**
 * Writes the head of `request`.
 *
 * @param memo of the way, when it has one.
 * @throws {InvalidMethod | InvalidURL | InvalidHeader} for what must not go on the wire.
 * @throws {InvalidBody} when `Content-Length` is not the length of the body.
 */
export function outgoing(
  request: PreparedRequest,
  way: Way,
  memo: SectionMemo = new SectionMemo(),
): Outgoing {
  const { method, payload, parsed } = request;
  // Tunnels are opened on the way to a server, by a proxy, and never as a request of their own.
  if (method === "CONNECT") throw new InvalidMethod("CONNECT cannot be sent; set a proxy to have a tunnel");
  if (!isToken(method))
    throw new InvalidMethod(`method ${JSON.stringify(shownMethod(method))} is not a token (RFC 9110 §9.1)`);
  const target = way.isForwarded ? parsed.absolute : parsed.target;
  if (!TARGET.test(target))
    throw new InvalidURL("the path or query has a character that must be encoded", { request });
  const framing = framingOf(request);
  const { text, isLast } = memo.get(request, framing, way);
  return {
    target,
    head: `${method} ${target} HTTP/1.1\r\n${text}\r\n`,
    body: payload?.kind === "bytes" && payload.bytes.byteLength === 0 ? null : payload,
    framing,
    isLast,
  };
}

/** A header section, and whether it says that the connection ends. */
interface Written {
  readonly text: string;
  readonly isLast: boolean;
}

/** Remembers the header section that was written last on a way: most requests of a session say the same. */
export class SectionMemo {
  #fields: object | null = null;
  #framing: Framing = "none";
  #authority = "";
  #written: Written = { text: "", isLast: false };
  readonly #lines = new LinesMemo();

  /** The section for `request`. Always asked with the same `way`. @throws {InvalidHeader} */
  get({ headers, parsed }: PreparedRequest, framing: Framing, way: Way): Written {
    const { authority } = parsed;
    const fields = headers.identity;
    if (fields === this.#fields && framing === this.#framing && authority === this.#authority)
      return this.#written;
    assertSingle(headers);
    const section = new Section(way, framing, this.#lines);
    const wire = way.proxyHeaders === null ? headers.toWire() : withProxyHeaders(headers, way.proxyHeaders);
    for (let at = 0; at + 1 < wire.length; at += 2) section.add(wire[at] as string, wire[at + 1] as string); // below the length
    this.#written = { text: section.finish(authority), isLast: section.isLast };
    this.#fields = fields;
    this.#framing = framing;
    this.#authority = authority;
    return this.#written;
  }
}

/**
 * Fields that are no lists, and so must stand once (RFC 9110 §5.3): of two, each who reads them may believe another one. That
 * of `Host` and of the framing is seen elsewhere.
 */
const SINGLE: ReadonlySet<string> = new Set([
  "access-control-allow-credentials",
  "access-control-max-age",
  "access-control-request-method",
  "age",
  "authorization",
  "content-location",
  "content-md5",
  "content-range",
  "content-type",
  "date",
  "dnt",
  "etag",
  "expires",
  "from",
  "if-modified-since",
  "if-range",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "range",
  "referer",
  "retry-after",
  "tk",
  "upgrade-insecure-requests",
  "user-agent",
  "x-content-type-options",
]);

/** Must a field of this name, in any case, stand once? */
export function standsOnce(name: string): boolean {
  return SINGLE.has(name.toLowerCase());
}

function assertSingle(headers: HeaderMap): void {
  const twice = headers.repeated.find(standsOnce);
  if (twice !== undefined) throw new InvalidHeader(`there is more than one ${twice} header`);
}

/** Those for the proxy, unless the request has fields of that name: what is said of one request counts. */
function withProxyHeaders(headers: HeaderMap, forProxy: HeaderMap): string[] {
  return [...headers.toWire(), ...[...forProxy].filter(([name]) => !headers.has(name)).flat()];
}

/** The header section as it grows. */
class Section {
  #text = "";
  #hasHost = false;
  #hasFraming = false;
  #proxyAuthorization: string | null;
  isLast = false;
  readonly #isForwarded: boolean;
  readonly #framing: Framing;
  readonly #lines: LinesMemo;
  #count = 0;

  constructor(way: Way, framing: Framing, lines: LinesMemo) {
    this.#lines = lines;
    this.#isForwarded = way.isForwarded;
    this.#proxyAuthorization = way.proxyAuthorization;
    this.#framing = framing;
  }

  /** Adds a field as it is, unless it is one that this connection decides about. */
  add(name: string, value: string): void {
    // The length first: it tells most names apart without making another string.
    const key = isSpecialLength(name.length) ? name.toLowerCase() : "";
    switch (key) {
      case "content-length":
      case "transfer-encoding":
        this.#frame();
        return;
      case "proxy-authorization":
        this.#proxyAuthorization = null;
        if (!this.#isForwarded) return;
        break;
      case "host":
        // Two of them, and server and proxy may each believe another one (RFC 9112 §3.2).
        if (this.#hasHost) throw new InvalidHeader("there is more than one Host header");
        this.#hasHost = true;
        break;
      case "connection":
        if (CLOSE.test(value)) this.isLast = true;
        break;
      default:
        break;
    }
    this.#line(name, value);
  }

  /** The whole section, with what the request left to us. */
  finish(authority: string): string {
    if (this.#proxyAuthorization !== null) this.#line("Proxy-Authorization", this.#proxyAuthorization);
    this.#frame();
    return this.#hasHost ? this.#text : `Host: ${authority}\r\n${this.#text}`;
  }

  /**
   * One field says where the body ends, never two, whatever the request has: a request that is framed in two ways is how
   * requests are smuggled (RFC 9112 §6.3).
   */
  #frame(): void {
    if (this.#hasFraming || this.#framing === "none") return;
    this.#hasFraming = true;
    if (this.#framing === "chunked") this.#line("Transfer-Encoding", "chunked");
    else this.#line("Content-Length", String(this.#framing));
  }

  #line(name: string, value: string): void {
    this.#text += this.#lines.get(this.#count++, name, value);
  }
}

/** Remembers the lines that were written last, place by place: those of the next section mostly differ in one or two. */
class LinesMemo {
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  readonly #lines: string[] = [];

  /** The line of a field, with its end. @throws {InvalidHeader} */
  get(place: number, name: string, value: string): string {
    if (this.#names[place] === name && this.#values[place] === value) return this.#lines[place] as string; // they have the same length
    const line = `${name}: ${value}`;
    if (!FIELD.test(line)) {
      throw new InvalidHeader(
        `header ${shownName(name)} or its value has a character that must not go on the wire`,
      );
    }
    this.#names[place] = name;
    this.#values[place] = value;
    return (this.#lines[place] = `${line}\r\n`);
  }
}

function isSpecialLength(length: number): boolean {
  return length === 4 || length === 10 || length === 14 || length === 17 || length === 19;
}

/** Does the request want to hear `100 Continue` before its body is sent (RFC 9110 §10.1.1)? */
export function asksBefore({ payload, headers }: PreparedRequest): boolean {
  return payload !== null && headers.get("expect")?.toLowerCase() === "100-continue";
}

/** The caller's `Content-Length` of a stream is believed, and held to. */
function framingOf(request: PreparedRequest): Framing {
  const { payload } = request;
  const declared = declaredLength(request);
  if (payload === null) {
    if (declared !== null && declared > 0) throw mismatch(request, declared, "there is no body");
    return declared ?? "none";
  }
  const actual = payload.kind === "bytes" ? payload.bytes.byteLength : payload.length;
  if (declared !== null && actual !== null && declared !== actual)
    throw mismatch(request, declared, `the body has ${actual}`);
  return declared ?? actual ?? "chunked";
}

function declaredLength(request: PreparedRequest): number | null {
  const value = request.headers.get("content-length");
  if (value === null) return null;
  if (!/^\d{1,15}$/.test(value))
    throw new InvalidHeader(`Content-Length ${JSON.stringify(value)} is not one whole number`, { request });
  return Number(value);
}

function mismatch(request: PreparedRequest, declared: number, fact: string): InvalidBody {
  return new InvalidBody(`Content-Length says ${declared} bytes, but ${fact}`, { request });
}
