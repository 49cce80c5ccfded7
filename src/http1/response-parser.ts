/**
 * Response parser: bytes in, events out (RFC 9112). It has no socket and no clock, and knows no options: who has bytes feeds
 * them, in pieces of any size; any cut of the same bytes gives the same events.
 *
 * It reads what the grammar allows and, of what is only doubtful, those few forms that real servers send and that have one
 * meaning. They are marked "Loosened" and listed with their reasons in `README.md` beside this file. All else is refused: two
 * readers of one message must not find two different ends of it.
 */
import type { WireHead } from "../core/response.ts";
import { ResponseOverflow, type ResponseLimits } from "../core/response-limits.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { CR, LF } from "./characters.ts";
import { endingOf, type Ending, type Framing } from "./framing.ts";
import { Section } from "./section.ts";
import { ResponseSyntaxError } from "./syntax-error.ts";

/** Who is told, while {@link ResponseParser.feed} runs. */
export interface ResponseListener {
  /** An interim response (RFC 9110 §15.2): the head is still to come. */
  onInformational(status: number, fields: string[]): void;
  /** The final head. */
  onHead(head: WireHead): void;
  /** A piece of the body: a view into what was fed, valid until `feed` returns. */
  onData(piece: Uint8Array): void;
  /** The response is whole. Names and values of its trailers. */
  onEnd(trailers: string[]): void;
}

/** What the next byte belongs to. */
type State = "idle" | "head" | "length" | "end" | "chunked" | "trailers" | "broken";

/** So many bytes may be empty lines before a response. */
const MOST_EMPTY = 1024;

/** Reads the responses of one connection, one after the other. */
export class ResponseParser {
  /** Does it take nothing until {@link resume}, or the end of the response? */
  isPaused = false;
  /** What the last head said of its body and of the connection. */
  ending: Ending = { framing: "none", canFollow: true, keepAliveSeconds: null };
  readonly #listener: ResponseListener;
  readonly #limits: ResponseLimits;
  readonly #section: Section;
  readonly #chunks: ChunkReader;
  #state: State = "idle";
  #method = "GET";
  /** Bytes of the running response that earlier calls took. */
  #before = 0;
  /** Of them, empty lines before it. */
  #empty = 0;
  /** Interim responses so far. */
  #informed = 0;
  /** Of the body, still to come. */
  #left = 0;

  constructor(listener: ResponseListener, limits: ResponseLimits) {
    this.#listener = listener;
    this.#limits = limits;
    this.#section = new Section(limits);
    this.#chunks = new ChunkReader(limits.maxHeaderBytes);
  }

  /** Is no response awaited? What comes then was not asked for. */
  get isIdle(): boolean {
    return this.#state === "idle";
  }

  /** Status and fields of the running head, as far as it came; `null` when not even its first line is whole. */
  get headSoFar(): { readonly status: number; readonly fields: string[] } | null {
    return this.#section.soFar;
  }

  /** A request of this method goes out: what comes next is its response. */
  expect(method: string): void {
    this.#method = method;
    this.#state = "head";
    this.#before = 0;
    this.#empty = 0;
    this.#informed = 0;
    this.#section.begin(true, 0);
  }

  /** It takes nothing more, be it in the middle of what is fed. */
  pause(): void {
    this.isPaused = true;
  }

  /** It goes on with what is fed from now on. */
  resume(): void {
    this.isPaused = false;
  }

