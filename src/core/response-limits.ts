/**
 * How much a response may have beside its body: header section, trailers, interim responses.
 *
 * All of it is counted as it comes: in `http1/section.ts` and `http1/response-parser.ts`, also of what a proxy answers to CONNECT,
 * and in `http2/stream.ts`. A new limit has its line here, its option in `transport/adapter-options.ts`.
 */

/** What an adapter takes. */
export interface ResponseLimits {
  /** Of a header section, or of trailers. */
  readonly maxHeaderBytes: number;
  /** Fields of a header section, or of trailers. */
  readonly maxHeaderCount: number;
  /** Responses of 1xx before the one that counts. */
  readonly maxInformational: number;
}

const NAMES = {
  maxHeaderBytes: { option: "maxHeaderSize", what: "bytes in a header section" },
  maxHeaderCount: { option: "maxHeaderCount", what: "fields in a header section" },
  maxInformational: { option: "maxInformational", what: "informational responses" },
} as const;

/** There is more of it than a limit allows. */
export class ResponseOverflow extends Error {
  override readonly name: string = "ResponseOverflow";
  readonly option: string;
  readonly limit: number;
  /** `null` when nobody could count. */
  readonly found: number | null;

  constructor(limits: ResponseLimits, which: keyof ResponseLimits, found: number | null) {
    const { option, what } = NAMES[which];
    super(`more than ${limits[which]} ${what}`);
    this.option = option;
    this.limit = limits[which];
    this.found = found;
  }
}

/**
 * What is too much, or `null`.
 *
 * @param fields name, value, name, value ...
 * @param informed informational responses so far.
 */
export function overflowOf(
  limits: ResponseLimits,
  fields: readonly string[],
  informed: number = 0,
): ResponseOverflow | null {
  if (informed > limits.maxInformational) return new ResponseOverflow(limits, "maxInformational", informed);
  const count = fields.length / 2;
  return count > limits.maxHeaderCount ? new ResponseOverflow(limits, "maxHeaderCount", count) : null;
}

/** By the size of a section that HTTP/2 brought (RFC 9113 §10.5.1), but for the 32 bytes that it adds for each field. */
export function bytesOverflowOf(limits: ResponseLimits, fields: readonly string[]): ResponseOverflow | null {
  let bytes = 0;
  for (const text of fields) bytes += text.length;
  return bytes > limits.maxHeaderBytes ? new ResponseOverflow(limits, "maxHeaderBytes", bytes) : null;
}
