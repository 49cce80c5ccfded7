/**
 * StreamedResponse: its body is still to come. It can be iterated over once, or read into memory.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { showCaller } from "../core/caller.ts";
import { RequestException } from "../core/errors.ts";
import type { AnyResponse } from "../core/response.ts";
import { BaseResponse } from "./base.ts";
import { ResponseBody } from "./body.ts";
import type { Content } from "./content.ts";
import { partsOf, type ResponseFields, type ResponseParts } from "./parts.ts";
import { validate } from "./schema.ts";
import { webStream, type BodyStream, type StreamTerms } from "./web-stream.ts";

/** A response of `{ stream: true }`. Read it to its end, or close it: until then it keeps its connection. */
export class StreamedResponse extends BaseResponse implements AnyResponse, AsyncIterable<Uint8Array> {
  readonly #body: ResponseBody;
  #content: Content | null = null;
  #stream: BodyStream | null = null;

  /** A keyword and no `#`: constructors have no other way to be closed. Programs make responses by {@link StreamedResponse.from}. */
  private constructor(
    parts: ResponseParts,
    from: StreamedResponse | null = null,
    bytes: Uint8Array | null = null,
  ) {
    const body = from === null ? new ResponseBody(parts, bytes) : from.#body;
    super(parts, body, from);
    this.#body = body;
  }

  /** @internal The response that came for a request. */
  static of(parts: ResponseParts): StreamedResponse {
    return new StreamedResponse(parts);
  }

  /**
   * A response made by a program, for a hook that answers with another one.
   *
   * @throws {RangeError} when `status` is no status. {@link InvalidHeader} when a header is none.
   */
  static from(fields: ResponseFields): StreamedResponse {
    const { parts, bytes } = partsOf(fields);
    const response = new StreamedResponse(parts, null, bytes);
    if (fields.url !== undefined) response.url = fields.url;
    return response;
  }

  /**
   * The whole body as text in {@link encoding}; what is wrong in it becomes U+FFFD.
   *
   * @throws {StreamConsumedError} when the body was iterated over, or closed; what reading it throws.
   */
  async text(): Promise<string> {
    return (await this.#read()).text(this.charset);
  }

  /**
   * The value of a JSON body: UTF-8, -16 or -32, with or without a byte order mark.
   *
   * `json<T>()` believes the caller. `json(schema)` takes a Standard Schema v1 (Zod, Valibot, ArkType and others), checks
   * the value, and gives what the schema makes of it; it may be asynchronous.
   *
   * @throws {JSONDecodeError} with the position of the first wrong character; as {@link text}.
   * @throws {SchemaError} with all that the schema finds wrong.
   * @throws {TypeError} when the schema is none.
   */
  async json<T = unknown>(schema?: StandardSchemaV1<unknown, T>): Promise<T> {
    const content = await this.#read();
    try {
      const value = content.json(this.charset, this);
      // Without a schema only the caller knows what the type of the body is.
      return schema === undefined ? (value as T) : await validate(schema, value, this);
    } catch (error) {
      throw error instanceof RequestException ? error.annotate({ response: this }) : error;
    }
  }

  /** The whole body, without content codings. @throws as {@link text}. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#read()).bytes();
  }

  /** The whole body as a Blob of the type that `Content-Type` says. @throws as {@link text}. */
  async blob(): Promise<Blob> {
    return (await this.#read()).blob(this.headers.get("content-type"));
  }

  /** A guess from the bytes, for which the whole body is read. @throws as {@link text}. */
  get apparentEncoding(): Promise<string> {
    return this.#read().then((content) => content.apparentEncoding);
  }

  /**
   * The body as a web stream, a byte stream: `getReader({ mode: "byob" })` works. Nothing is read until somebody reads from it;
   * cancelling ends the exchange.
   */
  get body(): BodyStream {
    this.#stream ??= this.webBody();
    return this.#stream;
  }

  /** As {@link body}, but with the content codings still on: for passing a response on as it came. */
  get rawBody(): BodyStream {
    return webStream({ pieces: this.#body.pieces(this, "coded"), cancel: () => this.#body.close() });
  }

  /** @internal A web stream of the body, under other terms. */
  webBody(terms: StreamTerms = {}): BodyStream {
    return webStream({ pieces: this.#body.pieces(this), cancel: () => this.#body.close(), ...terms });
  }

  /** The body in the pieces in which it comes. @throws as {@link iterContent}. */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return this.iterContent();
  }

  /** @internal */
  protected override copy(parts: ResponseParts): this {
    // There are no classes below this one: a copy is a StreamedResponse.
    return new StreamedResponse(parts, this) as this;
  }

  async #read(): Promise<Content> {
    try {
      const bytes = await this.#body.read(this);
      this.#content ??= this.contentOf(bytes);
      return this.#content;
    } catch (error) {
      // oxlint-disable-next-line typescript/unbound-method -- it is not called: frames above it are left out
      if (this.bodyState.kind === "failed") showCaller(error, this.#read);
      throw error;
    }
  }
}
