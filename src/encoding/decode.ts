/**
 * Takes content codings off small bodies, at once: a synchronous call of zlib is several times cheaper than a stream for
 * bodies of the usual size. What is large, damaged or unusual is left to `decode-stream.ts`, which has the last word.
 */
import type { ZstdOptions } from "node:zlib";
import { ResponseTooLarge, type FailedRequest } from "../core/errors.ts";
import { nodeZlib } from "../core/late.ts";
import { isError } from "../core/realm.ts";
import type { ContentCoding } from "./content-coding.ts";
import { ZstdFrames } from "./zstd-frames.ts";

/** Larger inputs would hold up the program for too long. */
const MAX_INPUT_BYTES = 64 * 1024;

/** Larger outputs too: a bomb of 64 KiB can be gigabytes. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** What a coding may add to a body of any length: heads, checksums, blocks of no bytes. */
const BETWEEN_BYTES = 64 * 1024;

/** A window of 8 MiB: what the content coding allows, and every decoder has to have (RFC 9659 §3). */
export function zstdParams(): NonNullable<ZstdOptions["params"]> {
  return { [nodeZlib().constants.ZSTD_d_windowLogMax]: 23 };
}

/** What a decoder needs to know beside the bytes. */
export interface DecodeOptions {
  /** Most bytes of the decoded body; `null`: no limit. */
  readonly maxBytes: number | null;
  /** For the message of an error. */
  readonly request?: FailedRequest | null;
  /** Most bytes that are taken. Default: 64 KiB, which holds up nobody. */
  readonly maxInputBytes?: number;
}

/**
 * Takes the codings off, or answers `null` where that is not to be done at once: the body is large, or zlib did not like
 * it. An empty body is empty, whatever the header says.
 *
 * @throws {ResponseTooLarge} when there are more than `maxBytes`, or more than {@link limitBetween} inside the chain.
 */
export function decodeNow(
  bytes: Uint8Array,
  codings: readonly ContentCoding[],
  options: DecodeOptions,
): Uint8Array | null {
  const { maxBytes, maxInputBytes = MAX_INPUT_BYTES } = options;
  let decoded = bytes;
  for (let at = codings.length - 1; at >= 0; at--) {
    const coding = codings[at];
    if (coding === undefined || decoded.byteLength === 0) return decoded;
    if (decoded.byteLength > maxInputBytes) return null;
    const limit = maxBytes === null || at === 0 ? maxBytes : limitBetween(maxBytes);
    const step = decodeOne(coding, decoded, Math.min(limit ?? MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES));
    if (step === "too large" && maxBytes !== null && limit !== null && limit <= MAX_OUTPUT_BYTES)
      throw tooLarge(maxBytes, options.request, at > 0);
    if (!(step instanceof Uint8Array)) return null;
    decoded = step;
  }
  return decoded;
}

/** Most bytes between two codings of a chain: coded bytes may be a little longer than what they stand for, never much. */
export function limitBetween(maxBytes: number): number {
  return maxBytes + Math.ceil(maxBytes / 16) + BETWEEN_BYTES;
}

/** The error of a body that has more decoded bytes than are allowed, at its end or between two codings. */
export function tooLarge(
  limitBytes: number,
  request: FailedRequest | null = null,
  isBetween: boolean = false,
): ResponseTooLarge {
  const where = isBetween ? "between two of its codings" : "once decoded (maxBodyBytes)";
  return new ResponseTooLarge(`the body has more than ${limitBytes} bytes ${where}`, {
    limitBytes,
    request,
    phase: "decode",
  });
}

/** Is it deflate in the zlib format (RFC 1950 §2.2), as `deflate` means? Some servers send raw deflate. */
export function isZlib(head: Uint8Array): boolean {
  const [method = 0, flags = 0] = head;
  return (method & 0x0f) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0;
}

function decodeOne(
  coding: ContentCoding,
  bytes: Uint8Array,
  maxBytes: number,
): Uint8Array | "too large" | "odd" {
  try {
    const decoded = inflate(coding, bytes, { maxOutputLength: Math.max(maxBytes, 1) });
    if (decoded === null) return "odd";
    return decoded.byteLength > maxBytes ? "too large" : decoded;
  } catch (error) {
    const large = isError(error) && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return large ? "too large" : "odd";
  }
}

function inflate(
  coding: ContentCoding,
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number },
): Uint8Array | null {
  const zlib = nodeZlib();
  switch (coding) {
    case "gzip":
      return zlib.gunzipSync(bytes, options);
    case "deflate":
      return isZlib(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
    case "br":
      return zlib.brotliDecompressSync(bytes, options);
    case "zstd":
      return unzstd(bytes, options);
  }
}

/** Node stops after the first frame and says nothing of the rest: a body of several frames would come out short. */
function unzstd(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array | null {
  if (!ZstdFrames.areWhole(bytes)) return null;
  // With `info` the result is this object; Node's types do not say so.
  const given = { ...options, params: zstdParams(), info: true };
  const result = nodeZlib().zstdDecompressSync(bytes, given) as unknown as {
    readonly buffer: Uint8Array;
    readonly engine: { readonly bytesWritten: number };
  };
  return result.engine.bytesWritten === bytes.byteLength ? result.buffer : null;
}
