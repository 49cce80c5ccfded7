/**
 * netrc: which user and password belong to a host. `environment/` reads the file.
 *
 * Reads what curl and Python's netrc module read; keywords and hosts without regard to case. What is not
 * understood is skipped and told by its line, so that one word of another program does not silence the rest. Nothing that is
 * skipped can give a host another host's password: the word `machine` is never skipped, and of a value that stands twice in
 * an entry the first counts.
 */
import { parseUrl, type Url } from "../core/url.ts";

/** User and password of a host. */
export interface NetrcCredentials {
  readonly username: string;
  readonly password: string;
}

/** A parsed netrc file. Entries without any value are in it as `null`. */
export interface Netrc {
  /** By host as URLs spell it, or by host and port where the file names one; entries in the order of the file. */
  readonly machines: ReadonlyMap<string, readonly (NetrcCredentials | null)[]>;
  /** For all other hosts. */
  readonly fallback: NetrcCredentials | null;
  /** Lines with something that was not understood, from 1. */
  readonly mistakes: readonly number[];
}

/** Which entries of a file may be used. */
export interface NetrcQuery {
  /** Only those of this user; `null`: of anybody. */
  readonly login: string | null;
  /** The `default` entry, too? */
  readonly withDefault: boolean;
}

/** Reads the text of a netrc file. Never throws. */
export function parseNetrc(text: string): Netrc {
  return new Parser(text).parse();
}

/**
 * User and password for a URL's host; `null` for none. Of several entries the last counts, as in Python; one that names the
 * port, too, goes before one that does not.
 */
export function credentialsFor(netrc: Netrc, url: Url, query: NetrcQuery): NetrcCredentials | null {
  const { login, withDefault } = query;
  const fits = (entry: NetrcCredentials | null): boolean => login === null || entry?.username === login;
  for (const host of [`${url.host}:${url.effectivePort}`, url.host]) {
    const entry = netrc.machines.get(host)?.findLast(fits);
    // One that says nothing hides those that are for more, as in Python.
    if (entry !== undefined) return entry;
  }
  return withDefault && fits(netrc.fallback) ? netrc.fallback : null;
}

/** The words that begin something new. */
const OPENING: ReadonlySet<string> = new Set(["machine", "default", "macdef"]);

/** What an entry may say. */
type Field = "login" | "account" | "password";

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ["login", "login"],
  ["user", "login"],
  ["account", "account"],
  ["password", "password"],
]);

/** Puts the words of a file together. */
class Parser {
  readonly #words: WordReader;
  readonly #machines = new Map<string, (NetrcCredentials | null)[]>();
  #fallback: NetrcCredentials | null = null;
  readonly #mistakes = new Set<number>();

  constructor(text: string) {
    this.#words = new WordReader(text);
  }

  parse(): Netrc {
    for (let word = this.#nextKeyword(); word !== null; word = this.#nextKeyword()) {
      const key = word.text.toLowerCase();
      if (key === "macdef") this.#words.skipMacro();
      else if (key === "machine") this.#machine(word);
      else if (key === "default") this.#fallback = this.#entry();
      else this.#skip(word);
    }
    return {
      machines: this.#machines,
      fallback: this.#fallback,
      mistakes: [...this.#mistakes].sort((one, other) => one - other),
    };
  }

  #machine(word: Word): void {
    const name = this.#valueOf(word);
    const key = name === null ? null : hostOf(name);
    const entry = this.#entry();
    if (key === null) {
      this.#mistakes.add(word.line);
      return;
    }
    const entries = this.#machines.get(key);
    if (entries === undefined) this.#machines.set(key, [entry]);
    else entries.push(entry);
  }

