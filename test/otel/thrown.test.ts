/** instrument(): what samplers, processors, propagators, meters and functions of the program throw. */
import { diag, DiagLogLevel, metrics, propagation, type DiagLogger, type Meter } from "@opentelemetry/api";
import { SimpleSpanProcessor, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { instrument, type InstrumentOptions } from "../../src/otel.ts";
import { startOrigin, Telemetry, told, type Origin } from "./stage.ts";

let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
});

afterAll(() => origin[Symbol.asyncDispose]());

function boom(): never {
  throw new RangeError("token=secret-of-a-caller");
}

/** What is told to OpenTelemetry's log until the test is over. */
function listen(): { readonly lines: string[] } & Disposable {
  const lines: string[] = [];
  const quiet = (): void => undefined;
  const logger: DiagLogger = {
    error: (...parts) => void lines.push(parts.join(" ")),
    warn: quiet,
    info: quiet,
    debug: quiet,
    verbose: quiet,
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  return { lines, [Symbol.dispose]: () => diag.disable() };
}

/** A meter of the API that does nothing, but for what is told. */
function meterOf(createHistogram: Meter["createHistogram"]): Meter {
  return Object.assign(Object.create(metrics.getMeter("none")) as Meter, { createHistogram }); // Object.create() says any
}

function processor(part: "onStart" | "onEnd"): BasicTracerProvider {
  const idle = { onStart: () => undefined, onEnd: () => undefined };
  const ended = (): Promise<void> => Promise.resolve();
  return new BasicTracerProvider({
    spanProcessors: [{ ...idle, [part]: boom, forceFlush: ended, shutdown: ended }],
  });
}

type Case = readonly [
  by: string,
  spans: readonly string[],
  given: (telemetry: Telemetry) => InstrumentOptions,
];

describe("what is thrown within a message", () => {
  it.for<Case>([
    ["urlTemplate", ["GET 200 UNSET"], ({ given }) => ({ ...given, urlTemplate: boom })],
    [
      "the propagator",
      ["GET 200 UNSET"],
      ({ given }) => {
        propagation.disable();
        propagation.setGlobalPropagator({ inject: boom, extract: (context) => context, fields: () => [] });
        return given;
      },
    ],
    [
      "the tracer",
      [],
      ({ given, exporter }) => {
        const sampler = { shouldSample: boom, toString: () => "throws" };
        const spanProcessors = [new SimpleSpanProcessor(exporter)];
        return { ...given, tracer: new BasicTracerProvider({ sampler, spanProcessors }).getTracer("test") };
      },
    ],
    ["the tracer", [], ({ given }) => ({ ...given, tracer: processor("onStart").getTracer("test") })],
    ["a span processor", [], ({ given }) => ({ ...given, tracer: processor("onEnd").getTracer("test") })],
    ["the meter", ["GET 200 UNSET"], ({ given }) => ({ ...given, meter: meterOf(boom) })],
    ["the meter", ["GET 200 UNSET"], ({ given }) => ({ ...given, meter: meterOf(() => ({ record: boom })) })],
  ])(
    "by %s is told to its log, and the call, its span and its measurement go on",
    async ([by, spans, given]) => {
      using telemetry = new Telemetry();
      using log = listen();
      await using session = origin.session(false);
      using _ = instrument(session, given(telemetry));
      const { status } = await session.get(`${origin.url}/found`);
      expect(status).toBe(200);
      expect(telemetry.spans.map(told)).toEqual(spans);
      expect((await telemetry.measured()).map(({ count }) => count)).toEqual(by === "the meter" ? [] : [1]);
      expect(log.lines).toEqual([`sojourn goes on without what was thrown by ${by} RangeError`]);
    },
  );

  it("is not what is no template, which is left out", async () => {
    using telemetry = new Telemetry();
    using log = listen();
    await using session = origin.session(false);
    const urlTemplate = (): string => 5 as unknown as string; // what a program without types may give
    using _ = instrument(session, { ...telemetry.given, urlTemplate });
    await session.get(`${origin.url}/found`);
    expect(telemetry.spans.map(({ name, attributes }) => [name, attributes["url.template"]])).toEqual([
      ["GET", undefined],
    ]);
    expect(log.lines).toEqual(["sojourn takes a string or null from urlTemplate, not number"]);
  });
});
