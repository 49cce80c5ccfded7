import { context, propagation, trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { type PreparedRequest, Session } from "sojourn";

new NodeTracerProvider().register();

/** Writes the trace of the caller into the request. */
function carryTrace(request: PreparedRequest): void {
  const fields: Record<string, string> = {};
  propagation.inject(context.active(), fields);
  request.headers.update(fields);
}

const session = new Session({ http2: true, verify: "ca.pem", hooks: { request: carryTrace } });
await trace.getTracer("program").startActiveSpan("work", async (span) => {
  const response = await session.get("https://secure.example/");
  const sent = response.request.headers.get("traceparent");
  console.log(response.httpVersion, sent?.split("-")[1] === span.spanContext().traceId); // 2 true
  span.end();
});
await session.close();