  /**
   * Reads on.
   *
   * @returns how many of the bytes it took: fewer than all when it was paused, and when some are left behind a response.
   * @throws {ResponseSyntaxError | ResponseOverflow} It takes nothing afterwards.
   */
  feed(bytes: Buffer): number {
    let at = 0;
    try {
      while (at < bytes.byteLength && !this.isPaused) {
        const next = this.#step(bytes, at);
        if (next === at && this.#state === "idle") break;
        at = next;
      }
    } catch (error) {
      this.#break();
      throw error;
    }
    this.#before += at;
    return at;
  }

  /**
   * The connection has ended. A body that runs until then is whole.
   *
   * @throws {ResponseSyntaxError} when something was still to come.
   */
  eof(): void {
    switch (this.#state) {
      case "idle":
      case "broken":
        return;
      case "end":
        this.#end([]);
        return;
      default:
        // A line that is not whole may be wrong already.
        if (this.#state === "head" || this.#state === "trailers") this.#section.check();
        this.#break();
        throw new ResponseSyntaxError("the connection ended in the middle of it", "cut", this.#before);
    }
  }

  /** Reads one thing at `at`. Returns where it ends. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case "idle":
        return this.#skipEmptyLines(bytes, at);
      case "head":
        return this.#readHead(bytes, at);
      case "length":
        return this.#readLength(bytes, at);
      case "chunked":
        return this.#readChunked(bytes, at);
      case "trailers":
        return this.#readTrailers(bytes, at);
      case "end":
        this.#listener.onData(bytes.subarray(at));
        return bytes.byteLength;
      case "broken":
        return bytes.byteLength;
    }
  }

  /** Behind a response and before the next one they mean nothing: some servers end a body with one too many (RFC 9112 §2.2). */
  #skipEmptyLines(bytes: Buffer, from: number): number {
    let at = from;
    while (bytes[at] === CR || bytes[at] === LF) at++;
    this.#empty += at - from;
    if (this.#empty > MOST_EMPTY)
      throw new ResponseSyntaxError("nothing but empty lines", "flood", this.#before + at);
    return at;
  }

  #readHead(bytes: Buffer, from: number): number {
    const section = this.#section;
    let at = from;
    if (section.isFresh && (bytes[at] === CR || bytes[at] === LF)) {
      at = this.#skipEmptyLines(bytes, from);
      section.begin(true, this.#before + at);
      return at;
    }
    at = section.read(bytes, from);
    if (at === -1) return bytes.byteLength;
    this.#takeHead(section, this.#before + at);
    return at;
  }

  /** @param offset where it ended. */
  #takeHead(section: Section, offset: number): void {
    const { status, minor, reason, fields } = section;
    if (status < 200) {
      if (status === 101)
        throw new ResponseSyntaxError("a switch of protocols, which nobody asked for", "upgrade", offset);
      if (++this.#informed > this.#limits.maxInformational)
        throw new ResponseOverflow(this.#limits, "maxInformational", this.#informed);
      section.begin(true, offset);
      this.#listener.onInformational(status, fields);
      return;
    }
    this.ending = endingOf({ method: this.#method, status, minor, fields, offset });
    this.#beginBody(this.ending.framing);
    this.#listener.onHead({ status, reason, fields, httpVersion: minor === 1 ? "1.1" : "1.0" });
    if (this.#state === "length" && this.#left === 0) this.#end([]);
  }

  #beginBody(framing: Framing): void {
    switch (framing) {
      case "none":
        this.#state = "length";
        this.#left = 0;
        break;
      case "chunked":
        this.#state = "chunked";
        this.#left = 0;
        this.#chunks.begin(false);
        break;
      case "end":
        this.#state = "end";
        break;
      default:
        this.#state = "length";
        this.#left = framing;
        break;
    }
  }

  #readLength(bytes: Buffer, at: number): number {
    const end = this.#readData(bytes, at);
    if (this.#left === 0) this.#end([]);
    return end;
  }

  #readChunked(bytes: Buffer, at: number): number {
    const chunks = this.#chunks;
    if (this.#left > 0) {
      const end = this.#readData(bytes, at);
      if (this.#left === 0) chunks.begin(true);
      return end;
    }
    const end = chunks.read(bytes, at, this.#before);
    if (end === -1) return bytes.byteLength;
    this.#left = chunks.size;
    if (chunks.size === 0) {
      this.#state = "trailers";
      this.#section.begin(false, this.#before + end);
    }
    return end;
  }

  /** Of the body, so much as there is of the length or of the chunk. */
  #readData(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.#left, bytes.byteLength);
    this.#left -= end - at;
    this.#listener.onData(at === 0 && end === bytes.byteLength ? bytes : bytes.subarray(at, end));
    return end;
  }

  #readTrailers(bytes: Buffer, at: number): number {
    const end = this.#section.read(bytes, at);
    if (end === -1) return bytes.byteLength;
    this.#end(this.#section.fields);
    return end;
  }

  #end(trailers: string[]): void {
    this.#state = "idle";
    // Who did not want more of this one has all of it.
    this.isPaused = false;
    this.#empty = 0;
    this.#listener.onEnd(trailers);
  }

  #break(): void {
    this.#state = "broken";
    this.#section.forget();
  }
}
