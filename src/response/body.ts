/**
 * The body of a response, from unread to whatever became of it. Responses that are copies of each other share one.
 */
import { showCaller } from "../core/caller.ts";
import { RequestException, StreamConsumedError, type FailedResponse } from "../core/errors.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { WireResponse } from "../core/response.ts";
import { parseContentEncoding, type ContentCoding } from "../encoding/content-coding.ts";
import { decodeNow, tooLarge } from "../encoding/decode.ts";
import { decodeStream } from "../encoding/decode-stream.ts";
import { collect, copied, owned } from "../core/bytes.ts";
import { Pieces, type Walk } from "./pieces.ts";

/** Where a body is in its life. */
export type BodyState =
  | { readonly kind: "unread" }
  | { readonly kind: "loading"; readonly bytes: Promise<Uint8Array> }
  | { readonly kind: "loaded"; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly error: unknown }
  /** Somebody iterates over it. */
  | { readonly kind: "streaming" }
  /** Somebody did. */
  | { readonly kind: "consumed" }
  /** The response was only on the way to another one, and the body too long to keep, or broken. */
  | { readonly kind: "dropped" }
  | { readonly kind: "closed" };

const NO_CODINGS: readonly ContentCoding[] = [];

const unread: BodyState = { kind: "unread" };
const streaming: BodyState = { kind: "streaming" };
const consumed: BodyState = { kind: "consumed" };
const dropped: BodyState = { kind: "dropped" };
const closed: BodyState = { kind: "closed" };

/** Whom to tell of bodies that nobody holds any more. */
const forgotten = new FinalizationRegistry<() => void>((tell) => tell());

function isOver({ kind }: BodyState): boolean {
  return kind !== "unread" && kind !== "loading" && kind !== "streaming";
}

/** Without content codings, or with those that are on it. */
type Form = "decoded" | "coded";

/** What a body is made of. */
export interface BodyParts {
  readonly wire: WireResponse;
  readonly request: PreparedRequest;
  /** Most decoded bytes in memory; `null`: no limit. */
  readonly maxBodyBytes: number | null;
  /** Most content codings. */
  readonly maxCodings: number;
}

/** A body that is read once: into memory, or as a stream. */
export class ResponseBody {
  readonly #parts: BodyParts;
  #state: BodyState;
  #onOver: (() => void) | null = null;

  /** @param bytes the decoded body, when it is there already. */
  constructor(parts: BodyParts, bytes: Uint8Array | null = null) {
    this.#parts = parts;
    this.#state = bytes === null ? unread : { kind: "loaded", bytes };
  }

  /** Where it is. */
  get state(): BodyState {
    return this.#state;
  }

