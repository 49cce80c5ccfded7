/**
 * The sender, at the end of the corridor: gives the message to the adapter of its URL, and makes a response of what comes.
 *
 * May import: `core/`, `response/`, `pipeline/stage.ts`. Not: `transport/`; adapters are arguments.
 */
import type { Adapter } from "../core/adapter.ts";
import type { Clock } from "../core/clock.ts";
import { RequestException } from "../core/errors.ts";
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
      const wire = await adapter.send(request, settings, signal);
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
      return settings.stream ? new StreamedResponse(parts) : new Response(parts);
    } catch (error) {
      throw error instanceof RequestException ? error.annotate({ request }) : error;
    }
  };
}