  /** The values up to the next entry; `null` when there are none. */
  #entry(): NetrcCredentials | null {
    const values = new Map<Field, string>();
    for (let word = this.#peekKeyword(); word !== null; word = this.#peekKeyword()) {
      const key = word.text.toLowerCase();
      if (OPENING.has(key)) break;
      this.#words.take();
      const field = FIELDS.get(key);
      if (field === undefined) {
        this.#skip(word);
        continue;
      }
      const value = this.#valueOf(word) ?? "";
      if (!values.has(field)) values.set(field, value);
      else if (values.get(field) !== value) this.#mistakes.add(word.line);
    }
    // Only this far does an account count: as the name, where there is no other.
    const username = values.get("login") || values.get("account") || "";
    const password = values.get("password") ?? "";
    return username === "" && password === "" ? null : { username, password };
  }

  /** What belongs to a keyword; `null` when a line begins with another keyword in its place, or the file is over. */
  #valueOf(keyword: Word): string | null {
    const word = this.#words.peek();
    if (word === null || (word.isFirst && isKeyword(word))) {
      this.#mistakes.add(keyword.line);
      return null;
    }
    this.#words.take();
    return word.text;
  }

  /** Other programs have words of their own, with a value each: `port 993`, `protocol https`. */
  #skip({ line }: Word): void {
    this.#mistakes.add(line);
    const value = this.#words.peek();
    const isThere = value !== null && value.line === line && !value.text.startsWith("#");
    if (isThere && !(OPENING.has(value.text.toLowerCase()) && !value.isQuoted)) this.#words.take();
  }

  /** The next word that is no comment. Where a value stands, `#` is a character like others. */
  #peekKeyword(): Word | null {
    for (;;) {
      const word = this.#words.peek();
      if (word === null || !word.text.startsWith("#")) return word;
      this.#words.skipLine(word);
    }
  }

  #nextKeyword(): Word | null {
    const word = this.#peekKeyword();
    this.#words.take();
    return word;
  }
}

function isKeyword({ text, isQuoted }: Word): boolean {
  const key = text.toLowerCase();
  return !isQuoted && (OPENING.has(key) || FIELDS.has(key));
}

/** A machine's name as URLs spell a host, with the port where it has one; `null` when no URL has such a host. */
function hostOf(name: string): string | null {
  const isAddress = name.split(":").length > 2 && !name.startsWith("[");
  try {
    const { host, port, userinfo, target, fragment } = parseUrl(`http://${isAddress ? `[${name}]` : name}/`);
    if (userinfo !== null || target !== "/" || fragment !== null) return null;
    return port === null ? host : `${host}:${port}`;
  } catch {
    return null;
  }
}

/** A word of the file. */
interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
  /** From 1. */
  readonly line: number;
  /** Is it the first word of its line? */
  readonly isFirst: boolean;
  /** Where it ends. */
  readonly end: number;
}

/**
 * Between quotes, in which a backslash protects one character, or up to the next blank. A quote that is not closed in its line
 * is a character like others, and so is a backslash outside of quotes.
 */
const WORD = /"([^"\\\n]*(?:\\[^\n][^"\\\n]*)*)"|[^ \t\n]+/y;

/** Cuts a text into words. */
class WordReader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #isFirst = true;
  #ahead: Word | null = null;

  constructor(text: string) {
    this.#text = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  }

  /** The next word, which stays the next one; `null` at the end. */
  peek(): Word | null {
    this.#ahead ??= this.#read();
    return this.#ahead;
  }

  /** Goes on behind the next word. */
  take(): void {
    const word = this.peek();
    if (word === null) return;
    this.#at = word.end;
    this.#isFirst = false;
    this.#ahead = null;
  }

  /** Goes on behind the line of a word. */
  skipLine(word: Word): void {
    const end = this.#text.indexOf("\n", word.end);
    this.#at = end === -1 ? this.#text.length : end;
    this.#ahead = null;
  }

  /** A macro ends at an empty line, or with the file. */
  skipMacro(): void {
    const rest = /\n[ \t]*(?=\n)/g;
    rest.lastIndex = this.#at;
    const end = rest.exec(this.#text) === null ? this.#text.length : rest.lastIndex;
    this.#line += this.#text.slice(this.#at, end).split("\n").length - 1;
    this.#at = end;
    this.#ahead = null;
  }

  #read(): Word | null {
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at];
      if (character === "\n") {
        this.#line++;
        this.#isFirst = true;
      } else if (character !== " " && character !== "\t") break;
    }
    WORD.lastIndex = this.#at;
    const match = WORD.exec(this.#text);
    if (match === null) return null;
    const [whole, quoted] = match;
    return {
      text: quoted === undefined ? whole : quoted.replace(/\\(.)/g, "$1"),
      isQuoted: quoted !== undefined,
      line: this.#line,
      isFirst: this.#isFirst,
      end: WORD.lastIndex,
    };
  }
}
