/**
 * Reads `Link` headers (RFC 8288 §3). As lenient as requests with what is malformed, but a comma or a semicolon inside
 * of brackets or quotes is data (PARITY UTL-12). One walk from left to right.
 *
 * May import: `core/`. Pure.
 */
import { asUtf8, withoutBlanks } from "../core/received-text.ts";
import { InvalidURL } from "../core/errors.ts";
import { resolveReceived } from "../core/received-url.ts";
import type { Link } from "../core/response.ts";

/** Most characters that resolving the references of a field may take: each may be short, and the base long. */
const MOST_RESOLVED = 1_048_576;

/**
 * Links by relation, or by URL where they have none; of several with one relation the last counts. A link of several
 * relations is there for each of them (PARITY RSP-9).
 *
 * @param base URL of the response: theirs are resolved against it (RFC 8288 §3.1), as that of a redirect is. What leads to
 *   no URL stays as it is written.
 */
export function parseLinks(header: string | null, base: string): Readonly<Record<string, Link>> {
  // No prototype: a relation may be called `__proto__`.
  const links = Object.create(null) as Record<string, Link>;
  if (header === null) return links;
  for (const link of linksOf(header, base)) {
    const relations = (link.rel ?? "").split(/[ \t]+/).filter((relation) => relation !== "");
    if (relations.length === 0) links[link.url] = link;
    for (const relation of relations.map(relationKey)) links[relation] = { ...link, rel: relation };
  }
  return links;
}

/** Registered relations have no upper case (RFC 8288 §2.1.1); others are URLs, and stay as they are. */
function relationKey(relation: string): string {
  return relation.includes(":") ? relation : relation.toLowerCase();
}

function* linksOf(header: string, base: string): Generator<Link> {
  const cursor = new Cursor(header);
  let left = MOST_RESOLVED;
  for (cursor.skip(/[ \t,]/); !cursor.atEnd; cursor.skip(/[ \t,]/)) {
    const link = Object.create(null) as { url: string; [parameter: string]: string };
    const reference = cursor.url();
    link.url = left > 0 ? resolved(reference, base) : reference;
    left -= Math.max(link.url.length, base.length);
    for (cursor.upTo(/[;,]/); cursor.take(";"); cursor.upTo(/[;,]/)) {
      const name = withoutBlanks(cursor.upTo(/[=;,]/)).toLowerCase();
      const value = cursor.take("=") ? cursor.value() : "";
      // The first one counts (§3.3), and a parameter called `url` is none.
      if (name !== "") link[name] ??= asUtf8(value);
    }
    yield link;
  }
}

function resolved(reference: string, base: string): string {
  try {
    return resolveReceived(reference, base);
  } catch (error) {
    if (error instanceof InvalidURL) return reference;
    throw error;
  }
}

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skip(characters: RegExp): void {
    while (!this.atEnd && characters.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** What stands before the next of these characters. */
  upTo(characters: RegExp): string {
    const start = this.#at;
    while (!this.atEnd && !characters.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  /** In brackets; requests takes it without them too. */
  url(): string {
    if (!this.take("<")) return withoutBlanks(this.upTo(/[;,]/));
    const url = withoutBlanks(this.upTo(/>/));
    this.take(">");
    return url;
  }

  /** A quoted string or a token; a token may be in single quotes, as some servers write. */
  value(): string {
    this.skip(/[ \t]/);
    return this.take('"') ? this.#quoted() : unquoted(withoutBlanks(this.upTo(/[;,]/)));
  }

  #quoted(): string {
    let value = "";
    for (; !this.atEnd && !this.take('"'); this.#at++) {
      if (this.#text[this.#at] === "\\") this.#at++;
      value += this.#text[this.#at] ?? "";
    }
    return value;
  }
}

function unquoted(token: string): string {
  return token.length > 1 && token.startsWith("'") && token.endsWith("'") ? token.slice(1, -1) : token;
}
