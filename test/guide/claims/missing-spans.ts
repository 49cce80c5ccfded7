// docs/how-do-i.md: no span is made of requests over HTTP/2, nor of those whose connection fails.
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { Session } from "sojourn";

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });

const session = new Session({ http2: true, verify: "ca.pem" });
console.log((await session.get("https://secure.example/")).httpVersion, exporter.getFinishedSpans().length); // 2 0
console.log(await session.get("http://127.0.0.1:9/").catch((error: { phase: string }) => error.phase)); // connect
console.log(exporter.getFinishedSpans().length); // 0
await session.get("https://example.com/get");
console.log(exporter.getFinishedSpans().length); // 1
await session.close();
