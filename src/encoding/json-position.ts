/**
 * Finds the first character that makes a text no JSON (RFC 8259). `JSON.parse` tells it only now and then, and then with
 * a piece of the text. Runs after `JSON.parse` failed, never before.
 */

/** What may come next. */
type Expected = "value" | "value or ]" | "name" | "name or }" | "colon" | "comma or end";

/** Offset of the first wrong character, the length of the text when it ends too early, `null` when nothing is wrong. */
export function jsonErrorPosition(text: string): number | null {
  const scanner = new Scanner(text);
  let expected: Expected | null = "value";
  while (expected !== null) {
    scanner.skipBlanks();
    if (scanner.atEnd) return scanner.isComplete(expected) ? null : text.length;
    expected = scanner.step(expected);
  }
  return scanner.at;
}

class Scanner {
  at = 0;
  readonly #text: string;
  /** The closing bracket of everything that is open. No recursion: nesting may be deep. */
  readonly #open: ("]" | "}")[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  /** Is the value over? */
  isComplete(expected: Expected): boolean {
    return expected === "comma or end" && this.#open.length === 0;
  }

  skipBlanks(): void {
    while (/[ \t\n\r]/.test(this.#text[this.at] ?? "")) this.at++;
  }

  /** Reads one token. `null`: it is wrong, at `at`. */
  step(expected: Expected): Expected | null {
    const character = this.#text[this.at] ?? "";
    switch (expected) {
      case "value or ]":
        return character === "]" ? this.#close() : this.#value(character);
      case "value":
        return this.#value(character);
      case "name or }":
        return character === "}" ? this.#close() : this.#name(character);
      case "name":
        return this.#name(character);
      case "colon":
        return character === ":" ? this.#take("value") : null;
      case "comma or end":
        return this.#afterValue(character);
    }
  }

  #afterValue(character: string): Expected | null {
    const close = this.#open.at(-1);
    if (character === close) return this.#close();
    return character === "," && close !== undefined ? this.#take(close === "}" ? "name" : "value") : null;
  }

  #value(character: string): Expected | null {
    if (character === "{") return this.#openWith("}", "name or }");
    if (character === "[") return this.#openWith("]", "value or ]");
    const valid =
      character === '"' ? this.#string() : /[-0-9]/.test(character) ? this.#number() : this.#word();
    return valid ? "comma or end" : null;
  }

  #name(character: string): Expected | null {
    return character === '"' && this.#string() ? "colon" : null;
  }

  #openWith(close: "]" | "}", next: Expected): Expected {
    this.#open.push(close);
    return this.#take(next);
  }

  #close(): Expected {
    this.#open.pop();
    return this.#take("comma or end");
  }

  #take(next: Expected): Expected {
    this.at++;
    return next;
  }

  /** Stops at the first character that may not be there. */
  #string(): boolean {
    for (this.at++; !this.atEnd; this.at++) {
      const character = this.#text[this.at] ?? "";
      if (character === '"') {
        this.at++;
        return true;
      }
      if (character < " ") return false;
      if (character === "\\" && !this.#escape()) return false;
    }
    return false;
  }

  #escape(): boolean {
    this.at++;
    const character = this.#text[this.at] ?? "";
    if (character !== "u") return character !== "" && '"\\/bfnrt'.includes(character);
    for (let digit = 0; digit < 4; digit++) {
      this.at++;
      if (!/[0-9a-fA-F]/.test(this.#text[this.at] ?? "")) return false;
    }
    return true;
  }

  #number(): boolean {
    if (this.#text[this.at] === "-") this.at++;
    if (this.#text[this.at] === "0") this.at++;
    else if (!this.#digits()) return false;
    if (this.#text[this.at] === ".") {
      this.at++;
      if (!this.#digits()) return false;
    }
    if (!/[eE]/.test(this.#text[this.at] ?? "")) return true;
    this.at++;
    if (/[+-]/.test(this.#text[this.at] ?? "")) this.at++;
    return this.#digits();
  }

  #digits(): boolean {
    const start = this.at;
    while (/[0-9]/.test(this.#text[this.at] ?? "")) this.at++;
    return this.at > start;
  }

  /** The position of a wrong word is its first character. */
  #word(): boolean {
    const word = ["true", "false", "null"].find((candidate) => this.#text.startsWith(candidate, this.at));
    this.at += word?.length ?? 0;
    return word !== undefined;
  }
}
