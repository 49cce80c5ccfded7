/** Classes of characters, as bytes (RFC 9110 §5.5, §5.6.2; RFC 9112 §2.2). */

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const QUOTE = 0x22;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;

/** What a byte may be: nothing, of a token and of a value, of a value, and SP or HTAB, which are of values, too. */
export const OF_NOTHING = 0;
export const OF_TOKENS = 1;
const OF_VALUES = 2;
export const BLANK = 3;
export const kinds: Uint8Array = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  if (/[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte))) kinds[byte] = OF_TOKENS;
  else if (byte === HTAB || byte === SP) kinds[byte] = BLANK;
  else if (byte > SP && byte !== 0x7f) kinds[byte] = OF_VALUES;
}

/** The value of a hexadecimal digit; {@link NO_DIGIT} for what is none. */
export const NO_DIGIT = 16;
export const hexDigits: Uint8Array = new Uint8Array(256).fill(NO_DIGIT);
for (const digit of "0123456789abcdefABCDEF") hexDigits[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
