/**
 * Plays a case against sojourn: its steps in their order, on one session.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { CookieJar, type Response, type StreamedResponse } from "../../src/index.ts";
import { complaint } from "./expect.ts";
import type { Case, HostileServer, NeutralOptions, RequestStep, Step } from "./kit.ts";
import { measured } from "./measure.ts";
import { adjustSession, newClient, requestOptions, type Client } from "./options.ts";
import { downloaded } from "./downloaded.ts";
import { answered, failed, type Answered, type Failed, type Outcome } from "./outcome.ts";
import { withEnvironment, withInvariants } from "./surroundings.ts";

/**
 * How bodies are read where a case does not say: in memory, as a stream that is read as a whole, or piece by piece. The outcome must
 * be the same.
 */
export const readings = ["memory", "streamed", "pieces"] as const;

/** One of them. */
export type Reading = (typeof readings)[number];

/** Odd, so that pieces of a body begin and end anywhere. */
const PIECE_BYTES = 997;
/** A step that takes longer never ends. */
const LONGEST_STEP_MS = 30_000;

/** What is wrong after a case was played: nothing when it passed. */
export async function play(
  one: Case,
  defaults: NeutralOptions,
  server: HostileServer,
  reading: Reading = "memory",
): Promise<readonly string[]> {
  await server.reset();
  return withInvariants(() =>
    withEnvironment(one, async () => {
      const player = new Player(defaults, reading);
      try {
        const found = await player.playAll(one.steps);
        // The session is still open: what it keeps open counts.
        return found.length > 0 ? found : await server.check(one.log ?? []);
      } finally {
        await player.close();
      }
    }),
  );
}

class Player {
  /** Made by the first request, as its options say. */
  #client: Client | null = null;
  readonly #defaults: NeutralOptions;
  readonly #reading: Reading;

  constructor(defaults: NeutralOptions, reading: Reading) {
    this.#defaults = defaults;
    this.#reading = reading;
  }

  /** Ends at the first step that is not well. */
  async playAll(steps: readonly Step[]): Promise<string[]> {
    for (const [index, step] of steps.entries()) {
      const found = await this.#play(step);
      if (found !== null) return [`step ${index + 1}: ${found}`];
    }
    return [];
  }

  async close(): Promise<void> {
    await this.#client?.session.close();
  }

  async #play(step: Step): Promise<string | null> {
    if (step.op === undefined) return complaint(step.expect, await this.#request(step));
    if (step.op === "sleep") await sleep(step.ms ?? 0);
    if (step.op === "close_session") await this.close();
    if (step.op === "save_load") await this.#saveAndLoad();
    return null;
  }

  /** The program ends, and starts again with the cookies that it wrote down. */
  async #saveAndLoad(): Promise<void> {
    const saved = JSON.stringify(this.#client?.session.cookies ?? new CookieJar());
    await this.close();
    this.#client = newClient(this.#defaults, CookieJar.fromJSON(JSON.parse(saved)));
  }

  async #request(step: RequestStep): Promise<Outcome> {
    const options = optionsOf(step, this.#defaults);
    if (options.fresh_session === true) {
      await this.close();
      this.#client = null;
    }
    const work = this.#send(step, options);
    return measured(() =>
      Promise.race([work(), sleep(LONGEST_STEP_MS, { kind: "hang" } as const, { ref: false })]),
    );
  }

  #send({ request, expect }: RequestStep, options: NeutralOptions): () => Promise<Answered | Failed> {
    const { abort_after_ms: abortAfterMs, stream } = options;
    // A limit of what is read into memory is none of what is iterated over.
    const reading = options.max_decoded_bytes === undefined ? this.#reading : "memory";
    const wanted = expect.outcome === "any" ? (expect.ok ?? {}) : expect;
    return async () => {
      const controller = new AbortController();
      const reason = new Error("the caller gave up");
      const timer =
        abortAfterMs === undefined ? undefined : setTimeout(() => controller.abort(reason), abortAfterMs);
      try {
        const client = (this.#client ??= newClient(options));
        adjustSession(client, options);
        const asked = requestOptions(request, options, client);
        const init = {
          ...asked,
          stream: asked.stream === true || reading !== "memory",
          signal: controller.signal,
        };
        if (options.resume === true) return await downloaded(client.session, request.url, init);
        const response = await client.session.request(request.method, request.url, init);
        return answered(response, await bodyOf(response, stream, reading), wanted);
      } catch (error) {
        return failed(error, reason);
      } finally {
        clearTimeout(timer);
      }
    };
  }
}

/** The step's options over the defaults; of the timeouts, each. */
function optionsOf({ request }: RequestStep, defaults: NeutralOptions): NeutralOptions {
  const given = request.options ?? {};
  return { ...defaults, ...given, timeout_ms: { ...defaults.timeout_ms, ...given.timeout_ms } };
}

/** All of the body, or as much of it as is to be read before it is left. */
async function bodyOf(
  response: Response | StreamedResponse,
  stream: NeutralOptions["stream"],
  reading: Reading,
): Promise<Uint8Array> {
  const isWhole = stream === undefined || "read" in stream;
  if (isWhole && reading !== "pieces") return response.bytes();
  const most = isWhole ? Infinity : stream.read_bytes;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.iterContent(isWhole ? { chunkSize: PIECE_BYTES } : {})) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length >= most) break;
  }
  await response.close();
  return Buffer.concat(chunks);
}
