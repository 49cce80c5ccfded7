/**
 * Upload: the body of a request that comes piece by piece, and its framing on the wire (RFC 9112 §6, §7.1). Over HTTP/2 it goes
 * out by the same hands, without chunks.
 *
 * It reads no faster than the socket takes, counts, and lets go of the caller's iterable when the message is over early.
 */
import type { Writable } from "node:stream";

import { InvalidBody } from "../core/errors.ts";
import type { BodyWriter } from "../connect/connection.ts";
import type { Outgoing } from "./outgoing.ts";

/** Who hears how an upload goes. */
export interface UploadListener {
  /** Waiting for the caller: no silence of the server. */
  onSourceWait(): void;
  /** A piece went into the socket. */
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
  /** What was announced, in bytes; `null`: chunked. */
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

  write(
    socket: Writable,
    { head, isChunked }: { readonly head: string; readonly isChunked: boolean },
    done: (isComplete: boolean) => void,
  ): void {
    const wake = (): void => this.#wake?.();
    socket.on("drain", wake);
    socket.on("close", wake);
    void this.#write(socket, head, isChunked && this.#length === null)
      .catch((error: unknown) => {
        if (!this.#stopped) this.#listener.onUploadFailure(error);
      })
      .finally(() => {
        socket.off("drain", wake);
        socket.off("close", wake);
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

  async #write(socket: Writable, head: string, isChunked: boolean): Promise<void> {
    let unsentHead = head;
    if (this.#isHeld) {
      unsentHead = "";
      if (!(await this.#headFirst(socket, head))) return;
    }
    this.#iterator = this.#open()[Symbol.asyncIterator]();
    for (;;) {
      const chunk = await this.#next(this.#iterator);
      if (this.#stopped || socket.destroyed) return;
      if (chunk === null) break;
      if (chunk.byteLength === 0) continue;
      this.#count(chunk.byteLength);
      if (isChunked) writeChunk(socket, unsentHead, chunk);
      else writePiece(socket, unsentHead, chunk);
      unsentHead = "";
      this.#listener.onBodySent(chunk);
      if (socket.writableNeedDrain)
        await this.#until(() => this.#stopped || socket.destroyed || !socket.writableNeedDrain);
    }
    this.#iterator = null;
    if (this.#length !== null && this.#sent !== this.#length) throw mismatch(this.#sent, this.#length);
    const end = isChunked ? "0\r\n\r\n" : "";
    if (unsentHead + end !== "") socket.write(unsentHead + end, "latin1");
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

  /** Resolves when the body may follow: `false` when it is not wanted any more. */
  async #headFirst(socket: Writable, head: string): Promise<boolean> {
    if (head !== "") socket.write(head, "latin1");
    await this.#until(() => this.#stopped || socket.destroyed || !this.#isHeld);
    return !this.#stopped && !socket.destroyed;
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

function writePiece(socket: Writable, head: string, piece: Uint8Array): void {
  socket.cork();
  if (head !== "") socket.write(head, "latin1");
  socket.write(piece);
  socket.uncork();
}

/** RFC 9112 §7.1. */
function writeChunk(socket: Writable, head: string, chunk: Uint8Array): void {
  socket.cork();
  socket.write(`${head}${chunk.byteLength.toString(16)}\r\n`, "latin1");
  socket.write(chunk);
  socket.write("\r\n", "latin1");
  socket.uncork();
}

/** The body of a message: all of it, or what gives it; both `null` for none. */
export function bodyOf(
  { body, framing }: Outgoing,
  isHeld: boolean,
  listener: UploadListener,
): { readonly bytes: Uint8Array | null; readonly upload: Upload | null } {
  if (body === null) return { bytes: null, upload: null };
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
