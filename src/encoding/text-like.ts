/**
 * Whether bytes are to be shown as text: by their type, or by what they look like.
 */
import { isUtf8 } from "node:buffer";

const TEXT_TYPE = /^text\/|[/+](?:x-)?(?:nd)?json(?:l|-seq)?$|[/+]xml$|\/(?:x-)?(?:java|ecma)script$/;
/** Control characters are looked for in the first 64 KiB. */
const LOOKED_AT_BYTES = 65_536;

/** Is the type one of text? A form of several parts may hold files, and is none. */
export function isTextType(essence: string): boolean {
  return TEXT_TYPE.test(essence) || essence === "application/x-www-form-urlencoded";
}

/** Are the bytes UTF-8 without control characters? */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  return !bytes.subarray(0, LOOKED_AT_BYTES).some((byte) => byte < 0x20 && (byte < 0x09 || byte > 0x0d));
}
