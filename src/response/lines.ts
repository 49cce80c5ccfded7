/**
 * Splits text into lines, wherever the pieces are cut in which it comes.
 */

/** A line that never ends must not fill the memory. */
export interface LineLimit {
  readonly maxLength: number;
  readonly excess: (maxLength: number) => Error;
}

/** How lines end, and what becomes of their ends. */
export interface LineOptions {
  /** What stands between lines; `null`: `\n`, `\r` and `\r\n` end a line. Not empty. */
  readonly delimiter?: string | null;
  /** Do lines keep what ended them? */
  readonly keepEnds?: boolean;
  /** Longest line that is waited for, in characters, and the error of a longer one; `null`: no limit. */
  readonly limit?: LineLimit | null;
}

/** Takes text in pieces and gives its lines. */
export interface LineSplitter {
  /** The lines that end in `text`. @throws what `limit.excess` makes, for a line that is too long. */
  push(text: string): string[];
  /** The line that nothing ended. */
  end(): string[];
}

/**
 * Without a delimiter the last line may have an end or not; with one it is what follows the last delimiter, even when
 * that is nothing. No text at all has no lines.
 */
export function lineSplitter(options: LineOptions): LineSplitter {
  const rest = new Rest(options.limit ?? null);
  const delimiter = options.delimiter ?? null;
  if (delimiter !== null) return new DelimiterSplitter(rest, delimiter, options.keepEnds ?? false);
  return options.keepEnds === true ? new KeepingSplitter(rest) : new NewlineSplitter(rest);
}

/** The beginning of a line whose end has not come yet. Pieces, since joining them again and again would be quadratic. */
class Rest {
  #pieces: string[] = [];
  #length = 0;
  readonly #limit: LineLimit | null;

  constructor(limit: LineLimit | null) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(piece: string): void {
    if (piece === "") return;
    this.#check();
    this.#length += piece.length;
    this.#pieces.push(piece);
  }

  take(): string {
    this.#check();
    const line = this.#pieces.length === 1 ? this.#pieces[0] : this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return line ?? "";
  }

  /** Not called as soon as the line is too long: the lines before it are to be given first. */
  #check(): void {
    if (this.#limit !== null && this.#length > this.#limit.maxLength)
      throw this.#limit.excess(this.#limit.maxLength);
  }

  /** `pieces` are the parts of a split text: the first ends the rest, the last is the new rest. */
  turnOver(pieces: string[]): string[] {
    const last = pieces.pop() ?? "";
    if (pieces.length > 0) {
      this.add(pieces[0] ?? "");
      pieces[0] = this.take();
    }
    this.add(last);
    return pieces;
  }
}

/** Gives a line as soon as it ends: at a `\r` it does not wait for the `\n` that may follow. */
class NewlineSplitter implements LineSplitter {
  readonly #rest: Rest;
  #afterReturn = false;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  push(text: string): string[] {
    if (text === "") return [];
    const fresh = this.#afterReturn && text.startsWith("\n") ? text.slice(1) : text;
    this.#afterReturn = text.endsWith("\r");
    return this.#rest.turnOver(fresh.includes("\r") ? fresh.split(/\r\n|\n|\r/) : fresh.split("\n"));
  }

  end(): string[] {
    return this.#rest.isEmpty ? [] : [this.#rest.take()];
  }
}

/** Has to wait for what follows a `\r`: both may be one end. */
class KeepingSplitter implements LineSplitter {
  readonly #rest: Rest;
  #held = "";

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  push(text: string): string[] {
    const all = this.#held + text;
    this.#held = all.endsWith("\r") ? "\r" : "";
    const pieces = all.slice(0, all.length - this.#held.length).split(/(?<=\n)|(?<=\r)(?!\n)/);
    if (/[\r\n]$/.test(pieces.at(-1) ?? "")) pieces.push("");
    return this.#rest.turnOver(pieces);
  }

  end(): string[] {
    this.#rest.add(this.#held);
    this.#held = "";
    return this.#rest.isEmpty ? [] : [this.#rest.take()];
  }
}

class DelimiterSplitter implements LineSplitter {
  readonly #rest: Rest;
  readonly #delimiter: string;
  readonly #keepEnds: boolean;
  /** The end of the text so far that may be the beginning of a delimiter. */
  #held = "";
  #started = false;

  constructor(rest: Rest, delimiter: string, keepEnds: boolean) {
    this.#rest = rest;
    this.#delimiter = delimiter;
    this.#keepEnds = keepEnds;
  }

  push(text: string): string[] {
    if (text === "") return [];
    this.#started = true;
    const pieces = (this.#held + text).split(this.#delimiter);
    const last = pieces.pop() ?? "";
    this.#held = this.#beginning(last);
    pieces.push(last.slice(0, last.length - this.#held.length));
    const lines = this.#rest.turnOver(pieces);
    return this.#keepEnds ? lines.map((line) => line + this.#delimiter) : lines;
  }

  end(): string[] {
    this.#rest.add(this.#held);
    this.#held = "";
    return this.#started ? [this.#rest.take()] : [];
  }

  /** The longest end of `text` with which a delimiter begins. */
  #beginning(text: string): string {
    for (let length = Math.min(this.#delimiter.length - 1, text.length); length > 0; length--) {
      const end = text.slice(-length);
      if (this.#delimiter.startsWith(end)) return end;
    }
    return "";
  }
}
