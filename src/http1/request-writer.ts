/**
 * How requests are written in HTTP/1.1: request line, field lines, chunks (RFC 9112 §3, §5, §7.1). Nobody else knows.
 *
 * What is written was checked before: `transport/outgoing.ts`.
 */
import type { HeaderSection, RequestHead } from "../core/request-head.ts";

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

/** What goes before a chunk of so many bytes, and behind it (RFC 9112 §7.1). */
export function chunkStart(bytes: number): string {
  return `${bytes.toString(16)}\r\n`;
}

export const CHUNK_END = "\r\n";

/** The end of a body in chunks, without trailers. */
export const LAST_CHUNK = "0\r\n\r\n";
