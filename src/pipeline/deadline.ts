/**
 * Stage: the total timeout and the caller's signal become one signal.
 */
import { Timeout } from "../core/errors.ts";
import type { Exchange, Reply, Send, Stage } from "./stage.ts";

/** Without a total timeout the caller's signal goes through as it is, and nothing is made. */
export const deadline: Stage = {
  down(exchange: Exchange, next: Send) {
    const { totalMs } = exchange.settings.timeouts;
    const caller = exchange.settings.signal;
    if (totalMs !== null) return withDeadline(totalMs, exchange, next);
    return caller === exchange.signal ? exchange : { ...exchange, signal: caller };
  },
};

async function withDeadline(totalMs: number, exchange: Exchange, next: Send): Promise<Reply> {
  const { request, settings } = exchange;
  const caller = settings.signal;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    release();
    const message = `total timeout after ${totalMs} ms`;
    controller.abort(new Timeout(message, { request, phase: "total", limitMs: totalMs }));
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
    const response = await next({ ...exchange, signal: controller.signal });
    // The deadline of a streamed response covers its body, too, whose end is not heard of here: so it stays until its
    // time is up. The timer alone must not keep the process alive.
    if (!settings.stream) release();
    else timer.unref();
    return response;
  } catch (error) {
    release();
    throw error;
  }
}
