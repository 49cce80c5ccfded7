/**
 * instrument(): a span and a measurement for each message of a session, from what the session tells of itself.
 *
 * A span begins when its message is about to wait for a connection, and ends with the head of the response, or when it is clear that
 * there will be none: not with the body, which a program may read late, or never.
 */
import {
  context,
  diag,
  metrics,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Histogram,
  type Meter,
  type MeterProvider,
  type Span,
  type TextMapSetter,
  type Tracer,
} from "@opentelemetry/api";

import { isRecord, mustBe, optionsOf } from "../core/checks.ts";
import { RequestException } from "../core/errors.ts";
import { isToken } from "../core/method.ts";
import { isError, isObject } from "../core/realm.ts";
import type { MessageHead, MessageRecord, Sending, TellingSession } from "../core/records.ts";
import { version } from "../core/version.ts";
import { readKnownMethods } from "../environment/known-methods.ts";
import { attempt } from "./attempt.ts";
import {
  beginningOf,
  errorType,
  headAttributes,
  isFailure,
  peerOf,
  resultOf,
  type Wanted,
} from "./attributes.ts";
import { withoutDoubles } from "./doubles.ts";

/** Header fields that spans have as attributes, such as `http.response.header.x-request-id`. */
export interface InstrumentHeaders {
  /** Names of fields of requests. Default: none. */
  readonly request?: readonly string[] | undefined;
  /** Names of fields of responses. Default: none. */
  readonly response?: readonly string[] | undefined;
}

/** What {@link instrument} makes, and of what. */
export interface InstrumentOptions {
  /**
   * Makes the spans. `null`: no spans, and no `traceparent` is sent. Default: the one that the registered provider has for `sojourn`, also
   * when it is registered later.
   */
  readonly tracer?: Tracer | null | undefined;
  /**
   * Makes the histogram `http.client.request.duration`. `null`: no metric. Default: the one that the registered provider has for
   * `sojourn`, also when it is registered later.
   */
  readonly meter?: Meter | null | undefined;
  /** Header fields that become attributes of spans. Of those whose names look secret the value is `REDACTED`. Default: none. */
  readonly headers?: InstrumentHeaders | undefined;
  /**
   * Methods that are named, case-sensitive; of others span and metric say `_OTHER`. Default: what the environment variable
   * `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` lists, else those of RFC 9110, `PATCH` and `QUERY`.
   */
  readonly knownMethods?: readonly string[] | undefined;
  /**
   * Gives the URL's template, such as `/users/{id}`: it becomes `url.template`, and stands in the name of the span. It must be one of a few.
   * `null`: there is none. Default: `null` for all.
   */
  readonly urlTemplate?: ((sending: Sending) => string | null) | undefined;
}

/** What {@link instrument} put on a session. */
export interface Instrumentation {
  /** Takes it off again. Messages that are under way are told to their end. Safe to call twice. */
  off(): void;
  /** The same as `off()`, for `using`. */
  [Symbol.dispose](): void;
}

const KNOWN_METHODS = [
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
];

/** Bounds of the histogram's buckets, in seconds: those that the conventions advise. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const NAMES = ["tracer", "meter", "headers", "knownMethods", "urlTemplate"];

/** A second one would make each span twice. */
const instrumented = new WeakSet<object>();

/**
 * Instruments a session for OpenTelemetry, by today's semantic conventions for HTTP clients: each message that is sent (each hop of a
 * redirect, each attempt, each answer to a challenge) gets a span of kind `CLIENT`, which is a child of the span that is active where the call
 * was made, and a measurement in `http.client.request.duration`; and its trace is sent along, as the registered propagator does it.
 *
 * A status of 400 and more is an error, as is a message without a response; that the caller gave up is none. URLs are told without what
 * is secret in them.
 *
 * @throws {TypeError} for what is no session, for one that is instrumented already, for an unknown option or a wrong value.
 *
 * @example
 * const instrumentation = instrument(session);
 * // …
 * instrumentation.off();
 */
