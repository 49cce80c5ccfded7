/** Words for a shell of POSIX: bytes in quotes, and variables in the place of secrets. */
import type { SecretPart } from "../core/redact.ts";
import { printfFormat } from "./printf.ts";
import { textOf } from "./source.ts";

/** A piece of a word: bytes as they are (a character for each), or a variable. */
export type Piece = string | { readonly variable: string };

/** Names for secrets: the same secret has the same name, another one never. */
export class Variables {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** How many there are of a name. */
  readonly #counts = new Map<string, number>();

  /** The variable for a secret that is called so. */
  named(name: string, secret: string): string {
    const key = `${name}\n${secret}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const upper = name
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "");
    const base = /^[A-Z]/.test(upper) ? upper : `SECRET${upper === "" ? "" : `_${upper}`}`;
    let count = this.#counts.get(base) ?? 0;
    let made = base;
    do made = count++ === 0 ? base : `${base}_${count}`;
    while (this.#taken.has(made));
    this.#counts.set(base, count);
    this.#taken.add(made);
    this.#names.set(key, made);
    return made;
  }
}

/** The bytes as pieces, with variables in the place of secrets. */
export function piecesOf(bytes: string, secrets: readonly SecretPart[], variables: Variables): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to, name } of secrets) {
    if (from > at) pieces.push(bytes.slice(at, from));
    pieces.push({ variable: variables.named(name, bytes.slice(from, to)) });
    at = to;
  }
  if (at < bytes.length || pieces.length === 0) pieces.push(bytes.slice(at));
  return pieces;
}

/** What needs no quotes. */
const BARE = /^[\w@%+=:,./-]+$/;
/** What stands for itself within double quotes, also where an interactive shell looks at `!`. */
const PLAIN = /^[^"$`\\!\n]*$/;

/** The same in quotes, also where it needs none: so it can be edited. */
export function quotedWord(pieces: readonly Piece[]): string {
  const word = wordOf(pieces);
  return BARE.test(word) ? `'${word}'` : word;
}

/** A word that the shell makes these bytes of. */
export function wordOf(pieces: readonly Piece[]): string {
  const [first, ...more] = pieces;
  if (more.length === 0 && typeof first === "string") return BARE.test(first) ? first : quoted(first);
  const texts = pieces.map((piece) => (typeof piece === "string" ? shownText(piece) : null));
  const isSimple = pieces.every((piece, at) => typeof piece !== "string" || PLAIN.test(texts[at] ?? '"'));
  if (!isSimple)
    return pieces
      .map((piece) => (typeof piece === "string" ? quoted(piece) : `"$${piece.variable}"`))
      .join("");
  return `"${pieces.map((piece, at) => (typeof piece === "string" ? texts[at] : reference(piece.variable, texts[at + 1]))).join("")}"`;
}

function reference(variable: string, next: string | null | undefined): string {
  return next != null && /^\w/.test(next) ? `\${${variable}}` : `$${variable}`;
}

function quoted(bytes: string): string {
  const text = shownText(bytes);
  return text === null
    ? `"$(printf '${printfFormat(bytes)}')"`
    : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Text without control characters, but line ends and tabs: what survives being copied; `null` for any other bytes. */
export function shownText(bytes: string): string | null {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\0-\x08\x0b-\x1f\x7f]/.test(bytes) ? null : textOf(bytes);
}

/** `printf` that prints these bytes: a format, and a variable for each `%s` in it. */
export function printfOf(pieces: readonly Piece[]): string {
  const format = pieces.map((piece) => (typeof piece === "string" ? printfFormat(piece) : "%s")).join("");
  const variables = pieces.flatMap((piece) => (typeof piece === "string" ? [] : [` "$${piece.variable}"`]));
  return `printf '${format}'${variables.join("")}`;
}
