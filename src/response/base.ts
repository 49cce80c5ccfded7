/**
 * What read and streamed responses have in common: the head, iteration, and what stages of the pipeline need.
 *
 * Made for every request: the constructor writes fields and does nothing else, all else happens when it is asked for.
 *
 * May import: `core/`, `encoding/`, `stream/`, own folder.
 */
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
  ResponseHead,
  SavedFile,
  SaveOptions,
  SentHead,
  Timings,
} from "../core/response.ts";
import { isPermanentRedirectStatus, isRedirectStatus } from "../core/status.ts";
import { charsetOf, type Charset } from "../encoding/charset.ts";
import type { LineLimit } from "../stream/lines.ts";
import type { BodyState, ResponseBody } from "./body.ts";
import { Content } from "./content.ts";
import { CookiesOfResponse } from "./cookies.ts";
import {
  checkContentOptions,
  checkLinesOptions,
  iterateContent,
  iterateLines,
  type Iteration,
} from "./iterate.ts";
import { parseLinks } from "./links.ts";
import type { ResponseParts } from "./parts.ts";

/** The head of a response, and those ways to its body that are the same for all. */
export abstract class BaseResponse implements ResponseHead, AsyncDisposable {
  status: number;
  statusText: string;
  headers: HeaderMap;
  url: string;
  readonly request: PreparedRequest;
  readonly elapsed: number;
  readonly #parts: ResponseParts;
  readonly #body: ResponseBody;
  /** `undefined`: as `Content-Type` says. */
  #encoding: string | null | undefined = undefined;
  #cookies: CookiesOfResponse | null = null;
  #next: PreparedRequest | null | undefined = undefined;

  /** @param from the response of which this one is a copy: what hooks wrote into it stays. */
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

  get ok(): boolean {
    return this.status < 400 || this.status > 599;
  }

  get redirected(): boolean {
    return this.history.some((response) => response.isRedirect);
  }

  get encoding(): string | null {
    return this.charset.name;
  }

  set encoding(name: string | null) {
    if (name !== null && typeof name !== "string") {
      throw new TypeError(`encoding must be the name of a charset or null, not ${typeof name}`);
    }
    this.#encoding = name;
  }

  /** @internal The charset of the body, and how sure it is. */
  get charset(): Charset {
    if (this.#encoding === undefined) return charsetOf(this.contentType);
    return { name: this.#encoding, origin: "set" };
  }

  /** @internal For whoever guesses the charset: `Hints` of `encoding/`. */
  get contentType(): string | null {
    return this.headers.get("content-type");
  }

  /** @internal Likewise. */
  get detectEncoding(): DetectEncoding | null {
    return this.#parts.detectEncoding;
  }

  get cookies(): ResponseCookies {
    this.#cookies ??= new CookiesOfResponse(this.#parts.cookies);
    return this.#cookies;
  }

  get history(): readonly AnyResponse[] {
    return this.#parts.history;
  }

  get attempts(): readonly Attempt[] {
    return this.#parts.attempts;
  }

  get timings(): Timings | null {
    return this.#parts.wire.timings ?? null;
  }

  get httpVersion(): string {
    return this.#parts.wire.httpVersion;
  }

  get connection(): ConnectionInfo | null {
    return this.#parts.wire.connection ?? null;
  }

  /** @internal What became of its body so far. */
  get bodyState(): BodyState {
    return this.#body.state;
  }

  /** @internal The head of its request as it was sent, where the adapter tells. */
  get sent(): SentHead | null {
    return this.#parts.wire.sent ?? null;
  }

  get trailers(): HeaderMap | null {
    return this.#parts.wire.trailers ?? null;
  }

  get links(): Readonly<Record<string, Link>> {
    return parseLinks(this.headers.get("link"), this.url);
  }

  get isRedirect(): boolean {
    return isRedirectStatus(this.status) && this.headers.has("location");
  }

  get isPermanentRedirect(): boolean {
    return isPermanentRedirectStatus(this.status) && this.headers.has("location");
  }

  get next(): PreparedRequest | null {
    if (this.#next === undefined) this.#next = this.#parts.nextRequest?.() ?? null;
    return this.#next;
  }

  raiseForStatus(): this {
    if (this.ok) return this;
    const kind = this.status < 500 ? "Client" : "Server";
    const message = `${this.status} ${kind} Error: ${this.statusText} for url: ${shownUrl(this.url)}`;
    // The request is added afterwards: in the constructor it would be written into the message.
    throw new HTTPError(message, { phase: "head" }).annotate({ request: this.request, response: this });
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
    checkContentOptions(options);
    return iterateContent(this.#iteration(), options);
  }

  /**
   * The body line by line, as text unless `decode` is `false`. Where the pieces are cut in which it comes does not matter.
   *
   * @throws as {@link iterContent}; {@link ResponseTooLarge} for a line of more than `maxBodyBytes`.
   */
  iterLines(options: IterLinesOptions & { readonly decode: false }): AsyncGenerator<Uint8Array, void>;
  iterLines(options?: IterLinesOptions & { readonly decode?: true }): AsyncGenerator<string, void>;
  iterLines(options: IterLinesOptions = {}): AsyncGenerator<Uint8Array | string, void> {
    checkLinesOptions(options);
    return iterateLines(this.#iteration(), options, this.#lineLimit());
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
    const { checkSaving, saveTo } = await import("./save.ts");
    checkSaving(target, options);
    return saveTo(this.#body.stream(this), target, () => this.suggestedName(), options);
  }

  close(): Promise<void> {
    this.#body.close();
    return Promise.resolve();
  }

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

  /** @internal A copy with this history. */
  withHistory(history: readonly AnyResponse[]): this {
    return this.copy({ ...this.#parts, history });
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

  toString(): string {
    return `<${this.constructor.name} [${this.status}] ${this.request.method} ${bareUrl(this.url)}>`;
  }

  /** @internal The name of a file in a folder, as {@link saveTo} chooses it. */
  async suggestedName(): Promise<string> {
    const { fileName } = await import("./file-name.ts");
    const { url } = this.history[0] ?? this;
    return fileName(this.headers.get("content-disposition"), url);
  }

  #iteration(): Iteration {
    this.#body.assertIterable(this);
    return { body: this.#body, owner: this, charset: this.charset, hints: this };
  }

  #lineLimit(): LineLimit | null {
    const { maxBodyBytes } = this.#parts;
    return maxBodyBytes === null
      ? null
      : { maxLength: maxBodyBytes, excess: (limit) => this.#lineTooLong(limit) };
  }

  #lineTooLong(limitBytes: number): ResponseTooLarge {
    const { request } = this;
    return new ResponseTooLarge(`a line of the body has more than ${limitBytes} characters (maxBodyBytes)`, {
      limitBytes,
      request,
      response: this,
      phase: "body",
    });
  }
}
