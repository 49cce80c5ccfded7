/** What the tests of `sojourn/otel` stand on: OpenTelemetry's SDK, and an origin that writes down which traces arrive. */
import { once } from "node:events";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import {
  context,
  propagation,
  SpanStatusCode,
  trace,
  type Attributes,
  type Tracer,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";

import { Session, type SessionOptions } from "../../src/index.ts";
import { Authority } from "../support/certificates.ts";

export const protocols = [
  ["HTTP/1.1", false],
  ["HTTP/2", true],
] as const;

/** Is asked when a test wants to know. */
class Reader extends MetricReader {
  override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** A measurement as a row of the histogram. */
export interface Measured {
  readonly attributes: Attributes;
  readonly count: number;
  readonly boundaries: readonly number[];
  readonly sum: number;
}

/** OpenTelemetry, set up for a test, and gone after it. */
export class Telemetry implements Disposable {
  readonly exporter = new InMemorySpanExporter();
  readonly #reader = new Reader();
  readonly provider: BasicTracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.exporter)],
  });
  readonly meterProvider: MeterProvider = new MeterProvider({ readers: [this.#reader] });
  readonly tracer: Tracer = this.provider.getTracer("test");

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(
      new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
    );
  }

  /** What `instrument()` is given. */
  get given(): { readonly tracer: Tracer; readonly meter: ReturnType<MeterProvider["getMeter"]> } {
    return { tracer: this.tracer, meter: this.meterProvider.getMeter("test") };
  }

  get spans(): readonly ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  /** The histograms of that name. */
  async measured(): Promise<readonly (Measured & { readonly unit: string })[]> {
    const { resourceMetrics } = await this.#reader.collect();
    return resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .filter(({ descriptor }) => descriptor.name === "http.client.request.duration")
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => {
          const { count, sum, buckets } = value as {
            count: number;
            sum: number;
            buckets: { boundaries: number[] };
          }; // it is a histogram
          return { unit: descriptor.unit, attributes, count, sum, boundaries: buckets.boundaries };
        }),
      );
  }

  /** Runs it in a span of the program's. */
  async within<Made>(run: () => Promise<Made>, name: string = "caller"): Promise<[Made, string]> {
    const span = this.tracer.startSpan(name);
    const made = await context.with(trace.setSpan(context.active(), span), run);
    return [made, span.spanContext().spanId];
  }

  [Symbol.dispose](): void {
    context.disable();
    propagation.disable();
    trace.disable();
  }
}

/** Name, status, error, resends: what most tests look at. */
export function told(span: ReadableSpan): string {
  const { name, status, attributes } = span;
  const parts = [
    name,
    attributes["http.response.status_code"] ?? "-",
    SpanStatusCode[status.code],
    attributes["error.type"] ?? "",
    attributes["http.request.resend_count"] ?? "",
  ];
  return parts.join(" ").trimEnd();
}

/** What arrived: the path, and some fields of it. */
interface Arrived {
  readonly path: string;
  readonly traceparent: string;
  readonly baggage: string | null;
  readonly tracestate: string | null;
}

/** A server of both protocols. */
export interface Origin extends AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  readonly arrived: Arrived[];
  /** Is called when a request came that gets no answer. */
  onDeaf: () => void;
  session(http2: boolean, options?: Omit<SessionOptions, "stream">): Session;
}

function cut({ stream, socket }: Http2ServerRequest): void {
  if (typeof stream === "object") stream.destroy();
  else socket.destroy();
}

export async function startOrigin(): Promise<Origin> {
  const authority = await Authority.create();
  const leaf = await authority.issue({ names: ["localhost"], addresses: ["127.0.0.1"] });
  const sockets = new Set<Socket>();
  const arrived: Arrived[] = [];
  const times = new Map<string, number>();
  const origin: Pick<Origin, "onDeaf"> = { onDeaf: () => undefined };
  const used = new WeakSet<object>();

  const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const { url, headers } = request;
    const path = url.split("?")[0] ?? "";
    const text = (name: string): string | null =>
      headers[name] === undefined ? null : String(headers[name]);
    arrived.push({
      path,
      traceparent: text("traceparent") ?? "",
      baggage: text("baggage"),
      tracestate: text("tracestate"),
    });
    const count = (times.get(url) ?? 0) + 1;
    times.set(url, count);
    request.resume();
    const connection = request.httpVersion === "2.0" ? request.stream.session : request.socket;
    const isLater = connection !== undefined && used.has(connection);
    if (connection !== undefined) used.add(connection);
    switch (path) {
      case "/away":
        response.writeHead(302, { location: "/end" }).end("moved");
        return;
      case "/around":
        response.writeHead(302, { location: "/around" }).end();
        return;
      case "/once":
        response.writeHead(count === 1 ? 503 : 200).end();
        return;
      case "/login":
        if (headers.authorization === undefined)
          response.writeHead(401, { "www-authenticate": DIGEST }).end();
        else response.end("in");
        return;
      case "/missing":
        response.writeHead(404).end("no");
        return;
      case "/broken":
        response.writeHead(500).end("no");
        return;
      case "/cut":
        cut(request);
        return;
      case "/dies":
        // A kept connection, the first time.
        if (isLater && count === 1) for (const socket of sockets) socket.destroy();
        else response.end("ok");
        return;
      case "/half":
        response.writeHead(200, { "content-length": 10 });
        response.write("half");
        setTimeout(() => cut(request), 20);
        return;
      case "/deaf":
        origin.onDeaf();
        return;
      case "/endless":
        response.write("x".repeat(1000));
        return;
      case "/slow":
        setTimeout(() => response.end("ok"), 1 + (arrived.length % 5));
        return;
      default:
        response.setHeader("x-seen", ["one", "two"]);
        response.setHeader("set-cookie", "sid=s3cret-cookie");
        response.end("ok");
    }
  };
  const server = createSecureServer({ ...leaf, allowHTTP1: true }, answer);
  server.on("sessionError", () => undefined);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(origin, {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.pem,
    arrived,
    session: (http2: boolean, options: Omit<SessionOptions, "stream"> = {}) =>
      new Session({ trustEnv: false, verify: authority.pem, http2, timeout: 8000, ...options }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const DIGEST = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256';
