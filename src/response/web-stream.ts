/**
 * A body as a web stream: a byte stream, so that `byob` readers and other byte streams take it. Nothing is read ahead: what is
 * not asked for stays with the server.
 */

import type { ReadableStream as NodeReadableStream } from "node:stream/web";

/**
 * A body as a web stream, a byte stream. It has the platform's type and Node's, which are two where a project has the library of
 * the DOM: whoever takes one of them takes it, `Readable.fromWeb()` too.
 */
export type BodyStream = ReadableStream<Uint8Array<ArrayBuffer>> &
  NodeReadableStream<Uint8Array<ArrayBuffer>>;

/** How it ends other than with its last piece. */
export interface StreamTerms {
  /** What the stream fails with when reading fails with `error`. */
  readonly failure?: (error: unknown) => unknown;
  /** Once it has aborted nothing more is given, what has come already neither; the stream fails with its reason. */
  readonly signal?: AbortSignal | null;
}

/** Where its pieces come from. */
export interface PieceSource extends StreamTerms {
  /** Each has memory of its own: the stream takes that over. */
  readonly pieces: AsyncGenerator<Uint8Array<ArrayBuffer>, void>;
  /** Nobody wants the rest. */
  readonly cancel: () => void;
}

/** The stream. */
export function webStream({ pieces, cancel, failure, signal = null }: PieceSource): BodyStream {
  const stream = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      if (signal?.aborted === true) {
        cancel();
        throw signal.reason;
      }
      let step: IteratorResult<Uint8Array<ArrayBuffer>, void>;
      try {
        step = await pieces.next();
      } catch (error) {
        throw failure === undefined ? error : failure(error);
      }
      if (step.done !== true) {
        controller.enqueue(step.value);
        return;
      }
      controller.close();
      // A reader that brought its own buffer is given it back.
      controller.byobRequest?.respond(0);
    },
    // Leaving the iteration would wait for bytes that may never come.
    cancel,
  });
  return stream as BodyStream; // the types of Node know no other memory of a piece than any
}
