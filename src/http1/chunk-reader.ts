/** The lines between the pieces of a chunked body (RFC 9112 §7.1), byte by byte. */
import {
  BACKSLASH,
  BLANK,
  CR,
  EQUALS,
  LF,
  NO_DIGIT,
  OF_NOTHING,
  OF_TOKENS,
  QUOTE,
  SEMICOLON,
  hexDigits,
  kinds,
} from "./characters.ts";
import { ResponseSyntaxError } from "./syntax-error.ts";

/** What the next byte of a line may be. */
type Place =
  | "size"
  | "space"
  | "name"
  | "nameOn"
  | "value"
  | "token"
  | "quoted"
  | "escaped"
  | "closed"
  | "lf"
  /** The end of the data of a chunk, before the next line. */
  | "dataCr"
  | "dataLf";

/** Larger sizes nobody can count: with another digit they would pass what a number holds. */
const MOST = Number.MAX_SAFE_INTEGER / 16;

/** Reads one line after the other, each with the end of the data before it. */
export class ChunkReader {
  /** Of the chunk whose line was read, in bytes. */
  size = 0;
  readonly #mostBytes: number;
  #place: Place = "size";
  #bytes = 0;

  /** @param mostBytes of a line: its extensions are for nobody. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The first line of a body is next, or, behind the data of a chunk, the end of that and another line. */
  begin(isBehindData: boolean): void {
    this.#place = isBehindData ? "dataCr" : "size";
    this.#bytes = 0;
    this.size = -1;
  }

  /**
   * Reads on at `from`. Returns where the line ends, or -1: it is not whole, and has taken all of `bytes`.
   *
   * @param offset bytes of the response before `bytes`.
   * @throws {ResponseSyntaxError}
   */
  read(bytes: Uint8Array, from: number, offset: number): number {
    for (let at = from; at < bytes.byteLength; at++) {
      if (++this.#bytes > this.#mostBytes)
        throw new ResponseSyntaxError(
          "a chunk's extensions are longer than a header section may be",
          "flood",
          offset + at,
        );
      const byte = bytes[at] as number; // below the length
      if (this.#place === "lf" && byte === LF) return at + 1;
      const next = this.#next(byte);
      if (next === null) throw new ResponseSyntaxError(problems[this.#place], "chunk", offset + at);
      this.#place = next;
    }
    return -1;
  }

  /** What may follow `byte`; `null`: it must not be there. */
  #next(byte: number): Place | null {
    switch (this.#place) {
      case "size":
        return this.#nextOfSize(byte);
      // Loosened: blanks behind a size, which some servers fill up with them.
      case "space":
        return kinds[byte] === BLANK ? "space" : behindSize(byte);
      case "dataCr":
        return byte === CR ? "dataLf" : null;
      case "dataLf":
        this.#bytes = 0;
        return byte === LF ? "size" : null;
      case "lf":
        return null;
      default:
        return nextOfExtension(this.#place, byte);
    }
  }

  #nextOfSize(byte: number): Place | null {
    const digit = hexDigits[byte] as number; // there are 256
    if (digit === NO_DIGIT) {
      if (this.size === -1) return null;
      return kinds[byte] === BLANK ? "space" : behindSize(byte);
    }
    if (this.size > MOST) return null;
    this.size = this.size === -1 ? digit : 16 * this.size + digit;
    return "size";
  }
}

/** `;` and a name, and behind `=` a value: a token or a quoted string (RFC 9112 §7.1.1). */
function nextOfExtension(place: Place, byte: number): Place | null {
  const kind = kinds[byte] as number; // there are 256
  switch (place) {
    case "quoted":
      return nextOfQuoted(byte);
    case "escaped":
      return kind === OF_NOTHING ? null : "quoted";
    case "closed":
      return behindSize(byte);
    case "value":
      if (byte === QUOTE) return "quoted";
      return kind === OF_TOKENS ? "token" : null;
    case "token":
      return kind === OF_TOKENS ? "token" : behindSize(byte);
    case "nameOn":
      if (kind === OF_TOKENS) return "nameOn";
      return byte === EQUALS ? "value" : behindSize(byte);
    default:
      return kind === OF_TOKENS ? "nameOn" : null;
  }
}

function nextOfQuoted(byte: number): Place | null {
  if (byte === QUOTE) return "closed";
  if (byte === BACKSLASH) return "escaped";
  return kinds[byte] === OF_NOTHING ? null : "quoted";
}

/** Behind a size, and behind an extension. */
function behindSize(byte: number): Place | null {
  if (byte === SEMICOLON) return "name";
  return byte === CR ? "lf" : null;
}

const OF_SIZE = "a chunk has no size, or one that nobody can count";
const OF_EXTENSION = "the extension of a chunk has not the form of one";
const OF_END = "the data of a chunk is longer than its size";
const problems: { readonly [At in Place]: string } = {
  size: OF_SIZE,
  space: OF_SIZE,
  name: OF_EXTENSION,
  nameOn: OF_EXTENSION,
  value: OF_EXTENSION,
  token: OF_EXTENSION,
  quoted: OF_EXTENSION,
  escaped: OF_EXTENSION,
  closed: OF_EXTENSION,
  lf: "the line of a chunk ends with a CR that has no LF behind it",
  dataCr: OF_END,
  dataLf: OF_END,
};
