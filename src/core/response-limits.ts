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
