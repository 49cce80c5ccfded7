/**
 * Text of others on a terminal: what servers and files write must do nothing to it. Pure.
 */

/** Characters that do something to a terminal, or turn the order of others around, and ends of lines. A tab does neither. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const INVISIBLE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text with such characters written as `\x1b` and `\u202e`: one line, which says what was there. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}
