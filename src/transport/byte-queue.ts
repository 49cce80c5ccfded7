/**
 * Bytes that have come and were not taken yet, in order.
 *
 * One chunk is the common case and costs nothing. For a large body that is wanted whole there is one buffer, which is
 * filled as bytes arrive: `Content-Length` says how large it may become, but is not trusted beyond what came.
 *
 * May import: own folder. Pure.
 */

/** Up to so many bytes the buffer is made as large as was announced; beyond, it doubles as bytes arrive. */
const TRUSTED_BYTES = 8_388_608;
/** Less is put together at the end. */
const SMALL_BYTES = 65_536;
const NOTHING = new Uint8Array(0);

/** A queue of bytes. */
export class ByteQueue {
  /** Bytes in it. */
  size = 0;
  #first: Uint8Array | null = null;
  #more: Uint8Array[] | null = null;
  #at = 0;
  #whole: Buffer | null = null;
  #expected = 0;

  /** Adds a chunk. It is kept as it is, not copied. */
  push(chunk: Uint8Array): void {
    if (this.#whole !== null) this.#fill(chunk);
    else if (this.#first === null && this.#more === null) this.#first = chunk;
    else if (this.#more === null) this.#more = [chunk];
    else this.#more.push(chunk);
    this.size += chunk.byteLength;
  }

  /** All of it will be wanted at once: `expected` bytes, if the announcement is true. */
  gather(expected: number): void {
    if (expected < SMALL_BYTES || expected <= this.size) return;
    const sofar = this.takeAll();
    this.#expected = expected;
    this.#whole = Buffer.allocUnsafeSlow(Math.min(expected, TRUSTED_BYTES));
    this.push(sofar);
  }

  /** Takes the oldest chunk; `null` when there is none. */
  shift(): Uint8Array | null {
    const chunk = this.#first ?? this.#more?.[this.#at] ?? null;
    if (chunk === null) return null;
    this.size -= chunk.byteLength;
    if (this.#first !== null) {
      this.#first = null;
      return chunk;
    }
    this.#at++;
    if (this.#at === this.#more?.length) {
      this.#more = null;
      this.#at = 0;
    }
    return chunk;
  }

  /** Takes everything, in one piece. */
  takeAll(): Uint8Array {
    const all = this.#joined();
    this.clear();
    return all;
  }

  /** Forgets everything. */
  clear(): void {
    this.#first = null;
    this.#more = null;
    this.#at = 0;
    this.#whole = null;
    this.size = 0;
  }

  #joined(): Uint8Array {
    if (this.#whole !== null) return this.#whole.subarray(0, this.size);
    if (this.#more === null) return this.#first ?? NOTHING;
    const rest = this.#at === 0 ? this.#more : this.#more.slice(this.#at);
    return Buffer.concat(this.#first === null ? rest : [this.#first, ...rest], this.size);
  }

  #fill(chunk: Uint8Array): void {
    const needed = this.size + chunk.byteLength;
    let whole = this.#whole ?? Buffer.alloc(0);
    if (needed > whole.byteLength) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(2 * whole.byteLength, this.#expected)));
      larger.set(whole.subarray(0, this.size));
      whole = larger;
      this.#whole = whole;
    }
    whole.set(chunk, this.size);
  }
}
