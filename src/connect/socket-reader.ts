/**
 * Reads the answers of a proxy from a socket that nobody else reads yet; what comes after them is left in the socket.
 */
import type { Socket } from "node:net";

/** Takes bytes from a socket in paused mode. */
export class SocketReader {
  readonly #socket: Socket;
  #held: Buffer = Buffer.alloc(0);
  #ended = false;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("readable", this.#onReadable);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
    socket.on("error", this.#onError);
  }

  /** The next `count` bytes. @throws when the connection ends before. */
  async take(count: number): Promise<Buffer> {
    while (this.#held.byteLength < count) await this.#more();
    return this.#cut(count);
  }

  /** What has come, or comes next: at least one byte. @throws when the connection ends before. */
  async takeSome(): Promise<Buffer> {
    if (this.#held.byteLength === 0) await this.#more();
    return this.#cut(this.#held.byteLength);
  }

  /** Gives back the end of what was taken. */
  putBack(bytes: Buffer): void {
    this.#held = bytes;
  }

  /** Lets go of the socket, and puts back what was read too far. */
  release(): void {
    this.#socket.off("readable", this.#onReadable);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("close", this.#onEnd);
    this.#socket.off("error", this.#onError);
    if (this.#held.byteLength > 0) this.#socket.unshift(this.#held);
  }

  readonly #onReadable = (): void => this.#signal();

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#signal();
  };

  readonly #onError = (error: Error): void => {
    this.#error = error;
    this.#signal();
  };

  #cut(count: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    for (;;) {
      const chunk = this.#socket.read() as Buffer | null; // no encoding is set
      if (chunk !== null) {
        this.#held = this.#held.byteLength === 0 ? chunk : Buffer.concat([this.#held, chunk]);
        return;
      }
      if (this.#error !== null) throw this.#error;
      if (this.#ended) throw new Error("the connection was closed");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
