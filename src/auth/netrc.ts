/**
 * netrc: which user and password belong to a host. `environment/` reads the file.
 *
 * Reads what Python's netrc module reads, but compares machine names without case. A file with a mistake
 * says nothing at all, as there: half a file could give a host another host's password.
 */

/** User and password of a host. */
export interface NetrcCredentials {
  readonly username: string;
  readonly password: string;
}

/** A parsed netrc file. Entries without any value are in it as `null`. */
export interface Netrc {
  /** By name in lower case. */
  readonly machines: ReadonlyMap<string, NetrcCredentials | null>;
  /** For all other hosts. */
  readonly fallback: NetrcCredentials | null;
  /** Line of the first mistake, from 1; `null` for a good file. */
  readonly malformedAt: number | null;
}

/** Reads the text of a netrc file. Never throws. */
export function parseNetrc(text: string): Netrc {
  const reader = new TokenReader(text.replace(/^\ufeff/, ""));
  const machines = new Map<string, NetrcCredentials | null>();
  let fallback: NetrcCredentials | null = null;
  for (let word = reader.nextKeyword(); word !== null; word = reader.nextKeyword()) {
    if (word === "macdef") {
      reader.skipMacro();
    } else if (word === "machine" || word === "default") {
      const name = word === "machine" ? reader.next() : "";
      const entry = name === null ? undefined : readEntry(reader);
      if (name === null || entry === undefined) return malformed(reader.line);
      if (word === "machine") machines.set(name.toLowerCase(), entry);
      else fallback = entry;
    } else {
      return malformed(reader.line);
    }
  }
  return { machines, fallback, malformedAt: null };
}

/** User and password for a host, written as in a URL (IPv6 addresses in brackets or not); `null` for none. */
export function credentialsFor(netrc: Netrc, host: string): NetrcCredentials | null {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  const entry = netrc.machines.get(name);
  // An entry that says nothing hides the default one, as in Python.
  return entry === undefined ? netrc.fallback : entry;
}

function malformed(line: number): Netrc {
  return { machines: new Map(), fallback: null, malformedAt: line };
}

/** The values up to the next entry; `undefined` for a mistake. */
function readEntry(reader: TokenReader): NetrcCredentials | null | undefined {
  const values = { login: "", account: "", password: "" };
  for (;;) {
    const word = reader.nextKeyword();
    if (word === null || word === "machine" || word === "default" || word === "macdef") {
      if (word !== null) reader.putBack(word);
      break;
    }
    const name = word === "user" ? "login" : word;
    if (name !== "login" && name !== "account" && name !== "password") return undefined;
    values[name] = reader.next() ?? "";
  }
  // Only this far does an account count: as the name, where there is no other.
  const username = values.login === "" ? values.account : values.login;
  return username === "" && values.password === "" ? null : { username, password: values.password };
}

/** Cuts a text into words: separated by blanks and line ends, or between quotes; a backslash protects one character. */
class TokenReader {
  readonly #text: string;
  #at = 0;
  #pushedBack: string | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line that was read last, from 1. */
  get line(): number {
    return this.#text.slice(0, this.#at).split("\n").length;
  }

  /** The next word; `null` at the end. */
  next(): string | null {
    if (this.#pushedBack !== null) {
      const word = this.#pushedBack;
      this.#pushedBack = null;
      return word;
    }
    while (isBlank(this.#text[this.#at])) this.#at++;
    if (this.#at >= this.#text.length) return null;
    return this.#text[this.#at] === '"' ? this.#quoted() : this.#bare();
  }

  /** The next word that is no comment. Where a value stands, `#` is a character like others. */
  nextKeyword(): string | null {
    for (;;) {
      const word = this.next();
      if (word === null || !word.startsWith("#")) return word;
      const lineEnd = this.#text.indexOf("\n", this.#at);
      this.#at = lineEnd === -1 ? this.#text.length : lineEnd;
    }
  }

  putBack(word: string): void {
    this.#pushedBack = word;
  }

  /** A macro ends at an empty line, or with the file. */
  skipMacro(): void {
    const rest = /\n[ \t\r]*\n/g;
    rest.lastIndex = this.#at;
    this.#at = rest.exec(this.#text) === null ? this.#text.length : rest.lastIndex;
  }

  #bare(): string {
    let word = "";
    while (this.#at < this.#text.length && !isBlank(this.#text[this.#at])) word += this.#character();
    return word;
  }

  #quoted(): string {
    let word = "";
    this.#at++;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') word += this.#character();
    this.#at++;
    return word;
  }

  #character(): string {
    if (this.#text[this.#at] === "\\") this.#at++;
    return this.#text[this.#at++] ?? "";
  }
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\n" || character === "\r";
}
