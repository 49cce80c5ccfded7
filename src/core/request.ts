/**
 * PreparedRequest: what is sent. (`Request`, what is wanted, is in `options.ts`: it is the method, the URL and options.)
 *
 * A prepared request may be edited until it is sent; while it walks through the pipeline, stages hand on changed copies.
 */
import { factoryBody, lengthOf, rawBody, type Body, type RawBody } from "./body.ts";
import { mustBe } from "./checks.ts";
import { HeaderMap } from "./headers.ts";
import type { Origin } from "./origin.ts";
import { bareUrl, printAs, shownUrl } from "./redact.ts";
import { isHttpLike, parseRawUrl, type Url } from "./url.ts";

/**
 * What a request has of the two fields that depend on jar and credentials, `Cookie` and `Authorization`:
 *
 * - `"bare"`: nothing. Each message gets both.
 * - `"jar"`: those of an earlier message. Each message gets both anew, and no `Cookie` once the jar has none for it.
 * - `"caller"`: a `Cookie` that the caller wrote. It stands within its origin; `Authorization` is as with the others.
 * - `{ shown }`: what `prepareRequest()` showed, or a program made itself. The next message is sent as it stands; for those
 *   behind it `shown` holds.
 */
export type Dress = DressBehind | { readonly shown: DressBehind };
type DressBehind = "bare" | "jar" | "caller";

/** What holds for the messages behind the next one. */
export function dressBehind(dress: Dress): DressBehind {
  return typeof dress === "object" ? dress.shown : dress;
}

/** What a prepared request brings along for its way through the pipeline; opaque here, `CallPlan` in `options/settings.ts`. */
export interface Plan {
  readonly kind: "plan";
}

/** Everything a prepared request is made of. */
export interface PreparedParts {
  /** The method, as it is sent. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** The header fields. */
  readonly headers: HeaderMap;
  /** The body; `null` for none. */
  readonly payload: Body | null;
  /** @internal Default: `"bare"`. */
  readonly dress?: Dress;
  /** @internal */
  readonly plan?: Plan | null;
  /** @internal See {@link PreparedRequest.challenge}. */
  readonly challenge?: object | null | undefined;
  /** @internal `url` in parts, when it is known already: it is not parsed a second time then. */
  readonly parsed?: Url | null;
}

/** A request as it goes over the wire: method, URL, header fields and body. */
export class PreparedRequest {
  /** As sent: upper case, unless the caller's method has no upper case. */
  method: string;
  /**
   * Whole, with user info and fragment, which are never sent. Path and query are sent as they stand here, also when they were
   * changed by hand; what cannot stand in a request line is an {@link InvalidURL} when it is sent.
   */
  url: string;
  /** Header fields in the order in which they are sent. `Host` and `Connection` are added by the transport. */
  headers: HeaderMap;
  /** @internal */
  readonly dress: Dress;
  /**
   * @internal The response whose challenge this message answers, for the scheme that signs it; `null` for none, `undefined`
   * when nobody said.
   */
  readonly challenge: object | null | undefined;
  /** @internal Settings and cookies of the call that it was prepared for. */
  plan: Plan | null;
  #payload: Body | null;
  #parsed: Url | null = null;
  #parsedFrom = "";

  /** Takes the parts as they are: `session.prepareRequest()` is what prepares and checks them. */
  constructor(parts: PreparedParts) {
    this.method = parts.method;
    this.url = parts.url;
    this.headers = parts.headers;
    this.#payload = parts.payload;
    this.dress = parts.dress ?? "bare";
    this.challenge = parts.challenge;
    if (parts.parsed != null) {
      this.#parsed = parts.parsed;
      this.#parsedFrom = parts.url;
    }
    this.plan = parts.plan ?? null;
  }

