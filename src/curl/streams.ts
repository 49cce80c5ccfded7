/**
 * What stands around the words of a command in bash: where its input comes from and its output goes (Bash manual, "Redirections",
 * "Pipelines"). Nothing is run and nothing written; what a command reads is known where the text says it.
 */
import { printed } from "./printf.ts";
import { bytesOf, type Cursor, type Input, type Word } from "./source.ts";

/** A text behind `<<` that is still to come: it begins on the next line. */
export interface HereDocument {
  /** The line that ends it, as it is written. */
  readonly end: string;
  /** Is nothing in it looked at? */
  readonly isPlain: boolean;
  /** Are tabs at the beginning of its lines taken off? */
  readonly isIndented: boolean;
  readonly input: Input;
  readonly at: number;
}

/** Reads the text, and goes behind its last line. @throws {SyntaxError} for what would be run in it, and without an end. */
export function readHereDocument(
  cursor: Cursor,
  { end, isPlain, isIndented, input, at }: HereDocument,
): void {
  const lines: string[] = [];
  const { text } = cursor.source;
  for (;;) {
    if (cursor.at >= text.length)
      cursor.fail("the text behind << never ends: its last word must stand alone on a line", at);
    const from = cursor.at;
    const found = text.indexOf("\n", from);
    cursor.at = found === -1 ? text.length : found + 1;
    const written = text.slice(from, found === -1 ? text.length : found).replace(/\r$/, "");
    const line = isIndented ? written.replace(/^\t+/, "") : written;
    if (line === end) break;
    lines.push(isPlain ? `${line}\n` : expanded(line, cursor, from));
  }
  input.bytes = bytesOf(lines.join(""));
}

/** What bash makes of a line, with its end; a backslash at the end takes that away. */
function expanded(line: string, cursor: Cursor, at: number): string {
  const active = /(?<!\\)(?:\\\\)*(?:(`)|(\$)(?=[\w({?@*#!-]))/.exec(line);
  if (active !== null) {
    const sign = active[1] ?? active[2] ?? "";
    cursor.fail(
      `${sign} in the text behind << would be worked out: quote the word behind <<, or write what it gives`,
      at,
    );
  }
  const joined = /(?<!\\)(?:\\\\)*\\$/.test(line) ? line.slice(0, -1) : `${line}\n`;
  return joined.replaceAll(/\\([\\$`])/g, "$1");
}

/**
 * What a command prints, where its words say it: `printf` with a format alone, `echo` of text without a backslash, of which shells
 * make different things, and `cat` of its own input.
 *
 * @returns `null` when that is not known.
 */
export function printedBy(words: readonly Word[], input: Input): Input | null {
  const [program, ...more] = words.map(({ bytes }) => bytes);
  if (program === "printf") {
    const [format, ...values] = more;
    const bytes = format === undefined || values.length > 0 ? null : printed(format);
    return bytes === null ? null : { bytes, file: null };
  }
  if (program === "echo") {
    const isCut = more[0] === "-n";
    const text = (isCut ? more.slice(1) : more).join(" ");
    return text.startsWith("-") || text.includes("\\")
      ? null
      : { bytes: `${text}${isCut ? "" : "\n"}`, file: null };
  }
  if (program !== "cat") return null;
  const [file, another] = words.slice(1);
  if (file === undefined) return input;
  return another === undefined && !file.bytes.startsWith("-") ? { bytes: null, file } : null;
}
