/**
 * Drives one of zlib's streams piece by piece, so that it is known where its data ends and what comes after.
 */
import type { Transform } from "node:stream";
import type { ByteInput } from "./byte-input.ts";

/** The data is not what its coding says. Others make a `ContentDecodingError` of it. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/** What all of zlib's streams have in common. */
export type Engine = Transform & { readonly bytesWritten: number };

/**
 * Decodes from `input` to the end of the engine's data; what follows is put back. Asks for input only when the output
 * was taken, so that nothing is decoded ahead but one buffer of zlib's.
 *
 * @throws {FormatError} when the data is damaged, or the input ends too early; what `input` throws comes through.
 */
export async function* run(engine: Engine, input: ByteInput): AsyncGenerator<Uint8Array, void> {
  const progress = new Progress(engine);
  let fed = 0;
  try {
    for (;;) {
      const piece = await input.next();
      if (piece === null) {
        progress.end();
      } else {
        fed += piece.byteLength;
        progress.write(piece);
      }
      yield* progress.outputs();
      if (piece === null) return;
      // The engine did not want all of it: its data is over. `bytesWritten` is what it took.
      const refused = fed - engine.bytesWritten;
      if (refused > 0) {
        input.unread(piece.subarray(piece.byteLength - refused));
        return;
      }
    }
  } finally {
    engine.destroy();
  }
}

/** Waits for whatever comes first: output, the end of a piece, the end of everything, an error. */
class Progress {
  readonly #engine: Engine;
  /** Is the last piece used up, or the end reached? */
  #idle = true;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
    engine.on("readable", () => this.#advance());
    engine.on("error", (error) => this.#settle(error));
    engine.on("end", () => this.#settle(null));
  }

  write(piece: Uint8Array): void {
    this.#idle = false;
    this.#engine.write(piece, (error) => this.#settle(error ?? null));
  }

  end(): void {
    this.#idle = false;
    this.#engine.end();
  }

  /**
   * All that the last piece gives.
   *
   * @throws {FormatError} when zlib had an error.
   */
  async *outputs(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      if (this.#error !== null) throw new FormatError(this.#error.message, { cause: this.#error });
      // A zlib stream gives Buffers, and `null` when there is none just now.
      const output = this.#engine.read() as Uint8Array | null;
      if (output !== null) yield output;
      else if (this.#idle) return;
      else await this.#next();
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #settle(error: Error | null): void {
    this.#idle = true;
    this.#error ??= error;
    this.#advance();
  }

  #advance(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
