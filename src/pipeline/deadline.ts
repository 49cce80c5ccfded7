/**
 * Stage: the total timeout and the caller's signal become one signal.
 *
 * May import: `core/`, `pipeline/stage.ts`.
 */
import { Timeout } from "../core/errors.ts";
import type { Send, Stage } from "./stage.ts";

/** Without a total timeout the caller's signal goes through as it is, and nothing is made. */
export function deadline(): Stage {
  return (next: Send): Send =>
    (exchange) => {
      const { totalMs } = exchange.settings.timeouts;
      const caller = exchange.settings.signal;
      if (totalMs !== null)
        return withDeadline(
          totalMs,
          caller,
          (signal) => next({ ...exchange, signal }),
          exchange.settings.stream,
        );
      return next(caller === exchange.signal ? exchange : { ...exchange, signal: caller });
    };
}

async function withDeadline<Result>(
  totalMs: number,
  caller: AbortSignal | null,
  send: (signal: AbortSignal) => Promise<Result>,
  stream: boolean,
): Promise<Result> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    release();
    controller.abort(new Timeout(`total timeout after ${totalMs} ms`, { phase: "total", limitMs: totalMs }));
  }, totalMs);
  const onAbort = (): void => {
    release();
    controller.abort(caller?.reason);
  };
  const release = (): void => {
    clearTimeout(timer);
    caller?.removeEventListener("abort", onAbort);
  };
  if (caller?.aborted === true) onAbort();
  else caller?.addEventListener("abort", onAbort);
  try {
    const response = await send(controller.signal);
    // The deadline of a streamed response covers its body, too, whose end is not heard of here: so it stays until its
    // time is up. The timer alone must not keep the process alive.
    if (!stream) release();
    else timer.unref();
    return response;
  } catch (error) {
    release();
    throw error;
  }
}
