/**
 * What browsers copy for PowerShell: `Invoke-WebRequest` with its parameters, and the session that it is given. Of the language
 * there is no more than that; `curl.exe` is a program with words, as in any other shell.
 *
 * Quotes: about_Quoting_Rules and about_Special_Characters of PowerShell's documentation.
 */
import { bytesOf, Cursor, unknownInput, type Command, type Source, type Word } from "./source.ts";

/** A cookie of a session. */
interface PowerShellCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly at: number;
}

/** A parameter as it is written. */
export interface Parameter {
  readonly name: string;
  /** Text; names and values; `null` for a switch. */
  readonly value: string | readonly (readonly [name: string, value: string])[] | null;
  /** Is the text bytes in UTF-8, whatever PowerShell would make of it? */
  readonly isUtf8: boolean;
  readonly at: number;
}

/** `Invoke-WebRequest` and the session that it names. */
export interface Invocation {
  readonly parameters: readonly Parameter[];
  readonly userAgent: string | null;
  readonly cookies: readonly PowerShellCookie[];
  readonly at: number;
}

/** What a text has: in order, programs and invocations. */
export type Statement =
  | { readonly kind: "program"; readonly command: Command }
  | { readonly kind: "invocation"; readonly invocation: Invocation };

/** The statements of a text. @throws {SyntaxError} that names the place of what cannot be read without running it. */
export function powerShellStatements(source: Source): Statement[] {
  return new PowerShellReader(source).statements();
}

