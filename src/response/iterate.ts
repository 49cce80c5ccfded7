/**
 * `iterContent()` and `iterLines()`: checks of their options, and the iterations themselves.
 */
import { isUint8Array } from "../core/realm.ts";
import { asBuffer } from "../core/bytes.ts";
import { assertBoolean, assertCount, mustBe, optionsOf } from "../core/checks.ts";
import type { FailedResponse } from "../core/errors.ts";
import type { IterContentOptions, IterLinesOptions } from "../core/response.ts";
import type { Charset, Hints } from "../encoding/charset.ts";
import { TextStream } from "../encoding/text.ts";
import { rechunk } from "./chunks.ts";
import type { ResponseBody } from "./body.ts";
import { lineSplitter, type LineLimit, type LineSplitter } from "./lines.ts";
import { Lots, type LotReader } from "./lots.ts";

/** Where the bytes come from, and how they are read. */
export interface Iteration {
  readonly body: ResponseBody;
  readonly owner: FailedResponse;
  readonly charset: Charset;
  readonly hints: Hints;
}

/** The options of `iterContent()`. @throws {TypeError | RangeError} for options that are none. */
export function contentOptions(given: IterContentOptions): IterContentOptions {
  const options = optionsOf(given, "iterContent()", ["chunkSize", "decode"]);
  const { chunkSize, decode = false } = options;
  checkChunkSize(chunkSize);
  assertBoolean(decode, "decode");
  return options;
}

/** The options of `iterLines()`. @throws {TypeError | RangeError} for options that are none. */
export function linesOptions(given: IterLinesOptions): IterLinesOptions {
  const options = optionsOf(given, "iterLines()", ["delimiter", "decode", "keepEnds", "chunkSize"]);
  const { chunkSize, decode = false, keepEnds = false, delimiter = null } = options;
  checkChunkSize(chunkSize);
  assertBoolean(decode, "decode");
  assertBoolean(keepEnds, "keepEnds");
  if (delimiter !== null && typeof delimiter !== "string" && !isUint8Array(delimiter))
    throw mustBe("delimiter", "a string, bytes or null", delimiter);
  if (delimiter?.length === 0) throw new RangeError("delimiter must not be empty");
  return options;
}

/** The pieces of a body. Those of bytes have memory of their own. */
export function iterateContent(
  iteration: Iteration,
  options: IterContentOptions,
): AsyncGenerator<Uint8Array | string, void> {
  if (options.decode === true) return texts(piecesOf(iteration, options), iteration);
  const { body, owner } = iteration;
  return options.chunkSize == null ? body.pieces(owner) : piecesOf(iteration, options);
}

/** The lines of a body. `limit: null`: they may be as long as they like. */
export function iterateLines(
  iteration: Iteration,
  options: IterLinesOptions,
  limit: LineLimit | null,
): AsyncGenerator<Uint8Array | string, void> {
  const pieces = piecesOf(iteration, options);
  const bytes = options.decode === false;
  const splitter = lineSplitter({
    delimiter: delimiterText(options.delimiter ?? null, bytes),
    keepEnds: options.keepEnds ?? false,
    limit,
  });
  return bytes
    ? new Lots(pieces, new ByteLines(splitter))
    : new Lots(pieces, new TextLines(splitter, new TextStream(iteration.charset, iteration.hints)));
}

function piecesOf(
  { body, owner }: Iteration,
  { chunkSize }: Pick<IterContentOptions, "chunkSize">,
): AsyncGenerator<Uint8Array, void> {
  const source = body.stream(owner);
  return chunkSize == null ? source : rechunk(source, chunkSize);
}

async function* texts(
  pieces: AsyncIterable<Uint8Array>,
  { charset, hints }: Iteration,
): AsyncGenerator<string, void> {
  const decoder = new TextStream(charset, hints);
  for await (const piece of pieces) {
    const text = decoder.decode(piece, false);
    if (text !== "") yield text;
  }
  const end = decoder.decode(new Uint8Array(0), true);
  if (end !== "") yield end;
}

class TextLines implements LotReader<string> {
  readonly #splitter: LineSplitter;
  readonly #decoder: TextStream;

  constructor(splitter: LineSplitter, decoder: TextStream) {
    this.#splitter = splitter;
    this.#decoder = decoder;
  }

  read(piece: Uint8Array): string[] {
    return this.#splitter.push(this.#decoder.decode(piece, false));
  }

  flush(): string[] {
    return this.#splitter.push(this.#decoder.decode(new Uint8Array(0), true));
  }

  end(): string[] {
    return this.#splitter.end();
  }
}

/** One byte is one character of latin-1 and back: one splitter does for both. */
class ByteLines implements LotReader<Uint8Array> {
  readonly #splitter: LineSplitter;

  constructor(splitter: LineSplitter) {
    this.#splitter = splitter;
  }

  read(piece: Uint8Array): Uint8Array[] {
    return this.#splitter.push(asBuffer(piece).toString("latin1")).map(bytesOf);
  }

  flush(): Uint8Array[] {
    return [];
  }

  end(): Uint8Array[] {
    return this.#splitter.end().map(bytesOf);
  }
}

function bytesOf(line: string): Uint8Array {
  return new Uint8Array(Buffer.from(line, "latin1"));
}

function delimiterText(delimiter: string | Uint8Array | null, bytes: boolean): string | null {
  if (delimiter === null) return null;
  const raw = typeof delimiter === "string" ? Buffer.from(delimiter) : asBuffer(delimiter);
  return raw.toString(bytes ? "latin1" : "utf8");
}

function checkChunkSize(size: unknown): void {
  if (size != null) assertCount(size, "chunkSize", 1, "a whole number of 1 or more, or null");
}
