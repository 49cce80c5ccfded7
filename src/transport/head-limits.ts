/**
 * How much a response may have beside its body.
 *
 * Bytes are counted as they come: in `response-parser.ts`, and in `http2/stream.ts`; the rest for both in the exchange. What a
 * proxy answers to CONNECT is counted in `tunnel.ts`.
 */

/** What an adapter takes. */
export interface HeadLimits {
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
export class HeadOverflow extends Error {
  override readonly name: string = "HeadOverflow";
  readonly option: string;
  readonly limit: number;
  /** `null` when nobody could count. */
  readonly found: number | null;

  constructor(limits: HeadLimits, which: keyof HeadLimits, found: number | null) {
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
  limits: HeadLimits,
  fields: readonly string[],
  informed: number = 0,
): HeadOverflow | null {
  if (informed > limits.maxInformational) return new HeadOverflow(limits, "maxInformational", informed);
  const count = fields.length / 2;
  return count > limits.maxHeaderCount ? new HeadOverflow(limits, "maxHeaderCount", count) : null;
}
