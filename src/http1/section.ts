/**
 * A section of field lines: a head with its status line, or trailers (RFC 9112 §4, §5, §7.1.2). It is read line by line, as the
 * lines come to be whole, and every byte of it is looked at. Text is made of it once, when it is whole.
 */
import { ResponseOverflow, type ResponseLimits } from "../core/response-limits.ts";
import {
  BLANK,
  COLON,
  CR,
  HTAB,
  LF,
  OF_NOTHING,
  OF_TOKENS,
  SP,
  ZERO,
  hexDigits,
  kinds,
} from "./characters.ts";
import { isFramingField } from "./framing.ts";
import { ResponseSyntaxError, type SyntaxProblem } from "./syntax-error.ts";

/** What a line, and a section, may have beside names and values: colons, blanks, ends of lines, a reason phrase. */
const LINE_SLACK = 1024;
const SECTION_SLACK = 65_536;

/** How every response begins. */
const PROTOCOL = Buffer.from("HTTP/1.", "latin1");
const MINOR_AT = PROTOCOL.byteLength;
const STATUS_AT = MINOR_AT + 2;
const STATUS_END = STATUS_AT + 3;

const NOTHING = Buffer.alloc(0);
const FIRST_HELD = 1024;

/** Of a field line: where its name ends, where its value begins and ends. The name begins the line. */
const MARKS = 4;
/** Of a line that goes on: the place of its field, where its part of the value begins and ends. */
const FOLD = 3;

/** One section at a time. Positions are counted from its first byte. */
export class Section {
  status = 0;
  /** Of the version: 0 or 1. */
  minor = 1;
  /** Bytes as latin-1 characters. */
  reason = "";
  /** Name, value, name, value ..., values without blanks around them. */
  fields: string[] = [];
  readonly #limits: ResponseLimits;
  readonly #mostWithLine: number;
  readonly #mostBytes: number;
  #isHead = true;
  /** Bytes of the response before it. */
  #offset = 0;
  /** Where the first line begins that has not been read. */
  #line = 0;
  #hasStatus = false;
  #reasonAt = 0;
  #reasonEnd = 0;
  /** Of the line that was read last. */
  #valueAt = 0;
  #valueEnd = 0;
  /** Name, its end, value, its end, name ... */
  #marks: number[] = [];
  #marked = 0;
  /** Place of a field, part of its value, its end, place ... */
  #folds: number[] = [];
  /** Bytes of names and values. */
  #counted = 0;
  /** What came of it, while it is not whole. */
  #held: Buffer = NOTHING;
  #heldBytes = 0;

  constructor(limits: ResponseLimits) {
    this.#limits = limits;
    this.#mostWithLine = limits.maxHeaderBytes + LINE_SLACK;
    this.#mostBytes = 2 * (limits.maxHeaderBytes + SECTION_SLACK);
  }

  /** Has nothing of it come yet? */
  get isFresh(): boolean {
    return this.#heldBytes === 0;
  }

