/**
 * Bytes that have come and were not taken yet, in order.
 *
 * One chunk is the common case and costs nothing. Crumbs are put together: a server that sends byte by byte must not cost a
 * hundred bytes of memory for each. For a large body that is wanted whole there is one buffer, made as large as
 * `Content-Length` says: at once when that is little, else when a good part of it has come.
 */

/** So large an announcement is believed at once; a larger one when a quarter of it has come. */
const TRUSTED_BYTES = 1_048_576;
const PART_TO_BELIEVE = 4;
/** A smaller part of a buffer is copied out of it. */
const PART_TO_KEEP = 2;
/** Less is put together at the end. */
const SMALL_BYTES = 65_536;
/** Smaller chunks are crumbs, and are gathered in buffers of a page or more. */
const CRUMB_BYTES = 512;
const CRUMBS_BYTES = 16_384;
const NOTHING = new Uint8Array(0);

/** A queue of bytes. */
export class ByteQueue {
  /** Bytes in it. */
  size = 0;
  #first: Uint8Array | null = null;
  #more: Uint8Array[] | null = null;
  #at = 0;
  /** Crumbs: what comes after all the chunks. */
  #crumbs: Buffer | null = null;
  #crumbsUsed = 0;
  #whole: Buffer | null = null;
  #expected = 0;

  /**
   * Adds a chunk: as it is, or copied when it is small and not the only one, or a small part of the memory that it lies in;
   * with `isGivenAway` when it is not all of it. Is it kept as it is?
   */
  push(chunk: Uint8Array, isGivenAway: boolean = false): boolean {
    let isKept = false;
    if (this.#whole !== null) this.#fill(chunk);
    else if (this.size > 0 && chunk.byteLength < CRUMB_BYTES) this.#gatherCrumb(chunk);
    else {
      isKept = chunk.byteLength * (isGivenAway ? 1 : PART_TO_KEEP) >= chunk.buffer.byteLength;
      const piece = isKept ? chunk : isGivenAway ? new Uint8Array(chunk) : Buffer.from(chunk);
      if (this.size === 0) this.#first = piece;
      else this.#append(piece);
    }
    this.size += chunk.byteLength;
    if (this.#expected > 0 && this.#whole === null) this.#believe();
    return isKept;
  }

  /** All of it will be wanted at once: `expected` bytes, if the announcement is true. */
  gather(expected: number): void {
    if (expected < SMALL_BYTES || expected <= this.size) return;
    this.#expected = expected;
    this.#believe();
  }

  /** Takes the oldest chunk; `null` when there is none. */
  shift(): Uint8Array | null {
    const chunk = this.#shift();
    if (chunk !== null) this.size -= chunk.byteLength;
    return chunk;
  }

  /** Takes everything, in one piece. */
  takeAll(): Uint8Array {
    const first = this.#first;
    // Mostly one chunk is all there is.
    const all = first !== null && first.byteLength === this.size ? first : this.#joined();
    this.clear();
    return all;
  }

  /** Forgets everything. */
  clear(): void {
    this.#first = null;
    this.#more = null;
    this.#at = 0;
    this.#crumbs = null;
    this.#crumbsUsed = 0;
    this.#whole = null;
    this.#expected = 0;
    this.size = 0;
  }

  /** Makes the one buffer, when the announcement can be believed, and puts into it what is there. */
  #believe(): void {
    if (this.#expected > TRUSTED_BYTES && this.size * PART_TO_BELIEVE < this.#expected) return;
    const whole = Buffer.allocUnsafeSlow(Math.max(this.#expected, this.size));
    let filled = 0;
    for (let chunk = this.#shift(); chunk !== null; chunk = this.#shift()) {
      whole.set(chunk, filled);
      filled += chunk.byteLength;
    }
    this.#whole = whole;
  }

  #shift(): Uint8Array | null {
    const first = this.#first;
    if (first !== null) {
      this.#first = null;
      return first;
    }
    if (this.#more === null) return this.#takeCrumbs();
    const chunk = this.#more[this.#at] ?? null;
    this.#at++;
    if (this.#at === this.#more.length) {
      this.#more = null;
      this.#at = 0;
    }
    return chunk;
  }

  #append(chunk: Uint8Array): void {
    const crumbs = this.#takeCrumbs();
    this.#more ??= [];
    if (crumbs !== null) this.#more.push(crumbs);
    this.#more.push(chunk);
  }

  #gatherCrumb(crumb: Uint8Array): void {
    if (this.#crumbs !== null && this.#crumbsUsed + crumb.byteLength > CRUMBS_BYTES) {
      const full = this.#takeCrumbs();
      if (full !== null) (this.#more ??= []).push(full);
    }
    this.#crumbs ??= Buffer.allocUnsafeSlow(CRUMBS_BYTES);
    this.#crumbs.set(crumb, this.#crumbsUsed);
    this.#crumbsUsed += crumb.byteLength;
  }

  #takeCrumbs(): Uint8Array | null {
    const crumbs = this.#crumbs?.subarray(0, this.#crumbsUsed) ?? null;
    this.#crumbs = null;
    this.#crumbsUsed = 0;
    return crumbs;
  }

  #joined(): Uint8Array {
    if (this.#whole !== null) return this.#whole.subarray(0, this.size);
    const chunks: Uint8Array[] = [];
    for (let chunk = this.#shift(); chunk !== null; chunk = this.#shift()) chunks.push(chunk);
    const [only = NOTHING] = chunks;
    return chunks.length <= 1 ? only : Buffer.concat(chunks, this.size);
  }

  #fill(chunk: Uint8Array): void {
    const needed = this.size + chunk.byteLength;
    let whole = this.#whole ?? Buffer.alloc(0);
    if (needed > whole.byteLength) {
      // More came than was announced.
      const larger = Buffer.allocUnsafeSlow(2 * needed);
      larger.set(whole.subarray(0, this.size));
      whole = larger;
      this.#whole = whole;
    }
    whole.set(chunk, this.size);
  }
}
