/**
 * What `main.ts` runs with each Node: sessions that are instrumented by `sojourn/otel` in a program with the instrumentation of undici, as
 * it is, and told by `ignoreSojourn` to leave them alone. Each message has one span, which is ours, and so has its measurement when the other one
 * is told; what `fetch` and other sessions send stays with that instrumentation.
 *
 * No syntax here that the oldest Node lacks.
 */
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";

import { context, metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

import type * as Sojourn from "../../src/index.ts";
import type * as Otel from "../../src/otel.ts";
import { plainServer, secureServer, tls, type Answer } from "./servers.ts";

/** Is asked when it is wanted. */
class Reader extends MetricReader {
  onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const exporter = new InMemorySpanExporter();
const reader = new Reader();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
const undici = new UndiciInstrumentation();
registerInstrumentations({ instrumentations: [undici] });
const { Retry, Session } = (await import(
  new URL("../../dist/src/index.js", import.meta.url).href
)) as typeof Sojourn;
const { ignoreSojourn, instrument } = (await import(
  new URL("../../dist/src/otel.js", import.meta.url).href
)) as typeof Otel;

/** `traceparent` of each request that arrived. */
let arrived: string[] = [];
const times = new Map<string, number>();
const answer: Answer = (request, response) => {
  arrived.push(String(request.headers["traceparent"]));
  request.resume();
  const count = (times.get(request.url) ?? 0) + 1;
  times.set(request.url, count);
  const { pathname } = new URL(request.url, "http://any.test");
  if (pathname === "/away") response.writeHead(302, { location: "/found" });
  else if (pathname === "/once") response.writeHead(count === 1 ? 503 : 200);
  else response.writeHead(pathname === "/missing" ? 404 : 200);
  response.end("ok");
};
const plain = await plainServer(answer);
const secure = await secureServer(answer);
const closing = createServer().listen(0, "127.0.0.1");
await once(closing, "listening");
const nowhere = `http://127.0.0.1:${(closing.address() as AddressInfo).port}/`;
await new Promise((resolve) => closing.close(resolve));

/** How many measurements an instrumentation made so far. */
async function measured(): Promise<Map<string, number>> {
  const { resourceMetrics } = await reader.collect();
  const counts = new Map<string, number>();
  for (const { scope, metrics: all } of resourceMetrics.scopeMetrics)
    for (const { descriptor, dataPoints } of all) {
      if (descriptor.name !== "http.client.request.duration") continue;
      const values = dataPoints.map(({ value }) => (value as { count: number }).count); // it is a histogram
      const sum = values.reduce((one, other) => one + other, 0);
      counts.set(scope.name, (counts.get(scope.name) ?? 0) + sum);
    }
  return counts;
}

const UNDICI = "@opentelemetry/instrumentation-undici";

/** What there is of some requests: spans by who made them, and measurements likewise. */
interface Seen {
  readonly spans: readonly string[];
  readonly areChildren: boolean;
  readonly haveArrived: boolean;
  readonly measured: { readonly ours: number; readonly undici: number };
}

async function seenOf(ask: () => Promise<unknown>): Promise<Seen> {
  exporter.reset();
  arrived = [];
  const before = await measured();
  const caller = trace.getTracer("program").startSpan("caller");
  await context.with(trace.setSpan(context.active(), caller), ask);
  // fetch ends some of its spans after it told of the error.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const after = await measured();
  const more = (scope: string): number => (after.get(scope) ?? 0) - (before.get(scope) ?? 0);
  const spans = exporter.getFinishedSpans();
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  return {
    spans: spans.map(({ name, instrumentationScope, attributes, status }) => {
      const by = instrumentationScope.name === UNDICI ? "undici" : instrumentationScope.name;
      const code = attributes["http.response.status_code"] ?? "-";
      return `${by} ${name} ${String(code)} ${SpanStatusCode[status.code]}`;
    }),
    areChildren: spans.every((span) => span.parentSpanContext?.spanId === caller.spanContext().spanId),
    haveArrived: arrived.every((one) => ids.has(one.split("-")[2] ?? "")),
    measured: { ours: more("sojourn"), undici: more(UNDICI) },
  };
}

/** Two hops, two attempts, a status and a failure: six messages. */
async function ask(session: Sojourn.Session, url: string, unique: string): Promise<void> {
  await session.get(`${url}/away?${unique}`);
  await session.get(`${url}/once?${unique}`);
  await session.get(`${url}/missing?${unique}`);
  await session.get(nowhere).catch(() => undefined);
}

const STORY = [
  "GET 302 UNSET",
  "GET 200 UNSET",
  "GET 503 ERROR",
  "GET 200 UNSET",
  "GET 404 ERROR",
  "GET - ERROR",
];

function check(name: string, found: Seen, wanted: Seen): void {
  const isRight = isDeepStrictEqual(found, wanted);
  console.log(`  ${name}: ${found.spans.length} spans, ${isRight ? "right" : "WRONG"}`);
  if (isRight) return;
  process.exitCode = 1;
  console.dir({ wanted, found }, { depth: null });
}

console.log(`Node ${process.version}: sojourn/otel beside the instrumentation of undici`);
for (const way of ["as it is", "told to ignore instrumented sessions"]) {
  const isTold = way !== "as it is";
  undici.setConfig(isTold ? { ignoreRequestHook: ignoreSojourn } : {});
  for (const [protocol, url] of [
    ["HTTP/1.1", plain.url],
    ["HTTP/2", secure.url],
  ] as const) {
    const retry = new Retry({ total: 1, connect: 0, status: 1, statusForcelist: [503], backoffFactor: 0 });
    const options = { trustEnv: false, verify: tls.ca, http2: true, timeout: 10_000, retry };
    const session = new Session(options);
    const unique = `${way} ${protocol}`.replaceAll(/\W/g, "");
    const instrumentation = instrument(session);
    check(`${protocol}, ${way}`, await seenOf(() => ask(session, url, `${unique}1`)), {
      spans: STORY.map((line) => `sojourn ${line}`),
      areChildren: true,
      haveArrived: true,
      // Suppressed spans are measured all the same.
      measured: { ours: 6, undici: isTold ? 0 : 6 },
    });
    instrumentation.off();
    check(`${protocol}, ${way}, taken off`, await seenOf(() => ask(session, url, `${unique}2`)), {
      spans: STORY.map((line) => `undici ${line}`),
      areChildren: true,
      haveArrived: true,
      measured: { ours: 0, undici: 6 },
    });
    check(
      `fetch beside ${protocol}, ${way}`,
      await seenOf(async () => (await fetch(`${url}/found`)).text()),
      {
        spans: ["undici GET 200 UNSET"],
        areChildren: true,
        haveArrived: true,
        measured: { ours: 0, undici: 1 },
      },
    );
    await session.close();
  }
}
process.exit();
