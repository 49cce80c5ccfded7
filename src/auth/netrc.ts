/**
 * netrc: which user and password belong to a host. `environment/` reads the file.
 *
 * Reads what curl and Python's netrc module read; keywords and hosts without regard to case. What is not
 * understood is skipped and told by its line, so that one word of another program does not silence the rest.
 *
 * Nothing that is skipped gives a host another host's password. The word `machine` is never skipped. Where another entry may
 * begin (a keyword with a slip, a line that is commented out, a value for the second time) the entry takes up nothing more, and
 * says nothing unless it was complete before. `default` opens an entry only where it cannot be the value of another word.
 */
import { suggestion } from "../core/suggest.ts";
import { urlOfHost, type Url } from "../core/url.ts";

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

/** What a file says of a URL's host. */
interface NetrcEntry {
  /** The host as the file files it, maybe with a port; `null`: the `default` entry. */
  readonly machine: string | null;
  /** `null`: it is there, and says nothing. */
  readonly credentials: NetrcCredentials | null;
}

/** User and password for a URL's host; `null` for none. As {@link entryFor} finds them. */
export function credentialsFor(netrc: Netrc, url: Url, query: NetrcQuery): NetrcCredentials | null {
  return entryFor(netrc, url, query)?.credentials ?? null;
}

/**
 * The entry that counts for a URL's host; `null` for none. Of several entries the last counts, as in Python; one that names the
 * port, too, goes before one that does not.
 */
