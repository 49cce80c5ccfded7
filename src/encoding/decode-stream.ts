/**
 * Takes content codings off a body as it comes, with back-pressure. Decides about everything that is not plain: several
 * members, what follows the data, damage, a body that ends too early.
 */
import { ContentDecodingError, type FailedRequest } from "../core/errors.ts";
import { nodeZlib } from "../core/late.ts";
import { ByteInput } from "./byte-input.ts";
import type { ContentCoding } from "./content-coding.ts";
import { isZlib, limitBetween, tooLarge, zstdParams, type DecodeOptions } from "./decode.ts";
import { FormatError, run, type Engine } from "./engine.ts";
import { GzipTrailer, readGzipHeader } from "./gzip.ts";
import { ZstdFrames } from "./zstd-frames.ts";

/** One buffer of output: all that is decoded ahead. */
const OUTPUT_BYTES = 64 * 1024;

/** What may follow the data of a coding before the connection is given up instead. */
const MAX_REST_BYTES = 1024 * 1024;

/** Members of a few bytes each cost more time than they are worth: so many are free, then each needs 1 KiB of output. */
const FREE_MEMBERS = 1000;

/**
 * The decoded bytes of `source`. What `source` throws comes through; leaving early leaves `source` too.
 *
 * `maxBytes` bounds what codings inside a chain give, not what comes out at the end: that is the reader's to count.
 *
 * @throws {ContentDecodingError} when the data is damaged, or ends too early.
 * @throws {ResponseTooLarge} when a coding inside the chain gives more than {@link limitBetween} allows.
 */
export function decodeStream(
  source: AsyncIterable<Uint8Array>,
  codings: readonly ContentCoding[],
  options: DecodeOptions,
): AsyncIterable<Uint8Array> {
  let decoded = source;
  for (let at = codings.length - 1; at >= 0; at--) {
    const coding = codings[at];
    if (coding === undefined) continue;
    decoded = takeOff(coding, decoded, options.request ?? null);
    if (at > 0 && options.maxBytes !== null) decoded = bounded(decoded, options.maxBytes, options.request);
  }
  return decoded;
}

async function* takeOff(
  coding: ContentCoding,
  source: AsyncIterable<Uint8Array>,
  request: FailedRequest | null,
): AsyncGenerator<Uint8Array, void> {
  const input = new ByteInput(coding === "zstd" ? new ZstdFrames().through(source) : source);
  try {
    // An empty body is empty, whatever the header says (PARITY DEC-5).
    if ((await input.peek(1)).byteLength > 0) yield* steps[coding](input);
    // Only at its end a body shows whether it is whole, and only then its connection can be used again.
    await input.drain(MAX_REST_BYTES);
  } catch (error) {
    throw failure(coding, error, request);
  } finally {
    await input.close();
  }
}

const steps: { readonly [Coding in ContentCoding]: (input: ByteInput) => AsyncIterable<Uint8Array> } = {
  gzip: gunzip,
  deflate: inflate,
  br: (input) => run(nodeZlib().createBrotliDecompress({ chunkSize: OUTPUT_BYTES }), input),
  zstd: unzstd,
};

async function* gunzip(input: ByteInput): AsyncGenerator<Uint8Array, void> {
  const allowance = new MemberAllowance();
  for (let members = 0; await readGzipHeader(input, members); members++) {
    const trailer = new GzipTrailer();
    for await (const output of run(nodeZlib().createInflateRaw({ chunkSize: OUTPUT_BYTES }), input)) {
      trailer.add(output);
      allowance.add(output.byteLength);
      yield output;
    }
    await trailer.check(input);
    allowance.spend();
  }
}

async function* inflate(input: ByteInput): AsyncGenerator<Uint8Array, void> {
  const { createInflate, createInflateRaw } = nodeZlib();
  const create = isZlib(await input.peek(2)) ? createInflate : createInflateRaw;
  yield* run(create({ chunkSize: OUTPUT_BYTES }), input);
}

/** Frames follow each other without more ado (RFC 8878 §3). */
async function* unzstd(input: ByteInput): AsyncGenerator<Uint8Array, void> {
  const allowance = new MemberAllowance();
  while ((await input.peek(1)).byteLength > 0) {
    const engine: Engine = nodeZlib().createZstdDecompress({ chunkSize: OUTPUT_BYTES, params: zstdParams() });
    for await (const output of run(engine, input)) {
      allowance.add(output.byteLength);
      yield output;
    }
    allowance.spend();
  }
}

class MemberAllowance {
  #left = FREE_MEMBERS * 1024;

  add(bytes: number): void {
    this.#left += bytes;
  }

  spend(): void {
    this.#left -= 1024;
    if (this.#left < 0) throw new FormatError("too many small members");
  }
}

async function* bounded(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  request: FailedRequest | null = null,
): AsyncGenerator<Uint8Array, void> {
  let left = limitBetween(maxBytes);
  for await (const chunk of source) {
    left -= chunk.byteLength;
    if (left < 0) throw tooLarge(maxBytes, request, true);
    yield chunk;
  }
}

/** Damage becomes our error; what comes from the source, or from another coding of the chain, stays what it is. */
function failure(coding: ContentCoding, error: unknown, request: FailedRequest | null): unknown {
  if (!(error instanceof FormatError)) return error;
  return new ContentDecodingError(`the body is not valid ${coding}: ${error.message}`, {
    request,
    phase: "decode",
    cause: error.cause,
  });
}
