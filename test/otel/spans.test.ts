/** Spans of a session: one for each message, by the semantic conventions, over both protocols. */
import { propagation, SpanKind, trace, context } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { HttpDigestAuth, Retry, toFetch } from "../../src/index.ts";
import { instrument } from "../../src/otel.ts";
import { protocols, startOrigin, Telemetry, told, type Origin } from "./stage.ts";

let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
});

afterAll(() => origin[Symbol.asyncDispose]());

describe.for(protocols)("over %s a span", ([name, http2]) => {
  const version = name.slice("HTTP/".length);

  it("has what the conventions ask for", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    const [, parent] = await telemetry.within(() => session.get(`${origin.url}/found?a=b&token=s3cret#part`));
    const [span, ...others] = telemetry.spans;
    expect(others).toEqual([]);
    const port = Number(new URL(origin.url).port);
    expect(span?.name).toBe("GET");
    expect(span?.kind).toBe(SpanKind.CLIENT);
    expect(span?.parentSpanContext?.spanId).toBe(parent);
    expect(span?.attributes).toEqual({
      "http.request.method": "GET",
      "server.address": "127.0.0.1",
      "server.port": port,
      "url.full": `${origin.url}/found?a=b&token=REDACTED#part`,
      "http.response.status_code": 200,
      "network.protocol.version": version,
      "network.peer.address": "127.0.0.1",
      "network.peer.port": port,
    });
    expect(span?.events).toEqual([]);
    const { traceId = "", spanId = "" } = span?.spanContext() ?? {};
    expect(origin.arrived.at(-1)?.traceparent).toBe(`00-${traceId}-${spanId}-01`);
  });

  it.for([
    ["/found", ["GET 200 UNSET"]],
    ["/away", ["GET 302 UNSET", "GET 200 UNSET  1"]],
    ["/missing", ["GET 404 ERROR 404"]],
    ["/broken", ["GET 500 ERROR 500"]],
    ["/once", ["GET 503 ERROR 503", "GET 200 UNSET  1"]],
    ["/login", ["GET 401 ERROR 401", "GET 200 UNSET  1"]],
    // An idempotent request on a fresh connection is not sent again by itself; the policy says so.
    ["/cut", ["GET - ERROR ERR_CONNECTION", "GET - ERROR ERR_CONNECTION 1"]],
    ["/around", ["GET 302 UNSET", "GET 302 UNSET  1", "GET 302 UNSET  2"]],
  ] as const)("stands for each message: %s", async ([path, wanted]) => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2, {
      maxRedirects: 2,
      auth: new HttpDigestAuth("user", "s3cret"),
      retry: new Retry({ total: 1, status: 1, statusForcelist: [503], backoffFactor: 0 }),
    });
    using _ = instrument(session, telemetry.given);
    const before = origin.arrived.length;
    const url = `${origin.url}${path}?${version}`;
    const [, parent] = await telemetry.within(() => session.get(url).catch(() => null));
    expect(telemetry.spans.map(told)).toEqual(wanted);
    // Each is a child of the caller's, and each has its own id on the wire.
    expect(telemetry.spans.map((span) => span.parentSpanContext?.spanId)).toEqual(wanted.map(() => parent));
    expect(origin.arrived.slice(before).map(({ traceparent }) => traceparent.split("-")[2])).toEqual(
      telemetry.spans.map((span) => span.spanContext().spanId),
    );
  });

  it("stands for the one safe resend, as a child of its caller's", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    await telemetry.within(() => session.get(`${origin.url}/found`));
    telemetry.exporter.reset();
    const before = origin.arrived.length;
    const [, parent] = await telemetry.within(() => session.get(`${origin.url}/dies?${version}`));
    expect(telemetry.spans.map(told)).toEqual(["GET - ERROR ERR_CONNECTION", "GET 200 UNSET  1"]);
    expect(telemetry.spans.map((span) => span.parentSpanContext?.spanId)).toEqual([parent, parent]);
    expect(origin.arrived.slice(before).map(({ traceparent }) => traceparent.split("-")[2])).toEqual(
      telemetry.spans.map((span) => span.spanContext().spanId),
    );
  });

  it("is no error when the caller gives up, whatever the reason is", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    for (const reason of [undefined, new Error("enough"), "text", new DOMException("late", "TimeoutError")]) {
      const controller = new AbortController();
      origin.onDeaf = () => controller.abort(reason);
      await expect(session.get(`${origin.url}/deaf`, { signal: controller.signal })).rejects.toBeDefined();
    }
    expect(telemetry.spans.map(told)).toEqual(Array.from({ length: 4 }, () => "GET - UNSET"));
    const measured = await telemetry.measured();
    expect(measured.map(({ count, attributes }) => [count, attributes["error.type"]])).toEqual([
      [4, undefined],
    ]);
  });

  it("is an error when a time limit of the session's ends it", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    origin.onDeaf = () => undefined;
    await session.get(`${origin.url}/deaf`, { timeout: { read: 30 } }).catch(() => null);
    await session.get(`${origin.url}/deaf`, { timeout: { total: 30 } }).catch(() => null);
    expect(telemetry.spans.map(told)).toEqual(["GET - ERROR ERR_READ_TIMEOUT", "GET - ERROR ERR_TIMEOUT"]);
    expect(telemetry.spans[0]?.status.message).toContain("GET https://127.0.0.1");
  });

  it("ends with the head, however the body is read or left", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    const streamed = await session.get(`${origin.url}/endless`, { stream: true });
    expect(telemetry.spans.map(told)).toEqual(["GET 200 UNSET"]);
    await streamed.close();
    await session.get(`${origin.url}/half`).catch(() => null);
    const fetched = await toFetch(session)(`${origin.url}/endless`);
    expect(telemetry.spans.map(told)).toEqual(["GET 200 UNSET", "GET 200 UNSET", "GET 200 UNSET"]);
    await fetched.body?.cancel();
  });

  it("stands for what fetch asks for, too, and an aborted fetch is no error", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    const fetch = toFetch(session);
    const controller = new AbortController();
    origin.onDeaf = () => controller.abort();
    const [, parent] = await telemetry.within(async () => {
      await (await fetch(`${origin.url}/away`)).text();
      await fetch(`${origin.url}/deaf`, { signal: controller.signal }).catch(() => null);
    });
    expect(telemetry.spans.map(told)).toEqual(["GET 302 UNSET", "GET 200 UNSET  1", "GET - UNSET"]);
    expect(telemetry.spans.map((span) => span.parentSpanContext?.spanId)).toEqual([parent, parent, parent]);
  });

  it("sends baggage beside that of the program, once for each message", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    const baggage = propagation.createBaggage({ tenant: { value: "7" } });
    await context.with(propagation.setBaggage(context.active(), baggage), () =>
      session.get(`${origin.url}/away`, { headers: { baggage: "mine=1", traceparent: "of mine" } }),
    );
    expect(origin.arrived.slice(-2).map((one) => one.baggage)).toEqual([
      "mine=1,tenant=7",
      "mine=1,tenant=7",
    ]);
    expect(origin.arrived.at(-1)?.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
  });

  it("is the child of its own caller's for 1,000 of 1,000, 50 at a time over few connections", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    const parents = new Map<string, string>();
    const before = origin.arrived.length;
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < 1000) {
        const n = next++;
        const [, parent] = await telemetry.within(() => session.get(`${origin.url}/slow?n=${n}`));
        parents.set(`${origin.url}/slow?n=${n}`, parent);
      }
    };
    await Promise.all(Array.from({ length: 50 }, work));
    const right = telemetry.spans.filter(
      (span) => parents.get(String(span.attributes["url.full"])) === span.parentSpanContext?.spanId,
    );
    const ids = new Set(telemetry.spans.map((span) => span.spanContext().spanId));
    const arrived = origin.arrived.slice(before).map(({ traceparent }) => traceparent.split("-")[2] ?? "");
    expect([telemetry.spans.length, right.length, new Set(arrived).size]).toEqual([1000, 1000, 1000]);
    expect(arrived.every((id) => ids.has(id))).toBe(true);
  });
});

