/** The arguments of curl, as curl reads them: options with their values, URLs, and where the next transfer begins. */
import { isCurl, type Command, type Source, type Word } from "./source.ts";
import { curlOptionNames, longOptions, shortOption, type CurlOption } from "./table.ts";

/** An option that was given. */
export interface Given {
  readonly option: CurlOption;
  /** The name with its dashes: as it is in full, or as it was written where that is unknown. */
  readonly shown: string;
  /** A character for each byte; `""` for an option that takes none. */
  readonly value: string;
  /** Is it on? `--no-NAME` turns it off. */
  readonly isOn: boolean;
  /** Where it stands. */
  readonly at: number;
}

/** What one transfer is told: options and URLs up to `--next`. */
export interface Transfer {
  readonly given: readonly Given[];
  readonly urls: readonly Word[];
}

/** What is known of a text beside its commands. */
interface Known {
  readonly source: Source;
  /** The words of a configuration file, for `--config`. */
  readonly config: (given: Given) => readonly Word[];
}

/**
 * The transfers of a command.
 *
 * @throws {SyntaxError} unless it is one of curl, and for what curl does not take either.
 */
export function transfersOf(command: Command, known: Known): Transfer[] {
  assertCurl(command, known.source);
  const reader = new ArgumentReader(known);
  reader.read(command.words.slice(1), 0);
  return reader.transfers();
}

function assertCurl({ words }: Command, source: Source): void {
  const [program] = words;
  if (program === undefined || isCurl(program.bytes)) return;
  const isSetting = /^\w+=/.test(program.bytes);
  throw source.error(
    program.at,
    isSetting
      ? "a variable is set here: write its value where it is used, or quote the URL before, if this is a part of it"
      : "this is not curl, and nothing else is read; quotes may be missing before it",
  );
}

/** How deep configuration files may name others. */
const MOST_LEVELS = 5;
/** What curl says to an option that it does not know, and the next word with it, unless that is an option or a URL. */
const UNKNOWN: CurlOption = { name: "", takes: "nothing", reason: "curl has no such option" };

class ArgumentReader {
  readonly #known: Known;
  readonly #transfers: Transfer[] = [];
  #given: Given[] = [];
  #urls: Word[] = [];

  constructor(known: Known) {
    this.#known = known;
  }

  /** Reads words, of the command or of a configuration file. */
  read(words: readonly Word[], level: number): void {
    let hasOptions = true;
    for (let place = 0; place < words.length; place++) {
      const word = words[place] as Word; // below the length
      const { bytes } = word;
      if (!hasOptions || !bytes.startsWith("-") || bytes === "-") this.#urls.push(word);
      else if (bytes === "--") hasOptions = false;
      else {
        const next = words[place + 1];
        const isUsed = bytes.startsWith("--")
          ? this.#long(word, next, level)
          : this.#short(word, next, level);
        if (isUsed) place++;
      }
    }
  }

  transfers(): Transfer[] {
    this.#next();
    return this.#transfers;
  }

  #next(): void {
    this.#transfers.push({ given: this.#given, urls: this.#urls });
    this.#given = [];
    this.#urls = [];
  }

  /** Was the next word its value? */
  #long(word: Word, next: Word | undefined, level: number): boolean {
    const { source } = this.#known;
    const [, no = "", expand = "", name = "", value] =
      /^--(no-)?(expand-)?([^=]*)(?:=([^]*))?$/.exec(word.bytes) ?? [];
    const option = this.#named(name, word);
    if (option === undefined)
      return this.#unknown(`--${no}${expand}${name}`, word, value === undefined ? next : undefined);
    const shown = `--${no}${option.name}`;
    if (no !== "" && option.takes !== "switch")
      throw source.error(word.at, `${shown} is none: --${option.name} cannot be turned off`);
    const given = { option, shown, value: "", isOn: no === "", at: word.at };
    if (option.takes !== "value") {
      this.#take(given, level);
      return false;
    }
    const bytes = value ?? next?.bytes;
    if (bytes === undefined) throw source.error(word.at, `${shown} needs a value`);
    // curl's own variables, which it looks up where the name of an option says so.
    if (expand !== "" && bytes.includes("{{"))
      throw source.error(word.at, `{{ in --expand-${option.name} is a variable of curl: write its value`);
    this.#take({ ...given, value: bytes }, level);
    return value === undefined;
  }

  /** The option of that name, which may be cut off. @throws {SyntaxError} when it is short for several. */
  #named(name: string, word: Word): CurlOption | undefined {
    const found = longOptions(name);
    if (found.length < 2) return found[0];
    const names = found.map((one) => `--${one.name}`).join(", ");
    throw this.#known.source.error(word.at, `--${name} is short for several options: ${names}`);
  }

  /** One or several letters; the rest of the word is the value of the first one that takes one. */
  #short(word: Word, next: Word | undefined, level: number): boolean {
    for (let place = 1; place < word.bytes.length; place++) {
      const letter = word.bytes.charAt(place);
      const option = shortOption(letter);
      if (option === undefined) {
        this.#unknown(`-${letter}`, word, undefined);
        continue;
      }
      // The one letter that turns something off.
      const isOn = letter !== "N";
      const given = { option, shown: `--${isOn ? "" : "no-"}${option.name}`, isOn, at: word.at };
      if (option.takes !== "value") {
        this.#take({ ...given, value: "" }, level);
        continue;
      }
      const rest = word.bytes.slice(place + 1);
      if (rest === "" && next === undefined)
        throw this.#known.source.error(word.at, `-${letter} needs a value`);
      this.#take({ ...given, value: rest === "" ? (next?.bytes ?? "") : rest }, level);
      return rest === "";
    }
    return false;
  }

  #take(given: Given, level: number): void {
    const { source } = this.#known;
    if (given.option.name === "next") {
      if (this.#urls.length === 0) throw source.error(given.at, "there is no URL before --next");
      this.#next();
    } else if (given.option.name === "config") {
      if (level === MOST_LEVELS)
        throw source.error(given.at, "configuration files name one another too deep");
      this.read(this.#known.config(given), level + 1);
    } else this.#given.push(given);
  }

  /** Is the next word the value of an option that nobody knows? Not when it is an option, or looks like a URL. */
  #unknown(written: string, word: Word, next: Word | undefined): boolean {
    const shown =
      /^-(?:-[\w.-]{1,40}|[!-~])$/.test(written) && !isRunTogether(written) ? written : "an option";
    this.#given.push({ option: UNKNOWN, shown, value: "", isOn: true, at: word.at });
    return next !== undefined && !/^-|^[a-z][a-z\d+.-]*:\/\/|^localhost\b/i.test(next.bytes);
  }
}

/** Is it an option with its value, and no blank between? That may be a secret: it is not shown. */
function isRunTogether(written: string): boolean {
  const name = written.replace(/^--(?:no-)?(?:expand-)?/, "").toLowerCase();
  return curlOptionNames().some((one) => name.startsWith(one));
}