export function instrument(session: TellingSession, options: InstrumentOptions = {}): Instrumentation {
  if (!isObject(session) || !isObject(session.events))
    throw mustBe("what instrument() instruments", "a Session", session);
  const given = checked(options);
  if (instrumented.has(session))
    throw new TypeError(
      "the session is instrumented already; call off() of what instrument() returned first",
    );
  instrumented.add(session);
  return new SessionInstrumentation(session, given);
}

/** The options, each with its value. */
interface Checked extends Wanted {
  readonly tracer: Tracer | null;
  readonly meter: Meter | null | undefined;
}

function checked(options: InstrumentOptions): Checked {
  const given = optionsOf(options, "instrument()", NAMES);
  const { tracer, meter, headers = {}, knownMethods, urlTemplate } = given;
  if (tracer != null && !hasMethod(tracer, "startSpan")) throw mustBe("tracer", "a Tracer or null", tracer);
  if (meter != null && !hasMethod(meter, "createHistogram")) throw mustBe("meter", "a Meter or null", meter);
  if (!isRecord(headers)) throw mustBe("headers", "an object with request and response", headers);
  const { request = [], response = [] } = optionsOf<InstrumentHeaders>(headers, "headers", [
    "request",
    "response",
  ]);
  if (urlTemplate !== undefined && typeof urlTemplate !== "function")
    throw mustBe("urlTemplate", "a function", urlTemplate);
  return {
    tracer: tracer === undefined ? trace.getTracer("sojourn", version) : tracer,
    meter,
    knownMethods: new Set(
      knownMethods === undefined
        ? (readKnownMethods() ?? KNOWN_METHODS)
        : names(knownMethods, "knownMethods", "methods"),
    ),
    requestHeaders: names(request, "headers.request", "header fields").map((name) => name.toLowerCase()),
    responseHeaders: names(response, "headers.response", "header fields").map((name) => name.toLowerCase()),
    urlTemplate: urlTemplate === undefined ? null : (sending) => templateOf(urlTemplate, sending),
  };
}

/** What the function gives, where it is a template. */
function templateOf(give: (sending: Sending) => unknown, sending: Sending): string | null {
  const template = attempt("urlTemplate", () => give(sending), null);
  if (template === null || typeof template === "string") return template;
  diag.error("sojourn takes a string or null from urlTemplate, not", typeof template);
  return null;
}

function names(given: unknown, option: string, what: string): readonly string[] {
  const isName = (name: unknown): name is string => typeof name === "string" && isToken(name);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list !== given || !list.every(isName)) throw mustBe(option, `a list of names of ${what}`, given);
  return list;
}

function hasMethod(value: unknown, name: string): boolean {
  return isObject(value) && typeof Reflect.get(value, name) === "function";
}

/** A message whose response has not begun. */
interface Open {
  readonly span: Span | null;
  readonly context: Context;
  readonly common: Attributes;
  readonly began: number;
}

const setter: TextMapSetter<Sending> = {
  set(sending, name, value) {
    const before = name.toLowerCase() === "baggage" ? sending.request.headers.get(name) : null;
    try {
      sending.setHeader(name, before === null ? value : joined(before, value));
    } catch (error) {
      diag.error(`sojourn does not send the field ${name} of a propagator`, isError(error) ? error.name : "");
    }
  },
};

/** The program's own baggage stays: the field is a list. Behind a redirect it has what was added before. */
function joined(before: string, value: string): string {
  const members = before.split(",").map((member) => member.trim());
  return [...members, ...value.split(",").filter((member) => !members.includes(member))].join(",");
}

class SessionInstrumentation implements Instrumentation {
  readonly #session: TellingSession;
  readonly #options: Checked;
  readonly #open = new Map<number, Open>();
  readonly #duration: Duration | null;
  #isOff = false;