  /** The bytes, or what the caller gave: a stream, a Blob, a function; `null` for none. To read it, open `payload`. */
  get body(): RawBody | (() => unknown) | null {
    if (this.#payload === null) return null;
    // Every stream body is made of one of these.
    return this.#payload.kind === "bytes"
      ? this.#payload.bytes
      : (this.#payload.source as RawBody | (() => unknown));
  }

  /**
   * Replaces the body; `Content-Length` and `Transfer-Encoding` follow it. A function is called for each
   * sending.
   *
   * @throws {TypeError} for anything but text, bytes, a Blob, a stream, an iterable or a function.
   */
  set body(data: RawBody | (() => unknown) | null) {
    this.#payload = data === null ? null : typeof data === "function" ? factoryBody(data) : rawBody(data);
    frame(this.headers, this.method, this.#payload);
  }

  /** The body as an adapter sends it: bytes, or a stream to open; `null` for none. */
  get payload(): Body | null {
    return this.#payload;
  }

  /** @internal The URL in parts. @throws {InvalidURL} when it was changed into what cannot be sent. */
  get parsed(): Url {
    if (this.#parsed === null || this.#parsedFrom !== this.url) {
      this.#parsed = parseRawUrl(this.url);
      this.#parsedFrom = this.url;
    }
    return this.#parsed;
  }

  /** @internal The scope of the request's credentials; `null` for a URL of a scheme without origin. */
  get origin(): Origin | null {
    return isHttpLike(this.url) ? this.parsed.origin : null;
  }

  /** The target as it is sent: path and query. Never the fragment. */
  get pathUrl(): string {
    return this.parsed.target;
  }

  /** A copy with its own headers; the body is shared. */
  clone(): PreparedRequest {
    return this.with({});
  }

  /** @internal The same with these headers, which are taken over. On the path of every request that has a cookie. */
  withHeaders(headers: HeaderMap, dress: Dress): PreparedRequest {
    return new PreparedRequest({
      method: this.method,
      url: this.url,
      parsed: this.#parsedFrom === this.url ? this.#parsed : null,
      headers,
      payload: this.#payload,
      dress,
      challenge: this.challenge,
      plan: this.plan,
    });
  }

  /** @internal A copy with some parts changed. Headers are copied too, unless given. */
  with(parts: Partial<PreparedParts>): PreparedRequest {
    // Own properties only: a polluted prototype must not change a request.
    const { headers, ...changed } = { headers: undefined, ...parts };
    const copy = new PreparedRequest({
      method: this.method,
      url: this.url,
      payload: this.#payload,
      dress: this.dress,
      challenge: this.challenge,
      plan: this.plan,
      parsed: null,
      ...changed,
      headers: headers ?? this.headers.clone(),
    });
    if (copy.url === this.#parsedFrom) {
      copy.#parsed = this.#parsed;
      copy.#parsedFrom = this.#parsedFrom;
    }
    return copy;
  }

  /** @internal A copy whose next message is sent as it stands. */
  shown(): PreparedRequest {
    return this.with({ dress: { shown: dressBehind(this.dress) } });
  }

  /** Plain data for a log: no user info, no secret header value, no body. */
  toJSON(): Record<string, unknown> {
    return {
      method: this.method,
      url: shownUrl(this.url),
      headers: this.headers.toJSON(),
      body: shownBody(this.#payload),
    };
  }

  static {
    printAs(this, (self, options, inspect) => `PreparedRequest ${inspect(self.toJSON(), options)}`);
  }

  /** Method and URL, for people: no secret in it. */
  toString(): string {
    return `<PreparedRequest [${this.method}] ${bareUrl(this.url)}>`;
  }
}

/**
 * Its fields can be written by everybody, so they are looked at again before others rely on them.
 *
 * @throws {TypeError} when method, URL or headers are of a kind that they cannot be.
 */
export function assertWhole({ method, url, headers }: Record<"method" | "url" | "headers", unknown>): void {
  if (typeof method !== "string") throw mustBe("method of a prepared request", "a string", method);
  if (typeof url !== "string") throw mustBe("url of a prepared request", "a string", url);
  if (!(headers instanceof HeaderMap)) throw mustBe("headers of a prepared request", "a HeaderMap", headers);
}

function shownBody(payload: Body | null): string | null {
  if (payload === null) return null;
  const length = lengthOf(payload);
  return `<${length === null ? "stream" : `${length} bytes`}>`;
}

/**
 * Sets the header that frames the body: `Content-Length` when the length is known (RFC 9112 §6.2), else
 * `Transfer-Encoding: chunked` (§6.1); never both. Without a body: `Content-Length: 0`, but for GET and HEAD, as requests does.
 */
export function frame(headers: HeaderMap, method: string, payload: Body | null): void {
  const isBare = payload === null && (method === "GET" || method === "HEAD");
  const length = isBare ? null : payload === null ? 0 : lengthOf(payload);
  headers.delete("transfer-encoding");
  if (length !== null) headers.set("Content-Length", length);
  else headers.delete("content-length");
  if (payload !== null && length === null) headers.set("Transfer-Encoding", "chunked");
}
