/**
 * The name of the file that a response is saved under, when the caller names a folder only: from `Content-Disposition`
 * (RFC 6266, RFC 8187), else from the URL.
 *
 * Both are the server's words: what comes out is the name of a file in that folder and nothing else, on every
 * system.
 */
import { Buffer } from "node:buffer";
import { decodeExtended, parse } from "content-disposition";
import { asUtf8, trimmed } from "../core/received-text.ts";
import { decodeLoosely } from "../core/url-spelling.ts";

/** When neither header nor URL has a name. */
const FALLBACK = "download";
/** Most file systems take so many. */
const MOST_BYTES = 255;
/** More than this after the last dot is no extension that must be kept. */
const MOST_EXTENSION_BYTES = 32;

/** What stands for something in a path or in a shell, cannot be seen, or turns the text around. */
const UNFIT = /[<>:"|?*/\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Devices of Windows, with any extension. */
const RESERVED =
  /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)\s*(?:\.|$)/i;

/**
 * The name for the body of a response.
 *
 * @param disposition value of `Content-Disposition`, or `null`.
 * @param url the one that the caller asked for. Not one that a redirect led to: nobody but the caller and the header of the
 *   response may choose the name.
 */
export function fileName(disposition: string | null, url: string): string {
  return (disposition === null ? null : nameInHeader(disposition)) ?? nameInUrl(url) ?? FALLBACK;
}

/** A name of `text` that is safe to use in a folder; `null` when nothing is left of it. */
export function safeName(text: string, mostBytes: number = MOST_BYTES): string | null {
  const base = text.slice(Math.max(text.lastIndexOf("/"), text.lastIndexOf("\\")) + 1);
  // `C:name` is a file in the current folder of a drive. A letter and a colon say nothing of the name.
  const clean = bare(base.replace(/^[a-z]:/i, "").replace(UNFIT, "_"));
  if (clean === "") return null;
  return shortened(RESERVED.test(clean) ? `_${clean}` : clean, mostBytes);
}

function nameInHeader(value: string): string | null {
  const { parameters } = parse(value);
  const extended = parameters["filename*"];
  // The form with a star is read by the parser, unless it is in quotes, where it must not be but often is.
  const decoded = extended === undefined ? undefined : decodeExtended(extended);
  const name = decoded ?? parameters["filename"];
  if (name === undefined) return null;
  return safeName(extended === undefined ? asUtf8(name) : name);
}

function nameInUrl(url: string): string | null {
  const path = /^[^/?#]*(?:\/\/[^/?#]*)?([^?#]*)/.exec(url)?.[1] ?? "";
  return safeName(decodeLoosely(path.slice(path.lastIndexOf("/") + 1)));
}

/**
 * Without dots and blanks at both ends: Windows drops them at the end, so that `nul.` is a device and `a.txt.` another file;
 * and a server must not choose a hidden file, which is where programs keep their settings.
 */
function bare(name: string): string {
  return trimmed(name, (code) => code === DOT || String.fromCharCode(code).trim() === "");
}

const DOT = 0x2e;

/** Cut between characters, before the extension. */
function shortened(name: string, mostBytes: number): string {
  if (Buffer.byteLength(name) <= mostBytes) return name;
  const dot = name.lastIndexOf(".");
  const hasExtension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= MOST_EXTENSION_BYTES;
  const extension = hasExtension ? name.slice(dot) : "";
  let stem = "";
  let left = mostBytes - Buffer.byteLength(extension);
  for (const character of hasExtension ? name.slice(0, dot) : name) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    stem += character;
  }
  return bare(stem) + extension;
}
