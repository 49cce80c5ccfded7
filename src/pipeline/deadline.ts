/**
 * Stage: the total timeout and the caller's signal become one signal.
 */
import { listen, unlisten, type AbortListener } from "../core/abort.ts";
import { Timeout } from "../core/errors.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { Exchange, Reply, Send, Stage } from "./stage.ts";

/** Without a total timeout the caller's signal goes through as it is, and nothing is made. */
export const deadline: Stage = {
  down(exchange: Exchange, next: Send) {
    const { totalMs } = exchange.settings.timeouts;
    const caller = exchange.settings.signal;
    if (totalMs !== null) return withDeadline(new Deadline(exchange, totalMs), exchange, next);
    return caller === exchange.signal ? exchange : { ...exchange, signal: caller };
  },
};

async function withDeadline(limit: Deadline, exchange: Exchange, next: Send): Promise<Reply> {
  try {
    const response = await next({ ...exchange, signal: limit.signal });
    if (exchange.settings.stream) limit.cover(response);
    else limit.lift();
    return response;
  } catch (error) {
    limit.lift();
    throw error;
  }
}

/** Aborts when the time is up, or the caller gives up; until it is lifted. */
class Deadline implements AbortListener {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | null;
  readonly #timer: NodeJS.Timeout;

  constructor({ request, settings }: Exchange, totalMs: number) {
    this.#caller = settings.signal;
    this.#timer = setTimeout(() => this.onAbort(overdue(request, totalMs)), totalMs);
    if (this.#caller?.aborted === true) this.onAbort(this.#caller.reason);
    else listen(this.#caller, this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Its body is part of the call, until it is over. The clock alone must not keep the process alive for it. */
  cover(response: Reply): void {
    this.#timer.unref();
    response.whenOver(() => this.lift());
  }

  /** Nothing is aborted any more, and nothing is kept for it. */
  lift(): void {
    clearTimeout(this.#timer);
    unlisten(this.#caller, this);
  }

  onAbort(reason: unknown): void {
    this.lift();
    this.#controller.abort(reason);
  }
}

function overdue(request: PreparedRequest, limitMs: number): Timeout {
  return new Timeout(`total timeout after ${limitMs} ms`, { request, phase: "total", limitMs });
}
