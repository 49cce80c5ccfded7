/**
 * What is kept of the bodies of a message, where somebody keeps bodies.
 */
import type { CapturedBody } from "../core/records.ts";

/** What was kept of the bodies of a message. */
export interface KeptBodies {
  readonly sent: BodyKeeper;
  readonly received: BodyKeeper;
}

/** Keeps the first bytes of a body. */
export class BodyKeeper {
  /** So many may still be kept. */
  #left: number;
  #isCut = false;
  readonly #kept: Uint8Array[] = [];

  constructor(limit: number) {
    this.#left = limit;
  }

  push(piece: Uint8Array): void {
    if (piece.byteLength > this.#left) this.#isCut = true;
    if (this.#left === 0) return;
    // A copy: its memory is written over.
    const kept = new Uint8Array(piece.subarray(0, this.#left));
    this.#left -= kept.byteLength;
    this.#kept.push(kept);
  }

  get captured(): CapturedBody {
    return { bytes: new Uint8Array(Buffer.concat(this.#kept)), isCut: this.#isCut };
  }
}
