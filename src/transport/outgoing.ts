/**
 * What goes on the wire of a request, for both protocols: target, fields, and how the end of the body is told (RFC 9112 §3, §6).
 * `http1/request-writer.ts` writes it as text, `http2/fields.ts` says it with pseudo-fields.
 *
 * Everything is checked once more here, whoever made the request: nothing invalid goes on the wire.
 */
import type { Body } from "../core/body.ts";
import { InvalidBody, InvalidHeader, InvalidMethod, InvalidURL } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { isToken } from "../core/method.ts";
import { shownMethod, shownName } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { Framing, HeaderSection } from "../core/request-head.ts";

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

/** A request in the form in which it is sent. */
export interface Outgoing {
  readonly target: string;
  readonly section: HeaderSection;
  readonly body: Body | null;
}

/** What may stand in the value of a field, one byte a character (RFC 9110 §5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
/** `close` among the options of a `Connection` field. */
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;

/**
 * Decides what goes out of `request`.
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
  if (method !== "GET" && !isToken(method))
    throw new InvalidMethod(`method ${JSON.stringify(shownMethod(method))} is not a token (RFC 9110 §9.1)`);
  const target = way.isForwarded ? parsed.absolute : parsed.target;
  if (!TARGET.test(target))
    throw new InvalidURL("the path or query has a character that must be encoded", { request });
  const framing = framingOf(request);
  return {
    target,
    section: memo.get(request.headers, parsed.authority, framing, way),
    body: payload?.kind === "bytes" && payload.bytes.byteLength === 0 ? null : payload,
  };
}

/** Remembers the header section that was made last on a way: most requests of a session say the same. */
export class SectionMemo {
  #identity: object | null = null;
  #authority = "";
  #section: HeaderSection = { fields: [], authority: "", framing: "none", isLast: false };

  /** The section of a request with these headers. Always asked with the same `way`. @throws {InvalidHeader} */
  get(headers: HeaderMap, authority: string, framing: Framing, way: Way): HeaderSection {
    const { identity } = headers;
    const last = this.#section;
    if (identity === this.#identity && framing === last.framing && authority === this.#authority) return last;
    assertSingle(headers);
    const growing = new GrowingSection(authority, way, framing, last.fields);
    const wire = way.proxyHeaders === null ? headers.toWire() : withProxyHeaders(headers, way.proxyHeaders);
    for (let at = 0; at + 1 < wire.length; at += 2) growing.add(wire[at] as string, wire[at + 1] as string); // below the length
    this.#section = growing.finish();
    this.#identity = identity;
    this.#authority = authority;
    return this.#section;
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

/** A header section as it grows. */
class GrowingSection {
  readonly #fields: string[] = [];
  readonly #authority: string;
  /** The caller's. */
  #host: string | null = null;
  #hasFraming = false;
  #proxyAuthorization: string | null;
  #isLast = false;
  readonly #isForwarded: boolean;
  readonly #framing: Framing;
  /** Fields of another section, which are checked: those of this one mostly differ in one or two. */
  readonly #checked: readonly string[];

  constructor(authority: string, way: Way, framing: Framing, checked: readonly string[]) {
    this.#checked = checked;
    this.#isForwarded = way.isForwarded;
    this.#proxyAuthorization = way.proxyAuthorization;
    this.#framing = framing;
    this.#authority = authority;
    this.#push("Host", authority);
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
        if (this.#host !== null) throw new InvalidHeader("there is more than one Host header");
        this.#host = value;
        break;
      case "connection":
        if (CLOSE.test(value)) this.#isLast = true;
        break;
      default:
        break;
    }
    this.#push(name, value);
  }

  /** The whole section, with what the request left to us. */
  finish(): HeaderSection {
    if (this.#proxyAuthorization !== null) this.#push("Proxy-Authorization", this.#proxyAuthorization);
    this.#frame();
    return {
      // The first is that of the URL.
      fields: this.#host === null ? this.#fields : this.#fields.slice(2),
      authority: this.#host ?? this.#authority,
      framing: this.#framing,
      isLast: this.#isLast,
    };
  }

  /**
   * One field says where the body ends, never two, whatever the request has: a request that is framed in two ways is how
   * requests are smuggled (RFC 9112 §6.3).
   */
  #frame(): void {
    if (this.#hasFraming || this.#framing === "none") return;
    this.#hasFraming = true;
    if (this.#framing === "chunked") this.#push("Transfer-Encoding", "chunked");
    else this.#push("Content-Length", String(this.#framing));
  }

  #push(name: string, value: string): void {
    const place = this.#fields.length;
    if (this.#checked[place] !== name || this.#checked[place + 1] !== value) assertField(name, value);
    this.#fields.push(name, value);
  }
}

/** @throws {InvalidHeader} for what must not go on the wire. */
function assertField(name: string, value: string): void {
  if (isToken(name) && VALUE.test(value)) return;
  throw new InvalidHeader(
    `header ${shownName(name)} or its value has a character that must not go on the wire`,
  );
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
