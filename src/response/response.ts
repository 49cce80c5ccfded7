/**
 * Response: its body is in memory, so that `text()`, `json()` and the like give their value at once.
 *
 * May import: `core/`, `encoding/`, `stream/`, own folder.
 */
import { RequestException } from "../core/errors.ts";
import type { ReadResponse } from "../core/response.ts";
import { BaseResponse } from "./base.ts";
import { ResponseBody } from "./body.ts";
import { Content } from "./content.ts";
import { partsOf, type ResponseFields, type ResponseParts } from "./parts.ts";

/** A response whose body has been read. */
export class Response extends BaseResponse implements ReadResponse {
  readonly #body: ResponseBody;
  #content: Content | null = null;

  /** @internal */
  constructor(parts: ResponseParts, from: Response | null = null, bytes: Uint8Array | null = null) {
    const body = from === null ? new ResponseBody(parts, bytes) : from.#body;
    super(parts, body, from);
    this.#body = body;
  }

  /**
   * A response made by a program, for a hook that answers with another one.
   *
   * @throws {RangeError} when `status` is no status. {@link InvalidHeader} when a header is none.
   */
  static from(fields: ResponseFields): Response {
    const { parts, bytes } = partsOf(fields);
    const response = new Response(parts, null, bytes);
    if (fields.url !== undefined) response.url = fields.url;
    return response;
  }

  /** The body as text in {@link encoding}; what is wrong in it becomes U+FFFD. `""` for no body. */
  text(): string {
    return this.#read().text(this.charset);
  }

  /**
   * The value of a JSON body: UTF-8, -16 or -32, with or without a byte order mark.
   *
   * @throws {JSONDecodeError} with the position of the first wrong character, and nothing of the text.
   */
  json<T = unknown>(): T {
    try {
      // What the type of the body is only the caller knows.
      return this.#read().json(this.charset, this.request) as T;
    } catch (error) {
      throw error instanceof RequestException ? error.annotate({ response: this }) : error;
    }
  }

  /** The body, without content codings. The same array each time: do not write into it. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#read().bytes();
  }

  /** The body as a Blob of the type that `Content-Type` says. */
  blob(): Blob {
    return this.#read().blob(this.headers.get("content-type"));
  }

  /** A guess from the bytes: `ascii`, `utf-8`, `utf-16le` and so on, or `windows-1252` when it is none of these. */
  get apparentEncoding(): string {
    return this.#read().apparentEncoding;
  }

  /**
   * @internal Reads the body into memory; at once when it has arrived and is quickly decoded.
   *
   * @throws what the adapter or the decoder throws, with request and response.
   */
  load(): void | Promise<void> {
    const read = this.#body.read(this);
    return read instanceof Uint8Array ? undefined : read.then(() => {});
  }

  protected override copy(parts: ResponseParts): this {
    // There are no classes below this one: a copy is a Response.
    return new Response(parts, this) as this;
  }

  #read(): Content {
    this.#content ??= new Content(this.#body.bytes(this));
    return this.#content;
  }
}