  /** A head is next, or trailers. `offset`: so many bytes of the response were before it. */
  begin(isHead: boolean, offset: number): void {
    this.#isHead = isHead;
    this.#offset = offset;
    this.#line = 0;
    this.#hasStatus = !isHead;
    this.#marked = 0;
    if (this.#folds.length > 0) this.#folds = [];
    this.#counted = 0;
    this.forget();
  }

  /** Lets go of what it holds. */
  forget(): void {
    this.#held = NOTHING;
    this.#heldBytes = 0;
  }

  /** What is known of a head that is not whole: its status line and whole lines; `null` when not even that. */
  get soFar(): { readonly status: number; readonly fields: string[] } | null {
    if (!this.#hasStatus) return null;
    return {
      status: this.status,
      fields:
        this.#heldBytes === 0
          ? this.fields
          : this.#fieldsIn(this.#held.toString("latin1", 0, this.#heldBytes)),
    };
  }

  /**
   * Reads on at `from`. Returns where the section ends, or -1: it is not whole, and has taken all of `bytes`.
   *
   * @throws {ResponseSyntaxError | ResponseOverflow}
   */
  read(bytes: Buffer, from: number): number {
    if (this.#heldBytes === 0) {
      const end = this.#readLines(bytes, from, bytes.byteLength);
      if (end === -1) this.#hold(bytes, from);
      else this.#finish(bytes, from, end);
      return end;
    }
    const before = this.#heldBytes;
    this.#hold(bytes, from);
    // A line that is not whole is looked at again when its end is there, and not with every piece of it.
    const isLonger = bytes.indexOf(LF, from) !== -1;
    const end = isLonger ? this.#readLines(this.#held, 0, this.#heldBytes) : -1;
    if (end === -1) {
      if (!isLonger) this.#assertRest(this.#heldBytes);
      return -1;
    }
    this.#finish(this.#held, 0, end);
    this.forget();
    return from + end - before;
  }

  /** There will be no more of it. @throws {ResponseSyntaxError} when what came of the last line is wrong. */
  check(): void {
    this.#readLines(this.#held, 0, this.#heldBytes);
  }

  #hold(bytes: Buffer, from: number): void {
    const total = this.#heldBytes + bytes.byteLength - from;
    if (total > this.#held.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_HELD, 2 * this.#held.byteLength, total));
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#heldBytes, from);
    this.#heldBytes = total;
  }

  /** Reads lines of `bytes`, the last one as far as it came. Where the section ends, or -1. */
  #readLines(bytes: Buffer, base: number, end: number): number {
    try {
      return this.#readOn(bytes, base, end);
    } catch (error) {
      // Who asks what came before is told of the lines that were right, but for those that went on.
      this.#folds = [];
      this.fields = this.#fieldsIn(bytes.toString("latin1", base, base + this.#line));
      throw error;
    }
  }

  #readOn(bytes: Buffer, base: number, end: number): number {
    let at = base + this.#line;
    if (!this.#hasStatus) {
      at = this.#readStatusLine(bytes, at, end);
      if (at === -1) {
        this.#assertRest(end - base);
        return -1;
      }
      this.#hasStatus = true;
      this.#line = at - base;
    }
    while (at < end) {
      const first = bytes[at];
      let next: number;
      if (first === CR || first === LF) {
        next = this.#lineEnd(bytes, at, end, base);
        if (next !== -1) return next;
      } else {
        const isFolded = first === SP || first === HTAB;
        next = isFolded ? this.#readFold(bytes, base, at, end) : this.#readField(bytes, base, at, end);
      }
      if (next === -1) break;
      at = next;
      this.#line = at - base;
    }
    this.#assertRest(end - base);
    return -1;
  }

