/**
 * What read and streamed responses have in common: the head, iteration, and what stages of the pipeline need.
 *
 * Made for every request: the constructor writes fields and does nothing else, all else happens when it is asked for.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { mustBe } from "../core/checks.ts";
import type { StoredCookie } from "../core/cookie-store.ts";
import { HTTPError, ResponseTooLarge, type Attempt } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import type { DetectEncoding } from "../core/options.ts";
import { bareUrl, printAs, shownUrl } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import type {
  AnyResponse,
  ConnectionInfo,
  IterContentOptions,
  IterLinesOptions,
  Link,
  ResponseCookies,
  SavedFile,
  SaveOptions,
  SentHead,
  Timings,
} from "../core/response.ts";
import { hasNoContent, isPermanentRedirectStatus, isRedirectStatus } from "../core/status.ts";
import { charsetOf, type Charset } from "../encoding/charset.ts";
import type { LineLimit } from "./lines.ts";
import type { BodyState, ResponseBody } from "./body.ts";
import { Content } from "./content.ts";
import { CookiesOfResponse } from "./cookies.ts";
import { contentOptions, linesOptions, iterateContent, iterateLines, type Iteration } from "./iterate.ts";
import { parseLinks } from "./links.ts";
import type { ResponseParts } from "./parts.ts";

/** The head of a response, and those ways to its body that are the same for all. */
export abstract class BaseResponse implements AnyResponse, AsyncDisposable {
  /** The status code, 200 to 599 or whatever the server wrote. */
  status: number;
  /** The reason phrase, `""` for none. HTTP/2 has none. */
  statusText: string;
  /** The header fields as received; several of one name, such as `Set-Cookie`, by `headers.getAll()`. */
  headers: HeaderMap;
  /** URL of the last request, with fragment; with user info when the caller's URL had some. */
  url: string;
  /** What was really sent on the last hop. */
  readonly request: PreparedRequest;
  /** Milliseconds from sending the last hop's request to the head of its response. */
  readonly elapsed: number;
  readonly #parts: ResponseParts;
  readonly #body: ResponseBody;
  /** `undefined`: as `Content-Type` says. */
  #encoding: string | null | undefined = undefined;
  #cookies: CookiesOfResponse | null = null;
  #next: PreparedRequest | null | undefined = undefined;
  #history: readonly AnyResponse[] | null = null;

  /** @internal @param from the response of which this one is a copy: what hooks wrote into it stays. */
  constructor(parts: ResponseParts, body: ResponseBody, from: BaseResponse | null) {
    const { wire, request } = parts;
    this.status = from === null ? wire.status : from.status;
    this.statusText = from === null ? wire.statusText : from.statusText;
    this.headers = from === null ? wire.headers : from.headers;
    this.url = from === null ? request.url : from.url;
    this.request = request;
    this.elapsed = parts.elapsed;
    this.#parts = parts;
    this.#body = body;
    if (from !== null) this.#encoding = from.#encoding;
  }

