/**
 * The sender, at the end of the corridor: gives the message to the adapter of its URL, and makes a response of what comes.
 *
 * May import: `core/`, `response/`, `pipeline/stage.ts`. Not: `transport/`; adapters are arguments.
 */
import type { Adapter } from "../core/adapter.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import { RequestException } from "../core/errors.ts";
import { HeaderMap } from "../core/headers.ts";
import type { WireResponse } from "../core/response.ts";
import { Response } from "../response/response.ts";
import { StreamedResponse } from "../response/streamed.ts";
import type { Send } from "./stage.ts";

/** What the sender needs of the world. */
export interface SendSurroundings {
  readonly clock: Clock;
  readonly adapterFor: (url: string) => Adapter;
}

/** `elapsed` is the time from here to the head of the response (PARITY RSP-8). */
export function sender(world: SendSurroundings): Send {
  return async ({ request, settings, signal }) => {
    try {
      const adapter = world.adapterFor(request.url);
      const start = world.clock.monotonic();
      const wire = checked(await adapter.send(request, settings, signal));
      const parts = {
        request,
        wire,
        cookies: [],
        elapsed: world.clock.monotonic() - start,
        maxBodyBytes: settings.maxBodyBytes,
        history: [],
        attempts: [],
        nextRequest: null,
      };
      return settings.stream ? StreamedResponse.of(parts) : Response.of(parts);
    } catch (error) {
      throw error instanceof RequestException ? error.annotate({ request }) : error;
    }
  };
}

/** Adapters are written by everybody: what is no answer is told here, not in the middle of its use. */
function checked(wire: WireResponse): WireResponse {
  const { status, headers, body }: Partial<WireResponse> = wire ?? {};
  if (typeof status === "number" && headers instanceof HeaderMap && typeof body?.collect === "function")
    return wire;
  throw new TypeError(
    `send() of an adapter must resolve to what wireResponse() makes: a number as status, a HeaderMap, a body; not ${describe(wire)}`,
  );
}
