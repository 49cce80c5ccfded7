/**
 * Words as bash makes them (Bash manual, "Shell Syntax", "Quoting"): quotes, escapes, comments, and lines that go on. What would
 * run something, or depends on who runs it, is an error at its place. Bash's are the words of zsh and of POSIX shells, too.
 *
 * One thing is read that looks like running: `printf` with a format and nothing else, in front of a pipe or in `$(…)`. It is how
 * bytes that are no text are written for any shell, and says by itself what it prints.
 */
import { printed } from "./printf.ts";
import { bytesOf, Cursor, type Command, type Notes, type Source, type Word } from "./source.ts";

/** The commands of a text. @throws {SyntaxError} that names the place of what cannot be read without running it. */
export function bashCommands(source: Source, notes: Notes): Command[] {
  return new BashReader(source, notes).commands();
}

const BLANKS = /(?:[ \t]|\r(?=\n|$)|\\\r?\n)+/y;
const COMMENT = /#[^\n]*/y;
const SEPARATOR = /&&|[;&\n]/y;
const PLAIN = /[^ \t\r\n\\'"$`|&;<>()]+/y;
const IN_SINGLE = /[^']*/y;
const IN_DOUBLE = /[^"\\$`]+/y;
const IN_ANSI = /[^'\\]+/y;
const VARIABLE = /\$(?:\{|[A-Za-z_]\w*|[0-9@*#?$!-])/y;
const PRINTF = /\$\(printf '([^']*)'\)/y;
const HOME = /^~[\w.-]*(?:\/|$)/;
/** In the skeleton of a word it stands for whatever was quoted. */
const QUOTED = "\0";

class BashReader extends Cursor {
  readonly #notes: Notes;
  readonly #commands: Command[] = [];
  #words: Word[] = [];
  #input: string | null = null;

  constructor(source: Source, notes: Notes) {
    super(source);
    this.#notes = notes;
  }

  commands(): Command[] {
    for (;;) {
      this.run(BLANKS);
      const { character } = this;
      if (character === undefined) break;
      if (character === "#") this.run(COMMENT);
      else if (this.run(SEPARATOR) !== "") this.#end();
      else if (character === "|") this.#pipe();
      else if (character === "<" || character === ">")
        this.fail(`${character} is a redirection, and no file is read or written here: leave it out`);
      else if (character === "(" || character === ")")
        this.fail(`${character} outside of quotes is not for arguments: quote it`);
      else this.#words.push(this.#word());
    }
    this.#end();
    return this.#commands;
  }

  #end(): void {
    // What a line begins with where a page shows what to type.
    if (this.#words.length > 1 && /^[$%]$/.test(this.#words[0]?.bytes ?? "")) this.#words.shift();
    if (this.#words.length === 0) {
      if (this.#input !== null && this.character === undefined) this.fail("nothing follows the |");
      return;
    }
    this.#commands.push({ words: this.#words, input: this.#input });
    this.#words = [];
    this.#input = null;
  }

  #pipe(): void {
    const [program, format, ...more] = this.#words;
    const bytes = program?.bytes === "printf" && more.length === 0 ? printed(format?.bytes ?? "%") : null;
    if (bytes === null || this.#input !== null || this.source.text[this.at + 1] === "|")
      this.fail("| hands output to another command, and nothing is run here: leave it out");
    this.at++;
    this.#input = bytes;
    this.#words = [];
  }

  #word(): Word {
    const { at } = this;
    const parts: string[] = [];
    let skeleton = "";
    for (;;) {
      const plain = this.run(PLAIN);
      if (plain !== "") {
        parts.push(bytesOf(plain));
        skeleton += plain;
        continue;
      }
      const part = this.#quotedPart();
      if (part === null) break;
      parts.push(part);
      skeleton += QUOTED;
    }
    if (HOME.test(skeleton)) this.fail("~ is a folder of whoever runs it: write its path", at);
    if (isExpanded(skeleton))
      this.fail("{ } outside of quotes may become several words: quote the argument", at);
    return { bytes: parts.join(""), at };
  }

  /** A part of a word that begins with a special character; `null` where the word ends. */
  #quotedPart(): string | null {
    switch (this.character) {
      case "'":
        return this.#single();
      case '"':
        return this.#double();
      case "$":
        return this.#dollar(false);
      case "`":
        return this.#backtick();
      case "\\":
        return this.#escaped();
      case "\r":
        if (/^\r(?:\n|$)/.test(this.source.text.slice(this.at, this.at + 2))) return null;
        this.at++;
        return "\r";
      default:
        return null;
    }
  }

  #backtick(): never {
    this.fail("` would run a command, and nothing is run here: write what it gives");
  }

  #escaped(): string {
    if (this.run(/\\\r?\n/y) !== "") return "";
    const [found, character = ""] = this.match(/\\([^]?)/uy) ?? [];
    return found === "\\" ? "\\" : bytesOf(character);
  }

  #single(): string {
    const from = this.at++;
    const text = this.run(IN_SINGLE);
    if (this.character === undefined) this.fail("the ' is never closed", from);
    this.at++;
    return bytesOf(text);
  }

  #double(): string {
    const from = this.at++;
    const parts: string[] = [];
    for (;;) {
      parts.push(bytesOf(this.run(IN_DOUBLE)));
      const { character } = this;
      if (character === undefined) this.fail('the " is never closed', from);
      if (character === '"') break;
      if (character === "`") this.#backtick();
      if (character === "$") parts.push(this.#dollar(true));
      else if (this.run(/\\\r?\n/y) === "") parts.push(this.match(/\\([$`"\\])?/y)?.[1] ?? "\\");
    }
    this.at++;
    return parts.join("");
  }

  #dollar(isQuoted: boolean): string {
    const next = this.source.text[this.at + 1];
    if (!isQuoted && next === "'") return this.#ansi();
    if (!isQuoted && next === '"') {
      this.at++;
      return this.#double();
    }
    if (next === "(") return this.#printf();
    if (next === "[") this.fail("$[ would be worked out, and nothing is run here: write what it gives");
    const from = this.at;
    const variable = this.run(VARIABLE);
    if (variable === "${")
      this.fail("${ is a variable of the shell, and its value is not known here: write it", from);
    if (variable !== "")
      this.fail(`${variable} is a variable of the shell, and its value is not known here: write it`, from);
    this.at++;
    return "$";
  }

  /** `$(printf '…')`. The shell takes line ends off its end, and bytes that are 0 out of it. */
  #printf(): string {
    const from = this.at;
    const format = this.match(PRINTF)?.[1];
    const bytes = format === undefined ? null : printed(bytesOf(format));
    if (bytes === null || bytes.includes("\0"))
      this.fail("$( would run a command, and nothing is run here: write what it gives", from);
    let end = bytes.length;
    while (bytes[end - 1] === "\n") end--;
    return bytes.slice(0, end);
  }

  /** `$'…'` (Bash manual, "ANSI-C Quoting"). */
  #ansi(): string {
    const from = this.at;
    this.at += 2;
    const parts: string[] = [];
    let end: number | null = null;
    for (;;) {
      parts.push(bytesOf(this.run(IN_ANSI)));
      if (this.character === undefined) this.fail("the $' is never closed", from);
      if (this.character === "'") break;
      const at = this.at;
      const escaped = this.#ansiEscape();
      if (escaped === "\0") end ??= this.#cut(at, parts);
      else parts.push(escaped);
    }
    this.at++;
    if (this.source.text.slice(from, this.at).includes("^&"))
      this.#notes.add(
        "$'…'",
        "some versions of Firefox write ^& for &; both characters are sent, as bash does",
        () => this.source.place(from),
      );
    return (end === null ? parts : parts.slice(0, end)).join("");
  }

  /** How many of the parts there are before a byte that is 0. */
  #cut(at: number, parts: readonly string[]): number {
    this.#notes.add("$'…'", "bash ends it at a byte that is 0, and what is behind that is left out", () =>
      this.source.place(at),
    );
    return parts.length;
  }

  #ansiEscape(): string {
    const [, short, long, hex, octal, control, letter] =
      this.match(
        /\\(?:u([\dA-Fa-f]{1,4})|U([\dA-Fa-f]{1,8})|x([\dA-Fa-f]{1,2})|([0-7]{1,3})|c([^])|([^]?))/uy,
      ) ?? [];
    if (short !== undefined || long !== undefined)
      return this.#unicode(Number.parseInt(short ?? long ?? "", 16));
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 0x1f);
    return ANSI.get(letter ?? "") ?? `\\${bytesOf(letter ?? "")}`;
  }

  /** Two halves of a surrogate pair are one character: browsers write those beyond U+FFFF so. */
  #unicode(code: number): string {
    const low = (code & 0xfffffc00) === 0xd800 ? this.match(/\\u(d[c-f][\da-f]{2})/iy)?.[1] : undefined;
    const point =
      low === undefined ? code : 0x10000 + ((code & 0x3ff) << 10) + (Number.parseInt(low, 16) & 0x3ff);
    if (point > 0x10ffff) this.fail("there is no such character");
    // Half of a pair has no UTF-8; bash writes its three bytes all the same.
    if ((point & 0xfffff800) === 0xd800)
      return String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    return bytesOf(String.fromCodePoint(point));
  }
}

const ANSI: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: "\x07",
    b: "\b",
    e: "\x1b",
    E: "\x1b",
    f: "\f",
    n: "\n",
    r: "\r",
    t: "\t",
    v: "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
  }),
);

const SEQUENCE = /^(?:-?\d+\.\.-?\d+|[A-Za-z]\.\.[A-Za-z])(?:\.\.-?\d+)?$/;

/**
 * May bash make several words of it (Bash manual, "Brace Expansion")? A comma somewhere between braces is enough: which of them
 * belong together bash decides in a way of its own (`{a},}` is two words).
 */
function isExpanded(skeleton: string): boolean {
  const first = skeleton.indexOf("{");
  if (first === -1) return false;
  const comma = skeleton.indexOf(",", first);
  if (comma !== -1 && skeleton.includes("}", comma)) return true;
  let open = -1;
  for (let at = first; at < skeleton.length; at++) {
    if (skeleton[at] === "{") open = at;
    // A sequence is short.
    else if (
      skeleton[at] === "}" &&
      open !== -1 &&
      at - open < 60 &&
      SEQUENCE.test(skeleton.slice(open + 1, at))
    )
      return true;
  }
  return false;
}