  /** A guess of the charset from the bytes of the body; of a streamed response a promise, for which all is read. */
  abstract readonly apparentEncoding: string | Promise<string>;
  /** The body as text in `encoding`. */
  abstract text(): string | Promise<string>;
  /** The value of a JSON body; with a Standard Schema v1: checked, and what the schema makes of it. */
  abstract json<T = unknown>(schema?: StandardSchemaV1<unknown, T>): T | Promise<T>;
  /** The body, without content codings. */
  abstract bytes(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /** The body as a Blob of the type that `Content-Type` says. */
  abstract blob(): Blob | Promise<Blob>;

  /** Is the status neither 4xx nor 5xx? */
  get ok(): boolean {
    return this.status < 400 || this.status > 599;
  }

  /** Were redirects followed? */
  get redirected(): boolean {
    const { history, historyLength = history.length } = this.#parts;
    for (let at = 0; at < historyLength; at++) if (history[at]?.isRedirect === true) return true;
    return false;
  }

  /**
   * The name of the charset: what `Content-Type` says, or what was set by hand; `null` for none. `text()` uses it.
   *
   * @throws {TypeError} when it is set to anything but a name or `null`.
   */
  get encoding(): string | null {
    return this.charset.name;
  }

  set encoding(name: string | null) {
    if (name !== null && typeof name !== "string")
      throw mustBe("encoding", "the name of a charset or null", name);
    this.#encoding = name;
  }

  /** @internal The charset of the body, and how sure it is. */
  get charset(): Charset {
    if (this.#encoding === undefined) return charsetOf(this.contentType);
    return { name: this.#encoding, origin: "set" };
  }

  /** @internal A page may name its charset itself: a part of `Hints`. */
  get contentType(): string | null {
    return this.headers.get("content-type");
  }

  /** @internal Guesses the charset that nobody names: a part of `Hints`. */
  get detectEncoding(): DetectEncoding | null {
    return this.#parts.detectEncoding;
  }

  /** The cookies which this very response set. */
  get cookies(): ResponseCookies {
    this.#cookies ??= new CookiesOfResponse(this.#parts.cookies);
    return this.#cookies;
  }

  /** The responses before this one, oldest first: redirects, and challenges that were answered. */
  get history(): readonly AnyResponse[] {
    const { history, historyLength } = this.#parts;
    if (historyLength === undefined) return history;
    return (this.#history ??= history.slice(0, historyLength));
  }

  /** Attempts of the last hop that ended in a retry, or would have but for the budget of the origin. */
  get attempts(): readonly Attempt[] {
    return this.#parts.attempts;
  }

  /** How long the parts of the last hop took, in milliseconds; `null`: the adapter does not tell. */
  get timings(): Timings | null {
    return this.#parts.wire.timings ?? null;
  }

  /** `"1.1"`, `"1.0"` or `"2"`. */
  get httpVersion(): string {
    return this.#parts.wire.httpVersion;
  }

  /** What it came over. `null`: there was no connection, or the adapter does not tell. */
  get connection(): ConnectionInfo | null {
    return this.#parts.wire.connection ?? null;
  }

  /** @internal Calls `listener`, which must not hold it, when nothing more is read of its body, or there is none. */
  whenOver(listener: () => void): void {
    if (hasNoContent(this.request.method, this.#parts.wire.status)) listener();
    else this.#body.whenOver(listener);
  }

  /** @internal What became of its body so far. */
  get bodyState(): BodyState {
    return this.#body.state;
  }

  /** @internal The head of its request as it was sent, where the adapter tells. */
  get sent(): SentHead | null {
    return this.#parts.wire.sent ?? null;
  }

  /** Header fields after the body (RFC 9110 §6.5): empty until it is over. `null`: the adapter does not tell. */
  get trailers(): HeaderMap | null {
    return this.#parts.wire.trailers ?? null;
  }

  /** Links by relation, or by URL for those without. */
  get links(): Readonly<Record<string, Link>> {
    return parseLinks(this.headers.get("link"), this.url);
  }

  /** Is it a redirect that can be followed: 301, 302, 303, 307 or 308 with a `Location`? */
  get isRedirect(): boolean {
    return isRedirectStatus(this.status) && this.headers.has("location");
  }

  /** Is it a redirect for good: 301 or 308 with a `Location`? */
  get isPermanentRedirect(): boolean {
    return isPermanentRedirectStatus(this.status) && this.headers.has("location");
  }

  /** The request that would follow this redirect; `null` when it is none or was followed. */
  get next(): PreparedRequest | null {
    if (this.#next === undefined) this.#next = this.#parts.nextRequest?.() ?? null;
    return this.#next;
  }

  /** Returns itself. @throws {HTTPError} when the status is 4xx or 5xx. */
  raiseForStatus(): this {
    if (this.ok) return this;
    const kind = this.status < 500 ? "Client" : "Server";
    const message = `${this.status} ${kind} Error: ${this.statusText} for url: ${shownUrl(this.url)}`;
    throw new HTTPError(message, { phase: "head", request: this.request, response: this });
  }

  /**
   * The body in pieces, decoded; a body in memory in slices. A streamed one only once: leaving the loop early ends the
   * exchange.
   *
   * @throws {TypeError | RangeError} for wrong options, at once.
   * @throws {StreamConsumedError} when the body was iterated over before.
   */
  iterContent(options: IterContentOptions & { readonly decode: true }): AsyncGenerator<string, void>;
  iterContent(options?: IterContentOptions & { readonly decode?: false }): AsyncGenerator<Uint8Array, void>;
  iterContent(options: IterContentOptions = {}): AsyncGenerator<Uint8Array | string, void> {
    return iterateContent(this.#iteration(), contentOptions(options));
  }

  /**
   * The body line by line, as text unless `decode` is `false`. Where the pieces are cut in which it comes does not matter.
   *
   * @throws as {@link iterContent}; {@link ResponseTooLarge} for a line of more than `maxBodyBytes`.
   */
  iterLines(options: IterLinesOptions & { readonly decode: false }): AsyncGenerator<Uint8Array, void>;
  iterLines(options?: IterLinesOptions & { readonly decode?: true }): AsyncGenerator<string, void>;
  iterLines(options: IterLinesOptions = {}): AsyncGenerator<Uint8Array | string, void> {
    return iterateLines(this.#iteration(), linesOptions(options), this.#lineLimit());
  }

  /**
   * Writes the body, decoded, to a file. It gets its name when it is whole: one that breaks off leaves what was there.
   *
   * In a folder (one that exists, or a path that ends with `/`) the name is that of `Content-Disposition`, else the last
   * part of the URL that was asked for, else `download`; without anything that could lead out of the folder or is a name
   * only on some systems. {@link Session.download} can go on where a download broke off.
   *
   * @throws what reading throws, and the errors of the file system; `EEXIST` for a file that is not to be replaced.
   */
  async saveTo(target: string | URL, options: SaveOptions = {}): Promise<SavedFile> {
    this.#body.assertIterable(this);
    // Files are rare: what they need is loaded when it is used.
    const { checkSaving, saveTo } = await import("../download/save.ts");
    checkSaving(target, options);
    return saveTo(this.#body.stream(this), target, () => this.suggestedName(), options);
  }

  /** Gives up on what was not read yet. */
  close(): Promise<void> {
    this.#body.close();
    return Promise.resolve();
  }

  /** As {@link close}: `await using response = await session.get(url, { stream: true })`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * @internal For a response that others follow: reads its body, so that its connection can be used again, and keeps it
   * when it has at most `maxBytes`; else, and when it is broken, drops it and gives up the connection. Never throws.
   */
  loadHop(maxBytes: number): void | Promise<void> {
    return this.#body.loadHop(this, maxBytes);
  }

  /** @internal A copy with other parts. Body and what hooks wrote are shared. */
  protected abstract copy(parts: ResponseParts): this;

  /** @internal What can be made of the decoded body. */
  protected contentOf(bytes: Uint8Array): Content {
    return new Content(bytes, this);
  }

  /** @internal A copy with this history: the list, or so much of it, when others come behind. */
  withHistory(history: readonly AnyResponse[], historyLength?: number): this {
    return this.copy({ ...this.#parts, history, historyLength });
  }

  /** @internal A copy that set these cookies. */
  withCookies(cookies: readonly StoredCookie[]): this {
    return this.copy({ ...this.#parts, cookies });
  }

  /** @internal A copy with these attempts. */
  withAttempts(attempts: readonly Attempt[]): this {
    return this.copy({ ...this.#parts, attempts });
  }

  /** @internal A copy whose `next` is made by `nextRequest`. */
  withNext(nextRequest: (() => PreparedRequest | null) | null): this {
    return this.copy({ ...this.#parts, nextRequest });
  }

  /** Plain data for a log: no body, no user info, no secret header value. */
  toJSON(): Record<string, unknown> {
    return {
      status: this.status,
      statusText: this.statusText,
      method: this.request.method,
      url: shownUrl(this.url),
      headers: this.headers.toJSON(),
      httpVersion: this.httpVersion,
      encoding: this.encoding,
      elapsed: this.elapsed,
      redirected: this.redirected,
      history: this.history.map(({ status, url }) => ({ status, url: shownUrl(url) })),
      attempts: this.attempts.length,
    };
  }

  static {
    printAs(this, (self, options, inspect) => {
      const { statusText, headers, httpVersion, elapsed, history } = self.toJSON();
      return `${self.toString()} ${inspect({ statusText, headers, httpVersion, elapsed, history }, options)}`;
    });
  }

  /** Such as `<Response [200] GET https://example.com/>`: no secret in it. */
  toString(): string {
    return `<${this.constructor.name} [${this.status}] ${this.request.method} ${bareUrl(this.url)}>`;
  }

  /** @internal The name of a file in a folder, as {@link saveTo} chooses it. */
  async suggestedName(): Promise<string> {
    const { fileName } = await import("../download/file-name.ts");
    const { url } = this.#parts.history[0] ?? this;
    return fileName(this.headers.get("content-disposition"), url);
  }

  #iteration(): Iteration {
    this.#body.assertIterable(this);
    return { body: this.#body, owner: this, charset: this.charset, hints: this };
  }

  #lineLimit(): LineLimit | null {
    const { maxBodyBytes: maxLength, request } = this.#parts;
    const excess = (limitBytes: number): ResponseTooLarge => {
      const message = `a line of the body has more than ${limitBytes} characters (maxBodyBytes)`;
      return new ResponseTooLarge(message, { limitBytes, request, response: this, phase: "body" });
    };
    return maxLength === null ? null : { maxLength, excess };
  }
}
