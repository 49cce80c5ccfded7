/**
 * Upload: the body of a request that comes piece by piece. How pieces look on the wire is the business of the sink.
 *
 * It reads no faster than the sink takes, counts, and lets go of the caller's iterable when the message is over early.
 */
import type { Writable } from "node:stream";

import type { Body } from "../core/body.ts";
import { InvalidBody } from "../core/errors.ts";
import type { Framing } from "../core/request-head.ts";
import type { BodySink, BodyWriter } from "../connect/connection.ts";

/** Who hears how an upload goes. */
export interface UploadListener {
  /** Waiting for the caller: no silence of the server. */
  onSourceWait(): void;
  /** A piece went into the sink. */
  onBodySent(piece: Uint8Array): void;
  /** All of it did. */
  onUploadEnd(): void;
  /** The caller's iterable failed, or did not keep its promise of a length. */
  onUploadFailure(error: unknown): void;
}

/** A larger body is written in pieces, so that a slow line is not mistaken for silence. */
const WHOLE_BYTES = 1_048_576;
/** A piece of it. */
const PIECE_BYTES = 262_144;

/** A body on its way out. */
export class Upload implements BodyWriter {
  readonly #open: () => AsyncIterable<Uint8Array>;
  /** What was announced, in bytes; `null`: nothing was. */
  readonly #length: number | null;
  readonly #listener: UploadListener;
  #iterator: AsyncIterator<Uint8Array> | null = null;
  #sent = 0;
  #stopped = false;
  #finished = false;
  /** The head goes first; the body waits until it is released. */
  #isHeld = false;
  /** Ends whatever is being waited for. */
  #wake: (() => void) | null = null;

  constructor(open: () => AsyncIterable<Uint8Array>, length: number | null, listener: UploadListener) {
    this.#open = open;
    this.#length = length;
    this.#listener = listener;
  }

  write(sink: BodySink, done: (isComplete: boolean) => void): void {
    const { to } = sink;
    const wake = (): void => this.#wake?.();
    to.on("drain", wake);
    to.on("close", wake);
    void this.#write(sink)
      .catch((error: unknown) => {
        if (!this.#stopped) this.#listener.onUploadFailure(error);
      })
      .finally(() => {
        to.off("drain", wake);
        to.off("close", wake);
        this.#closeSource();
        done(this.#finished);
      });
  }

  get isHandedOver(): boolean {
    return this.#finished || (this.#length !== null && this.#sent === this.#length);
  }

  /** Before `write`: only the head is to go out for now. */
  hold(): void {
    this.#isHeld = true;
  }

  /** The body may go, if it was held. */
  release(): void {
    this.#isHeld = false;
    this.#wake?.();
  }

  /** The message is over: nothing more is read or written. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    this.#closeSource();
  }

  async #write(sink: BodySink): Promise<void> {
    const { to } = sink;
    if (this.#isHeld) {
      sink.begin();
      await this.#until(() => this.#isOver(to) || !this.#isHeld);
      if (this.#isOver(to)) return;
    }
    this.#iterator = this.#open()[Symbol.asyncIterator]();
    for (;;) {
      const chunk = await this.#next(this.#iterator);
      if (this.#isOver(to)) return;
      if (chunk === null) break;
      if (chunk.byteLength === 0) continue;
      this.#count(chunk.byteLength);
      sink.write(chunk);
      this.#listener.onBodySent(chunk);
      if (to.writableNeedDrain) await this.#until(() => this.#isOver(to) || !to.writableNeedDrain);
    }
    this.#iterator = null;
    if (this.#length !== null && this.#sent !== this.#length) throw mismatch(this.#sent, this.#length);
    sink.end();
    this.#finished = true;
    this.#listener.onUploadEnd();
  }

  /** The next piece; `null` at the end, or when the message is over. */
  #next(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
    this.#listener.onSourceWait();
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (this.#stopped) resolve(null);
      };
      const onError = (error: unknown): void => {
        // It has ended by itself.
        this.#iterator = null;
        reject(error);
      };
      iterator.next().then(({ done, value }) => resolve(done === true ? null : value), onError);
    });
  }

  /** Is nothing more wanted, or can nothing be taken? */
  #isOver(to: Writable): boolean {
    return this.#stopped || to.destroyed;
  }

  #until(isTime: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        if (isTime()) resolve();
      };
    });
  }

  #count(bytes: number): void {
    this.#sent += bytes;
    // Never a byte more than announced: the server would take it for the next request (request smuggling).
    if (this.#length !== null && this.#sent > this.#length) throw mismatch(this.#sent, this.#length);
  }

  /** Lets the caller's iterable close its file. What it says to that is of no interest any more. */
  #closeSource(): void {
    const iterator = this.#iterator;
    this.#iterator = null;
    iterator?.return?.().then(undefined, () => {});
  }
}

/** The body of a message: all of it, or what gives it; both `null` for none. */
export interface BodyToSend {
  readonly bytes: Uint8Array | null;
  readonly upload: Upload | null;
}

/** How `body` is sent. @param isHeld it waits to be released. */
export function bodyOf(body: Body, framing: Framing, isHeld: boolean, listener: UploadListener): BodyToSend {
  const isWhole = body.kind === "bytes" && body.bytes.byteLength <= WHOLE_BYTES;
  if (isWhole && !isHeld) return { bytes: body.bytes, upload: null };
  const open = (): AsyncIterable<Uint8Array> => (body.kind === "bytes" ? piecesOf(body.bytes) : body.open());
  const upload = new Upload(open, typeof framing === "number" ? framing : null, listener);
  if (isHeld) upload.hold();
  return { bytes: null, upload };
}

/** Large bytes, in pieces that are views of them. */
async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES)
    yield bytes.subarray(from, from + PIECE_BYTES);
}

function mismatch(sent: number, announced: number): InvalidBody {
  const relation = sent > announced ? "longer" : "shorter";
  return new InvalidBody(`the body is ${relation} than its Content-Length: ${sent} bytes, not ${announced}`, {
    phase: "send",
  });
}
