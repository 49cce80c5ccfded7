/**
 * How requests are written in HTTP/1.1: request line, field lines, chunks (RFC 9112 §3, §5, §7.1). Nobody else knows.
 *
 * What is written was checked before: `transport/outgoing.ts`.
 */
import type { Writable } from "node:stream";

import type { BodySink, HeaderSection, RequestHead } from "../connect/connection.ts";

/** Heads of requests that go the same way. Remembers the section that was written last: most requests say the same. */
export class HeadWriter {
  #section: HeaderSection | null = null;
  #text = "";
  /** Lines that were written last, place by place. */
  readonly #lines: string[] = [];

  /** Request line and field lines, with the empty line. */
  textOf({ method, target, section }: RequestHead): string {
    if (section !== this.#section) this.#write(section);
    return `${method} ${target} HTTP/1.1\r\n${this.#text}\r\n`;
  }

  /** Sections that follow one another mostly differ in one line or two: the others are there. */
  #write(section: HeaderSection): void {
    const { fields } = section;
    const before = this.#section?.fields ?? [];
    let text = "";
    for (let at = 0; at + 1 < fields.length; at += 2) {
      if (fields[at] !== before[at] || fields[at + 1] !== before[at + 1])
        this.#lines[at / 2] = `${fields[at]}: ${fields[at + 1]}\r\n`;
      text += this.#lines[at / 2];
    }
    this.#section = section;
    this.#text = text;
  }
}

/** The end of a body in chunks, without trailers. */
const LAST_CHUNK = "0\r\n\r\n";

/** A message with a body that comes piece by piece. Its head goes out with the first piece. */
export class RequestSink implements BodySink {
  readonly to: Writable;
  readonly #isChunked: boolean;
  /** What is to go out first of all. */
  #head: string;

  constructor(to: Writable, head: string, isChunked: boolean) {
    this.to = to;
    this.#head = head;
    this.#isChunked = isChunked;
  }

  begin(): void {
    this.to.write(this.#takeHead(), "latin1");
  }

  write(piece: Uint8Array): void {
    const { to } = this;
    const before = this.#takeHead() + (this.#isChunked ? `${piece.byteLength.toString(16)}\r\n` : "");
    to.cork();
    if (before !== "") to.write(before, "latin1");
    to.write(piece);
    if (this.#isChunked) to.write("\r\n", "latin1");
    to.uncork();
  }

  end(): void {
    const rest = this.#takeHead() + (this.#isChunked ? LAST_CHUNK : "");
    if (rest !== "") this.to.write(rest, "latin1");
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = "";
    return head;
  }
}