it("is the child of its own caller's where requests wait for one connection", async () => {
  using telemetry = new Telemetry();
  const { HttpAdapter } = await import("../../src/index.ts");
  await using session = origin.session(false);
  session.mount("https://", new HttpAdapter({ poolMaxsize: 2, poolBlock: true }));
  using _ = instrument(session, telemetry.given);
  const parents = new Map<string, string>();
  await Promise.all(
    Array.from({ length: 100 }, async (_one, n) => {
      const url = `${origin.url}/slow?queued=${n}`;
      const [, parent] = await telemetry.within(() => session.get(url));
      parents.set(url, parent);
    }),
  );
  const right = telemetry.spans.filter(
    (span) => parents.get(String(span.attributes["url.full"])) === span.parentSpanContext?.spanId,
  );
  expect([telemetry.spans.length, right.length]).toEqual([100, 100]);
});

it("is not made where tracing is suppressed, nor is a trace sent", async () => {
  using telemetry = new Telemetry();
  const { suppressTracing } = await import("@opentelemetry/core");
  await using session = origin.session(false);
  using _ = instrument(session, telemetry.given);
  await context.with(suppressTracing(context.active()), () => session.get(`${origin.url}/found`));
  expect(telemetry.spans).toEqual([]);
  expect(origin.arrived.at(-1)?.traceparent).toBe("");
});

it("comes from the registered provider, also from one that is registered later", async () => {
  using telemetry = new Telemetry();
  await using session = origin.session(false);
  using _ = instrument(session);
  await session.get(`${origin.url}/found`);
  expect(telemetry.spans).toEqual([]);
  trace.setGlobalTracerProvider(telemetry.provider);
  await session.get(`${origin.url}/found`);
  expect(telemetry.spans.map((span) => [told(span), span.instrumentationScope.name])).toEqual([
    ["GET 200 UNSET", "sojourn"],
  ]);
});
