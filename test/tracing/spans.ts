/**
 * What `main.ts` runs with each Node: the same exchanges with Node's `fetch` and with sessions, under OpenTelemetry. The spans must
 * be the same, attribute by attribute, but for the texts of errors.
 *
 * No syntax here that the oldest Node lacks.
 */
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";

import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";

import type * as Sojourn from "../../src/index.ts";
import { foreign, plainServer, secureServer, tls, type Answer } from "./servers.ts";

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({
  instrumentations: [
    new UndiciInstrumentation({
      headersToSpanAttributes: {
        requestHeaders: ["x-request", "user-agent", "traceparent"],
        responseHeaders: ["x-response", "location"],
      },
      requestHook: (span, request) => span.setAttribute("hook.request", `${request.method} ${request.path}`),
      responseHook: (span, { response }) => span.setAttribute("hook.response", response.statusCode),
      startSpanHook: ({ origin }) => ({ "hook.origin": origin }),
      ignoreRequestHook: ({ path }) => path === "/ignored",
    }),
  ],
});
const { Session } = (await import(
  new URL("../../dist/src/index.js", import.meta.url).href
)) as typeof Sojourn;

/** `traceparent` of each request that arrived. */
let arrived: string[] = [];

/** Called when a request arrived that gets no answer. */
let hearDeaf: () => void = () => undefined;

const answer: Answer = (request, response) => {
  arrived.push(String(request.headers["traceparent"]));
  request.resume();
  switch (new URL(request.url, "http://any.test").pathname) {
    case "/away":
      response.writeHead(302, { location: "/found" });
      response.end();
      return;
    case "/missing":
      response.writeHead(404, { "x-response": "none" });
      response.end("no");
      return;
    case "/broken":
      response.writeHead(500);
      response.end("no");
      return;
    case "/dropped":
      request.drop();
      return;
    case "/half":
      response.writeHead(200, { "content-length": "10" });
      response.write("half");
      setTimeout(() => request.drop(), 30);
      return;
    case "/deaf":
      hearDeaf();
      return;
    default:
      response.writeHead(200, { "x-response": "some" });
      response.end("ok");
  }
};

const plain = await plainServer(answer);
const secure = await secureServer(answer);
const untrusted = await secureServer(answer, foreign);
const closing = createServer().listen(0, "127.0.0.1");
await once(closing, "listening");
const nowhere = `127.0.0.1:${(closing.address() as AddressInfo).port}`;
await new Promise((resolve) => closing.close(resolve));

/** How to ask. */
interface Init {
  readonly method?: string;
  readonly body?: string;
  readonly headers: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** Asks, and reads the body to its end. */
type Ask = (url: string, init: Init) => Promise<unknown>;

function sessionWith(http2: boolean): Ask {
  const session = new Session({ trustEnv: false, verify: tls.ca, http2, timeout: 10_000 });
  return async (url, { method = "GET", body = null, headers, signal = null }) =>
    (await session.request(method, url, { data: body, headers, signal })).text();
}

const byFetch: Ask = async (url, init) => await (await fetch(url, init)).text();

/** Is aborted when the request has arrived. */
async function abortedWith(reason: unknown, ask: Ask, headers: Record<string, string>): Promise<unknown> {
  const controller = new AbortController();
  hearDeaf = () => controller.abort(reason);
  return await ask(`${secure.url}/deaf`, { headers, signal: controller.signal });
}

/** Exchanges; some fail. */
const exchanges: Readonly<Record<string, (ask: Ask, headers: Record<string, string>) => Promise<unknown>>> = {
  "a GET": (ask, headers) => ask(`${secure.url}/found?a=b`, { headers }),
  "a GET without TLS": (ask, headers) => ask(`${plain.url}/found`, { headers }),
  "a POST": (ask, headers) => ask(`${secure.url}/found`, { method: "POST", body: "body", headers }),
  "a redirect": (ask, headers) => ask(`${secure.url}/away`, { headers }),
  "status 404": (ask, headers) => ask(`${secure.url}/missing`, { headers }),
  "status 500": (ask, headers) => ask(`${secure.url}/broken`, { headers }),
  "one that is to be ignored": (ask, headers) => ask(`${secure.url}/ignored`, { headers }),
  "no answer": (ask, headers) => ask(`${secure.url}/dropped`, { method: "POST", headers }),
  "a body that breaks off": (ask, headers) => ask(`${secure.url}/half`, { headers }),
  "an abort": (ask, headers) => abortedWith(undefined, ask, headers),
  "a deadline": (ask, headers) => abortedWith(new DOMException("too late", "TimeoutError"), ask, headers),
  "a connection that is refused": (ask, headers) => ask(`https://${nowhere}/x`, { headers }),
  "one that is refused, without TLS": (ask, headers) => ask(`http://${nowhere}/x`, { headers }),
  "a certificate that nobody trusts": (ask, headers) => ask(`${untrusted.url}/x`, { headers }),
};

/** What is compared of a span. */
function shown(span: ReadableSpan, parent: string): object {
  const { name, kind, status, attributes, events, parentSpanContext } = span;
  const { traceId, spanId } = span.spanContext();
  // The fields of the request as they went out: with the trace.
  const own = `00-${traceId}-${spanId}-01`;
  const sent: unknown = attributes["http.request.header.traceparent"];
  return {
    name,
    kind,
    status: SpanStatusCode[status.code],
    attributes: {
      ...attributes,
      "http.request.header.traceparent": isDeepStrictEqual(sent, [own]) ? "its own" : sent,
    },
    events: events.map((event) => event.name),
    isChild: parentSpanContext?.spanId === parent,
    hasArrived: arrived.includes(own),
  };
}

/** The spans of an exchange, in their order. */
async function spansOf(
  exchange: (ask: Ask, headers: Record<string, string>) => Promise<unknown>,
  ask: Ask,
): Promise<object[]> {
  exporter.reset();
  arrived = [];
  const caller = trace.getTracer("program").startSpan("caller");
  const headers = { "user-agent": "test/1", "x-request": "some" };
  await context.with(trace.setSpan(context.active(), caller), () =>
    exchange(ask, headers).catch(() => undefined),
  );
  // fetch ends some of its spans after it told of the error.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return exporter.getFinishedSpans().map((span) => shown(span, caller.spanContext().spanId));
}

console.log(`Node ${process.version}: spans of sessions beside those of fetch`);
const asks: readonly (readonly [string, Ask])[] = [
  ["HTTP/1.1", sessionWith(false)],
  ["HTTP/2", sessionWith(true)],
];
for (const [name, exchange] of Object.entries(exchanges)) {
  const wanted = await spansOf(exchange, byFetch);
  for (const [protocol, ask] of asks) {
    const found = await spansOf(exchange, ask);
    const isSame = isDeepStrictEqual(found, wanted);
    console.log(`  ${name}, ${protocol}: ${wanted.length} span(s), ${isSame ? "the same" : "WRONG"}`);
    if (isSame) continue;
    process.exitCode = 1;
    console.dir({ wanted, found }, { depth: null });
  }
}
process.exit();