  /** Where the next line begins, or -1: the line is not whole. */
  #readStatusLine(bytes: Buffer, start: number, end: number): number {
    // What is no response is told by its first byte, and not when a line is whole.
    for (let place = 0; place < MINOR_AT && start + place < end; place++)
      if (bytes[start + place] !== PROTOCOL[place])
        throw this.#problem("it does not begin with HTTP/1", "protocol", place);
    if (start + STATUS_END >= end) return -1;
    this.#readStatus(bytes, start);
    const next = this.#readValue(bytes, start, start + STATUS_END, end);
    this.#reasonAt = this.#valueAt;
    this.#reasonEnd = this.#valueEnd;
    return next;
  }

  /** The minor version, and a status of three digits between a space and another one, or the end of the line. */
  #readStatus(bytes: Buffer, start: number): void {
    const minor = (bytes[start + MINOR_AT] as number) - ZERO; // all of it is there
    if (minor !== 0 && minor !== 1)
      throw this.#problem("its version is neither 1.0 nor 1.1", "protocol", MINOR_AT);
    let status = 0;
    for (let at = start + STATUS_AT; at < start + STATUS_END; at++) {
      const digit = hexDigits[bytes[at] as number] as number; // there are 256
      status = digit > 9 ? Number.NaN : 10 * status + digit;
    }
    const before = bytes[start + STATUS_AT - 1];
    const behind = bytes[start + STATUS_END];
    const isApart = before === SP && (behind === SP || behind === CR || behind === LF);
    if (!isApart || !(status >= 100))
      throw this.#problem("its status has not three digits", "status", STATUS_AT);
    this.status = status;
    this.minor = minor;
  }

  #readField(bytes: Buffer, base: number, start: number, end: number): number {
    let at = start;
    while (at < end && kinds[bytes[at] as number] === OF_TOKENS) at++;
    if (at === end) return -1;
    if (at === start || bytes[at] !== COLON) throw this.#problem("a field has no name", "field", at - base);
    const next = this.#readValue(bytes, base, at + 1, end);
    if (next === -1) return -1;
    const marks = this.#marks;
    const place = this.#marked;
    marks[place] = start - base;
    marks[place + 1] = at - base;
    marks[place + 2] = this.#valueAt;
    marks[place + 3] = this.#valueEnd;
    this.#marked = place + MARKS;
    this.#count(at - start, next - base);
    return next;
  }

  /** Loosened: a line that goes on is one with the line before it (RFC 9112 §5.2), in a head and behind a field. */
  #readFold(bytes: Buffer, base: number, start: number, end: number): number {
    if (!this.#isHead) throw this.#problem("a trailer goes on in another line", "field", start - base);
    if (this.#marked === 0)
      throw this.#problem("a blank stands before the first field", "field", start - base);
    const next = this.#readValue(bytes, base, start, end);
    if (next === -1) return -1;
    this.#folds.push(this.#marked / MARKS - 1, this.#valueAt, this.#valueEnd);
    this.#count(1, next - base);
    return next;
  }

  /** Notes where the value is, without blanks around it, that the rest of a line has. Where the next line begins, or -1. */
  #readValue(bytes: Buffer, base: number, start: number, end: number): number {
    let from = start;
    while (from < end && kinds[bytes[from] as number] === BLANK) from++;
    let at = from;
    while (at < end && kinds[bytes[at] as number] !== OF_NOTHING) at++;
    if (at === end) return -1;
    const isPlain = bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF;
    const next = isPlain ? at + 2 : this.#lineEnd(bytes, at, end, base);
    while (at > from && kinds[bytes[at - 1] as number] === BLANK) at--;
    this.#valueAt = from - base;
    this.#valueEnd = at - base;
    return next;
  }

  /** Where the line behind the end at `at` begins; -1 when it is not there yet. */
  #lineEnd(bytes: Buffer, at: number, end: number, base: number): number {
    if (bytes[at] === CR) {
      if (at + 1 >= end) return -1;
      if (bytes[at + 1] === LF) return at + 2;
      throw this.#problem("a CR has no LF behind it", "field", at - base);
    }
    // Loosened: a lone LF ends a line of a head (RFC 9112 §2.2).
    if (bytes[at] === LF && this.#isHead) return at + 1;
    throw this.#problem("a line has a character that must not be in it", "field", at - base);
  }

  /** A line was read that ends at `end`, with the value that was noted and so much of a name. Is there too much? */
  #count(nameBytes: number, end: number): void {
    const limits = this.#limits;
    const withLine = this.#counted + end - this.#line;
    this.#counted += nameBytes + this.#valueEnd - this.#valueAt;
    if (this.#counted > limits.maxHeaderBytes || withLine > this.#mostWithLine || end > this.#mostBytes)
      throw new ResponseOverflow(limits, "maxHeaderBytes", Math.max(this.#counted, withLine));
    const count = this.#marked / MARKS;
    if (count > limits.maxHeaderCount) throw new ResponseOverflow(limits, "maxHeaderCount", count);
  }

  /** So many bytes came, and the last line is not whole. Is there too much of it already? */
  #assertRest(bytes: number): void {
    const withLine = this.#hasStatus ? this.#counted + bytes - this.#line : 0;
    if (withLine > this.#mostWithLine || bytes > this.#mostBytes)
      throw new ResponseOverflow(this.#limits, "maxHeaderBytes", Math.max(withLine, bytes));
  }

  #finish(bytes: Buffer, base: number, end: number): void {
    const text = bytes.toString("latin1", base, end);
    if (this.#isHead) this.reason = text.slice(this.#reasonAt, this.#reasonEnd);
    this.fields = this.#fieldsIn(text);
  }

  #fieldsIn(text: string): string[] {
    const marks = this.#marks;
    const fields: string[] = [];
    for (let at = 0; at < this.#marked; at += MARKS)
      fields.push(text.slice(marks[at], marks[at + 1]), text.slice(marks[at + 2], marks[at + 3]));
    if (this.#folds.length > 0) this.#unfold(text, fields);
    return fields;
  }

  /** Each line of a value that has more than one is behind the others, with one space between. */
  #unfold(text: string, fields: string[]): void {
    const folds = this.#folds;
    for (let at = 0; at < folds.length; at += FOLD) {
      const place = 2 * (folds[at] as number); // below the length
      const name = fields[place] as string; // a fold is behind a field
      const start = folds[at + 1] as number;
      if (isFramingField(name))
        throw this.#problem("a field about the body goes on in another line", "framing", start);
      const value = fields[place + 1] as string;
      const part = text.slice(start, folds[at + 2]);
      fields[place + 1] = value === "" || part === "" ? value + part : `${value} ${part}`;
    }
  }

  #problem(problem: string, kind: SyntaxProblem, at: number): ResponseSyntaxError {
    return new ResponseSyntaxError(problem, kind, this.#offset + at);
  }
}