  /**
   * Calls `listener` when nothing more is read of it: it is in memory, was iterated over, closed or dropped, broke off, or nobody holds it
   * any more. The listener must not hold it.
   */
  whenOver(listener: () => void): void {
    if (isOver(this.#state)) {
      listener();
      return;
    }
    const earlier = this.#onOver;
    this.#onOver =
      earlier === null
        ? listener
        : () => {
            earlier();
            listener();
          };
    forgotten.register(this, listener, this);
  }

  /**
   * The decoded bytes, which must be in memory.
   *
   * @throws {StreamConsumedError} when they never were. What reading failed with, when it failed.
   */
  bytes(owner: FailedResponse): Uint8Array {
    if (this.#state.kind === "loaded") return this.#state.bytes;
    throw this.#refusal(owner);
  }

  /**
   * The decoded bytes, read into memory if need be: at once when they have arrived and are quickly decoded.
   *
   * @throws {StreamConsumedError} when somebody iterated over the body, or closed it.
   * @throws what the adapter or the decoder throws, each time anew.
   */
  read(owner: FailedResponse): Uint8Array | Promise<Uint8Array> {
    switch (this.#state.kind) {
      case "loaded":
      case "loading":
        return this.#state.bytes;
      case "unread":
        return this.#load(owner, this.#parts.maxBodyBytes);
      default:
        throw this.#refusal(owner);
    }
  }

  /**
   * Reads the body of a response that others follow, so that its connection can be used again. It is kept when it has at
   * most `maxBytes`; else, and when it is broken, it is dropped without a word.
   */
  loadHop(owner: FailedResponse, maxBytes: number): void | Promise<void> {
    if (this.#state.kind !== "unread") return;
    const limit = Math.min(maxBytes, this.#parts.maxBodyBytes ?? maxBytes);
    const drop = (): void => {
      this.#end(dropped);
      this.#parts.wire.body.cancel();
    };
    try {
      const read = this.#load(owner, limit, true);
      if (!(read instanceof Uint8Array)) return read.then(() => {}, drop);
    } catch {
      drop();
    }
  }

  /** @throws {StreamConsumedError} when the body cannot be iterated over any more. */
  assertIterable(owner: FailedResponse): void {
    const { kind } = this.#state;
    if (kind !== "unread" && kind !== "loaded" && kind !== "loading") throw this.#refusal(owner);
  }

  /**
   * The bytes as they come; those in memory in one piece. They are to be read only, and not for long: see {@link pieces}.
   * Leaving early ends the exchange.
   *
   * @throws as {@link read}.
   */
  stream(owner: FailedResponse): AsyncGenerator<Uint8Array, void> {
    return new Pieces(() => this.#walk(owner, "decoded", same));
  }

  /**
   * The same for programs: each piece has memory of its own. `coded`: with the content codings still on.
   *
   * @throws as {@link read}.
   */
  pieces(owner: FailedResponse, form: Form = "decoded"): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    // What is made of each piece is such an array.
    return new Pieces(() => this.#walk(owner, form, copied), owned) as AsyncGenerator<
      Uint8Array<ArrayBuffer>,
      void
    >;
  }

  /** Gives up on what was not read. A body in memory stays there. */
  close(): void {
    if (isOver(this.#state)) return;
    this.#end(closed);
    this.#parts.wire.body.cancel();
  }

  #load(
    owner: FailedResponse,
    maxBytes: number | null,
    isDispensable: boolean = false,
  ): Uint8Array | Promise<Uint8Array> {
    try {
      const raw = this.#parts.wire.body.collect(maxBytes, isDispensable);
      const bytes = raw instanceof Uint8Array ? this.#decode(raw, maxBytes) : raw;
      if (bytes instanceof Uint8Array) {
        this.#state = { kind: "loaded", bytes };
        if (this.#onOver !== null) this.#tellOver();
        return bytes;
      }
      const loading = this.#finish(owner, bytes, { maxBytes, decoded: raw instanceof Uint8Array });
      this.#state = { kind: "loading", bytes: loading };
      return loading;
    } catch (error) {
      throw this.#fail(owner, error);
    }
  }

  async #finish(
    owner: FailedResponse,
    pending: Promise<Uint8Array>,
    options: { readonly maxBytes: number | null; readonly decoded: boolean },
  ): Promise<Uint8Array> {
    try {
      const read = await pending;
      const decoded = options.decoded ? read : this.#decode(read, options.maxBytes);
      const bytes = decoded instanceof Uint8Array ? decoded : await decoded;
      if (this.#state.kind === "closed") throw this.#refusal(owner);
      this.#state = { kind: "loaded", bytes };
      if (this.#onOver !== null) this.#tellOver();
      return bytes;
    } catch (error) {
      throw this.#fail(owner, error);
    }
  }

  #decode(bytes: Uint8Array, maxBytes: number | null): Uint8Array | Promise<Uint8Array> {
    const codings = this.#codings();
    if (codings.length === 0) return bytes;
    const options = { maxBytes, request: this.#parts.request };
    const decoded = decodeNow(bytes, codings, options);
    if (decoded !== null) return decoded;
    return collect(decodeStream(once(bytes), codings, options), maxBytes, (limit) =>
      tooLarge(limit, options.request),
    );
  }

  /** As the header stands when reading begins. */
  #codings(): readonly ContentCoding[] {
    const { wire, request, maxCodings } = this.#parts;
    const value = wire.headers.get("content-encoding");
    return value === null ? NO_CODINGS : parseContentEncoding(value, maxCodings, request);
  }

  /** @param kept makes what is given of bytes that stay in memory. */
  #walk(owner: FailedResponse, form: Form, kept: (bytes: Uint8Array) => Uint8Array): Walk {
    if (this.#state.kind !== "unread") {
      if (form === "coded") throw this.#refusal(owner);
      return { source: this.#whole(owner, kept), end: nothing, fail: same, leave: nothing };
    }
    this.#state = streaming;
    const settle = (): void => {
      if (this.#state === streaming) this.#end(consumed);
    };
    const fail = (error: unknown): unknown => {
      this.#parts.wire.body.cancel();
      showCaller(error, fail);
      return this.#fail(owner, error);
    };
    try {
      const source = this.#open(form)[Symbol.asyncIterator]();
      const end = (): void => {
        settle();
        // An adapter may end the stream of a body that was closed: that is no end of the body.
        if (this.#state.kind === "closed") throw fail(this.#refusal(owner));
      };
      return { source, end, fail, leave: settle };
    } catch (error) {
      throw fail(error);
    }
  }

  async *#whole(
    owner: FailedResponse,
    kept: (bytes: Uint8Array) => Uint8Array,
  ): AsyncGenerator<Uint8Array, void> {
    yield kept(await this.read(owner));
  }

  #open(form: Form): AsyncIterable<Uint8Array> {
    const { wire, request } = this.#parts;
    if (form === "coded") return wire.body.stream();
    const codings = this.#codings();
    return decodeStream(wire.body.stream(), codings, { maxBytes: null, request });
  }

  /** Remembers what went wrong, so that who reads again hears of it too. */
  #fail(owner: FailedResponse, error: unknown): unknown {
    if (error instanceof RequestException) error.annotate({ request: this.#parts.request, response: owner });
    if (this.#state.kind !== "closed") this.#end({ kind: "failed", error });
    return error;
  }

  /** Nothing more is read. */
  #end(state: BodyState): void {
    this.#state = state;
    if (this.#onOver !== null) this.#tellOver();
  }

  #tellOver(): void {
    const tell = this.#onOver;
    this.#onOver = null;
    forgotten.unregister(this);
    tell?.();
  }

  #refusal(response: FailedResponse): unknown {
    if (this.#state.kind === "failed") return this.#state.error;
    const { request } = this.#parts;
    return new StreamConsumedError(reasons[this.#state.kind], { request, response, phase: "body" });
  }
}

function nothing(): void {
  // What is in memory stays there.
}

function same<Value>(value: Value): Value {
  return value;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

const reasons: { readonly [Kind in BodyState["kind"]]: string } = {
  unread: "the body was not read into memory",
  loading: "the body is not read yet",
  loaded: "the body was read into memory, where it is not coded any more",
  failed: "the body could not be read",
  streaming: "somebody iterates over the body: it can be read only once",
  consumed: "the body was iterated over before: it can be read only once",
  dropped: "the body was dropped, because other responses followed: it was too long to be kept, or broken",
  closed: "the response was closed before its body was read",
};
