/**
 * The text of a command line, and what shells make of it: commands of words. Words are bytes, for that is what a program is
 * given; here a byte is a character from U+0000 to U+00FF.
 */
import { isUtf8 } from "node:buffer";

/** A word of a command, as the program is given it. */
export interface Word {
  /** A character for each byte. */
  readonly bytes: string;
  /** Where in the text it begins. */
  readonly at: number;
}

/** What a command may read from its standard input. Text of it may stand behind the command. */
export interface Input {
  /** A character for each byte; `null` when nothing is known of them. */
  bytes: string | null;
  /** The file that it is; `null` for none. */
  file: Word | null;
}

/** A command: the name of a program, and its arguments. */
export interface Command {
  readonly words: readonly Word[];
  readonly input: Input;
}

const CURL = /(?:^|[/\\])curl(?:\.exe)?$/i;

/** Is curl the program of that name? */
export function isCurl(program: string): boolean {
  return CURL.test(program);
}

/** Nothing is known of the standard input. */
export function unknownInput(): Input {
  return { bytes: null, file: null };
}

/** What of a text was not taken over, and why. */
interface Ignored {
  readonly option: string;
  readonly reason: string;
}

/** What of a text was not taken over: each option and reason once. */
export class Notes {
  readonly ignored: Ignored[] = [];
  readonly #seen = new Set<string>();

  /** @param first where it is for the first time: asked when that is to be told. */
  add(option: string, reason: string, first?: () => string): void {
    const key = `${option}\n${reason}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.ignored.push({ option, reason: first === undefined ? reason : `${reason} (first at ${first()})` });
  }
}

/** The text of a command line, which knows where in it something stands. */
export class Source {
  readonly text: string;

  /** @throws {SyntaxError} for half of a surrogate pair, which no shell can be given. */
  constructor(text: string) {
    // A file may begin with a mark of its own.
    this.text = text.startsWith("\ufeff") ? text.slice(1) : text;
    if (!this.text.isWellFormed())
      throw this.error(this.text.search(/\p{Surrogate}/u), "half of a surrogate pair is no character");
  }

  /** `line 1, column 7`: both are counted from 1, columns in UTF-16 units. */
  place(at: number): string {
    const before = this.text.slice(0, at);
    const line = before.split("\n").length;
    return `line ${line}, column ${at - before.lastIndexOf("\n")}`;
  }

  /** The error for what cannot stand there. Of the text it shows nothing: the caller chooses what is no secret. */
  error(at: number, problem: string): SyntaxError {
    return new SyntaxError(`${this.place(at)}: ${problem}`);
  }
}

/** The bytes of text in UTF-8. */
export function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The text that the bytes are in UTF-8; `null` when they are none. */
export function textOf(bytes: string): string | null {
  const buffer = Buffer.from(bytes, "latin1");
  return isUtf8(buffer) ? buffer.toString("utf8") : null;
}

/** Bytes as text where they are UTF-8, else as bytes: what bodies and fields are made of. */
export function textOrBytes(bytes: string): string | Uint8Array {
  return textOf(bytes) ?? new Uint8Array(Buffer.from(bytes, "latin1"));
}

const PRINTED_DASH = /[\u2010-\u2015\u2212]/;
const PRINTED_QUOTE = /[\u2018-\u201f]/;

/** Reads the text at a place with sticky expressions. */
export class Cursor {
  readonly source: Source;
  at = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** The character there; `undefined` at the end. */
  get character(): string | undefined {
    return this.source.text[this.at];
  }

  /** What `pattern` (with the flag `y`) finds there, and goes behind it; `null` when it finds nothing. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  /** The same as text: `""` when it finds nothing. */
  run(pattern: RegExp): string {
    return this.match(pattern)?.[0] ?? "";
  }

  /** @throws {SyntaxError} where a dash or a quote stands that a program for writing put in the place of a plain one. */
  assertPlainSign(at: number): void {
    const sign = this.source.text.charAt(at);
    if (PRINTED_DASH.test(sign))
      this.fail(`${sign} is a dash of printed text, and options begin with another one: write -`, at);
    if (PRINTED_QUOTE.test(sign)) this.fail(`${sign} is a quote of printed text: write ' or "`, at);
  }

  /** @throws {SyntaxError} always. */
  fail(problem: string, at: number = this.at): never {
    throw this.source.error(at, problem);
  }
}
