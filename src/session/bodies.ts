/**
 * What becomes of the body of a call that is over: one that was not sent is let go, so that the file or the connection behind
 * it is not open for ever. Until the call is over nobody does: a retry, a challenge or a redirect may still send it.
 */
import { letGo, type Body } from "../core/body.ts";
import type { RequestOptions } from "../core/options.ts";
import type { Settings } from "../options/settings.ts";
import type { Reply } from "../pipeline/stage.ts";

/** What the call comes to; its body is let go before, if it was not sent. */
export function discardingUnsent(
  payload: Extract<Body, { readonly kind: "stream" }>,
  settings: Settings,
  call: Promise<Reply>,
): Promise<Reply> {
  return call.then(
    (reply) => {
      const { isOpened } = payload.use;
      // What was opened for a response that is streamed is ended by whoever sends it; for a 2xx it may still be opened.
      const maySend = settings.stream && (isOpened || reply.ok);
      // The caller may follow a redirect by hand.
      if (!maySend && (isOpened || !reply.isRedirect)) payload.discard();
      return reply;
    },
    (error: unknown) => {
      payload.discard();
      throw error;
    },
  );
}

/** No request came about: lets go of the streams in the options. They may be of any kind. */
export function discardGiven(options: Pick<RequestOptions, "data" | "files"> | undefined): void {
  try {
    // It may be a stream in the place of the options.
    if (options !== undefined && !isPlain(options)) letGo(options);
    const { data, files } = Object(options) as Record<"data" | "files", unknown>; // it may have been refused for its kind
    letGo(data);
    letGoWithin(files, MOST_LEVELS);
  } catch {
    // A getter that throws.
  }
}

/** A record of fields, a list of files, `{ content }`. */
const MOST_LEVELS = 3;

function letGoWithin(value: unknown, levels: number): void {
  if (typeof value !== "object" || value === null) return;
  letGo(value);
  if (levels === 0) return;
  if (Array.isArray(value) || value instanceof Map) for (const one of value) letGoWithin(one, levels - 1);
  else if (isPlain(value)) for (const one of Object.values(value)) letGoWithin(one, levels - 1);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