  constructor(session: TellingSession, options: Checked) {
    this.#session = session;
    this.#options = options;
    this.#duration = options.meter === null ? null : new Duration(options.meter ?? null);
    const { events } = session;
    events.on("sending", this.#onSending);
    events.on("head", this.#onHead);
    events.on("message", this.#onMessage);
  }

  [Symbol.dispose](): void {
    this.off();
  }

  off(): void {
    if (this.#isOff) return;
    this.#isOff = true;
    instrumented.delete(this.#session);
    this.#session.events.off("sending", this.#onSending);
    this.#leave();
  }

  /** Who began is told to the end. */
  #leave(): void {
    if (!this.#isOff || this.#open.size > 0) return;
    this.#session.events.off("head", this.#onHead);
    this.#session.events.off("message", this.#onMessage);
  }

  readonly #onSending = (sending: Sending): void => {
    const { tracer } = this.#options;
    const parent = context.active();
    const { name, common, attributes } = beginningOf(sending, this.#options);
    const span = attempt(
      "the tracer",
      () => tracer?.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent) ?? null,
      null,
    );
    const own = span === null ? parent : trace.setSpan(parent, span);
    if (span !== null) {
      attempt("the propagator", () => propagation.inject(own, sending, setter), undefined);
      sending.tellWithin(withoutDoubles(parent, span));
    }
    this.#open.set(sending.id, { span, context: own, common, began: performance.now() });
  };

  readonly #onHead = (head: MessageHead): void => {
    const open = this.#take(head.id);
    if (open === null) return;
    const { span, common } = open;
    if (span !== null) {
      span.setAttributes(headAttributes(head, this.#options));
      if (isFailure(head.status)) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#end(open, { ...common, ...resultOf(head.status, head.httpVersion) });
  };

  readonly #onMessage = (record: MessageRecord): void => {
    const open = this.#take(record.id);
    if (open === null) return;
    const { outcome, error, connection } = record;
    // That the caller gave up is no error.
    const problem = outcome === "failed" ? { "error.type": errorType(error) } : {};
    open.span?.setAttributes({ ...peerOf(connection), ...problem });
    if (outcome === "failed") open.span?.setStatus(failureOf(error));
    this.#end(open, { ...open.common, ...problem });
  };

  #take(id: number): Open | null {
    const open = this.#open.get(id);
    if (open === undefined) return null;
    this.#open.delete(id);
    this.#leave();
    return open;
  }

  #end({ span, context: own, began }: Open, attributes: Attributes): void {
    const seconds = (performance.now() - began) / 1000;
    attempt("the meter", () => this.#duration?.record(seconds, attributes, own), undefined);
    attempt("a span processor", () => span?.end(), undefined);
  }
}

/** Messages of our errors have no secrets; what others wrote into theirs is not known. */
function failureOf(error: unknown): { readonly code: SpanStatusCode; readonly message?: string } {
  const code = SpanStatusCode.ERROR;
  return error instanceof RequestException ? { code, message: error.message } : { code };
}

/** The histogram of one meter, or of that of the registered provider, which may come later. */
class Duration {
  readonly #meter: Meter | null;
  #provider: MeterProvider | null = null;
  #histogram: Histogram | null = null;

  constructor(meter: Meter | null) {
    this.#meter = meter;
  }

  record(seconds: number, attributes: Attributes, within: Context): void {
    const provider = this.#meter === null ? metrics.getMeterProvider() : null;
    if (this.#histogram === null || provider !== this.#provider) {
      const meter = this.#meter ?? metrics.getMeter("sojourn", version);
      this.#provider = provider;
      this.#histogram = meter.createHistogram("http.client.request.duration", {
        description: "Duration of HTTP client requests.",
        unit: "s",
        advice: { explicitBucketBoundaries: BUCKETS },
      });
    }
    this.#histogram.record(seconds, attributes, within);
  }
}
