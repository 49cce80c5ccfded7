import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { Session } from "sojourn";

const exporter = new InMemorySpanExporter(); // in place of one that sends spans to a collector
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });

const session = new Session({ baseUrl: "https://example.com" });
const { headers } = await session.get("/headers").json<{ headers: Record<string, string> }>();
const [span] = exporter.getFinishedSpans();
console.log(span?.name, span?.attributes["http.response.status_code"]); // GET 200
console.log(headers["Traceparent"]?.split("-")[1] === span?.spanContext().traceId); // true
await session.close();
