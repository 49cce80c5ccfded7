/**
 * Content codings by name (RFC 9110 §8.4): what is asked for, and what a `Content-Encoding` says. Taking them off is in
 * `decode.ts` and `decode-stream.ts`.
 *
 * May import: `core/`. Pure.
 */
import { withoutBlanks } from "../core/received-text.ts";
import { TooManyCodings, type FailedRequest } from "../core/errors.ts";

/** A coding that can be taken off. */
export type ContentCoding = "gzip" | "deflate" | "br" | "zstd";

/** The default `Accept-Encoding`: every coding there is here, in the order of preference (PARITY DEC-1). */
export const ACCEPT_ENCODING: string = "gzip, deflate, br, zstd";

/** No coding: the bytes are the body. Shared, so that "nothing to do" is one comparison of lengths. */
const none: readonly ContentCoding[] = [];

const codings = new Map<string, ContentCoding>([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
]);

/**
 * The codings of a body in the order in which they were put on, so the last one comes off first. `identity` means
 * nothing. A coding that is not known here leaves the body as it was received, as a whole (PARITY DEC-3).
 *
 * @throws {TooManyCodings} for more than `maxCodings`.
 */
export function parseContentEncoding(
  value: string | null,
  maxCodings: number,
  request: FailedRequest | null = null,
): readonly ContentCoding[] {
  if (value === null) return none;
  const only = codings.get(value);
  if (only !== undefined && maxCodings > 0) return [only];
  const names = value
    .toLowerCase()
    .split(",")
    .map(withoutBlanks)
    .filter((name) => name !== "" && name !== "identity");
  const found = names.length;
  if (found > maxCodings) {
    throw new TooManyCodings(`the body has ${found} content codings, more than maxCodings (${maxCodings})`, {
      request,
      phase: "decode",
      limit: maxCodings,
      found,
    });
  }
  const known = names.map((name) => codings.get(name)).filter((coding) => coding !== undefined);
  return known.length === found ? known : none;
}
