/**
 * What `main.ts` runs with each Node: a program with OpenTelemetry in it. A server of twenty incoming traces at a time asks an
 * upstream server, over one session for all; that server writes down the `traceparent` of each request. Node's `fetch` does the
 * same beside it: when it is wrong, the program is.
 *
 * No syntax here that the oldest Node lacks.
 */
import { once } from "node:events";
import { Agent, createServer, request as sendRequest, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import type * as Sojourn from "../../src/index.ts";

const REQUESTS = 1000;
const AT_A_TIME = 20;

new NodeTracerProvider().register();
registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });
const { HttpAdapter, Session } = (await import(
  new URL("../../dist/src/index.js", import.meta.url).href
)) as typeof Sojourn;

/** The trace of the incoming request `n`. */
function traceOf(n: number): string {
  return n.toString(16).padStart(32, "a");
}

/** A server on loopback. */
async function listening(
  listener: RequestListener,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Asks `url` within an incoming trace: not through anything that is instrumented. */
function arrive(url: string, n: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { traceparent: `00-${traceOf(n)}-00000000000000bb-01` };
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

/**
 * How many of the requests were in the trace of theirs, each time that they arrived upstream.
 *
 * @param dying every so many-th request finds that its kept connection dies; 0 for none.
 */
async function count(ask: Ask, dying: number): Promise<{ readonly right: number; readonly wrong: number }> {
  const seen = new Map<number, string[]>();
  const upstream = await listening((request, response) => {
    const n = Number(/n=(\d+)/.exec(request.url ?? "")?.[1]);
    const traces = seen.get(n) ?? [];
    seen.set(n, traces);
    traces.push(String(request.headers["traceparent"]).split("-")[1] ?? "none");
    if (dying > 0 && n % dying === 0 && traces.length === 1 && served.has(request.socket)) {
      request.socket.destroy();
      return;
    }
    served.add(request.socket);
    setTimeout(() => response.end("ok"), 1 + (n % 5));
  });
  const served = new WeakSet<object>();
  const front = await listening((request, response) => {
    const incoming = propagation.extract(ROOT_CONTEXT, request.headers);
    const answer = (status: number): void => void response.writeHead(status).end();
    context.with(incoming, () => {
      ask(`${upstream.url}${request.url}`).then(
        () => answer(200),
        () => answer(500),
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
  for (const { server } of [front, upstream]) server.closeAllConnections();
  for (const { server } of [front, upstream]) server.close();
  let right = 0;
  for (const [n, traces] of seen) if (traces.every((trace) => trace === traceOf(n))) right++;
  return { right, wrong: REQUESTS - right };
}

/** Asks with a session of its own. */
function sessionWith(adapter: ConstructorParameters<typeof HttpAdapter>[0]): Ask {
  const session = new Session({ trustEnv: false, timeout: 10_000 });
  session.mount("http://", new HttpAdapter(adapter));
  return async (url) => (await session.get(url)).text();
}

const rows: readonly (readonly [name: string, ask: Ask, dying: number])[] = [
  ["Node's fetch", async (url) => await (await fetch(url)).text(), 0],
  ["a session, warm connections", sessionWith({}), 0],
  ["a session, the queue of a full pool", sessionWith({ poolBlock: true, poolMaxsize: 4 }), 0],
  ["a session, kept connections that die", sessionWith({}), 7],
];

console.log(`Node ${process.version}, ${REQUESTS} requests, ${AT_A_TIME} at a time`);
for (const [name, ask, dying] of rows) {
  const { right, wrong } = await count(ask, dying);
  console.log(`  ${name}: ${right} in the right trace`);
  if (wrong > 0) process.exitCode = 1;
}
// Those of fetch and of the sessions are kept alive: nobody waits for them.
process.exit();