const BLANKS = /(?:[ \t]|`\r?\n|<#[^]*?#>)+/y;
const BETWEEN = /(?:[ \t\r\n;]|`\r?\n|#[^\n]*)+/y;
const INVOKE = /(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)(?![\w.-])/iy;
/** Windows PowerShell has it as another name of `Invoke-WebRequest`: its parameters tell. */
const ALIAS =
  /curl(?![\w.-])(?=[^\n;]*(?:`\r?\n[^\n;]*)*\s-(?:Uri|Method|Headers|Body|UseBasicParsing|ContentType|WebSession)\b)/iy;
const PROGRAM = /(?:& *)?(?:[\w:./\\-]*[/\\])?curl(?:\.exe)?(?![\w.-])/iy;
const SESSION = /\$(\w+)/y;
const NEW_SESSION = /New-Object +(?:-TypeName +)?Microsoft\.PowerShell\.Commands\.WebRequestSession/iy;
const NEW_COOKIE = /\( *New-Object +(?:-TypeName +)?System\.Net\.Cookie *\(/iy;
const IN_DOUBLE = /[^"$`]+/y;
const IN_SINGLE = /[^']+/y;
const BARE = /[^ \t\r\n;`"'$(){}|&<>,@]+/y;
const CHARACTER = /\$\( *\[char\] *(\d{1,7}|0x[\dA-Fa-f]{1,6}) *\)/iy;
const BYTES = /\( *\[(?:System\.)?Text\.Encoding\]::UTF8\.GetBytes\( */iy;
const ESCAPED: ReadonlyMap<string, string> = new Map(
  Object.entries({ "0": "\0", a: "\x07", b: "\b", e: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }),
);
/** Parameters of `Invoke-WebRequest` that have no value. */
const SWITCHES: ReadonlySet<string> = new Set([
  "allowinsecureredirect",
  "allowunencryptedauthentication",
  "disablekeepalive",
  "noproxy",
  "passthru",
  "preserveauthorizationonredirect",
  "preservehttpmethodonredirect",
  "proxyusedefaultcredentials",
  "resume",
  "skipcertificatecheck",
  "skipheadervalidation",
  "skiphttperrorcheck",
  "usebasicparsing",
  "usedefaultcredentials",
]);

/** A `WebRequestSession` as far as it was filled. */
interface Jar {
  userAgent: string | null;
  readonly cookies: PowerShellCookie[];
}

class PowerShellReader extends Cursor {
  readonly #jars = new Map<string, Jar>();

  statements(): Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      this.run(BETWEEN);
      if (this.character === undefined) return statements;
      const { at } = this;
      if (this.match(INVOKE) !== null || this.match(ALIAS) !== null)
        statements.push({ kind: "invocation", invocation: this.#invocation(at) });
      else if (this.match(PROGRAM) !== null) statements.push({ kind: "program", command: this.#program(at) });
      else this.#session();
      this.run(BLANKS);
      if (this.character !== undefined && this.run(BETWEEN) === "")
        this.fail("what stands here is not read: a statement ends before it");
    }
  }

  #program(at: number): Command {
    const words: Word[] = [{ bytes: "curl.exe", at }];
    for (;;) {
      this.run(BLANKS);
      const from = this.at;
      this.assertPlainSign(from);
      const text = this.#word();
      if (text === null) return { words, input: unknownInput() };
      words.push({ bytes: bytesOf(text), at: from });
    }
  }

  /** An argument of a program: quoted and bare text side by side; `null` at the end of the statement. */
  #word(): string | null {
    let word: string | null = null;
    for (;;) {
      const { character } = this;
      if (character === '"' || character === "'") word = (word ?? "") + this.#text();
      else if (character === "`" && !/^`\r?\n/.test(this.source.text.slice(this.at, this.at + 3)))
        word = (word ?? "") + this.#escaped();
      else {
        if (character === "$") this.#variable();
        if ("|<>&".includes(character ?? " "))
          this.fail(`${character} is for what is run, and nothing is run here: quote it, or leave it out`);
        const bare = this.run(/[^ \t\r\n;`"'$|&<>]+/y);
        if (bare === "") return word;
        word = (word ?? "") + bare;
      }
    }
  }

  #session(): void {
    const from = this.at;
    const name = this.match(SESSION)?.[1];
    if (name === undefined) this.fail("this is neither curl nor Invoke-WebRequest");
    if (this.run(/ *= */y) !== "") {
      if (this.match(NEW_SESSION) === null)
        this.fail("a variable may be a new WebRequestSession, and nothing else");
      this.#jars.set(name.toLowerCase(), { userAgent: null, cookies: [] });
      return;
    }
    const jar = this.#jars.get(name.toLowerCase());
    if (jar === undefined) this.fail(`$${name} is a variable, and its value is not known here`, from);
    if (this.match(/\.UserAgent *= */iy) !== null) jar.userAgent = this.#text();
    else if (this.match(/\.Cookies\.Add\( */iy) !== null) jar.cookies.push(this.#cookie());
    else this.fail(`of $${name} only UserAgent and Cookies.Add() are read`, from);
  }

  #cookie(): PowerShellCookie {
    const { at } = this;
    if (this.match(NEW_COOKIE) === null) this.fail("a cookie is made by New-Object System.Net.Cookie");
    const parts: string[] = [];
    do {
      this.run(BLANKS);
      parts.push(this.#text());
      this.run(BLANKS);
    } while (this.run(/,/y) !== "");
    this.#expect(/\) *\) *\)/y, ")))");
    const [name = "", value = "", , domain = ""] = parts;
    return { name, value, domain, at };
  }

  #invocation(at: number): Invocation {
    const parameters: Parameter[] = [];
    let jar: Jar | undefined;
    for (;;) {
      this.run(BLANKS);
      const { at: from } = this;
      const name = this.match(/-([A-Za-z]\w*):?/y)?.[1];
      if (name === undefined && this.#isEnd()) break;
      this.run(BLANKS);
      if (name !== undefined && /^webs/i.test(name)) jar = this.#namedJar();
      else parameters.push(this.#parameter(name ?? "Uri", from));
    }
    return { parameters, userAgent: jar?.userAgent ?? null, cookies: jar?.cookies ?? [], at };
  }

  #isEnd(): boolean {
    const { character } = this;
    if (character === "|" || character === "<" || character === ">")
      this.fail(`${character} is for what is run, and nothing is run here: leave it out`);
    return character === undefined || "\r\n;".includes(character);
  }

  #namedJar(): Jar {
    const { at } = this;
    const name = this.match(SESSION)?.[1] ?? "";
    const jar = this.#jars.get(name.toLowerCase());
    if (jar === undefined) this.fail("-WebSession must be a session that was made before", at);
    return jar;
  }

  #parameter(name: string, at: number): Parameter {
    if (SWITCHES.has(name.toLowerCase())) return { name, value: null, isUtf8: false, at };
    if (this.run(/@\{/y) !== "") return { name, value: this.#record(at), isUtf8: false, at };
    if (this.match(BYTES) !== null) {
      const value = this.#text();
      this.#expect(/ *\) *\)/y, "))");
      return { name, value, isUtf8: true, at };
    }
    const value = this.#value();
    if (value === null) this.fail(`-${name} needs a value`, at);
    return { name, value, isUtf8: false, at };
  }

  /** Text in quotes or without; `null` for none. */
  #value(): string | null {
    this.assertPlainSign(this.at);
    if (this.character === '"' || this.character === "'") return this.#text();
    if (this.character === "$") this.#variable();
    if (this.character === "(" || this.character === "@")
      this.fail(`${this.character} would be worked out, and nothing is run here: write what it gives`);
    const bare = this.run(BARE);
    return bare === "" ? null : bare;
  }

  #record(from: number): [name: string, value: string][] {
    const pairs: [string, string][] = [];
    for (;;) {
      this.run(BETWEEN);
      if (this.character === undefined) this.fail("the @{ is never closed", from);
      if (this.run(/\}/y) !== "") return pairs;
      const name = this.#name();
      this.#expect(/\s*=\s*/y, "=");
      pairs.push([name, this.#value() ?? this.fail("a value must stand here")]);
    }
  }

  #name(): string {
    if (this.character === '"' || this.character === "'") return this.#text();
    const bare = this.run(/[\w-]+/y);
    return bare === "" ? this.fail("a name must stand here") : bare;
  }

  #expect(pattern: RegExp, what: string): void {
    if (this.match(pattern) === null) this.fail(`${what} must stand here`);
  }

  #text(): string {
    const { character: quote } = this;
    if (quote === "'") return this.#single();
    if (quote !== '"') this.fail("text in quotes must stand here");
    const from = this.at++;
    let text = "";
    for (;;) {
      text += this.run(IN_DOUBLE);
      const { character } = this;
      if (character === undefined) this.fail('the " is never closed', from);
      if (character === "`") text += this.#escaped();
      else if (character === "$") text += this.#interpolated();
      else if (this.run(/""/y) !== "") text += '"';
      else break;
    }
    this.at++;
    return text;
  }

  #single(): string {
    const from = this.at++;
    let text = "";
    for (;;) {
      text += this.run(IN_SINGLE);
      if (this.character === undefined) this.fail("the ' is never closed", from);
      if (this.run(/''/y) === "") break;
      text += "'";
    }
    this.at++;
    return text;
  }

  #escaped(): string {
    const [, code, character = ""] = this.match(/`(?:u\{([\dA-Fa-f]{1,6})\}|([^]?))/uy) ?? [];
    if (code !== undefined) return this.#point(Number.parseInt(code, 16));
    return ESCAPED.get(character) ?? character;
  }

  /** `$([char]233)`, which is how browsers write what is not ASCII. A lone `$` is itself. */
  #interpolated(): string {
    const code = this.match(CHARACTER)?.[1];
    if (code !== undefined) return this.#point(Number(code), 0xffff);
    if (!/^\$[\w({?^:$]/.test(this.source.text.slice(this.at, this.at + 2))) {
      this.at++;
      return "$";
    }
    return this.#variable();
  }

  /** One UTF-16 unit where `most` is that of a `[char]`: two of them may be one character. */
  #point(code: number, most: number = 0x10ffff): string {
    if (code > most) this.fail("there is no such character");
    return most === 0xffff ? String.fromCharCode(code) : String.fromCodePoint(code);
  }

  #variable(): never {
    const name = /^\$\w*/.exec(this.source.text.slice(this.at, this.at + 64))?.[0] ?? "$";
    this.fail(
      name === "$"
        ? "$( would be worked out, and nothing is run here: write what it gives"
        : `${name} is a variable, and its value is not known here: write it`,
    );
  }
}
