import { trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { Session } from "sojourn";
import { ignoreSojourn, instrument } from "sojourn/otel";

const exporter = new InMemorySpanExporter(); // in place of one that sends spans to a collector
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
// For fetch and others; instrumented sessions have their own.
registerInstrumentations({
  instrumentations: [new UndiciInstrumentation({ ignoreRequestHook: ignoreSojourn })],
});

const session = new Session({ baseUrl: "https://example.com" });
const instrumentation = instrument(session, { headers: { response: ["content-type"] } });
await trace.getTracer("program").startActiveSpan("work", async (work) => {
  await session.get("/redirect/1?token=secret");
  await session.get("/status/404");
  work.end();
});
instrumentation.off();
await session.close();

const [hop, page, missing] = exporter.getFinishedSpans().map(({ attributes }) => attributes);
console.log(hop?.["url.full"]); // https://example.com/redirect/1?token=REDACTED
console.log(page?.["http.response.status_code"], page?.["http.request.resend_count"]); // 200 1
console.log(page?.["http.response.header.content-type"]); // [ "application/json" ]
console.log(missing?.["error.type"], missing?.["network.protocol.version"]); // 404 1.1
