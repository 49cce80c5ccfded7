/**
 * Escapes: what a text means whose characters are written with escapes, of URLs, JSON, programs and HTML, be they mixed, needless or one
 * within the other; and where in the text that stands.
 */
import type { Span } from "./finder.ts";

/** `%2F`, `\u002f`, `\x2f`, `\/`, `&#47;`, `&#x2f;`, `&lt;`; and the ends of lines within base64 (RFC 2045 §6.8). */
const ESCAPE =
  /%([\da-f]{2})|\\u([\da-f]{4})|\\x([\da-f]{2})|&#x0{0,4}([\da-f]{1,5});|&#0{0,4}(\d{1,6});|&(amp|lt|gt|quot|apos);|\\([\\"'/nrt])|\r?\n(?<=[\w+/-]{60}\r?\n)/gi;

/** Escapes within escapes are not deeper. */
const MOST_LEVELS = 3;

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** A text without its escapes. */
interface Meant {
  readonly text: string;
  /** By the places of its characters, and its end: where they stand in the text that was given. */
  readonly places: Uint32Array;
}

/**
 * Where something stands in a text that its escapes hide, in no order.
 *
 * @param find where it is in a text without escapes.
 */
export function findEscaped(text: string, find: (text: string) => readonly Span[]): Span[] {
  const found: Span[] = [];
  let meant = meantBy(text);
  for (let level = 0; level < MOST_LEVELS && meant !== null; level++) {
    const { places } = meant;
    for (const { from, to } of find(meant.text)) found.push({ from: places[from] ?? 0, to: places[to] ?? 0 });
    const next = meantBy(meant.text);
    // Of what is within: the places of the outer text.
    meant =
      next === null ? null : { text: next.text, places: next.places.map((place) => places[place] ?? 0) };
  }
  return found;
}

/** `null`: it has no escapes. Bytes of URLs are characters, one each. */
function meantBy(text: string): Meant | null {
  if (!/[%\\&\n]/.test(text)) return null;
  const places = new Uint32Array(text.length + 1);
  let meant = "";
  let at = 0;
  const copy = (to: number): void => {
    for (let place = at; place < to; place++) places[meant.length + place - at] = place;
    meant += text.slice(at, to);
  };
  for (const match of text.matchAll(ESCAPE)) {
    copy(match.index);
    at = match.index + match[0].length;
    const character = characterOf(match);
    places.fill(match.index, meant.length, meant.length + character.length);
    meant += character;
  }
  if (at === 0) return null;
  copy(text.length);
  places[meant.length] = text.length;
  return { text: meant, places: places.subarray(0, meant.length + 1) };
}

/** `""` for the end of a line within base64. */
function characterOf([whole, byte, unit, short, digits, decimal, named, sign]: RegExpExecArray): string {
  const hexadecimal = byte ?? unit ?? short ?? digits;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  if (hexadecimal !== undefined || decimal !== undefined)
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  const name = named?.toLowerCase() ?? sign ?? "";
  return NAMED[name] ?? name;
}
