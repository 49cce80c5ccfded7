/** instrument(): what it takes, the metric, no doubles, and how it is taken off. */
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { context, metrics, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Retry, Session } from "../../src/index.ts";
import { ignoreSojourn, instrument, type InstrumentOptions } from "../../src/otel.ts";
import { protocols, startOrigin, Telemetry, told, type Origin } from "./stage.ts";

let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
});

afterAll(() => origin[Symbol.asyncDispose]());

/** What Node takes for a description of the options: those of the program. */
type Given = Readonly<Record<string, unknown>>;

describe("instrument()", () => {
  it.for<readonly [Given, string]>([
    [{ tracer: {} }, "tracer must be a Tracer or null, not Object"],
    [{ meter: 5 }, "meter must be a Meter or null, not number"],
    [{ headers: [] }, "headers must be an object with request and response, not Array"],
    [{ headers: { request: "x-a" } }, "headers.request must be a list of names of header fields, not string"],
    [
      { headers: { response: ["x a"] } },
      "headers.response must be a list of names of header fields, not Array",
    ],
    [{ headers: { other: [] } }, 'headers has no option "other"; known are request, response'],
    [{ knownMethods: "GET" }, "knownMethods must be a list of names of methods, not string"],
    [{ urlTemplate: "/x" }, "urlTemplate must be a function, not string"],
    [{ traces: null }, 'instrument() has no option "traces"'],
  ])("does not take %o", async ([given, message]) => {
    await using session = new Session();
    expect(() => instrument(session, given as InstrumentOptions)).toThrow(message);
    // Nothing was done.
    expect(JSON.stringify(session.events)).toBe("{}");
  });

  it("does not take what is no session, nor one twice", async () => {
    await using session = new Session();
    expect(() => instrument({} as Session)).toThrow("must be a Session, not Object");
    using _ = instrument(session);
    expect(() => instrument(session)).toThrow("the session is instrumented already");
  });

  it("is taken off, and messages that are under way are told to their end", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(false);
    const instrumentation = instrument(session, telemetry.given);
    const slow = session.get(`${origin.url}/slow`);
    instrumentation.off();
    instrumentation[Symbol.dispose]();
    await session.get(`${origin.url}/found`);
    expect(origin.arrived.at(-1)?.traceparent).toBe("");
    await slow;
    expect(telemetry.spans.map(told)).toEqual(["GET 200 UNSET"]);
    expect(JSON.stringify(session.events)).toBe("{}");
    using _ = instrument(session, telemetry.given);
    await session.get(`${origin.url}/found`);
    expect(telemetry.spans).toHaveLength(2);
  });

  it("makes no spans without a tracer, and sends no trace", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(false);
    using _ = instrument(session, { ...telemetry.given, tracer: null });
    await telemetry.within(() => session.get(`${origin.url}/found`));
    expect(telemetry.spans).toEqual([]);
    expect(origin.arrived.at(-1)?.traceparent).toBe("");
    expect(await telemetry.measured()).toHaveLength(1);
  });
});

describe.for(protocols)("the metric, over %s", ([name, http2]) => {
  it("counts each message, in seconds, with the advised buckets and without URLs", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2, {
      retry: new Retry({ total: 1, status: 1, statusForcelist: [503], backoffFactor: 0 }),
    });
    using _ = instrument(session, telemetry.given);
    await session.get(`${origin.url}/away?metric`);
    await session.get(`${origin.url}/once?metric${name}`);
    await session.post(`${origin.url}/cut`).catch(() => null);
    const measured = await telemetry.measured();
    const server = { "server.address": "127.0.0.1", "server.port": Number(new URL(origin.url).port) };
    const version = { "network.protocol.version": name.slice("HTTP/".length) };
    const get = { "http.request.method": "GET", ...server, ...version };
    expect(measured.map(({ attributes, count }) => [attributes, count])).toEqual([
      [{ ...get, "http.response.status_code": 302 }, 1],
      [{ ...get, "http.response.status_code": 200 }, 2],
      [{ ...get, "http.response.status_code": 503, "error.type": "503" }, 1],
      [{ "http.request.method": "POST", ...server, "error.type": "ERR_CONNECTION" }, 1],
    ]);
    for (const { unit, boundaries, sum } of measured) {
      expect(unit).toBe("s");
      expect(boundaries).toEqual([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
      expect(sum).toBeLessThan(5);
    }
  });

  it("is switched off by null, and comes from a provider that is registered later", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    {
      using _ = instrument(session, { ...telemetry.given, meter: null });
      await session.get(`${origin.url}/found`);
    }
    using _ = instrument(session, { tracer: telemetry.tracer });
    await session.get(`${origin.url}/found`);
    metrics.setGlobalMeterProvider(telemetry.meterProvider);
    try {
      await session.get(`${origin.url}/found`);
    } finally {
      metrics.disable();
    }
    expect((await telemetry.measured()).map(({ count }) => count)).toEqual([1]);
  });
});

describe.for(protocols)("over %s undici's channels", ([, http2]) => {
  it("are told of messages in a context in which tracing is suppressed, and the message's span is active", async () => {
    using telemetry = new Telemetry();
    await using session = origin.session(http2);
    await using bare = origin.session(http2);
    using _ = instrument(session, telemetry.given);
    const heard: [path: string, isIgnored: boolean, isDouble: boolean, active: string | undefined][] = [];
    const hear = (message: unknown): void => {
      const { request } = message as { readonly request: { readonly path: string } };
      const span = telemetry.tracer.startSpan("double");
      heard.push([
        request.path,
        ignoreSojourn(),
        span.isRecording(),
        trace.getSpan(context.active())?.spanContext().spanId,
      ]);
    };
    const names = ["undici:request:create", "undici:request:headers", "undici:request:trailers"];
    for (const name of names) subscribe(name, hear);
    let caller = "";
    try {
      await session.get(`${origin.url}/found`);
      [, caller] = await telemetry.within(() => bare.get(`${origin.url}/bare`));
    } finally {
      for (const name of names) unsubscribe(name, hear);
    }
    expect(channel("undici:request:create").hasSubscribers).toBe(false);
    const own = telemetry.spans.find((span) => span.name === "GET")?.spanContext().spanId;
    expect(heard).toEqual([
      ...names.map(() => ["/found", true, false, own]),
      ...names.map(() => ["/bare", false, true, caller]),
    ]);
    expect(ignoreSojourn()).toBe(false);
  });
});
