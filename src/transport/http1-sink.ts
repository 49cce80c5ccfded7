/** Where a body goes that comes piece by piece, over HTTP/1.1. */
import type { Writable } from "node:stream";

import type { BodySink } from "../connect/connection.ts";
import { CHUNK_END, LAST_CHUNK, chunkStart } from "../http1/request-writer.ts";

/** A message with a body that comes piece by piece. Its head goes out with the first piece. */
export class Http1Sink implements BodySink {
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
    const before = this.#takeHead() + (this.#isChunked ? chunkStart(piece.byteLength) : "");
    to.cork();
    if (before !== "") to.write(before, "latin1");
    to.write(piece);
    if (this.#isChunked) to.write(CHUNK_END, "latin1");
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
