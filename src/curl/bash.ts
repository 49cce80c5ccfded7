/**
 * Words as bash makes them (Bash manual, "Shell Syntax", "Quoting"): quotes, escapes, comments, and lines that go on. What would
 * run something, or depends on who runs it, is an error at its place. Bash's are the words of zsh and of POSIX shells, too.
 *
 * Some commands are read because the text says by itself what they print: `printf` with a format and nothing else, which is how bytes
 * that are no text are written for any shell, `echo`, and `cat` of text behind `<<`.
 */
import { printed } from "./printf.ts";
import {
  bytesOf,
  Cursor,
  isCurl,
  unknownInput,
  type Command,
  type Input,
  type Notes,
  type Source,
  type Word,
} from "./source.ts";
import { printedBy, readHereDocument, type HereDocument } from "./streams.ts";

/** The commands of a text. @throws {SyntaxError} that names the place of what cannot be read without running it. */
export function bashCommands(source: Source, notes: Notes): Command[] {
  return new BashReader(source, notes).commands();
}

const BLANKS = /(?:[ \t]|\r(?=\n|$)|\\\r?\n)+/y;
const COMMENT = /#[^\n]*/y;
const SEPARATOR = /&&|[;&\n]/y;
const PIPE = /\|[|&]?/y;
/** A backslash in the place of an argument that is the last character of the text. */
const LOOSE_END = /\\$/y;
/** A backslash with blanks behind it, where an argument would begin and the line ends. */
const BROKEN_LINE = /\\(?=[ \t]+(?:\r?\n|$))/y;
const REDIRECTION = /(\d{0,9})(<<<|<<-?|<&|<>|>>|>\||>&|<|>|&>>?)/y;
const PLAIN = /[^ \t\r\n\\'"$`|&;<>()]+/y;
const IN_SINGLE = /[^']*/y;
const IN_DOUBLE = /[^"\\$`]+/y;
const IN_ANSI = /[^'\\]+/y;
const VARIABLE = /\$(?:\{|[A-Za-z_]\w*|[0-9@*#?$!-])/y;
const PRINTF = /\$\(printf '([^']*)'\)/y;
/** What programs for writing put in the place of quotes and blanks. */
const PRINTED = /[\u2018-\u201f\u00a0\u2007\u202f\u3000]/;
const CAT = /\$\(\s*cat[ \t]*<<(-?)[ \t]*(?:['"]([\w.-]+)['"]|([\w.-]+))[ \t]*\r?\n/y;
const HOME = /^~[\w.-]*(?:\/|$)/;
/** In the skeleton of a word it stands for whatever was quoted. */
const QUOTED = "\0";

class BashReader extends Cursor {
  readonly #notes: Notes;
  readonly #commands: Command[] = [];
  #words: Word[] = [];
  #input: Input = unknownInput();
  /** Does what another command prints go into this one? */
  #isPiped = false;
  /** Those that begin on the next line. */
  #hereDocuments: HereDocument[] = [];

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
      else if (this.#redirection()) continue;
      else if (character === "|") this.#pipe();
      else if (this.#separator()) this.#end();
      else if (this.run(LOOSE_END) !== "")
        this.#notes.add("\\", "it makes the line go on, and no line follows");
      else this.#words.push(this.#argument());
    }
    this.#end();
    return this.#commands;
  }

  #argument(): Word {
    const { character } = this;
    if (character === "(" || character === ")")
      this.fail(`${character} outside of quotes is not for arguments: quote it`);
    this.assertPlainSign(this.at);
    if (this.match(BROKEN_LINE) !== null)
      this.fail("a line goes on where \\ is its last character: take away the blanks behind it", this.at);
    return this.#word();
  }

  #separator(): boolean {
    const separator = this.run(SEPARATOR);
    if (separator === "\n") this.#readHereDocuments();
    return separator !== "";
  }

  #readHereDocuments(): void {
    for (const document of this.#hereDocuments.splice(0)) readHereDocument(this, document);
  }

  #end(): void {
    const isAtEnd = this.character === undefined;
    if (isAtEnd) this.#readHereDocuments();
    this.#dropPrompt();
    if (this.#words.length === 0) {
      if (this.#isPiped && isAtEnd) this.fail("nothing follows the |");
      return;
    }
    this.#commands.push({ words: this.#words, input: this.#input });
    this.#begin(unknownInput(), false);
  }

  #begin(input: Input, isPiped: boolean): void {
    this.#words = [];
    this.#input = input;
    this.#isPiped = isPiped;
  }

  /** What a line begins with where a page shows what to type. */
  #dropPrompt(): void {
    if (this.#words.length > 1 && /^[$%]$/.test(this.#words[0]?.bytes ?? "")) this.#words.shift();
  }

  /** `|` behind what is known goes into curl. Behind curl, what it prints goes to others, and they are not run. */
  #pipe(): void {
    const { at } = this;
    const sign = this.run(PIPE);
    this.#dropPrompt();
    if (isCurl(this.#words[0]?.bytes ?? "")) return this.#skip(sign, at);
    const output = sign === "|" ? printedBy(this.#words, this.#input) : null;
    if (output === null || this.#isPiped)
      this.fail(`${sign} hands output to another command, and nothing is run here: leave it out`, at);
    this.#begin(output, true);
  }

  /** The commands behind it, up to where the next one begins. */
  #skip(sign: string, at: number): void {
    const words: Word[] = [];
    for (;;) {
      this.run(BLANKS);
      if (this.#redirection()) continue;
      const { character } = this;
      if (character === undefined || ";&\n#".includes(character)) break;
      if (this.run(PIPE) === "") words.push(this.#argument());
    }
    const [program] = words;
    if (program === undefined) this.fail(`nothing follows the ${sign}`, at);
    if (words.some(({ bytes }) => isCurl(bytes)))
      this.fail(`${sign} hands output to another curl, and nothing is run here: leave it out`, at);
    const name = /^[\w./-]{1,40}$/.test(program.bytes) ? ` ${program.bytes}` : "";
    this.#notes.add(`${sign}${name}`, "nothing is run here but what curl would send");
  }

  /** A redirection, if one stands here: output goes nowhere, input is kept. */
  #redirection(): boolean {
    const { at } = this;
    const [, number = "", sign = ""] = this.match(REDIRECTION) ?? [];
    if (sign === "") return false;
    if (this.character === "(")
      this.fail(`${sign}( would run a command, and nothing is run here: leave it out`, at);
    // Beside a word it is rather a placeholder, as in `/users/<id>`.
    if (at > 0 && !/\s/.test(this.source.text.charAt(at - 1)))
      this.fail(
        `${sign} is a redirection, and stands within an argument: quote that, or write a blank before`,
        at,
      );
    if (sign.includes(">") && sign !== "<>") {
      this.#target(sign, at);
      this.#notes.add(
        sign,
        "it is about where the output of curl goes: saveTo() of the response writes a file",
      );
    } else if (sign === "<&" || sign === "<>" || !/^0?$/.test(number))
      this.fail(`${number}${sign} is a redirection of which nothing is known here: leave it out`, at);
    else this.#readFrom(sign, at);
    return true;
  }

  #readFrom(sign: string, at: number): void {
    this.run(BLANKS);
    const from = this.at;
    const word = this.#target(sign, at);
    this.#input = unknownInput();
    if (sign === "<<<") this.#input.bytes = `${word.bytes}\n`;
    else if (sign === "<" && word.bytes === "/dev/null") this.#input.bytes = "";
    else if (sign === "<") this.#input.file = word;
    else {
      const isPlain = /['"\\]/.test(this.source.text.slice(from, this.at));
      const end = Buffer.from(word.bytes, "latin1").toString("utf8");
      this.#hereDocuments.push({ end, isPlain, isIndented: sign === "<<-", input: this.#input, at });
    }
  }

  #target(sign: string, at: number): Word {
    this.run(BLANKS);
    const word = this.#word();
    if (this.at === word.at) this.fail(`nothing follows the ${sign}`, at);
    return word;
  }

  #word(): Word {
    const { at } = this;
    const parts: string[] = [];
    let skeleton = "";
    for (;;) {
      const plain = this.run(PLAIN);
      if (plain !== "") {
        const printedSign = PRINTED.exec(plain);
        if (printedSign !== null) this.#printedSign(printedSign);
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

  /** A quote or a blank of printed text. It was behind what was read. */
  #printedSign({ index, input }: RegExpExecArray): never {
    const at = this.at - input.length + index;
    this.assertPlainSign(at);
    this.fail("a blank of printed text stands here, which no shell takes for one: write another", at);
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
    if (next === "(") return this.#substituted(isQuoted);
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

  /** `$(printf '…')`, or `$(cat <<…)`. The shell takes line ends off its end, and bytes that are 0 out of it. */
  #substituted(isQuoted: boolean): string {
    const from = this.at;
    const format = this.match(PRINTF)?.[1];
    const bytes = format === undefined ? this.#hereDocument() : printed(bytesOf(format));
    if (bytes === null || bytes.includes("\0"))
      this.fail("$( would run a command, and nothing is run here: write what it gives", from);
    let end = bytes.length;
    while (bytes[end - 1] === "\n") end--;
    const word = bytes.slice(0, end);
    if (!isQuoted && (word === "" || /[\s*?[\\]/.test(word)))
      this.fail("$( ) outside of double quotes is not always one word: quote it", from);
    return word;
  }

  /** The text of `$(cat <<…)`; `null` where something else stands. */
  #hereDocument(): string | null {
    const from = this.at;
    const [found, dash, plain, end = plain] = this.match(CAT) ?? [];
    if (found === undefined || end === undefined) return null;
    const input = unknownInput();
    const isPlain = plain !== undefined;
    readHereDocument(this, { end, isPlain, isIndented: dash === "-", input, at: from });
    if (this.run(/\s*\)/y) === "") this.fail("the $( is never closed", from);
    return input.bytes;
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
