/**
 * Doubles: sojourn tells undici's channels of its messages, so an instrumentation of undici would make a second span of what has one
 * already. What is told there is told in a context in which tracing is suppressed, and so that {@link ignoreSojourn} knows it.
 */
import { context, createContextKey, trace, type Context, type Span } from "@opentelemetry/api";

import type { TellWithin } from "../core/records.ts";

/** The SDK's own key: context keys are `Symbol.for` of their name. A tracer of the SDK makes no span where it is set. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** How many messages are being told of right now, one within the other. */
let telling = 0;

/** @param span the message's own: who listens to the channels finds it active. */
export function withoutDoubles(parent: Context, span: Span): TellWithin {
  const own = trace.setSpan(parent, span).setValue(SUPPRESS_TRACING, true);
  return (tell) => {
    telling++;
    try {
      context.with(own, tell);
    } finally {
      telling--;
    }
  };
}

/**
 * Is it a message of an instrumented session? For `ignoreRequestHook` of `@opentelemetry/instrumentation-undici`, which then leaves such
 * messages to {@link instrument}, its metric as well. Without it that instrumentation makes no spans of them either, but it counts them
 * in `http.client.request.duration` a second time. Messages of other sessions, and of fetch, are not ignored.
 *
 * @example
 * new UndiciInstrumentation({ ignoreRequestHook: ignoreSojourn });
 */
export function ignoreSojourn(): boolean {
  return telling > 0;
}
