/**
 * Makes what an adapter gives of what a program has: bytes, text or a stream. For adapters of one's own, and for tests.
 */
import { isUint8Array, ofThisRealm } from "../core/realm.ts";
import { assertWithin, mustBe } from "../core/checks.ts";
import { RequestException, ResponseTooLarge } from "../core/errors.ts";
import { HeaderMap, type HeadersInit } from "../core/headers.ts";
import type { ConnectionInfo, Timings, WireBody, WireResponse } from "../core/response.ts";
import { collect, copied } from "../core/bytes.ts";

/** What a body can be made of. A stream gives bytes or text; text is UTF-8. */
export type WireBodyInit =
  | string
  | Uint8Array
  | AsyncIterable<string | Uint8Array>
  | Iterable<string | Uint8Array>
  | null;

/** What a {@link WireResponse} can be made of. */
export interface WireResponseInit {
  /** The status code, 100 to 999. */
  readonly status: number;
  /** The reason phrase. Default: `""`. */
  readonly statusText?: string | undefined;
  /** Header fields. Default: `null`, none. */
  readonly headers?: HeadersInit | null | undefined;
  /** The body, with its content codings still on, where `headers` names some. Default: `null`, empty. */
  readonly body?: WireBodyInit | undefined;
  /** Default: `"1.1"`. */
  readonly httpVersion?: string | undefined;
  /** Fields after the body. Default: `null`, nothing is told of them. */
  readonly trailers?: HeadersInit | null | undefined;
  /** How long its parts took; what is left out did not happen. Default: nothing is told. */
  readonly timings?: Partial<Timings> | undefined;
  /** What it came over. Default: `null`, there was no connection. */
  readonly connection?: ConnectionInfo | null | undefined;
}

const encoder = new TextEncoder();

/** The parts of a message of which nothing is known. */
export const NOTHING_HAPPENED: Timings = {
  connect: null,
  head: 0,
  queue: null,
  limit: null,
  dns: null,
  tcp: null,
  proxy: null,
  tls: null,
  send: null,
  wait: null,
  receive: null,
};

/**
 * The answer of an adapter.
 *
 * @example
 * const adapter: Adapter = {
 *   send: async () => wireResponse({ status: 200, headers: { "content-type": "application/json" }, body: "[]" }),
 *   close: async () => {},
 * };
 */
export function wireResponse(init: WireResponseInit): WireResponse {
  assertWithin(init.status, "status", [100, 999], "a whole number");
  return {
    status: init.status,
    statusText: init.statusText ?? "",
    headers: new HeaderMap(init.headers),
    httpVersion: init.httpVersion ?? "1.1",
    body: wireBodyFrom(init.body ?? null),
    ...(init.trailers == null ? {} : { trailers: new HeaderMap(init.trailers) }),
    ...(init.timings === undefined ? {} : { timings: { ...NOTHING_HAPPENED, ...init.timings } }),
    ...(init.connection == null ? {} : { connection: init.connection }),
  };
}

/** A body as an adapter gives it. A stream is read when it is asked for, and left when the body is cancelled. */
export function wireBodyFrom(source: WireBodyInit): WireBody {
  if (source === null) return new BytesWireBody(new Uint8Array(0));
  if (typeof source === "string") return new BytesWireBody(encoder.encode(source));
  if (isUint8Array(source)) return new BytesWireBody(ofThisRealm(source));
  if (typeof source === "object" && (Symbol.asyncIterator in source || Symbol.iterator in source))
    return new StreamWireBody(source);
  throw mustBe("a body", "text, bytes, a stream, an iterable or null", source);
}

class BytesWireBody implements WireBody {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  collect(maxBytes: number | null): Uint8Array {
    if (maxBytes !== null && this.#bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
    return this.#bytes;
  }

  async *stream(): AsyncGenerator<Uint8Array, void> {
    if (this.#bytes.byteLength > 0) yield copied(this.#bytes);
  }

  drain(): void {
    // All is there: no connection waits for it.
  }

  cancel(): void {
    // There is nothing to end.
  }
}

class StreamWireBody implements WireBody {
  readonly #source: AsyncIterator<unknown, unknown> | Iterator<unknown, unknown>;

  constructor(source: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>) {
    this.#source =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  collect(maxBytes: number | null): Promise<Uint8Array> {
    return collect(this.stream(), maxBytes, tooLarge);
  }

  async *stream(): AsyncGenerator<Uint8Array, void> {
    let over = false;
    try {
      for (;;) {
        const result = await this.#source.next();
        if (result.done === true) break;
        yield chunkBytes(result.value);
      }
      over = true;
    } catch (error) {
      // It failed by itself: there is nothing left to end.
      over = true;
      throw error;
    } finally {
      if (!over) await this.#source.return?.();
    }
  }

  async drain(maxBytes: number): Promise<void> {
    try {
      let left = maxBytes;
      for await (const chunk of this.stream()) {
        left -= chunk.byteLength;
        if (left < 0) return;
      }
    } catch {
      // Nobody wants these bytes, so nobody wants to know what was wrong with them.
    }
  }

  cancel(): void {
    void leave(this.#source);
  }
}

/** Ends the program's own stream, which may fail in that. */
async function leave(source: AsyncIterator<unknown, unknown> | Iterator<unknown, unknown>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // Nobody waits for it.
  }
}

function chunkBytes(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return encoder.encode(chunk);
  // A copy: whoever gives it may go on using it, and whoever reads it may give it away.
  if (isUint8Array(chunk)) return copied(chunk);
  throw new RequestException(`the body of a response must give text or bytes, not ${typeof chunk}`, {
    phase: "body",
  });
}

function tooLarge(limitBytes: number): ResponseTooLarge {
  return new ResponseTooLarge(`the body has more than ${limitBytes} bytes (maxBodyBytes)`, {
    limitBytes,
    phase: "body",
  });
}
