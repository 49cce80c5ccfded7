/**
 * Intake: where a socket reads into. Node makes a buffer of 64 KiB for every read and shortens it; here a connection has one,
 * which is read into again and again, until somebody keeps a part of it. Large bodies are read in larger pieces.
 *
 * Bytes go to the parser as they come, past the socket's own queue, unless there is no parser yet, or it is paused.
 */
import type { OnReadOpts, Socket } from "node:net";

/** What a connection begins with, and has while it is idle: most small responses fit, and thousands of connections cost little. */
const FIRST_BYTES = 4096;
/** All that a record of TLS has: a read gives one, never more. */
const RECORD_BYTES = 16_384;
/** What it goes on with once a read has filled that, to the end of the response. */
export const MOST_READ_BYTES = 65_536;

/** Memory of connections that have ended, for those to come: fresh memory is a large part of what a connection costs here. */
const spare: Buffer[] = [];
const MOST_SPARE = 32;
const NONE = Buffer.alloc(0);

/** Who takes what was read. */
export interface IntakeReader {
  /** Does it take nothing now? */
  readonly isPaused: boolean;
  /** Does it wait for nothing? */
  readonly isIdle: boolean;
  /** Takes bytes, at once. Is a part of their memory kept? */
  read(bytes: Buffer): boolean;
}

/** What one socket reads into. */
export class Intake {
  /** For the options of the socket. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#room(),
    callback: (count) => this.#take(count),
  };
  #socket: Socket | null = null;
  #reader: IntakeReader | null = null;
  #buffer: Buffer = spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
  readonly #most: number;
  #size = FIRST_BYTES;
  #isKept = false;

  constructor(isTls: boolean) {
    this.#most = isTls ? RECORD_BYTES : MOST_READ_BYTES;
  }

  /** What `socket` reads is for it, and later for a reader. */
  bind(socket: Socket): void {
    this.#socket = socket;
    socket.once("close", () => this.#leave());
  }

  /** From now on `reader` is given what comes; what came before waits in the socket. */
  attach(reader: IntakeReader): void {
    this.#reader = reader;
  }

  /** Nothing is read any more. */
  #leave(): void {
    const isFree = !this.#isKept && this.#buffer.byteLength === FIRST_BYTES;
    if (isFree && spare.length < MOST_SPARE) spare.push(this.#buffer);
    this.#buffer = NONE;
  }

  /** What the next read fills. */
  #room(): Buffer {
    if (this.#isKept || this.#size !== this.#buffer.byteLength) {
      this.#buffer = Buffer.allocUnsafeSlow(this.#size);
      this.#isKept = false;
    }
    return this.#buffer;
  }

  /** Go on reading? */
  #take(count: number): boolean {
    const bytes = this.#buffer.subarray(0, count);
    if (count === this.#size) this.#size = this.#most;
    const socket = this.#socket;
    const reader = this.#reader;
    if (reader === null || reader.isPaused || socket === null || socket.readableLength > 0) {
      this.#isKept = true;
      socket?.push(bytes);
      return false;
    }
    this.#isKept = reader.read(bytes);
    if (reader.isIdle) this.#size = FIRST_BYTES;
    return !reader.isPaused;
  }
}
