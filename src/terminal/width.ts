/**
 * How many columns of a terminal a text takes. Pure.
 *
 * Where terminals differ (emoji of several parts) the most that it may take is told: a line that is too short does no harm, one that wraps does.
 */

/** Wide and full-width characters of Unicode's East Asian Width, and emoji, which are shown as wide. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Marks on the character before, and what has no glyph. */
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Makes an emoji of the character before, and those are wide. */
const EMOJI_STYLE = "\ufe0f";

/** The columns that a text takes, at most. It has no control characters, and is in NFC. */
export function columnsOf(text: string): number {
  // Nearly all of them are letters of ASCII.
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    if (character === EMOJI_STYLE) columns++;
    else if (!ZERO.test(character)) columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text, or its beginning and its end with `…` between, in so many columns at most. What belongs together is not cut. */
export function fitted(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return "";
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  // The end of a file's name tells what it is.
  const end = within(parts.toReversed(), Math.floor((columns - 1) / 2)).toReversed();
  const start = within(parts, columns - 1 - columnsOf(end.join("")));
  return `${start.join("")}…${end.join("")}`;
}

/** The first of these, in so many columns at most. */
function within(parts: readonly string[], columns: number): string[] {
  let used = 0;
  const end = parts.findIndex((part) => (used += columnsOf(part)) > columns);
  return parts.slice(0, end === -1 ? parts.length : end);
}
