/**
 * How much a response may have beside its body.
 *
 * undici counts the bytes of HTTP/1.1, `h2-stream.ts` those of HTTP/2; the rest is counted for both in the exchange. What a
 * proxy answers to CONNECT is counted in `tunnel.ts`.
 *
 * May import: nothing. Pure.
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

  constructor(limits: HeadLimits, which: keyof HeadLimits) {
    const { option, what } = NAMES[which];
    super(`more than ${limits[which]} ${what}`);
    this.option = option;
    this.limit = limits[which];
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
  if (informed > limits.maxInformational) return new HeadOverflow(limits, "maxInformational");
  return fields.length > 2 * limits.maxHeaderCount ? new HeadOverflow(limits, "maxHeaderCount") : null;
}
