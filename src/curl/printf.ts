/**
 * `printf` of POSIX with a format and nothing else: how bytes that are no text are written into a command for any shell, and
 * how they are read from it. Nothing is run for it.
 */

const ESCAPED: ReadonlyMap<string, string> = new Map(
  Object.entries({ a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\" }),
);

/** Bytes that stand for themselves in a format within single quotes. */
const PLAIN = /^(?!-)[ -$&(-[\]-~]+$/;

/** The format, without quotes around it, that prints these bytes. It has no quote and no control character in it. */
export function printfFormat(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  // A dash at the beginning would begin an option.
  return bytes.replaceAll(/^-|[^ -$&(-[\]-~]/g, (byte) => {
    if (byte === "%") return "%%";
    if (byte === "\\") return "\\\\";
    if (byte === "\n") return "\\n";
    if (byte === "\r") return "\\r";
    // Three digits: one that follows is not to be taken for another one.
    return `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
}

/** What a format prints; `null` when that depends on more than the format. */
export function printed(format: string): string | null {
  let isKnown = true;
  const bytes = format.replaceAll(
    /\\([0-7]{1,3})|\\([^]?)|%(%?)/g,
    (_, octal?: string, letter?: string, percent?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      const byte = letter === undefined ? percent : ESCAPED.get(letter);
      if (byte === undefined || byte === "") isKnown = false;
      return byte ?? "";
    },
  );
  return isKnown ? bytes : null;
}
