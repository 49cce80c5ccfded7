/**
 * Words as Windows makes them of a line: cmd.exe takes its `^` and its quotes, then the C library splits what is left into
 * arguments ("Parsing C command-line arguments", Microsoft).
 *
 * Older Chromes wrote `"a ^\^"b^\^""`: a quote of cmd's, and inside of it escapes that cmd does not undo there. Nobody can mean
 * that, so the escapes are undone where such a word is seen.
 */
import { bytesOf, Cursor, unknownInput, type Command, type Notes, type Source, type Word } from "./source.ts";

/** The commands of a text. @throws {SyntaxError} that names the place of what cannot be read without running it. */
export function cmdCommands(source: Source, notes: Notes): Command[] {
  return new CmdReader(source, notes).commands();
}

const VARIABLE = /%([A-Za-z_]\w*)%/y;
/** What begins so is an escape of a URL, and what cmd leaves alone unless there is a variable of that name. */
const ESCAPE = /^[\dA-Fa-f]{2}/;
const LINE_END = /\r?\n/y;
/** An escape with blanks behind it at the end of a line. */
const BROKEN_LINE = /\^(?=[ \t]+\r?\n)/y;

class CmdReader extends Cursor {
  readonly #notes: Notes;
  /** Inside quotes of cmd's, in which `^` and `&` are plain characters. */
  #isQuoted = false;
  /** Inside a word of an older Chrome's. */
  #isMixed = false;
  /** The command is over. */
  #isOver = false;
  /** Inside quotes of the C library. What would end the command there could be meant as nothing else than itself. */
  #isArgumentQuoted = false;
  /** A character that was read too early. */
  #ahead: string | null = null;

  constructor(source: Source, notes: Notes) {
    super(source);
    this.#notes = notes;
  }

  commands(): Command[] {
    const commands: Command[] = [];
    while (this.character !== undefined) {
      this.#isOver = false;
      this.#isQuoted = false;
      const words = this.#words();
      if (words.length > 0) commands.push({ words, input: unknownInput() });
    }
    return commands;
  }

  /** The arguments of one command, as the C library finds them. */
  #words(): Word[] {
    const words: Word[] = [];
    for (;;) {
      const at = this.at;
      const character = this.#next();
      if (character === null) return words;
      if (character !== " " && character !== "\t") {
        this.#ahead = character;
        this.assertPlainSign(at);
        words.push({ bytes: bytesOf(this.#word(at)), at });
      }
    }
  }

  #word(at: number): string {
    let text = "";
    this.#isArgumentQuoted = false;
    for (;;) {
      const backslashes = this.#backslashes();
      const character = this.#next();
      if (character !== '"') {
        text += "\\".repeat(backslashes);
        if (backslashes > 0 && (character === "$" || character === "`")) this.#tellOfBackslash(at, character);
        if (character === null) break;
        if (!this.#isArgumentQuoted && (character === " " || character === "\t")) return text;
        text += character;
        continue;
      }
      text += "\\".repeat(backslashes >> 1);
      if (backslashes % 2 === 1) text += '"';
      else text += this.#quote();
    }
    if (this.#isArgumentQuoted) this.fail('the " is never closed', at);
    return text;
  }

  /** A quote: two of them within quotes are one that is meant. */
  #quote(): string {
    const wasQuoted = this.#isArgumentQuoted;
    // What follows a quote that closes is outside of it.
    this.#isArgumentQuoted = !wasQuoted;
    if (!wasQuoted || !this.#isNext('"')) return "";
    this.#isArgumentQuoted = true;
    return '"';
  }

  /** How many of them follow. */
  #backslashes(): number {
    let count = 0;
    while (this.#isNext("\\")) count++;
    return count;
  }

  /** Goes on behind the next character if it is that one. */
  #isNext(character: string): boolean {
    const next = this.#next();
    if (next === character) return true;
    this.#ahead = next;
    return false;
  }

  #tellOfBackslash(at: number, character: string): void {
    const reason = `Firefox writes \\${character} for ${character}; both characters are sent, as cmd does`;
    this.#notes.add(`\\${character}`, reason, () => this.source.place(at));
  }

  /** The next character that the C library sees; `null` at the end of the command. */
  #next(): string | null {
    if (this.#ahead !== null) {
      const ahead = this.#ahead;
      this.#ahead = null;
      return ahead;
    }
    const { character } = this;
    if (character === undefined || this.#isOver) return null;
    if (this.run(LINE_END) !== "") return this.#end();
    switch (character) {
      case '"':
        this.#toggle();
        break;
      case "^":
        if (!this.#isQuoted) return this.#escaped();
        break;
      case "%":
        this.#assertNoVariable();
        break;
      default:
        if (this.#isOperator(character)) return this.#operator(character);
        break;
    }
    this.at++;
    return character;
  }

  #end(): null {
    this.#isOver = true;
    this.#isMixed = false;
    return null;
  }

  /** A quote, at which cmd begins to take `^` as it stands, or ends to. */
  #toggle(): void {
    if (this.#isMixed) this.#isMixed = false;
    else if (!this.#isQuoted && this.#beginsMixed()) this.#isMixed = true;
    else this.#isQuoted = !this.#isQuoted;
  }

  /** Are there, up to the quote that has no `^` before it, escapes as an older Chrome wrote them? */
  #beginsMixed(): boolean {
    const { text } = this.source;
    for (let at = this.at + 1; at < text.length; at++) {
      const character = text[at];
      if (character === '"' || character === "\n") return false;
      if (character !== "^") continue;
      at++;
      if (text[at] === "%" || (text[at] === '"' && text[at - 2] === "\\")) return true;
    }
    return false;
  }

  /** `^` and what it makes a plain character. A line end behind it goes, and then what follows is plain. */
  #escaped(): string | null {
    if (this.run(BROKEN_LINE) !== "")
      this.fail("a line goes on where ^ is its last character: take away the blanks behind it", this.at - 1);
    this.at++;
    const isContinued = this.run(LINE_END) !== "";
    if (isContinued && this.run(LINE_END) !== "") return "\n";
    const { character } = this;
    if (character === undefined) return null;
    this.at++;
    return character;
  }

  /** Browsers leave `&` without an escape where there are quotes, as if they were those of cmd. */
  #isOperator(character: string): boolean {
    if (this.#isQuoted || this.#isMixed || !"&|<>".includes(character)) return false;
    return character !== "&" || !this.#isArgumentQuoted;
  }

  #operator(character: string): null {
    if (character === "|")
      this.fail("| hands output to another command, and nothing is run here: leave it out");
    if (character !== "&")
      this.fail(`${character} is a redirection, and no file is read or written here: leave it out`);
    this.at += this.source.text[this.at + 1] === "&" ? 2 : 1;
    return this.#end();
  }

  #assertNoVariable(): void {
    const from = this.at;
    const name = this.match(VARIABLE)?.[1];
    this.at = from;
    if (name !== undefined && !ESCAPE.test(name))
      this.fail(`%${name}% is a variable of the shell, and its value is not known here: write it`);
  }
}
