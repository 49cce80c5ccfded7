/**
 * Response: its body is in memory, so that `text()`, `json()` and the like give their value at once.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { RequestException } from "../core/errors.ts";
import type { AnyResponse } from "../core/response.ts";
import { BaseResponse } from "./base.ts";
import { ResponseBody } from "./body.ts";
import type { Content } from "./content.ts";
import { partsOf, type ResponseFields, type ResponseParts } from "./parts.ts";
import { validateNow } from "./schema.ts";

/** A response whose body has been read. */
export class Response extends BaseResponse implements AnyResponse {
  readonly #body: ResponseBody;
  #content: Content | null = null;

  /** A keyword and no `#`: constructors have no other way to be closed. Programs make responses by {@link Response.from}. */
  private constructor(parts: ResponseParts, from: Response | null = null, bytes: Uint8Array | null = null) {
    const body = from === null ? new ResponseBody(parts, bytes) : from.#body;
    super(parts, body, from);
    this.#body = body;
  }

  /** @internal The response that came for a request. */
  static of(parts: ResponseParts): Response {
    return new Response(parts);
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
   * `json<T>()` believes the caller. `json(schema)` takes a Standard Schema v1 (Zod, Valibot, ArkType and others), checks
   * the value, and gives what the schema makes of it.
   *
   * @throws {JSONDecodeError} with the position of the first wrong character, and nothing of the text.
   * @throws {SchemaError} with all that the schema finds wrong.
   * @throws {TypeError} when the schema is none, or validates asynchronously: a value that is given at once cannot wait.
   *   `await session.get(url).json(schema)` and streamed responses can.
   */
  json<T = unknown>(schema?: StandardSchemaV1<unknown, T>): T {
    try {
      const value = this.#read().json(this.charset, this);
      // Without a schema only the caller knows what the type of the body is.
      return schema === undefined ? (value as T) : validateNow(schema, value, this);
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

  /** @internal */
  protected override copy(parts: ResponseParts): this {
    // There are no classes below this one: a copy is a Response.
    return new Response(parts, this) as this;
  }

  #read(): Content {
    this.#content ??= this.contentOf(this.#body.bytes(this));
    return this.#content;
  }
}
