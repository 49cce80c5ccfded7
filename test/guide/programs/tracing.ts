import { SpanStatusCode } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { Session } from "sojourn";

const exporter = new InMemorySpanExporter(); // in place of one that sends spans to a collector
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });

const session = new Session({ http2: true, verify: "ca.pem" });
const { headers } = await session
  .get("https://example.com/headers")
  .json<{ headers: Record<string, string> }>();
const { httpVersion } = await session.get("https://secure.example/");
await session.get("http://127.0.0.1:9/").catch(() => null); // nobody listens there

const [first, second, third] = exporter.getFinishedSpans();
console.log(first?.name, first?.attributes["http.response.status_code"]); // GET 200
console.log(headers["Traceparent"]?.split("-")[1] === first?.spanContext().traceId); // true
console.log(httpVersion, second?.attributes["http.response.status_code"]); // 2 200
console.log(SpanStatusCode[third?.status.code ?? 0]); // ERROR
await session.close();
