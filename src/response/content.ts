/**
 * What can be made of the bytes of a body. Remembers what costs something.
 */
import { apparentEncoding, type Charset, type Hints } from "../encoding/charset.ts";
import { jsonText, parseJsonText, type JsonOrigin } from "../encoding/json.ts";
import { decodeText } from "../encoding/text.ts";
import { owned } from "../core/bytes.ts";

/** The body of one response as text, JSON, bytes and Blob. */
export class Content {
  readonly #raw: Uint8Array;
  readonly #hints: Hints;
  #own: Uint8Array<ArrayBuffer> | null = null;
  #text: string | null = null;
  #textCharset: Charset | null = null;
  #apparent: string | null = null;

  constructor(bytes: Uint8Array, hints: Hints) {
    this.#raw = bytes;
    this.#hints = hints;
  }

  /** The text in that charset. */
  text(charset: Charset): string {
    const { name, origin } = charset;
    if (this.#text === null || this.#textCharset?.name !== name || this.#textCharset.origin !== origin) {
      this.#text = decodeText(this.#raw, charset, () => this.apparentEncoding);
      this.#textCharset = charset;
    }
    return this.#text;
  }

  /** @throws {JSONDecodeError} */
  json(charset: Charset, origin: JsonOrigin): unknown {
    return parseJsonText(jsonText(this.#raw, charset), origin);
  }

  /**
   * The bytes, as a plain array with memory of its own: what the network layer gives may be a view into a buffer in which
   * there are other responses.
   */
  bytes(): Uint8Array<ArrayBuffer> {
    this.#own ??= owned(this.#raw);
    return this.#own;
  }

  blob(type: string | null): Blob {
    return new Blob([this.bytes()], type === null ? {} : { type });
  }

  get apparentEncoding(): string {
    this.#apparent ??= apparentEncoding(this.#raw, this.#hints);
    return this.#apparent;
  }
}
