/**
 * Text in what peers send: what surrounds it, and which charset it is in. Pure.
 */

/**
 * Text without the characters around it that `surrounds` takes, by their UTF-16 codes. By hand: an expression would look at each
 * run of them again and again.
 */
export function trimmed(text: string, surrounds: (code: number) => boolean): string {
  let from = 0;
  let to = text.length;
  while (from < to && surrounds(text.charCodeAt(from))) from++;
  while (to > from && surrounds(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/**
 * Text without the blanks and tabs around it: nothing else surrounds the value of a field, or a part of it (RFC 9110 §5.5,
 * §5.6.3). Not `trim()`, to which the byte A0 is a blank, and it ends many a character in UTF-8.
 */
export function withoutBlanks(text: string): string {
  return trimmed(text, isBlank);
}

/** SP or HTAB. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Bytes beyond ASCII as escapes, whatever charset they are in. */
export function escapeBytes(latin1: string): string {
  return latin1.replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Fields arrive as latin-1; servers that write more than ASCII mostly mean UTF-8. Bytes that are not UTF-8 stay as they are. */
export function asUtf8(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1) || /[^\0-\xff]/.test(latin1)) return latin1;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(latin1, "latin1"));
  } catch {
    return latin1;
  }
}
