/**
 * Limits of what comes before a body, and behind it: bytes and fields of a header section, interim responses.
 *
 * May import: own folder. Pure.
 */

/** Limits of an adapter. */
export interface HeadLimits {
  /** Bytes of names and values in one header section. */
  readonly maxBytes: number;
  /** Fields of one header section. */
  readonly maxFields: number;
  /** Interim responses before the final one. */
  readonly maxInformational: number;
}

/** A server has overstepped one of them. */
export class HeadTooLarge extends Error {
  override readonly name: string = "HeadTooLarge";
  readonly kind: "bytes" | "fields" | "informational";
  readonly limit: number;
  /** `null` when nobody counted. */
  readonly found: number | null;

  constructor(kind: HeadTooLarge["kind"], limit: number, found: number | null) {
    super(WORDS[kind](limit, found ?? `more than ${limit}`));
    this.kind = kind;
    this.limit = limit;
    this.found = found;
  }
}

const WORDS: { readonly [Kind in HeadTooLarge["kind"]]: (limit: number, found: number | string) => string } =
  {
    bytes: (limit, found) => `the header section has ${found} bytes; maxHeaderSize is ${limit}`,
    fields: (limit, found) => `the response has ${found} header fields; maxHeaderCount is ${limit}`,
    informational: (limit, found) => `${found} interim responses came; maxInformational is ${limit}`,
  };

/** Names and values, flat, pseudo-fields first and not counted, against the limits; `null` when they keep to them. */
export function headExcess(fields: readonly string[], limits: HeadLimits): HeadTooLarge | null {
  let from = 0;
  while (fields[from]?.startsWith(":") === true) from += 2;
  const count = (fields.length - from) / 2;
  if (count > limits.maxFields) return new HeadTooLarge("fields", limits.maxFields, count);
  let bytes = 0;
  for (let at = from; at < fields.length; at++) bytes += (fields[at] as string).length; // below the length
  return bytes > limits.maxBytes ? new HeadTooLarge("bytes", limits.maxBytes, bytes) : null;
}
