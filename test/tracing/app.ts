/**
 * What `main.ts` runs with each Node: a program with OpenTelemetry in it. A server of twenty incoming traces at a time asks an
 * upstream server, over one session for all; that server writes down the `traceparent` of each request. Node's `fetch` does the
 * same beside it: when it is wrong, the program is.
 *
 * With the argument `own` the sessions are instrumented by `sojourn/otel`, beside the same instrumentation of undici: each sending has one
 * span all the same.
 *
 * No syntax here that the oldest Node lacks.
 */
import { Agent, request as sendRequest } from "node:http";
import process from "node:process";

import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";

import type * as Sojourn from "../../src/index.ts";
import type * as Otel from "../../src/otel.ts";
import { plainServer, secureServer, tls, type Answer } from "./servers.ts";

const REQUESTS = 1000;
const AT_A_TIME = 20;

const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });
const { HttpAdapter, Session } = (await import(
  new URL("../../dist/src/index.js", import.meta.url).href
)) as typeof Sojourn;

const { instrument } = (await import(new URL("../../dist/src/otel.js", import.meta.url).href)) as typeof Otel;
const isOwn = process.argv.includes("own");

/** The trace of the incoming request `n`. */
function traceOf(n: number): string {
  return `a${n.toString(16).padStart(31, "0")}`;
}

/** The span of the incoming request. */
const PARENT = "00000000000000bb";

/** Asks `url` within an incoming trace: not through anything that is instrumented. */
function arrive(url: string, n: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { traceparent: `00-${traceOf(n)}-${PARENT}-01` };
    const sent = sendRequest(`${url}/?n=${n}`, { agent, headers }, (response) => {
      response.resume().once("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`request ${n}: status ${response.statusCode}`));
      });
    });
    sent.once("error", reject).end();
  });
}

/** How the program asks upstream. */
type Ask = (url: string) => Promise<unknown>;

/** A way to ask, and what becomes of it. */
interface Row {
  readonly name: string;
  readonly ask: Ask;
  readonly isSecure?: true;
  /** Every so many-th request finds that its kept connection dies, or with HTTP/2 that its stream is refused. */
  readonly dying?: number;
}

/** How many requests were right. */
interface Counts {
  /** In the trace of theirs, each time that they arrived upstream. */
  readonly arrived: number;
  /** Those for which each sending has a span, which is a child of the caller's, and whose id arrived. */
  readonly spans: number;
}

async function count({ ask, isSecure, dying = 0 }: Row): Promise<Counts> {
  exporter.reset();
  const seen = new Map<number, string[]>();
  const answer: Answer = (request, response) => {
    const n = Number(/n=(\d+)/.exec(request.url)?.[1]);
    const parents = seen.get(n) ?? [];
    seen.set(n, parents);
    parents.push(String(request.headers["traceparent"]));
    if (dying > 0 && n % dying === 0 && parents.length === 1 && request.isLater) request.refuse();
    else setTimeout(() => response.end("ok"), 1 + (n % 5));
  };
  const upstream = isSecure === true ? await secureServer(answer) : await plainServer(answer);
  const front = await plainServer((request, response) => {
    const incoming = propagation.extract(ROOT_CONTEXT, request.headers);
    const end = (status: number): void => {
      response.writeHead(status);
      response.end();
    };
    context.with(incoming, () => {
      ask(`${upstream.url}${request.url}`).then(
        () => end(200),
        (error: unknown) => {
          console.error(error);
          end(500);
        },
      );
    });
  });
  const agent = new Agent({ keepAlive: true });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < REQUESTS) await arrive(front.url, next++, agent);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  agent.destroy();
  for (const { close } of [front, upstream]) close();
  const all = [...seen];
  const arrived = all.filter(([n, parents]) => parents.every((one) => one.split("-")[1] === traceOf(n)));
  return { arrived: arrived.length, spans: all.filter(([n, parents]) => haveSpans(n, parents)).length };
}

function haveSpans(n: number, parents: readonly string[]): boolean {
  const spans = spansByTrace().get(traceOf(n)) ?? [];
  const ids = new Set(spans.map(({ id, parent }) => (parent === PARENT ? id : "astray")));
  return spans.length === parents.length && parents.every((one) => ids.has(one.split("-")[2] ?? ""));
}

let grouped: Map<string, { readonly id: string; readonly parent: string | undefined }[]> | null = null;

/** The spans that have ended. */
function spansByTrace(): NonNullable<typeof grouped> {
  if (grouped !== null) return grouped;
  grouped = new Map();
  for (const span of exporter.getFinishedSpans()) {
    const { traceId, spanId } = span.spanContext();
    const spans = grouped.get(traceId) ?? [];
    grouped.set(traceId, spans);
    spans.push({ id: spanId, parent: span.parentSpanContext?.spanId });
  }
  return grouped;
}

/** Asks with a session of its own. */
function sessionWith(adapter: ConstructorParameters<typeof HttpAdapter>[0], http2 = false): Ask {
  const session = new Session({ trustEnv: false, verify: tls.ca, http2, timeout: 10_000 });
  if (isOwn) instrument(session);
  for (const prefix of ["http://", "https://"]) session.mount(prefix, new HttpAdapter(adapter));
  return async (url) => (await session.get(url)).text();
}

const rows: readonly Row[] = [
  { name: "Node's fetch", ask: async (url) => await (await fetch(url)).text() },
  { name: "a session, warm connections", ask: sessionWith({}) },
  { name: "a session, the queue of a full pool", ask: sessionWith({ poolBlock: true, poolMaxsize: 4 }) },
  { name: "a session, kept connections that die", ask: sessionWith({}), dying: 7 },
  { name: "a session, HTTP/2", ask: sessionWith({}, true), isSecure: true },
  {
    name: "a session, HTTP/2, streams that are refused",
    ask: sessionWith({}, true),
    isSecure: true,
    dying: 97,
  },
];

const by = isOwn ? "sojourn/otel beside the instrumentation of undici" : "the instrumentation of undici";
console.log(`Node ${process.version}, ${REQUESTS} requests, ${AT_A_TIME} at a time, by ${by}`);
for (const row of rows) {
  const { arrived, spans } = await count(row);
  grouped = null;
  console.log(`  ${row.name}: ${arrived} in the right trace, ${spans} with the right spans`);
  if (arrived < REQUESTS || spans < REQUESTS) process.exitCode = 1;
}
// Those of fetch and of the sessions are kept alive: nobody waits for them.
process.exit();