export function entryFor(netrc: Netrc, url: Url, query: NetrcQuery): NetrcEntry | null {
  const { login, withDefault } = query;
  const fits = (entry: NetrcCredentials | null): boolean => login === null || entry?.username === login;
  for (const host of [`${url.host}:${url.effectivePort}`, url.host]) {
    const entry = netrc.machines.get(host)?.findLast(fits);
    // One that says nothing hides those that are for more, as in Python.
    if (entry !== undefined) return { machine: host, credentials: entry };
  }
  return withDefault && fits(netrc.fallback) ? { machine: null, credentials: netrc.fallback } : null;
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

/** Words that stand in entries of other programs, each with a value: of git, Emacs and command lines. They open nothing. */
const FOREIGN_FIELDS: ReadonlySet<string> = new Set(["port", "protocol", "method", "path"]);

/** What other programs write for `machine`. */
const FOREIGN_OPENINGS: ReadonlySet<string> = new Set(["host", "hostname", "server", "site", "domain"]);

/** What is known of an entry so far. */
class Entry {
  readonly #values = new Map<Field, string>();
  #isDoubtful = false;
  /** Did something come that may be another's? */
  #hasMore = false;

  /** Another entry may have begun: nothing more is taken up. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Is it taken up, or known already? A second value may be another entry's. */
  add(field: Field, value: string): boolean {
    const known = this.#values.get(field);
    if (known !== undefined && known !== value) this.#isDoubtful = true;
    if (this.#isDoubtful) this.#hasMore = true;
    else this.#values.set(field, value);
    return !this.#isDoubtful;
  }

  credentials(): NetrcCredentials | null {
    const { login, account, password } = Object.fromEntries(this.#values);
    const isComplete = password !== undefined && (login !== undefined || account !== undefined);
    if (this.#hasMore && !isComplete) return null;
    // Only this far does an account count: as the name, where there is no other.
    const username = login || account || "";
    return username === "" && !password ? null : { username, password: password ?? "" };
  }
}

/** So many words at least follow in a comment that begins with the word `machine`, and is prose. */
const FEWEST_OF_PROSE = 4;

/** Puts the words of a file together. */
class Parser {
  readonly #words: WordReader;
  readonly #machines = new Map<string, (NetrcCredentials | null)[]>();
  #fallback: NetrcCredentials | null = null;
  readonly #mistakes = new Set<number>();
  /** Was a line that opens an entry commented out in this one? */
  #hidOpening = false;

  constructor(text: string) {
    this.#words = new WordReader(text);
  }

  parse(): Netrc {
    for (let word = this.#nextKeyword(); word !== null; word = this.#nextKeyword()) {
      const key = word.text.toLowerCase();
      if (key === "macdef") this.#words.skipMacro();
      else if (key === "machine") this.#machine(word);
      else if (key === "default" && this.#opens(word)) this.#fallback = this.#entry(word);
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
    if (name === null) this.#takeDefault();
    const entry = this.#entry(word);
    if (key === null) {
      this.#mistakes.add(word.line);
      return;
    }
    const entries = this.#machines.get(key);
    if (entries === undefined) this.#machines.set(key, [entry]);
    else entries.push(entry);
  }

  /** The values up to the next entry; `null` when there are none, or it is not certain whose they are. */
  #entry(opening: Word): NetrcCredentials | null {
    const entry = new Entry();
    this.#hidOpening = false;
    for (let word = this.#peekField(); word !== null; word = this.#peekField()) {
      if (this.#hidOpening) entry.doubt();
      this.#words.take();
      const field = FIELDS.get(word.text.toLowerCase());
      if (field === undefined) {
        if (this.#skip(word, opening)) entry.doubt();
        continue;
      }
      const value = this.#valueOf(word);
      if (value === null && this.#takeDefault()) entry.doubt();
      if (!entry.add(field, value ?? "")) this.#mistakes.add(word.line);
    }
    return entry.credentials();
  }

  /** The next word of an entry; `null` at its end. */
  #peekField(): Word | null {
    const word = this.#peekKeyword();
    return word === null || (OPENING.has(word.text.toLowerCase()) && this.#opens(word)) ? null : word;
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

  /**
   * Other programs have words of their own, with a value each: `port 993`, `protocol https`. In an entry: may this one begin
   * another?
   */
  #skip(word: Word, entry: Word | null = null): boolean {
    this.#mistakes.add(word.line);
    const value = this.#takeForeignValue(word);
    if (value === null && this.#takeDefault()) return true;
    if (FOREIGN_FIELDS.has(word.text.toLowerCase())) return false;
    if (openingLike(word.text) !== null || isLikeHost(word.text)) return true;
    return isLikeHost(value ?? "") || (entry !== null && word.isFirst && this.#standsOut(word, entry));
  }

  /** What belongs to a word of another program, in the same line; `null` for nothing. */
  #takeForeignValue({ line }: Word): string | null {
    const next = this.#words.peek();
    if (next === null || next.line !== line || next.text.startsWith("#")) return null;
    if (OPENING.has(next.text.toLowerCase()) && !next.isQuoted) return null;
    this.#words.take();
    return next.text;
  }

  /** What belongs to an entry is indented further than it, and has a line of its own. */
  #standsOut({ indent, line }: Word, entry: Word): boolean {
    const after = this.#words.peek();
    return indent <= entry.indent || (after !== null && after.line === line && isKeyword(after));
  }

  /** Where a value is missing the word `default` may be that value: then it opens no entry, and is none either. */
  #takeDefault(): boolean {
    const word = this.#peekKeyword();
    if (word === null || word.text.toLowerCase() !== "default") return false;
    this.#mistakes.add(word.line);
    this.#words.take();
    return true;
  }

  /** Behind words that were skipped `default` may be anything, unless it begins a line. */
  #opens({ text, isFirst, line }: Word): boolean {
    return text.toLowerCase() !== "default" || isFirst || !this.#mistakes.has(line);
  }

  /** The next word that is no comment. Where a value stands, `#` is a character like others. */
  #peekKeyword(): Word | null {
    for (;;) {
      const word = this.#words.peek();
      if (word === null || !word.text.startsWith("#")) return word;
      if (this.#words.hidesOpening(word)) this.#hidOpening = true;
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

/**
 * What a word was meant to be that has a slip, or stands behind a sign (`machin`, `;machine`, `machine=a.test`), or is of
 * another program; `null` for none that opens an entry.
 */
function openingLike(text: string): "machine" | "default" | null {
  const [letters = ""] = /[a-z]+/i.exec(text) ?? [];
  const key = letters.toLowerCase();
  if (suggestion(key, ["default"], new Map()) !== null) return "default";
  return FOREIGN_OPENINGS.has(key) || suggestion(key, ["machine"], new Map()) !== null ? "machine" : null;
}

/** A name with a dot, an address, or this machine. A number with a dot is none. */
function isLikeHost(text: string): boolean {
  const host = hostOf(text);
  if (host === null) return false;
  return host.startsWith("[") || /\.\p{L}|^\d+(?:\.\d+){3}(?::|$)|^localhost\b/iu.test(text);
}

/** A machine's name as URLs spell a host, with the port where it has one; `null` when no URL has such a host. */
function hostOf(name: string): string | null {
  return urlOfHost(name)?.authority ?? null;
}

/** A word of the file. */
interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
  /** From 1. */
  readonly line: number;
  /** Is it the first word of its line? */
  readonly isFirst: boolean;
  /** Blanks at the beginning of its line. */
  readonly indent: number;
  /** Where it begins, and where it ends. */
  readonly start: number;
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
  #indent = 0;
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

  /** Was the comment that begins with this word a line that opens an entry? Not: prose that begins with such a word. */
  hidesOpening({ start, end }: Word): boolean {
    const lineEnd = this.#text.indexOf("\n", end);
    const line = this.#text.slice(start, lineEnd === -1 ? undefined : lineEnd);
    const [first = "", ...rest] = line
      .replace(/^[^a-z]+/i, "")
      .split(/[ \t=]+/)
      .filter((text) => text !== "");
    const opening = openingLike(first);
    if (opening === null) return false;
    const named = opening === "default" ? rest : rest.slice(1);
    if (rest.length < FEWEST_OF_PROSE || isLikeHost(rest[0] ?? "")) return true;
    return named.some((text) => FIELDS.has(text.toLowerCase()));
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
    if (this.#isFirst) this.#indent = this.#at - (this.#text.lastIndexOf("\n", this.#at - 1) + 1);
    WORD.lastIndex = this.#at;
    const match = WORD.exec(this.#text);
    if (match === null) return null;
    const [whole, quoted] = match;
    return {
      text: quoted === undefined ? whole : quoted.replace(/\\(.)/g, "$1"),
      isQuoted: quoted !== undefined,
      line: this.#line,
      isFirst: this.#isFirst,
      indent: this.#indent,
      start: this.#at,
      end: WORD.lastIndex,
    };
  }
}
