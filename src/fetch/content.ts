/**
 * The body of a call, in a session's words. What can be sent again, for a redirect, a retry or a challenge, stays so.
 */
import { setImmediate, clearImmediate } from "node:timers";

import type { DataInit } from "../core/options.ts";
import { chunkBytes } from "../core/body.ts";
import { isArrayBuffer, isBlob, isFormData, isReadableStream, isUrlSearchParams } from "../core/realm.ts";
import { describe } from "../core/describe.ts";
import { concat, copied } from "../core/bytes.ts";
import { isStream, type CallBody } from "./call.ts";
import { SourceFailure } from "./failure.ts";

/** What a body is in a session's words, and the `Content-Type` that fetch gives it. */
export interface Content {
  readonly data: DataInit;
  readonly type: string | null;
  /** The stream that is to be told when nobody is going to read it, or to the end. Default: none. */
  readonly stream?: ReadableStream<unknown>;
}

/** Most bytes of a `Request`'s body that are read before it is sent: 64 MiB. */
const MOST_BYTES = 67_108_864;

/** A body that was given to fetch itself: fetch's "extract a body". @throws {TypeError} for what is no body. */
export function contentOf(body: CallBody["value"]): Content {
  if (typeof body === "string") return { data: body, type: "text/plain;charset=UTF-8" };
  if (isUrlSearchParams(body))
    return { data: body.toString(), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  if (isBlob(body)) return { data: body, type: body.type === "" ? null : body.type };
  // A form brings its type, with the boundary.
  if (isFormData(body)) return { data: body, type: null };
  // Copies: the program may write into its own while they are sent.
  if (isArrayBuffer(body)) return { data: copied(new Uint8Array(body)), type: null };
  if (ArrayBuffer.isView(body))
    return { data: copied(new Uint8Array(body.buffer, body.byteOffset, body.byteLength)), type: null };
  if (isReadableStream(body)) return streamContent(body);
  if (isStream(body)) return { data: traced(body), type: null };
  return { data: writtenText(body), type: "text/plain;charset=UTF-8" };
}

function streamContent(stream: ReadableStream<unknown>): Content {
  return { data: traced(stream), type: null, stream };
}

/** The same pieces; what goes wrong with them is told from what goes wrong with sending them. */
function traced(source: AsyncIterable<unknown>): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void> {
      try {
        yield* source;
      } catch (cause) {
        throw new SourceFailure("the body cannot be read", { cause });
      }
    },
  };
}

/** Anything else is its text, as everywhere on the web; but not `[object Object]`, which nobody means. */
function writtenText(body: unknown): string {
  const text = typeof body === "symbol" ? "[object Symbol]" : String(body);
  if (text.startsWith("[object ")) throw new TypeError(`fetch cannot send ${describe(body)}`);
  return text;
}

/**
 * The body of a `Request`. It is a stream, whatever it was made of; text, bytes, a form or a small Blob end at once, and then
 * it is bytes again, which have a length and can be sent twice. So it is read until it ends, for two turns of the event loop
 * at most and {@link MOST_BYTES}; one that did not end by then is a stream, with what was read in front.
 *
 * @throws {SourceFailure} when reading it fails; `signal.reason` when it aborts meanwhile.
 */
export async function requestContent(
  stream: ReadableStream<unknown>,
  isForm: boolean,
  signal: AbortSignal | null,
): Promise<Content> {
  const reader = stream.getReader();
  const turns = new Turns();
  const read: Uint8Array[] = [];
  let size = 0;
  try {
    while (size <= MOST_BYTES) {
      const next = reader.read();
      const step = await Promise.race([next, turns.over]);
      if (signal?.aborted === true) {
        void leave(reader, signal.reason, isForm);
        throw signal.reason;
      }
      if (step === null) return streamContent(restOf(reader, [...read, next], isForm));
      if (step.done) return { data: concat(read, size), type: null };
      const chunk = chunkBytes(step.value);
      read.push(chunk);
      size += chunk.byteLength;
    }
  } catch (cause) {
    throw signal?.aborted === true ? signal.reason : new SourceFailure("the body cannot be read", { cause });
  } finally {
    turns.end();
  }
  return streamContent(restOf(reader, read, isForm));
}

/** Two turns of the event loop. No timer: what a program does to those must not change what is sent. */
class Turns {
  readonly over: Promise<null>;
  #turn: NodeJS.Immediate | null = null;

  constructor() {
    this.over = new Promise((resolve) => {
      // The first one ends the present turn.
      this.#turn = setImmediate(() => {
        this.#turn = setImmediate(() => {
          this.#turn = setImmediate(() => resolve(null));
        });
      });
    });
  }

  end(): void {
    if (this.#turn !== null) clearImmediate(this.#turn);
  }
}

type Step = Awaited<ReturnType<ReadableStreamDefaultReader<unknown>["read"]>>;

/** A stream of what was read, and of what is to come. */
function restOf(
  reader: ReadableStreamDefaultReader<unknown>,
  read: readonly (Uint8Array | Promise<Step>)[],
  isForm: boolean,
): ReadableStream<unknown> {
  const waiting = [...read];
  return new ReadableStream(
    {
      async pull(controller) {
        const first = waiting.shift();
        if (first instanceof Uint8Array) {
          controller.enqueue(first);
          return;
        }
        const { done, value } = await (first ?? reader.read());
        if (done) controller.close();
        else controller.enqueue(chunkBytes(value));
      },
      cancel: (reason) => leave(reader, reason, isForm),
    },
    { highWaterMark: 0 },
  );
}

/**
 * The rest of a `Request`'s body is not wanted. A form's is read and dropped: what Node makes of a form goes on writing into a
 * stream that was cancelled, and the error of that ends the process. Never fails.
 */
export async function leave(
  reader: ReadableStreamDefaultReader<unknown>,
  reason: unknown,
  isForm: boolean,
): Promise<void> {
  try {
    if (!isForm) await reader.cancel(reason);
    else while (!(await reader.read()).done);
  } catch {
    // Nobody waits for it any more.
  }
}
