/**
 * `sojourn/charset`: detection of charsets by statistics, with the peer `chardet`. For the option `detectEncoding`.
 */
import { detect } from "chardet";

import type { DetectEncoding } from "./core/options.ts";

/** More make the guess slower and hardly better. */
const SAMPLE_BYTES = 65_536;
const ESCAPE = 0x1b;

/**
 * Guesses the charset of a text that nobody names: `shift_jis`, `windows-1251`, `gb18030` and so on, in lower case; `null`
 * when nothing fits. The longer the text, the better the guess; of a long one 64 KiB are looked at, from the first byte on
 * that is not plain ASCII.
 *
 * @example
 * const session = new Session({ detectEncoding: detectCharset });
 */
export const detectCharset: DetectEncoding = (bytes) => {
  const first = bytes.findIndex((byte) => byte >= 0x80 || byte === ESCAPE);
  // What says nothing is left out only where there is too much of it: words around are part of the statistics.
  const start = bytes.byteLength <= SAMPLE_BYTES ? 0 : Math.max(first, 0);
  return detect(bytes.subarray(start, start + SAMPLE_BYTES))?.toLowerCase() ?? null;
};
