/**
 * The sender, at the end of the corridor: gives the message to the adapter of its URL, and makes a response of what comes.
 */
import { mustReturn } from "../core/checks.ts";
import { isPromise } from "../core/realm.ts";
import { unawaited, unlessAborted } from "../core/abort.ts";
import type { InterimResponse, SendOptions } from "../core/adapter.ts";
import { RequestException } from "../core/errors.ts";
import { HeaderMap } from "../core/headers.ts";
import type { Hooks } from "../core/hooks.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { WireResponse } from "../core/response.ts";
import type { MessageWatch } from "../core/watch.ts";
import type { Settings } from "../options/settings.ts";
import { trustOf } from "../options/trust.ts";
import { Response } from "../response/response.ts";
import { StreamedResponse } from "../response/streamed.ts";
import { neverAnswered, watched } from "../response/watched.ts";
import type { Send, Surroundings } from "./stage.ts";

/** What a response begins with: no cookies, no history, no attempts. Frozen: all of them have it. */
const NONE: readonly never[] = Object.freeze([]);

/** What the sender needs of the world. */
export type SendSurroundings = Pick<Surroundings, "clock" | "adapterFor">;

/** Sends a message through the adapter of its URL. `elapsed` of the response is the time from here to its head. */
export function sender(world: SendSurroundings): Send {
  return async ({ request, settings, signal }) => {
    const start = world.clock.monotonic();
    let message: MessageWatch | null = null;
    try {
      const adapter = world.adapterFor(request.url);
      const { informational } = settings.hooks;
      const interim = informational.length === 0 ? null : new Interim(request, informational);
      if (settings.watch !== null) message = settings.watch.begin(request, signal);
      const isPlain = interim === null && settings.caBundle === null;
      const options = isPlain ? settings : sendOptions(settings, interim);
      // What listeners gave it is of this message alone, and not of what follows from its response.
      let wire = await adapter.send(message === null ? request : message.request, options, signal);
      checkAnswer(wire);
      // The adapter may not tell itself how it is read.
      if (message !== null && !message.isTaken) wire = watched(wire, message, start);
      if (interim !== null) await unlessAborted(interim.settled(), signal);
      const parts = {
        request,
        wire,
        cookies: NONE,
        elapsed: world.clock.monotonic() - start,
        maxBodyBytes: settings.maxBodyBytes,
        maxCodings: settings.maxCodings,
        detectEncoding: settings.detectEncoding,
        history: NONE,
        attempts: NONE,
        nextRequest: null,
      };
      return settings.stream ? StreamedResponse.of(parts) : Response.of(parts);
    } catch (error) {
      if (message !== null) neverAnswered(error, message, start);
      throw error instanceof RequestException ? error.annotate({ request }) : error;
    }
  };
}

/** What an adapter is told beside the settings: whom to trust, and who hears of interim responses. */
function sendOptions(settings: Settings, interim: Interim | null): SendOptions {
  return { ...settings, verify: trustOf(settings), onInformational: interim === null ? null : interim.tell };
}

/** Tells the hooks of interim responses. */
class Interim {
  readonly #request: PreparedRequest;
  readonly #hooks: Hooks["informational"];
  readonly #promised: PromiseLike<unknown>[] = [];

  constructor(request: PreparedRequest, hooks: Hooks["informational"]) {
    this.#request = request;
    this.#hooks = hooks;
  }

  /** Called by the adapter as they come. */
  readonly tell = (interim: InterimResponse): void => {
    for (const hook of this.#hooks) {
      const told: unknown = hook(interim, this.#request);
      if (!isPromise(told)) continue;
      this.#promised.push(told);
      // It is heard of when the response is there, not before.
      unawaited(told);
    }
  };

  /** @throws what one of them was rejected with. */
  async settled(): Promise<void> {
    await Promise.all(this.#promised);
  }
}

/** Adapters are written by everybody: what is no answer is told here, not in the middle of its use. */
function checkAnswer(wire: WireResponse): void {
  const { status, headers, body }: Partial<WireResponse> = wire ?? {};
  if (typeof status === "number" && headers instanceof HeaderMap && typeof body?.collect === "function")
    return;
  const allowed = "what wireResponse() makes (a number as status, a HeaderMap, a body)";
  throw mustReturn("send() of an adapter", allowed, wire);
}
